"""The last passages of the sweeps, for operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from grc.outbox.models import SweepRun

_TABLE = SweepRun.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Run:
    """The last passage of one sweep. ended_at: None while it runs, or when its process ended within it."""

    name: str
    as_of: datetime
    started_at: datetime
    ended_at: datetime | None
    done: int
    fault: str


def last(session: Session) -> list[Run]:
    """The last passage of each sweep, by name."""
    names = Run.__dataclass_fields__
    rows = session.execute(select(*(_TABLE.c[name] for name in names)).order_by(_TABLE.c.name)).all()
    return [Run(**row._mapping) for row in rows]
