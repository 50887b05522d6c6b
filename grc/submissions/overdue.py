"""Documents asked for that did not come by the day set: an event of the journal and a task for agents, once each.

The day itself belongs to the citizen: it is over from 00:00 of the next one, in the authority's own time. No date
moves: the notice of an incomplete file announced what happens without them (CRPA L114-5).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import System
from grc.access.permissions import functions_of
from grc.authorities import queries as authorities
from grc.submissions import phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import AWAITED, DocumentsRequest, Submission, Task
from grc.workflow import engine

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
    for request, submission in found:
        request.overdue_at = as_of
        session.add(request)
        if submission.phase in phases.OPEN:
            _say(Act(session, authority, submission, by=System(authority_id), now=as_of), request)
    session.flush()
    return len(found)


def _due(session: Session, authority_id: int, today: date) -> list[tuple[DocumentsRequest, Submission]]:
    statement = (
        select(DocumentsRequest, Submission)
        .join(Submission, col(Submission.id) == col(DocumentsRequest.submission_id))
        .where(col(DocumentsRequest.authority_id) == authority_id, AWAITED, col(DocumentsRequest.due_on) < today)
        .order_by(col(DocumentsRequest.due_on), col(DocumentsRequest.id))
        .limit(_AT_ONCE)
        .with_for_update(of=Submission, skip_locked=True)
    )
    return [(request, submission) for request, submission in session.execute(statement).all()]


def _say(act: Act, request: DocumentsRequest) -> None:
    data = {"request": request.id, "due_on": request.due_on}
    if _is_handled(act):
        act.perform(act.advance(EVENT, Kind.DOCUMENTS_OVERDUE, data), {})
    else:
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


def _is_handled(act: Act) -> bool:
    workflow, row = act.procedure.workflow, act.submission
    opened = engine.open_to(workflow, row.state, functions=functions_of(act.by), context=row.context)
    return any(each.event == EVENT for each in opened)
