"""The life of what a webhook is told: taken in order under a lease, its bytes made of the event, each try kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlmodel import Session, col

from grc.authorities import api_keys
from grc.calling.webhooks import ABANDONED, DELIVERED, WAITING
from grc.catalogue.models import InstalledProcedure
from grc.db import keyring_of
from grc.submissions.models import Event, Submission
from grc.submissions.partner_models import Webhook, WebhookDelivery

LEASE = timedelta(minutes=2)
PATIENCE = timedelta(hours=72)
"""How long a webhook that takes nothing is waited for before what fails is given up at once."""
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)
_BATCH = 20
_MOST_LOGGED = 200
_DATES = ("silence_on", "due_on", "born_on")
"""The dates of an event's own data that are told, beside its instant."""
_TABLE = WebhookDelivery.__table__  # type: ignore[attr-defined]
_HEADS = (
    select(func.min(_TABLE.c.id))
    .where(_TABLE.c.state == literal_column(f"'{WAITING}'"))
    .group_by(_TABLE.c.webhook_id)
    .scalar_subquery()
)


class LeaseLost(Exception):
    """Another worker tells this webhook now."""


@dataclass(frozen=True)
class Due:
    """A webhook whose first waiting event is due."""

    authority_id: int
    webhook_id: int


@dataclass(frozen=True)
class Ready:
    """One event to tell: its id, the same at each try, and its bytes."""

    id: int
    key: str
    body: bytes


@dataclass(frozen=True)
class Taken:
    """A webhook under this worker's lease, and what to tell it, in order."""

    authority_id: int
    webhook_id: int
    holder: str
    url: str
    secret: str
    ready: tuple[Ready, ...]


def due(session: Session, *, now: datetime, limit: int = 50) -> list[Due]:
    """The webhooks that wait to be told something now, of every authority (scope None)."""
    wanted = select(_TABLE.c.authority_id, _TABLE.c.webhook_id).where(_TABLE.c.id.in_(_HEADS), _TABLE.c.due_at <= now)
    return [Due(*row) for row in session.execute(wanted.order_by(_TABLE.c.due_at).limit(limit))]


def left(session: Session) -> tuple[int, int]:
    """How much waits to be told, and how much was given up, of every authority (scope None)."""
    counted = select(_TABLE.c.state, func.count()).where(_TABLE.c.state != DELIVERED).group_by(_TABLE.c.state)
    found: dict[str, int] = {row[0]: row[1] for row in session.execute(counted)}
    return found.get(WAITING, 0), found.get(ABANDONED, 0)


def take(session: Session, which: Due, *, holder: str, now: datetime) -> Taken | None:
    """The webhook under a lease with its next events; None when another worker has it, or nothing is to be told.

    What it does not want to be told goes: its kinds and procedures are those of today.
    """
    hook = _locked(session, which.authority_id, which.webhook_id)
    if hook is None or (hook.leased_until is not None and hook.leased_until > now):
        return None
    waiting = _waiting(session, which)
    if not hook.is_active:
        _put_off(session, waiting, now + _LONGEST)
        return None
    ready = []
    for delivery, event, submission, procedure in waiting:
        if not _wants(hook, delivery, procedure):
            session.delete(delivery)
        elif delivery.due_at > now:
            break
        else:
            ready.append(Ready(delivery.id or 0, _key(submission, event), _body(event, submission, procedure)))
    if not ready:
        session.flush()
        return None
    hook.leased_until, hook.lease_holder = now + LEASE, holder
    session.add(hook)
    session.flush()
    secret = keyring_of(session).open(hook.sealed_secret)
    return Taken(which.authority_id, which.webhook_id, holder, hook.url, secret, tuple(ready))


