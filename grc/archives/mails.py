"""The mails as they left and the letters as they were printed: each a file that a person opens, by demande."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import LargeBinary, Row, Select, and_, func, or_, select

from grc.archives.contents import AUTHORITY, BODY, MAIL
from grc.submissions import letters

NAMES = r"courriers/[0-9A-Za-z-]{1,20}/[0-9]{1,19}\.(?:eml|pdf)"
"""The names of these files in an archive: a folder for each demande, the number of the row, what opens it."""
_SUBMISSION, _ENTRY = (AUTHORITY.metadata.tables[name] for name in ("submission", "outbox_entry"))
_RAW, _PDF = MAIL.c[BODY], b"%PDF"
_REFERENCE = re.compile(r"[0-9A-Za-z-]{1,20}", re.ASCII)
_ASIDE, _CODE = "sans-demande", "carries_code"


def selected(*, is_whole: bool) -> Select[Any]:
    """The rows of mails with the reference of their demande, the kind, the channel, and whether a code is in them.

    is_whole: with all their bytes, else the first four.
    """
    body = _RAW if is_whole else func.substr(_RAW, 1, len(_PDF), type_=LargeBinary).label(BODY)
    others = [column for column in MAIL.c if column is not _RAW]
    secret = _ENTRY.c.sealed_secret.is_not(None)
    shown = and_(_ENTRY.c.channel == letters.CHANNEL, _ENTRY.c.kind.in_(letters.SECRET))
    return (
        select(*others, body, _SUBMISSION.c.reference, _ENTRY.c.kind, _ENTRY.c.channel, or_(secret, shown).label(_CODE))
        .join(_ENTRY, _ENTRY.c.id == MAIL.c.outbox_id)
        .outerjoin(_SUBMISSION, _SUBMISSION.c.id == MAIL.c.submission_id)
    )


def name_of(row: Row[Any]) -> str | None:
    """The file of a row that `selected` found; None where its bytes were forgotten, or still carry a code."""
    raw = row._mapping[BODY]
    if raw is None or row.carries_code:
        return None
    folder = row.reference if row.reference and _REFERENCE.fullmatch(row.reference) else _ASIDE
    return f"courriers/{folder}/{row.id}.{'pdf' if bytes(raw).startswith(_PDF) else 'eml'}"


def is_printed(raw: bytes) -> bool:
    """Whether these are the bytes of a letter, which is laid out in clear; a mail that carries a code is sealed."""
    return raw.startswith(_PDF)


def is_of(name: Any, number: int) -> bool:
    """Whether a row may name this file: it is a mail's, and of that number."""
    return isinstance(name, str) and re.fullmatch(NAMES, name, re.ASCII) is not None and f"/{number}." in name
