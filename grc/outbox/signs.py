"""Workers' signs of life, for operators: written now and then, never read by a worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from grc.outbox.models import WorkerSign

EVERY = timedelta(seconds=30)
SILENT_AFTER = timedelta(minutes=3)
_FORGOTTEN_AFTER = timedelta(days=2)
_TABLE = WorkerSign.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Sign:
    """A worker, since when it runs and when it was last heard of."""

    holder: str
    started_at: datetime
    seen_at: datetime

    def is_silent(self, now: datetime) -> bool:
        """Whether it has ended, or hangs."""
        return now - self.seen_at > SILENT_AFTER


def give(session: Session, holder: str, *, started_at: datetime, now: datetime) -> None:
    """Says that the worker lives; what ended days ago is forgotten."""
    seen = update(_TABLE).where(_TABLE.c.holder == holder).values(seen_at=now).returning(_TABLE.c.holder)
    if not session.execute(seen).all():
        session.execute(insert(_TABLE).values(holder=holder, started_at=started_at, seen_at=now))
        session.execute(delete(_TABLE).where(_TABLE.c.seen_at < now - _FORGOTTEN_AFTER))


def leave(session: Session, holder: str) -> None:
    """Takes back the signs of a worker that ends as it was told."""
    session.execute(delete(_TABLE).where(_TABLE.c.holder == holder))


def every(session: Session) -> list[Sign]:
    """The signs of all workers, the latest first."""
    rows = session.execute(select(_TABLE).order_by(_TABLE.c.seen_at.desc())).all()
    return [Sign(row.holder, row.started_at, row.seen_at) for row in rows]
