"""The life of a file before the antivirus: pending, then clean, or infected and destroyed.

Claimed by lease, scanned without a transaction, recorded. The number of tries tells whether the lease is still ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlmodel import Session

from grc.attachments.models import Attachment
from grc.db import Answer, Prepared, ask_each

NONE, PENDING, CLEAN, INFECTED = "none", "pending", "clean", "infected"
"""No antivirus when it came; waiting for it; judged."""
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)

_TABLE = Attachment.__table__  # type: ignore[attr-defined]
_WAITING = Prepared(
    select(func.count().label("waiting")).where(
        _TABLE.c.authority_id == bindparam("authority"), _TABLE.c.scan == literal_column(f"'{PENDING}'")
    )
)
_DUE = Prepared(
    select(_TABLE.c.id)
    .where(_TABLE.c.authority_id == bindparam("authority"), _TABLE.c.scan_due_at <= bindparam("now"))
    .limit(literal_column("1"))
)


@dataclass(frozen=True)
class Claimed:
    """A file to scan, or an infected one whose bytes are still to be destroyed."""

    id: int
    authority_id: int
    public_id: str
    draft_id: int | None
    submission_id: int | None
    field: str
    key: str
    scan: str
    scan_tries: int


def waits(session: Session, authority_id: int, *, now: datetime) -> bool:
    """Whether a file is due: asked by reading, so that a quiet installation writes nothing."""
    return _ask(session, now, authority_id)() is not None


def who_waits(session: Session, authorities: Sequence[int], *, now: datetime) -> list[int]:
    """Those of these authorities where a file is due, asked together in a reading unit of the platform."""
    return [key for key, due in ask_each(session, authorities, partial(_ask, session, now)) if due is not None]


def _ask(session: Session, now: datetime, authority_id: int) -> Answer:
    return _DUE.ask(session, {"authority": authority_id, "now": now})


def claim(session: Session, authority_id: int, *, now: datetime, limit: int) -> list[Claimed]:
    """Takes up to `limit` files that are due, oldest first: nobody else takes them before the lease ends."""
    due = (
        select(_TABLE.c.id)
        .where(_TABLE.c.authority_id == authority_id, _TABLE.c.scan_due_at <= now)
        .order_by(_TABLE.c.scan_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id.in_(select(due.c.id)))
        .values(scan_due_at=now + LEASE, scan_tries=_TABLE.c.scan_tries + 1)
        .returning(*(_TABLE.c[name] for name in Claimed.__dataclass_fields__))
    )
    rows = session.execute(statement).all()
    return sorted((Claimed(**row._mapping) for row in rows), key=lambda file: file.id)


def record_clean(session: Session, file: Claimed) -> bool:
    """Lets a file out of quarantine; whether it was still this worker's."""
    return _record(session, file, scan=CLEAN, scan_due_at=None) is not None


def record_infected(session: Session, file: Claimed, *, found: str, now: datetime) -> Claimed | None:
    """Marks a file whose bytes are to be destroyed next; None when it was no longer this worker's.

    It comes back with whom it belongs to by now: its draft may have been sent while it was scanned.
    """
    return _record(session, file, scan=INFECTED, scan_found=found[:100], scan_due_at=now + LEASE)


def record_destroyed(session: Session, file: Claimed) -> None:
    """Nothing more is to be done about an infected file: its bytes are gone."""
    mine = (_TABLE.c.authority_id == file.authority_id, _TABLE.c.id == file.id, _TABLE.c.scan == INFECTED)
    session.execute(update(_TABLE).where(*mine).values(scan_due_at=None))


def record_fault(session: Session, file: Claimed, *, now: datetime) -> None:
    """Plans another attempt; the file stays in quarantine, however many there were."""
    _record(session, file, scan_due_at=now + pause(file.scan_tries))


def pause(tries: int) -> timedelta:
    """How long to wait after that many attempts: doubling from half a minute to one hour."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)


def waiting(session: Session, authority_id: int) -> int:
    """How many files of an authority wait for the antivirus."""
    return int(_WAITING.scalar(session, {"authority": authority_id}))


def waiting_in_all(session: Session, authorities: Sequence[int]) -> int:
    """The same over these authorities, asked together in a reading unit of the platform."""

    def ask(authority_id: int) -> Answer:
        return _WAITING.ask(session, {"authority": authority_id})

    return sum(row.waiting for _, row in ask_each(session, authorities, ask))


def _record(session: Session, file: Claimed, **values: object) -> Claimed | None:
    mine = (_TABLE.c.authority_id == file.authority_id, _TABLE.c.id == file.id)
    held = (_TABLE.c.scan == PENDING, _TABLE.c.scan_tries == file.scan_tries)
    owner = (_TABLE.c.draft_id, _TABLE.c.submission_id)
    row = session.execute(update(_TABLE).where(*mine, *held).values(values).returning(*owner)).one_or_none()
    return None if row is None else replace(file, draft_id=row.draft_id, submission_id=row.submission_id)
