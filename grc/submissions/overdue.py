"""Documents asked for that did not come by the day set: an event of the journal and a task for agents, once each.

The day itself belongs to the citizen: it is over from 00:00 of the next one, in the authority's own time. No date
moves: the notice of an incomplete file announced what happens without them (CRPA L114-5).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import System
from grc.authorities import queries as authorities
from grc.errors import TransitionRefused
from grc.submissions import apart, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import AWAITED, DocumentsRequest, Submission, Task

EVENT = "clock.documents"
"""What a workflow may handle; where it does not, the state stays."""
TASK = "deadline"
_AT_ONCE = 200


def documents(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many requests for documents were found overdue: at most 200 a call, the oldest first.

    A submission that ended meanwhile waits for nothing: its request is only marked. One that somebody is changing
    waits for the next passage.
    """
    authority = authorities.authority(session, authority_id)
    found = _due(session, authority_id, clock.day_in(authority.zone, as_of))

    def note(pair: tuple[DocumentsRequest, Submission]) -> None:
        request, submission = pair
        request.overdue_at = as_of
        session.add(request)
        if submission.phase in phases.OPEN:
            _say(Act(session, authority, submission, by=System(authority_id), now=as_of), request)

    return apart.each(session, found, note)


def past(authority_id: Any, today: date) -> tuple[Any, ...]:
    """The requests for documents whose day is over, and that were not found so."""
    return col(DocumentsRequest.authority_id) == authority_id, AWAITED, col(DocumentsRequest.due_on) < today


def _due(session: Session, authority_id: int, today: date) -> list[tuple[DocumentsRequest, Submission]]:
    statement = (
        select(DocumentsRequest, Submission)
        .join(Submission, col(Submission.id) == col(DocumentsRequest.submission_id))
        .where(*past(authority_id, today))
        .order_by(col(DocumentsRequest.due_on), col(DocumentsRequest.id))
        .limit(_AT_ONCE)
        .with_for_update(of=Submission, skip_locked=True)
    )
    return [(request, submission) for request, submission in session.execute(statement).all()]


def _say(act: Act, request: DocumentsRequest) -> None:
    data = {"request": request.id, "due_on": request.due_on}
    try:
        act.perform(act.advance(EVENT, Kind.DOCUMENTS_OVERDUE, data), {})
    except TransitionRefused:
        act.record(Kind.DOCUMENTS_OVERDUE, data)
    act.session.add(
        Task(
            authority_id=act.authority.id,
            submission_id=act.id,
            kind=TASK,
            title="Les documents demandés ne sont pas arrivés à temps",
            due_on=act.today(),
            opened_at=act.now,
        )
    )
