"""The life of an outbox entry: claimed by lease, frozen, sent, recorded; retried, given up loudly.

Each function is one step inside a transaction of its own; no transaction is open while a partner is waited for.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import Session

from grc.db import Prepared, keyring_of
from grc.outbox.models import Message, OutboxEntry

LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(hours=72)
ALERT_AFTER = timedelta(minutes=15)

_ENTRY = OutboxEntry.__table__  # type: ignore[attr-defined]
_MESSAGE = Message.__table__  # type: ignore[attr-defined]
_KEPT = ("id", "from_address", "to_address", "message_id", "raw")
_FROZEN = Prepared(
    select(_ENTRY.c.state, _ENTRY.c.lease_holder, _ENTRY.c.tries, *(_MESSAGE.c[name] for name in _KEPT))
    .outerjoin_from(_ENTRY, _MESSAGE, _MESSAGE.c.outbox_id == _ENTRY.c.id)
    .where(_ENTRY.c.id == bindparam("entry"))
)
_FREEZE = Prepared(insert(_MESSAGE).returning(_MESSAGE.c.id))
_TAKEN = (
    update(_MESSAGE)
    .where(_MESSAGE.c.id == bindparam("message"))
    .values(sent_at=bindparam("at"), smtp_code=bindparam("code"), smtp_answer=bindparam("answer"))
)
_SENT, _SENT_SECRET = Prepared(_TAKEN), Prepared(_TAKEN.values(raw=None))
_DONE = Prepared(
    update(_ENTRY)
    .where(_ENTRY.c.id == bindparam("entry"))
    .values(state="sent", done_at=bindparam("at"), last_fault="", sealed_secret=None, lease_holder=None)
)


class LeaseLost(Exception):
    """The entry is no longer this worker's: its lease ended and another took it, or other mails replace it."""


@dataclass(frozen=True)
class Claimed:
    """An entry that this worker holds until its lease ends. tries counts this attempt."""

    id: int
    authority_id: int
    submission_id: int | None
    notice_id: int | None
    draft_id: int | None
    channel: str
    kind: str
    recipient: str
    answer: str
    tries: int
    created_at: datetime
    revived_at: datetime | None
    lease_holder: str
    sealed_secret: str | None

    @property
    def tried_since(self) -> datetime:
        """When it was posted, or when an operator had it tried again."""
        return self.revived_at or self.created_at

    @property
    def is_secret(self) -> bool:
        """Whether its bytes open a demande: they are kept sealed while they wait, and not at all afterwards."""
        return self.sealed_secret is not None


@dataclass(frozen=True)
class Frozen:
    """The bytes to send, the same at each attempt."""

    message_key: int
    from_address: str
    to_address: str
    message_id: str
    raw: bytes


