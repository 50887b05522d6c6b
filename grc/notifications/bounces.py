"""What a returned mail says: which of ours did not arrive, and why (RFC 3464), whatever shape a server gave it.

Pure, and never raises: what is no report of delivery (an automatic reply, spam, rubbish) is None.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Literal

MOST_BYTES = 1_000_000
"""Of a mail that are read: a report says everything before the mail that it returns."""
_MOST_PARTS = 60
_REPORTED = frozenset({"message/delivery-status", "message/global-delivery-status"})
_HEADERS_ALONE = frozenset({"text/rfc822-headers", "message/global-headers"})
_OUR_ID = re.compile(r"<?(?P<token>(?P<entry>[1-9]\d{0,17})\.[0-9a-f]{24})(?![0-9a-f])(?:@[^\s<>@]{1,253}>?)?")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?![\d.]*\d)")
_COPIED_ID = re.compile(r"^[ \t>]*Message-ID:\s*(\S{1,400})", re.IGNORECASE | re.MULTILINE)
_DAEMONS = re.compile(r"\b(mailer-daemon|postmaster|mail-daemon)\b", re.IGNORECASE)
_NESTED = re.compile(rb"boundary|multipart/|message/", re.IGNORECASE)

Action = Literal["failed", "delayed", "delivered"]


@dataclass(frozen=True)
class Bounce:
    """A report about one of our mails. token: what tells the mail, as `token_of` gives it; entry: of the outbox.

    status: an enhanced status code such as "5.1.1". action: "delivered" says that there is nothing to do.
    """

    token: str
    entry: int
    action: Action
    status: str


def token_of(message_id: str) -> str:
    """The part of our Message-ID that no relay can guess: it is also the envelope's identifier (RFC 3461)."""
    return message_id.strip("<> ").partition("@")[0]


def read(raw: bytes) -> Bounce | None:
    """What the mail reports, or None. Only the first bytes of a long one are looked at."""
    raw = raw[:MOST_BYTES]
    if len(_NESTED.findall(raw)) > _MOST_PARTS:
        return None
    try:
        return _read(email.message_from_bytes(raw))
    except Exception:  # the standard parser has faults of its own, and this mail is anybody's
        return None


def in_words(status: str) -> str:
    """Why a mail came back, for people, from its status code (RFC 3463)."""
    kind = status.partition(".")[2]
    exact = {
        "1.2": "le domaine de l’adresse n’existe pas",
        "2.1": "la boîte aux lettres est fermée",
        "2.2": "la boîte aux lettres est pleine",
        "3.4": "le courriel est trop gros pour ce serveur",
        "2.3": "le courriel est trop gros pour cette boîte",
        "4.4": "le domaine de l’adresse n’existe pas",
        "4.7": "le serveur de l’adresse n’a pas répondu à temps",
    }
    by_subject = {
        "1": "l’adresse n’existe pas",
        "2": "la boîte aux lettres n’accepte pas de courriel",
        "4": "le serveur de l’adresse ne répond pas",
        "7": "le serveur de l’adresse refuse nos courriels",
    }
    return exact.get(kind) or by_subject.get(kind.partition(".")[0]) or "le serveur de l’adresse a rendu le courriel"


def _read(mail: Message) -> Bounce | None:
    parts = list(_walk(mail))
    reports = [part for part in parts if part.get_content_type() in _REPORTED]
    if reports:
        action, status = _verdict([block for part in reports for block in _blocks(part)])
        found = _of_report(reports) or _of_copy(mail, parts) or _of_answered(mail)
    elif _is_from_a_server(mail):
        action, status = _told(parts)
        found = _of_copy(mail, parts)
    else:
        return None
    if action is None or found is None:
        return None
    return Bounce(found["token"], int(found["entry"]), action, status)


def _walk(mail: Message) -> Iterator[Message]:
    """The mail and its parts, in order, not many of them."""
    for number, part in enumerate(mail.walk()):
        if number > _MOST_PARTS:
            return
        yield part


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a report: first those of the mail, then those of each recipient."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _parsed(_text(part))
    blocks = [block for block in payload if isinstance(block, Message)]
    return [each for block in blocks for each in (block, *_parsed(_text(block)))]


