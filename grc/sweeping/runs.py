"""What is kept of each sweep's last passage, for operators and for the plan against a clock that jumps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import insert, select, update
from sqlmodel import Session

from grc.outbox.models import SweepRun

WHOLE = "passage"
"""The row of the whole passage: its `as_of` is the last instant that the sweeps believed."""
LONGEST_GAP = timedelta(hours=36)
"""Beyond it nobody knows whether the server was stopped or its clock is wrong: an operator says."""
SLACK = timedelta(hours=1)
"""How far back an instant may lie without harm: two sweepers side by side, a clock set right by NTP."""
LATE_AFTER = timedelta(hours=1)

Jump = Literal["", "clock_ahead", "clock_behind"]
_TABLE = SweepRun.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Run:
    """The last passage of a sweep. done: how many things it did. fault: "" or kinds of failure, never a name."""

    name: str
    as_of: datetime
    started_at: datetime
    ended_at: datetime | None
    done: int = 0
    fault: str = ""


def jump(last: Run | None, as_of: datetime) -> Jump:
    """Whether that instant is too far from the last one believed for dates of law to follow it; "" when it is not."""
    if last is None or last.as_of - SLACK <= as_of <= last.as_of + LONGEST_GAP:
        return ""
    return "clock_ahead" if as_of > last.as_of else "clock_behind"


def is_late(last: Run | None, now: datetime) -> bool:
    """Whether no passage has ended for so long that the sweeper must be down."""
    return last is not None and (last.ended_at is None or now - last.ended_at > LATE_AFTER)


def every(session: Session) -> list[Run]:
    """The last passage of each sweep, by name."""
    return [Run(**row._mapping) for row in session.execute(select(_TABLE).order_by(_TABLE.c.name))]


def last(session: Session, name: str = WHOLE) -> Run | None:
    """The last passage of that sweep, or None before the first."""
    row = session.execute(select(_TABLE).where(_TABLE.c.name == name)).one_or_none()
    return None if row is None else Run(**row._mapping)


def record(session: Session, run: Run) -> None:
    """Keeps that passage in the place of the one before."""
    values = {name: getattr(run, name) for name in Run.__dataclass_fields__}
    changed = update(_TABLE).where(_TABLE.c.name == run.name).values(values).returning(_TABLE.c.name)
    if not session.execute(changed).all():
        session.execute(insert(_TABLE).values(values))


def refuse(session: Session, run: Run, why: Jump) -> None:
    """Notes that the passage did not happen; the instant last believed stays."""
    session.execute(update(_TABLE).where(_TABLE.c.name == run.name).values(fault=why))
