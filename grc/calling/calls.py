"""The life of a call: what to send, and what its answer changes, each in a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc.access.actors import System
from grc.authorities import queries as authorities
from grc.calling import endpoints
from grc.calling.client import Answered
from grc.calling.endpoints import EndpointView
from grc.outbox import delivery as outbox
from grc.outbox.delivery import Claimed, LeaseLost
from grc.outbox.models import OutboxEntry
from grc.submissions.acts import Act
from grc.submissions.exchange_models import HttpCall
from grc.submissions.models import Submission, Task

FAILED = "call_failed"
"""The kind of the task that agents get when a call is given up."""
DONE_EVENT, FAILED_EVENT = "done", "failed"


@dataclass(frozen=True)
class Prepared:
    """A call ready to leave. endpoint: None when the operator has not set it, or no longer."""

    body: bytes
    endpoint: EndpointView | None


def prepared(session: Session, entry: Claimed) -> Prepared:
    """What to send; raises LeaseLost when the entry is no longer this worker's."""
    row = session.get(OutboxEntry, entry.id)
    if row is None or (row.state, row.lease_holder, row.tries) != ("pending", entry.lease_holder, entry.tries):
        raise LeaseLost
    call = _call(session, entry)
    return Prepared(call.body.encode(), endpoints.find(session, entry.authority_id, call.endpoint))


def record(session: Session, entry: Claimed, answered: Answered, *, hears: bool = True, now: datetime) -> None:
    """Keeps an answer that asking again would not change, ends the entry, and lets the workflow hear of it.

    hears: False when the workflow could not go on: the answer is kept all the same, and agents get the task.
    """
    act = _act(session, entry, now=now)
    call = _call(session, entry)
    call.status_code, call.response, call.answered_at = answered.status, answered.text, now
    session.add(call)
    session.flush()
    _end(session, entry, "sent" if answered.is_done else "dead", "" if answered.is_done else str(answered.status), now)
    if hears:
        act.hear(f"call.{call.name}.{DONE_EVENT if answered.is_done else FAILED_EVENT}", {"call": call.id})
    if not (answered.is_done and hears):
        _open_task(act, call, entry)


def record_fault(session: Session, entry: Claimed, *, fault: str, now: datetime) -> bool:
    """Plans the next attempt; whether it gave up instead, which the workflow then hears."""
    act = _act(session, entry, now=now)
    gave_up = outbox.record_fault(session, entry, fault=fault, permanent=False, now=now)
    if gave_up:
        call = _call(session, entry)
        call.answered_at = now
        session.add(call)
        session.flush()
        act.hear(f"call.{call.name}.{FAILED_EVENT}", {"call": call.id})
        _open_task(act, call, entry)
    return gave_up


def _act(session: Session, entry: Claimed, *, now: datetime) -> Act:
    """The submission of the call, locked before its entry: in the order of whoever changes it."""
    mine = (col(Submission.authority_id) == entry.authority_id, col(Submission.id) == entry.submission_id)
    row = session.execute(select(Submission).where(*mine).with_for_update()).scalar_one()
    authority = authorities.authority(session, entry.authority_id)
    return Act(session, authority, row, by=System(authority.id), now=now)


def _call(session: Session, entry: Claimed) -> HttpCall:
    mine = (col(HttpCall.authority_id) == entry.authority_id, col(HttpCall.outbox_id) == entry.id)
    found: HttpCall = session.execute(select(HttpCall).where(*mine)).scalar_one()
    return found


def _end(session: Session, entry: Claimed, state: str, fault: str, now: datetime) -> None:
    held = (
        col(OutboxEntry.id) == entry.id,
        col(OutboxEntry.state) == "pending",
        col(OutboxEntry.lease_holder) == entry.lease_holder,
        col(OutboxEntry.tries) == entry.tries,
    )
    values = {"state": state, "done_at": now, "last_fault": fault, "lease_holder": None}
    ended = update(OutboxEntry).where(*held).values(values).returning(col(OutboxEntry.id))
    if session.execute(ended).one_or_none() is None:
        raise LeaseLost


def _open_task(act: Act, call: HttpCall, entry: Claimed) -> None:
    act.session.add(
        Task(
            authority_id=act.authority.id,
            submission_id=act.id,
            kind=FAILED,
            outbox_id=entry.id,
            title=call.endpoint,
            opened_at=act.now,
        )
    )