def _parsed(text: str) -> list[Message]:
    return [email.message_from_string(block) for block in text.split("\n\n", _MOST_PARTS) if block.strip()]


def _verdict(blocks: list[Message]) -> tuple[Action | None, str]:
    """The worst that was reported of a recipient: a failure before a delay before a success."""
    worst: tuple[Action | None, str] = (None, "")
    ranks: dict[Action | None, int] = {None: 0, "delivered": 1, "delayed": 2, "failed": 3}
    for block in blocks:
        said = _status(_field(block, "status")) or _status(_field(block, "diagnostic-code"))
        action = _action(_field(block, "action"), said)
        if ranks[action] > ranks[worst[0]]:
            worst = action, said or {"failed": "5.0.0", "delayed": "4.0.0"}.get(action or "", "")
    return worst


def _action(word: str, status: str) -> Action | None:
    """What a report calls it; where it does not say, what its code means."""
    named: dict[str, Action] = {
        "failed": "failed",
        "delayed": "delayed",
        "delivered": "delivered",
        "relayed": "delivered",
        "expanded": "delivered",
    }
    of_class: dict[str, Action] = {"5": "failed", "4": "delayed", "2": "delivered"}
    first = re.split(r"[\s(;]", word.strip().lower(), maxsplit=1)[0]
    return named.get(first) or of_class.get(status[:1])


def _of_report(reports: list[Message]) -> re.Match[str] | None:
    """Our envelope's identifier, which outlives a relay that writes a Message-ID of its own."""
    return _first(_field(block, "original-envelope-id") for part in reports for block in _blocks(part))


def _of_copy(mail: Message, parts: list[Message]) -> re.Match[str] | None:
    """Our Message-ID in the mail that is returned, in its headers alone, or in their copy within a text."""
    return _first(_copies(mail, parts))


def _of_answered(mail: Message) -> re.Match[str] | None:
    """Our Message-ID in what the report says it answers: where it returns nothing of the mail."""
    names = ("x-original-message-id", "in-reply-to", "references")
    return _first(text for name in names for text in _field(mail, name).split())


def _first(texts: Iterable[str]) -> re.Match[str] | None:
    return next((found for text in texts if (found := _OUR_ID.match(text.strip()))), None)


def _copies(mail: Message, parts: list[Message]) -> Iterator[str]:
    for part in parts:
        if part is not mail and part.get("message-id"):
            yield _field(part, "message-id")
        if part.get_content_type() in _HEADERS_ALONE:
            yield from _copied(part)
    for part in parts:
        if part.get_content_maintype() == "text":
            yield from _copied(part)


def _copied(part: Message) -> list[str]:
    return _COPIED_ID.findall(_text(part))


def _is_from_a_server(mail: Message) -> bool:
    """Whether a mail without a report is a bounce as servers wrote them before it had a form, or still do."""
    if mail.get("x-failed-recipients"):
        return True
    kind = _field(mail, "content-type").lower()
    if "report-type" in kind and "delivery-status" not in kind:
        return False  # a receipt of reading, a complaint of spam
    return bool(_DAEMONS.search(_field(mail, "from"))) and not _field(mail, "auto-submitted").lower().startswith(
        "auto-replied"
    )


def _told(parts: list[Message]) -> tuple[Action | None, str]:
    """What a bounce of bare text says: its enhanced status, else the server's reply; nothing without either."""
    text = "\n".join(_text(part) for part in parts if part.get_content_type() == "text/plain")
    text = text.partition("Message-ID:")[0]
    status = _status(text)
    if not status and (reply := _REPLY.search(text)):
        status = f"{reply[1]}.0.0"
    if not status and any(part.get("x-failed-recipients") for part in parts[:1]):
        status = "5.0.0"
    return _action("", status), status


def _status(text: str) -> str:
    found = _STATUS.search(text[:20_000])
    return "" if found is None else f"{found[1]}.{int(found[2])}.{int(found[3])}"


def _field(part: Message, name: str) -> str:
    """A header as text, whatever bytes it is made of."""
    return str(part.get(name, ""))


def _text(part: Message) -> str:
    """A part's text; what its charset cannot read is shown as it can be."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return payload.decode("utf-8", "replace").replace("\r\n", "\n")
