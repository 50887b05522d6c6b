"""What the journal of a demande says it is now: a pure fold over its events, compared with what is stored.

Events hold codes, ids and dates only, so that this can be done after the answers are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select
from sqlmodel import Session, col

from grc.catalogue import queries as catalogue
from grc.submissions import phases
from grc.submissions.events import Kind
from grc.submissions.models import Event, Submission
from grc.workflow.definition import Workflow

_AT_ONCE = 200


class Happened(Protocol):
    """What the fold reads of an event."""

    sequence: int
    kind: str
    state: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """Where a demande stands: what its row says, or what its events say that it must say."""

    state: str
    phase: str
    silence_on: date | None
    implied_on: date | None
    revision: int


def replayed(events: Sequence[Happened], workflow: Workflow) -> Standing:
    """Where the events lead, in order. Raises ValueError where one is missing, KeyError for an unknown state.

    An event that moves the date of silence says the new one; the decision of silence says its day. What was sent on
    is closed, also where the workflow has no state for it.
    """
    silence_on: date | None = None
    implied_on: date | None = None
    is_sent_on = False
    for number, event in enumerate(events, start=1):
        if event.sequence != number:
            raise ValueError(f"événement {number} absent du journal")
        if "silence_on" in event.data:
            silence_on = _day(event.data["silence_on"])
        if event.kind == Kind.IMPLIED:
            implied_on = _day(event.data["born_on"])
        is_sent_on |= event.kind == Kind.TRANSFERRED
    if not events:
        raise ValueError("journal vide")
    state = events[-1].state
    phase = phases.of_state(workflow, state)
    if is_sent_on and phase in phases.OPEN:
        phase = phases.ENDED[-1]
    return Standing(state, phase, silence_on, implied_on, len(events))


def stored(row: Submission) -> Standing:
    """Where the row says that it stands."""
    return Standing(row.state, row.phase, row.silence_on, row.implied_on, row.revision)


def faults(row: Submission, events: Sequence[Happened], workflow: Workflow) -> list[str]:
    """What does not follow from the events, in words without personal data; empty when all does."""
    try:
        told, said = replayed(events, workflow), stored(row)
    except (ValueError, KeyError) as error:
        return [f"journal illisible : {error}"]
    names = Standing.__dataclass_fields__
    pairs = ((name, getattr(said, name), getattr(told, name)) for name in names)
    return [f"{name} : {had} en base, {has} d’après le journal" for name, had, has in pairs if had != has]


def verified(session: Session, authority_id: int) -> Iterator[tuple[str, list[str]]]:
    """The reference of each demande of the authority, by id, and its faults."""
    after = 0
    while rows := _rows(session, authority_id, after):
        journal = _journal(session, authority_id, [row.id for row in rows if row.id is not None])
        for row in rows:
            workflow = catalogue.version(session, authority_id, row.version_id).workflow
            yield row.reference, faults(row, journal.get(row.id, []), workflow)
        after = rows[-1].id or 0
        session.expunge_all()


def _rows(session: Session, authority_id: int, after: int) -> Sequence[Submission]:
    mine = (col(Submission.authority_id) == authority_id, col(Submission.id) > after)
    return session.execute(select(Submission).where(*mine).order_by(col(Submission.id)).limit(_AT_ONCE)).scalars().all()


def _journal(session: Session, authority_id: int, ids: list[int]) -> dict[int | None, list[Event]]:
    found: dict[int | None, list[Event]] = {}
    statement = select(Event).where(col(Event.authority_id) == authority_id, col(Event.submission_id).in_(ids))
    for event in session.execute(statement.order_by(col(Event.submission_id), col(Event.sequence))).scalars():
        found.setdefault(event.submission_id, []).append(event)
    return found


def _day(text: Any) -> date | None:
    return None if text is None else date.fromisoformat(str(text))