def record(
    session: Session, taken: Taken, ready: Ready, *, status: int | None, fault: str, is_done: bool, now: datetime
) -> bool:
    """Keeps one try, and the lease for the next one; whether the next event may be told now.

    status: of the answer, None without one. fault: why it does not count, "" when is_done. Raises LeaseLost.
    """
    hook, delivery = _held(session, taken, ready)
    log = [*(delivery.log or []), {"at": now.isoformat(), "status": status, "fault": fault}]
    delivery.log, delivery.tries = log[-_MOST_LOGGED:], delivery.tries + 1
    delivery.status_code, delivery.fault = status, fault
    if is_done:
        delivery.state, delivery.delivered_at, hook.failing_since = DELIVERED, now, None
    else:
        hook.failing_since = hook.failing_since or now
        if now - hook.failing_since >= PATIENCE:
            delivery.state = ABANDONED
        delivery.due_at = now + min(_SHORTEST * 2 ** min(delivery.tries - 1, 10), _LONGEST)
    hook.leased_until = now + LEASE
    session.add_all((hook, delivery))
    session.flush()
    return delivery.state != WAITING


def release(session: Session, taken: Taken) -> None:
    """Gives the webhook back; whatever another worker holds meanwhile stays."""
    hook = _locked(session, taken.authority_id, taken.webhook_id)
    if hook is not None and hook.lease_holder == taken.holder:
        hook.leased_until, hook.lease_holder = None, ""
        session.add(hook)
        session.flush()


def _locked(session: Session, authority_id: int, webhook_id: int) -> Webhook | None:
    """The webhook for this transaction alone; whoever records an event for it meanwhile does not wait."""
    mine = (col(Webhook.authority_id) == authority_id, col(Webhook.id) == webhook_id)
    statement = select(Webhook).where(*mine).with_for_update(key_share=True)
    found: Webhook | None = session.execute(statement).scalar_one_or_none()
    return found


def _held(session: Session, taken: Taken, ready: Ready) -> tuple[Webhook, WebhookDelivery]:
    hook = _locked(session, taken.authority_id, taken.webhook_id)
    told = (col(WebhookDelivery.authority_id) == taken.authority_id, col(WebhookDelivery.id) == ready.id)
    delivery: WebhookDelivery | None = session.execute(select(WebhookDelivery).where(*told)).scalar_one_or_none()
    if hook is None or hook.lease_holder != taken.holder or delivery is None:
        raise LeaseLost
    return hook, delivery


def _waiting(session: Session, which: Due) -> list[Any]:
    """The next deliveries in order, each with its event, its submission and its procedure."""
    statement = (
        select(WebhookDelivery, Event, Submission, InstalledProcedure)
        .join(
            Event,
            (col(Event.submission_id) == col(WebhookDelivery.submission_id))
            & (col(Event.sequence) == col(WebhookDelivery.sequence)),
        )
        .join(Submission, col(Submission.id) == col(WebhookDelivery.submission_id))
        .join(InstalledProcedure, col(InstalledProcedure.id) == col(Submission.procedure_id))
        .where(
            col(WebhookDelivery.authority_id) == which.authority_id,
            col(WebhookDelivery.webhook_id) == which.webhook_id,
            col(WebhookDelivery.state) == literal_column(f"'{WAITING}'"),
        )
        .order_by(col(WebhookDelivery.id))
        .limit(_BATCH)
    )
    return list(session.execute(statement))


def _put_off(session: Session, waiting: list[Any], until: datetime) -> None:
    for delivery, *_ in waiting[:1]:
        delivery.due_at = until
        session.add(delivery)
    session.flush()


def _wants(hook: Webhook, delivery: WebhookDelivery, procedure: InstalledProcedure) -> bool:
    if hook.kinds is not None and delivery.kind not in hook.kinds:
        return False
    return api_keys.opens(hook.procedures, procedure.slug, is_sensitive=procedure.is_sensitive)


def _key(submission: Submission, event: Event) -> str:
    """The id of the event for the receiver: whoever gets it twice drops the second."""
    return f"evt-{submission.reference}-{event.sequence}"


def _body(event: Event, submission: Submission, procedure: InstalledProcedure) -> bytes:
    """What is told: ids, codes and dates, never an answer nor a name; the same bytes at each try."""
    data = event.data
    said = {
        "id": _key(submission, event),
        "type": event.kind,
        "at": event.at.isoformat(),
        "reference": submission.reference,
        "procedure": procedure.slug,
        "sequence": event.sequence,
        "state": event.state,
        **{name: data[name] for name in _DATES if isinstance(data.get(name), str)},
    }
    return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()
