"""Writes a line of the journal, in the transaction of the act that it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from grc.access.actors import Actor, Visitor
from grc.db import Prepared
from grc.journal.acts import JournalAct
from grc.journal.models import JournalEntry

_INSERT = Prepared(insert(JournalEntry.__table__))  # type: ignore[attr-defined]
OPERATOR = "operator"


def record(
    session: Session,
    authority_id: int,
    act: JournalAct,
    subject: tuple[str, str | int],
    *,
    by: Actor | None,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Adds a line. subject: its kind ("agent", "submission", "service"…) and its reference, slug or number.

    by: None for a command of the operator, on the machine. data: ids, codes and dates, never an answer nor a name:
    raises ValueError for anything longer than a code.
    """
    kind, value = subject
    author = by.author if isinstance(by, Visitor) else by
    row = {
        "authority_id": authority_id,
        "at": now,
        "actor_kind": OPERATOR if author is None else author.kind,
        "actor_id": None if author is None else author.id,
        "act": str(act),
        "subject_kind": kind,
        "subject": str(value),
        "data": {key: _code(value) for key, value in (data or {}).items()},
    }
    _INSERT.run(session, row)


def _code(value: Any) -> Any:
    """The value if it is an id, a code, a date or a list of them."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_code(each) for each in value]
    if isinstance(value, str) and len(value) <= 80 and " " not in value and "@" not in value:
        return value
    raise ValueError("the journal keeps ids, codes and dates only")
