"""What follows from a mail sent or failed: a decision is notified, an agent gets a task."""

from __future__ import annotations

from datetime import datetime, time

from sqlmodel import Session, col, select

from grc import clock
from grc.authorities import queries as authorities
from grc.deadlines import business_days, parameters
from grc.deadlines.holidays import Place
from grc.outbox.delivery import Claimed
from grc.outbox.models import OutboxEntry
from grc.submissions import late_refusals
from grc.submissions.models import Decision, Submission, Task

_NOTIFIES = frozenset({"decision", "erratum", "acceptance_withdrawn"})
"""The mails that bring a decision."""
UNDELIVERED = "mail_undelivered"
SERVICE_UNREACHABLE = "service_unreachable"
RECEIPT_LATE = "receipt_late"
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
    """Opens the task of a mail that did not reach the citizen, or the service; once while it is open."""
    kinds = {"citizen": UNDELIVERED, "service": SERVICE_UNREACHABLE}
    if entry.channel == "mail" and entry.recipient in kinds:
        _open(session, entry, kinds[entry.recipient], now=now)


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
