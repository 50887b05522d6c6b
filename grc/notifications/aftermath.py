"""What follows from a mail sent or failed: a decision is notified, an agent gets a task."""

from __future__ import annotations

from datetime import datetime, time

from sqlmodel import Session, col, select

from grc import clock
from grc.authorities import queries as authorities
from grc.deadlines import business_days, parameters
from grc.deadlines.holidays import Place
from grc.deadlines.silence import last_day_to_notify
from grc.outbox.delivery import Claimed
from grc.outbox.models import OutboxEntry
from grc.receipts import DocumentsRequested
from grc.submissions import late_refusals, phases
from grc.submissions.firing import DEADLINE
from grc.submissions.models import Decision, DocumentsRequest, Event, Notice, Submission, Task

_NOTIFIES = frozenset({"decision", "erratum", "acceptance_withdrawn"})
"""The mails that bring a decision."""
UNDELIVERED = "mail_undelivered"
SERVICE_UNREACHABLE = "service_unreachable"
RECEIPT_LATE = "receipt_late"
_UNSTOPPED = "La demande de pièces n’est pas arrivée : répondez comme si le délai ne s’était pas arrêté"
_WARNED_FROM = time(12)
"""Half a working day before the end of the last day of the registration receipt (R112-11-2 al. 1)."""


def sent(session: Session, entry: Claimed, *, now: datetime) -> None:
    """Notes when a decision was notified, and closes the tasks that this mail had opened."""
    if entry.kind in _NOTIFIES:
        _notified(session, entry, now)
    if entry.tries > 1:  # the first attempt has no failure behind it
        for task in _open_tasks(session, entry):
            task.closed_at = now
            session.add(task)


def _notified(session: Session, entry: Claimed, now: datetime) -> None:
    """Notes the day of the decision that this mail brings: never of one of silence, nor of another that came since."""
    statement = (
        select(Decision)
        .where(
            Decision.authority_id == entry.authority_id,
            Decision.submission_id == entry.submission_id,
            Decision.kind == ("withdrawal" if entry.kind == "acceptance_withdrawn" else "express"),
            col(Decision.corrects_id).is_not(None) if entry.kind == "erratum" else col(Decision.corrects_id).is_(None),
        )
        .order_by(col(Decision.id).desc())
        .limit(1)
    )
    decision = session.exec(statement).one_or_none()
    if decision is not None and decision.notified_at is None:
        decision.notified_at = now
        session.add(decision)
        session.flush()
        late_refusals.watch(session, decision, now=now)


def failed(session: Session, entry: Claimed, *, gave_up: bool, now: datetime) -> None:
    """Opens an agent's task when the mail was given up, or when a receipt nears its legal limit unsent.

    Source: CRPA R112-11-2 (limits), L112-12 (a receipt not transmitted makes no time limit run against its author).
    """
    if entry.submission_id is None:
        return
    if gave_up:
        open_undelivered(session, entry, now=now)
    elif _is_pressing(session, entry, now):
        _open(session, entry, RECEIPT_LATE, now=now)


def open_undelivered(session: Session, entry: Claimed | OutboxEntry, *, now: datetime) -> None:
    """Opens the task of a mail that did not reach the citizen, or the service; once while it is open.

    Where it asked them for documents, another says until when to answer: the clock may never have stopped.
    """
    kinds = {"citizen": UNDELIVERED, "service": SERVICE_UNREACHABLE}
    if entry.channel == "mail" and entry.recipient in kinds:
        _open(session, entry, kinds[entry.recipient], now=now)
        if (entry.recipient, entry.kind) == ("citizen", DocumentsRequested.KIND):
            _warn_of_clock(session, entry, now)


def _warn_of_clock(session: Session, entry: Claimed | OutboxEntry, now: datetime) -> None:
    """Asks agents to answer by the day that a request for documents moved, while it waits; a new address leaves that.

    Source: CRPA L114-3 (without a request the clock runs on); L114-5 does not say what one that nobody received does.
    """
    sequence = int(session.get_one(Notice, entry.notice_id).name.rpartition(":")[2])
    mine = (Event.authority_id == entry.authority_id, Event.submission_id == entry.submission_id)
    event = session.exec(select(Event).where(*mine, Event.sequence == sequence)).one()
    asked = select(DocumentsRequest, Submission).where(
        DocumentsRequest.authority_id == entry.authority_id,
        DocumentsRequest.submission_id == entry.submission_id,
        DocumentsRequest.id == event.data["request"],
        col(DocumentsRequest.answered_on).is_(None),
        Submission.id == DocumentsRequest.submission_id,
        col(Submission.implied_on).is_(None),
        col(Submission.phase).in_(phases.OPEN),
    )
    for request, row in session.exec(asked):
        before_on = request.silence_before_on
        if before_on is not None and before_on != row.silence_on:
            task = Task(
                authority_id=entry.authority_id, submission_id=request.submission_id, kind=DEADLINE, opened_at=now
            )
            task.title, task.due_on = _UNSTOPPED, last_day_to_notify(before_on)
            session.add(task)


def _open(session: Session, entry: Claimed | OutboxEntry, kind: str, *, now: datetime) -> None:
    if entry.submission_id is None or any(task.kind == kind for task in _open_tasks(session, entry)):
        return
    session.add(
        Task(
            authority_id=entry.authority_id,
            submission_id=entry.submission_id,
            kind=kind,
            outbox_id=entry.id,
            opened_at=now,
        )
    )


def _is_pressing(session: Session, entry: Claimed, now: datetime) -> bool:
    if entry.kind != "acknowledgement" or entry.recipient != "citizen":
        return False
    submission = session.get_one(Submission, entry.submission_id)
    authority = authorities.authority(session, entry.authority_id)
    figures = parameters.of_version(submission.legal_parameters)
    received_on = submission.competent_received_on
    due_on = business_days.registration_due_on(received_on, place=Place(authority.holidays), parameters=figures)
    local = clock.local(authority.zone, now)
    return (local.date(), local.time()) >= (due_on, _WARNED_FROM)


def _open_tasks(session: Session, entry: Claimed | OutboxEntry) -> list[Task]:
    statement = select(Task).where(
        Task.authority_id == entry.authority_id, Task.outbox_id == entry.id, col(Task.closed_at).is_(None)
    )
    return list(session.exec(statement))
