"""Receipts that could not leave at once: issued once the service is mended, watched while they are late.

Source: CRPA R112-11-2 (one jour ouvré for the AEE, ten for the AR), R112-11-1 (mentions), L112-12 (what a missing
receipt costs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, text, update
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import AgentActor, System
from grc.access.permissions import Permission
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.deadlines import business_days, parameters
from grc.deadlines.holidays import Place
from grc.errors import Conflict, Invalid, Problem
from grc.outbox.models import OutboxEntry
from grc.outbox.post import Posting
from grc.receipts import Acknowledgement, DocumentsRequested, Incomplete, PaperReceipt, from_json
from grc.submissions import apart, competent, notices
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import DocumentsRequest, Notice, Submission, Task
from grc.submissions.queries import find_for_change
from grc.submissions.registering import OWED

RECEIPT_LATE = "receipt_late"
_WARNED_FROM = time(12)
"""Half a working day before the end of the last day of the registration receipt (R112-11-2 al. 1)."""
_AT_ONCE = 200
_PENDING = text("outbox_entry.state = 'pending'")
"""In the very words of the partial index, which SQLite needs to use it."""
_RECEIPTS = ("acknowledgement", "registration")


def acknowledgements_due(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many of the receipts still owed could leave: those whose service now has every mention. Safe to run twice."""
    authority = authorities.authority(session, authority_id)
    statement = (
        select(Submission)
        .join(Task, col(Task.submission_id) == col(Submission.id))
        .where(col(Submission.authority_id) == authority_id, *owed(authority_id))
        .order_by(col(Submission.id))
        .limit(_AT_ONCE)
        .with_for_update(of=Submission, skip_locked=True)
    )

    def issue(row: Submission) -> bool:
        act = Act(session, authority, row, by=System(authority_id), now=as_of)
        receipt = receipt_of(act)
        is_whole = not receipt.missing_mentions()
        if is_whole:
            _issue(act, receipt)
        return is_whole

    return apart.each(session, session.execute(statement).scalars().all(), issue)


def owed(authority_id: Any) -> tuple[ColumnElement[bool], ...]:
    """The tasks that say that a receipt is still owed."""
    return col(Task.authority_id) == authority_id, col(Task.kind) == OWED, col(Task.closed_at).is_(None)


def acknowledge(
    session: Session, authority: AuthorityView, reference: str, *, revision: int, by: AgentActor, now: datetime
) -> Submission:
    """The submission, its owed receipt sent; raises Invalid with what the service still lacks, Conflict if none is."""
    row = find_for_change(session, authority, by, reference, revision=revision, to=Permission.SUBMISSION_HANDLE)
    act = Act(session, authority, row, by=by, now=now)
    if not _is_owed(act):
        raise Conflict("L’accusé de réception de cette demande est déjà parti.")
    receipt = receipt_of(act)
    missing = receipt.missing_mentions()
    if missing:
        problems = [Problem("", "mention", f"Il manque encore cette mention : {one}.") for one in missing]
        raise Invalid("Le service n’a pas encore toutes les mentions de l’accusé de réception.", problems)
    _issue(act, receipt)
    return act.submission


def receipt_of(act: Act) -> Acknowledgement | PaperReceipt:
    """The receipt owed: the service as it is now, the day of reception as it was, the date of silence as it stands."""
    row = act.submission
    made = competent.in_the_form_of(
        competent.origin(act.session, row),
        act.authority,
        now=act.now,
        addressee=row.applicant_name,
        reference=row.reference,
        procedure_title=act.procedure.title,
        received_at=row.received_at,
        service=act.service_contact,
        agent=act.case_agent(),
        silence_terms=act.procedure.silence_for(row.answers),
        appeal_terms=act.procedure.appeal_for(row.answers),
        first_received_on=row.first_received_on,
        transferred_from=row.transferred_from,
    )
    requests = act.requests()
    silence, asked = act.reckon(requests), _awaited(act, requests)
    if asked is None:
        return replace(made, silence=silence)
    missing = Incomplete(asked.items, asked.deadline_on, asked.rule)
    return replace(made, silence=silence or asked.silence, incomplete=missing)