def claim(session: Session, *, now: datetime, holder: str, limit: int, channel: str = "mail") -> list[Claimed]:
    """Takes up to `limit` entries of a channel that are due: nobody else takes them before the lease ends.

    PostgreSQL skips rows that another worker is taking (FOR UPDATE SKIP LOCKED); SQLite has one writer.
    """
    due = (
        select(_ENTRY.c.id)
        .where(_ENTRY.c.state == "pending", _ENTRY.c.due_at <= now, _ENTRY.c.channel == channel)
        .order_by(_ENTRY.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    names = Claimed.__dataclass_fields__
    statement = (
        update(_ENTRY)
        .where(_ENTRY.c.id.in_(select(due.c.id)))
        .values(due_at=now + LEASE, lease_holder=holder, tries=_ENTRY.c.tries + 1)
        .returning(*(_ENTRY.c[name] for name in names))
    )
    rows = session.execute(statement).all()
    return sorted((Claimed(**row._mapping) for row in rows), key=lambda entry: entry.id)


def frozen(session: Session, entry: Claimed) -> Frozen | None:
    """The bytes frozen at an earlier attempt, or None; raises LeaseLost when the entry is no longer this worker's."""
    row = _FROZEN.one(session, {"entry": entry.id})
    if row is None or (row.state, row.lease_holder, row.tries) != ("pending", entry.lease_holder, entry.tries):
        raise LeaseLost
    if row.raw is None:
        return None
    raw = keyring_of(session).open_bytes(bytes(row.raw)) if entry.is_secret else bytes(row.raw)
    return Frozen(row.id, row.from_address, row.to_address, row.message_id, raw)


def freeze(
    session: Session,
    entry: Claimed,
    *,
    raw: bytes,
    from_address: str,
    to_address: str,
    message_id: str,
    has_letter: bool,
    now: datetime,
) -> Frozen:
    """Stores the bytes with their hash before they are first sent; what another worker froze meanwhile wins.

    Raises LeaseLost when the entry is no longer this worker's.
    """
    earlier = frozen(session, entry)
    if earlier is not None:
        return earlier
    values = {
        "authority_id": entry.authority_id,
        "submission_id": entry.submission_id,
        "notice_id": entry.notice_id,
        "draft_id": entry.draft_id,
        "outbox_id": entry.id,
        "to_address": to_address,
        "from_address": from_address,
        "message_id": message_id,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "raw": keyring_of(session).seal_bytes(raw) if entry.is_secret else raw,
        "has_letter": has_letter,
        "frozen_at": now,
        "smtp_answer": "",
        "bounce_code": "",
    }
    key = _FREEZE.scalar(session, values)
    return Frozen(key, from_address, to_address, message_id, raw)


def record_sent(session: Session, entry: Claimed, message: Frozen, *, code: int, answer: str, now: datetime) -> None:
    """Keeps the server's answer and ends the entry; a secret on its way is forgotten, its mail kept as a hash."""
    ended = _SENT_SECRET if entry.is_secret else _SENT
    ended.run(session, {"message": message.message_key, "at": now, "code": code, "answer": answer[:500]})
    _DONE.run(session, {"entry": entry.id, "at": now})


def record_fault(session: Session, entry: Claimed, *, fault: str, permanent: bool, now: datetime) -> bool:
    """Plans the next attempt, or gives up; whether it gave up (a refusal for good, or 72 hours of trying).

    Raises LeaseLost when the entry is no longer this worker's: what became of it meanwhile stands.
    """
    gives_up = permanent or now - entry.tried_since >= GIVEN_UP_AFTER
    values: dict[str, object] = {"last_fault": fault[:300], "lease_holder": None}
    if gives_up:
        values |= {"state": "dead", "done_at": now, "sealed_secret": None}
    else:
        values |= {"due_at": now + pause(entry.tries)}
    held = (_ENTRY.c.state == "pending", _ENTRY.c.lease_holder == entry.lease_holder, _ENTRY.c.tries == entry.tries)
    statement = update(_ENTRY).where(_ENTRY.c.id == entry.id, *held).values(values).returning(_ENTRY.c.id)
    if session.execute(statement).one_or_none() is None:
        raise LeaseLost
    if gives_up and entry.is_secret:
        session.execute(update(_MESSAGE).where(_MESSAGE.c.outbox_id == entry.id).values(raw=None))
    return gives_up


def drop(session: Session, entry: Claimed, *, now: datetime) -> None:
    """Ends an entry that nobody is waiting for any more; its mail is not sent."""
    mine = (_ENTRY.c.id == entry.id, _ENTRY.c.state == "pending", _ENTRY.c.lease_holder == entry.lease_holder)
    session.execute(update(_ENTRY).where(*mine).values(state="dropped", done_at=now, lease_holder=None))


def pause(tries: int, *, jitter: float | None = None) -> timedelta:
    """How long to wait after that many attempts: doubling from one minute to one hour, plus up to a fifth."""
    share = random.random() if jitter is None else jitter  # noqa: S311 - spreads retries, guards nothing
    doubled: timedelta = FIRST_PAUSE * (1 << min(tries - 1, 10))
    return min(doubled, LONGEST_PAUSE) * (1 + share / 5)


@dataclass(frozen=True)
class Health:
    """What operators look at: how many wait, since when the oldest, how many were given up.

    oldest_at leaves out what one mailbox puts off (450 to 459): a citizen's full mailbox is no outage of ours.
    """

    pending: int
    oldest_at: datetime | None
    dead: int

    def is_late(self, now: datetime) -> bool:
        """Whether the oldest has waited longer than operators accept without being told (15 minutes)."""
        return self.oldest_at is not None and now - self.oldest_at > ALERT_AFTER


def health(session: Session) -> Health:
    """The state of the whole outbox."""
    counts = select(func.count(), func.min(func.coalesce(_ENTRY.c.revived_at, _ENTRY.c.created_at)))
    waiting = _ENTRY.c.state == "pending"
    pending, _ = session.execute(counts.where(waiting)).one()
    _, oldest_at = session.execute(counts.where(waiting, _ENTRY.c.last_fault.not_like("45%"))).one()
    dead, _ = session.execute(counts.where(_ENTRY.c.state == "dead")).one()
    return Health(pending, oldest_at, dead)
