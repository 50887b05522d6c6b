"""Reminders of the documents that a demande waits for: once, some days before the deadline; nothing moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock, receipts
from grc.access.actors import System
from grc.attachments import commands as attachments
from grc.authorities import queries as authorities
from grc.receipts import DocumentsRequested
from grc.receipts.reminders import of_documents
from grc.submissions import apart, arrivals, notices, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import AWAITED, DocumentsRequest, Notice, Submission

DAYS_BEFORE = 7
"""How long before the deadline the reminder leaves."""
_AT_ONCE = 200


def remind(session: Session, authority_id: int, as_of: datetime, *, days_before: int = DAYS_BEFORE) -> int:
    """How many reminders were made: at most 200 a call, the nearest deadline first, never two for a request.

    None for a demande that ended or waits no more, nor once everything was sent, be it still in quarantine. Who gave no
    address gets a letter to print. A request with a short deadline is recalled when half of its time has passed.
    """
    authority = authorities.authority(session, authority_id)
    today = clock.day_in(authority.zone, as_of)
    found = _due(session, authority_id, today, days_before)

    def recall(pair: tuple[DocumentsRequest, Submission]) -> bool:
        request, submission = pair
        request.reminded_at = as_of
        session.add(request)
        act = Act(session, authority, submission, by=System(authority_id), now=as_of)
        return _recall(act, request)

    return apart.each(session, found, recall)


def to_recall(authority_id: Any, today: date, days_before: int = DAYS_BEFORE) -> tuple[Any, ...]:
    """The requests for documents whose deadline is that near, and that were not recalled."""
    return (
        col(DocumentsRequest.authority_id) == authority_id,
        AWAITED,
        col(DocumentsRequest.reminded_at).is_(None),
        col(DocumentsRequest.due_on) >= today,
        col(DocumentsRequest.due_on) <= today + timedelta(days=days_before),
    )


def recalled_on(requested_on: date, due_on: date, days_before: int) -> date:
    """The day from which a reminder may leave: so many days before the deadline, in its second half."""
    return max(due_on - timedelta(days=days_before), requested_on + (due_on - requested_on) / 2)


def _due(
    session: Session, authority_id: int, today: date, days_before: int
) -> list[tuple[DocumentsRequest, Submission]]:
    """The requests to recall, locked with their submissions; one that somebody is changing waits for the next round."""
    statement = (
        select(DocumentsRequest, Submission)
        .join(Submission, col(Submission.id) == col(DocumentsRequest.submission_id))
        .where(*to_recall(authority_id, today, days_before), col(Submission.phase).in_(phases.OPEN))
        .order_by(col(DocumentsRequest.due_on), col(DocumentsRequest.id))
        .limit(_AT_ONCE)
        .with_for_update(of=Submission, skip_locked=True)
    )
    every = [(request, submission) for request, submission in session.execute(statement).all()]
    return [pair for pair in every if recalled_on(pair[0].requested_on, pair[0].due_on, days_before) <= today]


def _recall(act: Act, request: DocumentsRequest) -> bool:
    """Whether a reminder left; the request is marked either way when nothing is left to send."""
    sent = attachments.of_submission(act.session, act.authority.id, act.id)
    missing = {str(item["field"]) for item in arrivals.to_send(request, sent)}
    stated = _stated(act, request)
    if not missing or act.submission.phase != "waiting" or stated is None:
        return False
    items = [fact for fact, item in zip(stated.items, request.items, strict=True) if item["field"] in missing]
    facts = of_documents(stated, reminded_at=act.now, missing=items)
    act.record(Kind.DOCUMENTS_REMINDED, {"request": request.id, "due_on": request.due_on})
    notices.tell(act.session, act.submission, facts, now=act.now)
    return True


def _stated(act: Act, request: DocumentsRequest) -> DocumentsRequested | None:
    """What the request said when it left, or None."""
    mine = (col(Notice.authority_id) == act.authority.id, col(Notice.submission_id) == act.id)
    kind = col(Notice.kind) == DocumentsRequested.KIND
    statement = select(col(Notice.facts)).where(*mine, kind).order_by(col(Notice.id).desc())
    for facts in act.session.execute(statement).scalars():
        stated = receipts.from_json(facts)
        if isinstance(stated, DocumentsRequested) and (stated.noticed_on, stated.deadline_on) == (
            request.requested_on,
            request.due_on,
        ):
            return stated
    return None