def _awaited(act: Act, requests: Sequence[DocumentsRequest]) -> DocumentsRequested | None:
    """The request for documents that still waits, as it was told: the receipt repeats it (R112-11-4)."""
    if all(one.answered_at is not None for one in requests):
        return None
    mine = (col(Notice.authority_id) == act.authority.id, col(Notice.submission_id) == act.id)
    statement = select(col(Notice.facts)).where(*mine, col(Notice.kind) == DocumentsRequested.KIND)
    facts = from_json(act.session.execute(statement.order_by(col(Notice.id).desc()).limit(1)).scalar_one())
    return facts if isinstance(facts, DocumentsRequested) else None


def receipts_late(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many tasks were opened for receipts that have not left, half a working day before the AEE's limit or later.

    Whether a worker has tried them or none runs. Safe to run twice: one task for each mail.
    """
    authority = authorities.authority(session, authority_id)
    local = clock.local(authority.zone, as_of)
    opened = 0
    for entry_id, submission_id, received_on, version in session.execute(_unsent(authority_id)).all():
        figures = parameters.of_version(version)
        due_on = business_days.registration_due_on(received_on, place=Place(authority.holidays), parameters=figures)
        if (local.date(), local.time()) >= (due_on, _WARNED_FROM):
            task = Task(authority_id=authority_id, submission_id=submission_id, kind=RECEIPT_LATE, opened_at=as_of)
            task.outbox_id = entry_id
            session.add(task)
            opened += 1
    return opened


def unsent(authority_id: Any) -> tuple[Any, ...]:
    """The mails of receipts that have not left, without a task that says so."""
    told = (
        select(col(Task.id))
        .where(
            col(Task.authority_id) == authority_id,
            col(Task.outbox_id) == col(OutboxEntry.id),
            col(Task.closed_at).is_(None),
        )
        .exists()
    )
    return (
        col(OutboxEntry.authority_id) == authority_id,
        _PENDING,
        col(OutboxEntry.recipient) == "citizen",
        or_(*(col(OutboxEntry.kind) == kind for kind in _RECEIPTS)),
        ~told,
    )


def _unsent(authority_id: int) -> Select[Any, Any, Any, Any]:
    """The same: keys of mail and demande, day received, version of the law."""
    columns = (
        col(OutboxEntry.id),
        col(Submission.id),
        col(Submission.competent_received_on),
        col(Submission.legal_parameters),
    )
    return (
        select(*columns)
        .join(Submission, col(Submission.id) == col(OutboxEntry.submission_id))
        .where(*unsent(authority_id))
        .order_by(col(OutboxEntry.id))
        .limit(_AT_ONCE)
    )


def _is_owed(act: Act) -> bool:
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    still = (col(Task.kind) == OWED, col(Task.closed_at).is_(None))
    return act.session.execute(select(col(Task.id)).where(*mine, *still)).first() is not None


def _issue(act: Act, receipt: Acknowledgement | PaperReceipt) -> None:
    """Fixed under its own name, so never two; the task is done."""
    notice_id = notices.fix(
        act.session,
        receipt,
        authority_id=act.authority.id,
        submission_id=act.id,
        name=receipt.KIND,
        now=act.now,
    )
    act.record(Kind.ACKNOWLEDGED, {"silence_on": act.submission.silence_on})
    if act.submission.contact_email:
        notices.send(act.session, act.submission, [Posting(notice_id, receipt.KIND)], now=act.now)
    else:
        notices.print_later(act.session, act.submission, notice_id, now=act.now)
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id, col(Task.kind) == OWED)
    done = {"closed_at": act.now, "closed_by_id": act.by.id if isinstance(act.by, AgentActor) else None}
    act.session.execute(update(Task).where(*mine, col(Task.closed_at).is_(None)).values(done))
