"""What must be told to the programs that listen: one row for each webhook, in the transaction of the event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, literal_column, select
from sqlmodel import Session

from grc.db import Prepared
from grc.submissions.partner_models import Webhook, WebhookDelivery

KEPT = timedelta(days=30)
"""How long what was told may be told again."""
_HOOK = Webhook.__table__  # type: ignore[attr-defined]
_DELIVERY = WebhookDelivery.__table__  # type: ignore[attr-defined]


def _given(name: str) -> ColumnElement[Any]:
    """A value of the call, of the type of its column: PostgreSQL is told it, in a list of what is selected."""
    return bindparam(f"of_{name}", type_=_DELIVERY.c[name].type)


_ROW = {
    "authority_id": _HOOK.c.authority_id,
    "webhook_id": _HOOK.c.id,
    "submission_id": _given("submission_id"),
    "sequence": _given("sequence"),
    "kind": _given("kind"),
    "state": literal_column("'waiting'"),
    "tries": literal_column("0"),
    "created_at": _given("created_at"),
    "due_at": _given("due_at"),
    "fault": literal_column("''"),
}
_TELL = Prepared(
    insert(_DELIVERY).from_select(
        list(_ROW),
        select(*_ROW.values()).where(_HOOK.c.authority_id == bindparam("of_authority_id")),
        include_defaults=False,
    )
)


def tell(session: Session, kind: str, *, authority_id: int, submission_id: int, sequence: int, at: datetime) -> None:
    """Adds the event, just recorded, to what every webhook of the authority is told; nothing where there is none.

    Which kinds and procedures a webhook wants is judged when it is told: this statement is in every act's path.
    """
    values = {
        "of_authority_id": authority_id,
        "of_submission_id": submission_id,
        "of_sequence": sequence,
        "of_kind": kind,
        "of_created_at": at,
        "of_due_at": at,
    }
    _TELL.run(session, values)


def purge(session: Session, authority_id: int, *, now: datetime) -> int:
    """Forgets what is too old to be told again, or at last; gives how many."""
    gone = 0
    hooks = select(_HOOK.c.id).where(_HOOK.c.authority_id == authority_id)
    for key in session.execute(hooks).scalars().all():
        done = session.execute(delete(_DELIVERY).where(_DELIVERY.c.webhook_id == key, *too_old(authority_id, now)))
        gone += int(done.rowcount)  # type: ignore[attr-defined]
    return gone


def too_old(authority_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is told no more, nor again."""
    return _DELIVERY.c.authority_id == authority_id, _DELIVERY.c.created_at < now - KEPT
