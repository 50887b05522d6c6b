"""How the outbox stands for each authority: counts and instants, asked as the platform."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlmodel import Session

from grc.outbox.delivery import Health
from grc.outbox.models import OutboxEntry

_ENTRY = OutboxEntry.__table__  # type: ignore[attr-defined]


def by_authority(session: Session) -> dict[int, Health]:
    """The state of each authority's entries; none for those that have nothing waiting and nothing given up."""
    waits = _ENTRY.c.state == "pending"
    since: datetime | object = func.coalesce(_ENTRY.c.revived_at, _ENTRY.c.created_at)
    put_off = _ENTRY.c.last_fault.like("45%")
    statement = (
        select(
            _ENTRY.c.authority_id,
            func.sum(case((waits, 1), else_=0)),
            func.min(case((waits & ~put_off, since))),
            func.sum(case((waits, 0), else_=1)),
        )
        .where(_ENTRY.c.state.in_(("pending", "dead")))
        .group_by(_ENTRY.c.authority_id)
    )
    rows = session.execute(statement)
    return {key: Health(int(pending), oldest_at, int(dead)) for key, pending, oldest_at, dead in rows}
