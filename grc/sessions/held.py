"""The sessions that an account has open: told to their person, closed one by one or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session

from grc.sessions.models import BrowserSession

_TABLE = BrowserSession.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class HeldSession:
    """An open session as its person reads it. device: the browser in words. means: as in SignInRecord."""

    id: int
    means: str
    device: str
    created_at: datetime
    seen_at: datetime


def of_citizen(session: Session, authority_id: int, citizen_id: int, *, now: datetime) -> Sequence[HeldSession]:
    """The open sessions of an account, the last seen first."""
    columns = (_TABLE.c[name] for name in HeldSession.__dataclass_fields__)
    statement = select(*columns).where(*_of_citizen(authority_id, citizen_id), _TABLE.c.expires_at > now)
    rows = session.execute(statement.order_by(_TABLE.c.seen_at.desc(), _TABLE.c.id.desc())).all()
    return [HeldSession(*row) for row in rows]


def close_of_citizen(
    session: Session, authority_id: int, citizen_id: int, *, only: int | None = None, but: int | None = None
) -> int:
    """Ends the sessions of an account, or only one of them, or all but one; how many."""
    statement = delete(_TABLE).where(*_of_citizen(authority_id, citizen_id))
    if only is not None:
        statement = statement.where(_TABLE.c.id == only)
    if but is not None:
        statement = statement.where(_TABLE.c.id != but)
    return len(session.execute(statement.returning(_TABLE.c.id)).all())


def rename(session: Session, authority_id: int, citizen_id: int, shown_name: str) -> None:
    """Has every open session of an account show another name."""
    mine = _of_citizen(authority_id, citizen_id)
    session.execute(update(_TABLE).where(*mine).values(shown_name=shown_name[:300]))


def _of_citizen(authority_id: int, citizen_id: int) -> tuple[Any, ...]:
    mine = (_TABLE.c.authority_id == authority_id, _TABLE.c.public == "citizen")
    return (*mine, _TABLE.c.citizen_id == citizen_id)
