"""What follows from a mail that came back: it is kept with the mail, and an agent gets a task, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc.db import Database
from grc.notifications import aftermath, bounces
from grc.notifications.bounces import Bounce
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.models import Decision

_LATEST = timedelta(days=15)
"""Three times what servers try for (RFC 5321 4.5.4.1)."""


@dataclass(frozen=True)
class Handled:
    """What was made of one mail. outcome: "not_ours", "unknown", "told" (nothing to do), "again" or "recorded"."""

    outcome: str
    bounce: Bounce | None = None


def handle(database: Database, raw: bytes, *, now: datetime) -> Handled:
    """What a returned mail changes, in one transaction of its commune's; safe to run twice.

    raw: anybody's bytes. Raises Unavailable when the database cannot be asked.
    """
    bounce = bounces.read(raw)
    if bounce is None:
        return Handled("not_ours")
    with database.reading(scope=None) as session:
        authority_id = session.execute(
            select(col(OutboxEntry.authority_id)).where(col(OutboxEntry.id) == bounce.entry)
        ).scalar_one_or_none()
    if authority_id is None:
        return Handled("unknown", bounce)
    with database.writing(scope=authority_id) as session:
        return Handled(record(session, bounce, authority_id=authority_id, now=now), bounce)


def record(session: Session, bounce: Bounce, *, authority_id: int, now: datetime) -> str:
    """Notes that the mail came back and opens its task, once; the outcome of Handled.

    A report of delay changes nothing: the server still tries. Source: CRPA L112-12 (a receipt that was not
    transmitted makes no time limit run against its author).
    """
    message = _mail(session, bounce, authority_id)
    if message is None:
        return "unknown"
    if bounce.action != "failed":
        return "told"
    if message.bounced_at is not None:
        return "again"
    message.bounced_at, message.bounce_code = now, bounce.status[:20]
    session.add(message)
    entry = session.get_one(OutboxEntry, message.outbox_id)
    if entry.submission_id is not None:
        aftermath.open_undelivered(session, entry, now=now)
        _take_back_notification(session, entry.submission_id, message, now=now)
    return "recorded"


def _mail(session: Session, bounce: Bounce, authority_id: int) -> Message | None:
    """The mail, locked: by its entry, then by the part of its Message-ID that cannot be guessed."""
    statement = (
        select(Message)
        .where(col(Message.authority_id) == authority_id, col(Message.outbox_id) == bounce.entry)
        .with_for_update()
    )
    found: Message | None = session.execute(statement).scalar_one_or_none()
    is_it = found is not None and bounces.token_of(found.message_id) == bounce.token
    return found if is_it else None


def _take_back_notification(session: Session, submission_id: int, message: Message, *, now: datetime) -> None:
    """A decision whose mail came back was not notified: no time limit of appeal runs from that day.

    But who received the mail could also write its report: one that was read on its page was received, and no server
    gives a mail back after weeks. An agent has the task all the same.
    """
    if message.sent_at is None or now - message.sent_at > _LATEST:
        return
    mine = (col(Decision.authority_id) == message.authority_id, col(Decision.submission_id) == submission_id)
    by_this = (col(Decision.notified_at).is_not(None), col(Decision.notified_at) == message.sent_at)
    unread = col(Decision.first_consulted_at).is_(None)
    session.execute(update(Decision).where(*mine, *by_this, unread).values(notified_at=None))
