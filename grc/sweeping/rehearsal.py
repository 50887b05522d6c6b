"""What a sweep would do, without doing it: everything is done in a transaction that is then undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, func, inspect, select
from sqlmodel import Session, col

from grc.authorities.views import AuthorityView
from grc.db import Database
from grc.submissions.events import LABELS
from grc.submissions.models import Event, Submission, Task
from grc.sweeping.sweeps import Sweep

_MOST_UNITS = 100
_KEPT = {"retained_until": "à garder jusqu’au", "destruction_proposed_on": "à proposer à la destruction le"}


@dataclass(frozen=True)
class Rehearsed:
    """What a sweep would do in an authority: how many things, and a line for each demande that it would change."""

    done: int
    lines: tuple[str, ...]


class _Undone(Exception):
    """Ends the transaction without keeping anything."""


def rehearse(db: Database, sweep: Sweep, authority: AuthorityView, as_of: datetime) -> Rehearsed:
    """What the sweep would do there as of that instant; nothing of it is kept, no file is deleted."""
    found: list[Rehearsed] = []
    try:
        with db.writing(scope=authority.id) as session:
            found.append(_tried(session, sweep, authority.id, as_of))
            raise _Undone
    except _Undone:
        return found[0]


def _tried(session: Session, sweep: Sweep, authority_id: int, as_of: datetime) -> Rehearsed:
    changed: dict[str, str] = {}

    def note(flushed: Any, _context: Any) -> None:
        for row in flushed.dirty:
            if isinstance(row, Submission) and (told := _change(row)):
                changed[row.reference] = told

    event.listen(session, "before_flush", lambda flushed, context, _instances: note(flushed, context))
    before = [_last(session, table, authority_id) for table in (Event, Task)]
    done = 0
    for _ in range(_MOST_UNITS):
        made = sweep.unit(session, authority_id, as_of).count
        done += made
        if not made:
            break
    session.flush()
    lines = [*_events(session, authority_id, before[0]), *_tasks(session, authority_id, before[1])]
    return Rehearsed(done, (*lines, *(f"{reference} : {told}" for reference, told in sorted(changed.items()))))


def _change(row: Submission) -> str:
    """What becomes of its retention, in words; "" when nothing does: the rest is told by its events."""
    state: Any = inspect(row)
    moved = [name for name in _KEPT if state.attrs[name].history.has_changes()]
    return ", ".join(f"{_KEPT[name]} {getattr(row, name) or 'jamais (rouverte)'}" for name in moved)


def _last(session: Session, table: Any, authority_id: int) -> int:
    mine = table.authority_id == authority_id
    return int(session.execute(select(func.coalesce(func.max(table.id), 0)).where(mine)).scalar_one())


def _events(session: Session, authority_id: int, before: int) -> Iterator[str]:
    statement = (
        select(col(Submission.reference), col(Event.kind), col(Event.state))
        .join(Event, col(Event.submission_id) == col(Submission.id))
        .where(col(Event.authority_id) == authority_id, col(Event.id) > before)
        .order_by(col(Event.id))
    )
    for reference, kind, state in session.execute(statement):
        yield f"{reference} : {LABELS.get(kind, kind)} (état {state})"


def _tasks(session: Session, authority_id: int, before: int) -> Iterator[str]:
    statement = (
        select(col(Submission.reference), col(Task.kind), col(Task.title))
        .join(Task, col(Task.submission_id) == col(Submission.id))
        .where(col(Task.authority_id) == authority_id, col(Task.id) > before)
        .order_by(col(Task.id))
    )
    for reference, kind, title in session.execute(statement):
        yield f"{reference} : tâche « {title or kind} »"
