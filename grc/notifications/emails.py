"""Mails as final bytes: text and HTML from the same data, with the letter attached."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import Any, get_args

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from grc import resources
from grc.errors import Invalid
from grc.notifications import mime
from grc.notifications.presentation import present
from grc.receipts import (
    AcceptanceWithdrawn,
    AccountRelinked,
    AccountUnused,
    Acknowledgement,
    DecisionNotice,
    DocumentsReminder,
    DocumentsRequested,
    DraftExpiring,
    EnvoiReceipt,
    Erratum,
    FiledForYou,
    ImpliedAcceptanceAttestation,
    ImpliedDecisionNotice,
    NewAddress,
    NewMessage,
    NewSubmissionNotice,
    Notice,
    OldAddress,
    PaperReceipt,
    ReasonsGiven,
    ReceiptCopy,
    RegistrationReceipt,
    ServiceMessage,
    ServiceUpdate,
    SignInLink,
    StateNotice,
    TrackingCodeNotice,
    TransferNotice,
    wording,
)
from grc.receipts.decision import Outcome
from grc.receipts.updates import StateChange

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_DEFAULT_COLOUR = "#1f5f8b"
_NAMES: Mapping[type[Any], str] = {
    Acknowledgement: "acknowledgement",
    ReceiptCopy: "address_corrected",
    RegistrationReceipt: "registration",
    DocumentsRequested: "documents_requested",
    TrackingCodeNotice: "tracking_code",
    NewSubmissionNotice: "new_submission",
    ServiceUpdate: "service_update",
    DraftExpiring: "draft_expiring",
    PaperReceipt: "paper_receipt",
    TransferNotice: "transfer",
    ImpliedDecisionNotice: "implied_decision",
    ImpliedAcceptanceAttestation: "attestation",
    ReasonsGiven: "reasons",
    AcceptanceWithdrawn: "acceptance_withdrawn",
    Erratum: "erratum",
    DocumentsReminder: "documents_reminder",
    NewMessage: "new_message",
    ServiceMessage: "service_message",
    EnvoiReceipt: "envoi",
    SignInLink: "sign_in_link",
    OldAddress: "old_address",
    NewAddress: "new_address",
    AccountUnused: "account_unused",
    AccountRelinked: "account_relinked",
    FiledForYou: "filed_for_you",
}
_APPEAL = "appeal_registered"

MESSAGES = frozenset((_APPEAL, *_NAMES.values(), *get_args(StateChange), *get_args(Outcome)))
"""The names of the messages that a workflow may send: the folders of templates/email."""


@dataclass(frozen=True)
class Sender:
    """Who a mail comes from: the address published with the modalités d’utilisation (CRPA R112-11-3 al. 2)."""

    address: str
    name: str


def compose(
    notice: Notice,
    *,
    sender: Sender,
    to: str,
    message_id: str,
    date: datetime,
    link: str,
    theme_colour: str,
    attachments: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """The mail of this notice, ready for SMTP (CRLF, 7-bit): equal bytes for equal arguments.

    message_id: with its angle brackets. date: aware; the time it is first composed. link: the one link, as a button.
    theme_colour: "#rrggbb". attachments: file name and PDF bytes. Raises Invalid for an address that can't be written.
    """
    name = template_of(notice)
    shown = {**present(notice), "link": link, "attached": bool(attachments), **colours(theme_colour)}
    headers = {
        "Subject": wording.plain(_template(name, "subject.txt").render(shown)),
        "From": mime.mailbox(wording.plain(sender.name), _address(sender.address)),
        "To": _address(to),
        "Date": format_datetime(date),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
    }
    text = _squeezed(_template(name, "body.txt").render(shown))
    html = _inliner().inline(_template(name, "body.html").render(shown))
    return mime.assembled(headers, text=text, html=html, attachments=attachments, seed=message_id)


def template_of(notice: Notice) -> str:
    """The folder of templates/email/ that this notice is written with."""
    if isinstance(notice, StateNotice):
        return notice.change
    if isinstance(notice, DecisionNotice):
        return notice.outcome
    if isinstance(notice, Acknowledgement) and notice.attacked is not None:
        return _APPEAL
    return _NAMES[type(notice)]


@cache
def _template(name: str, part: str) -> Any:
    return _environment().get_template(f"email/{name}/{part}")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(resources.folder("templates")),
        autoescape=select_autoescape(enabled_extensions=("html",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _inliner() -> Any:
    return css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def colours(theme_colour: str) -> dict[str, str]:
    """The accent and the text that is read on it: black or white, whichever contrasts more (at least 4.5)."""
    accent = theme_colour if _COLOUR.fullmatch(theme_colour) else _DEFAULT_COLOUR
    light = _luminance(accent) > 0.179
    return {"accent": accent, "on_accent": "#000000" if light else "#ffffff"}


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1024)
def _address(address: str) -> str:
    """The address with its domain in ASCII; a local part with accents needs SMTPUTF8, which few servers have."""
    local, _, domain = address.rpartition("@")
    try:
        written = f"{local}@{domain.encode('idna').decode()}".encode("ascii").decode()
        return Address(addr_spec=written).addr_spec
    except (ValueError, IndexError, MessageError) as error:
        raise Invalid("Cette adresse électronique ne peut pas recevoir de message.") from error


def _squeezed(text: str) -> str:
    """The text with at most one empty line in a row, and no space at the end of a line."""
    lines = (line.rstrip(" \t") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"
