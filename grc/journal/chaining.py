"""Gives each entry its place in the chain and signs the head: a sweep, so that who writes an entry waits for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, column, func, insert, select, table, text
from sqlmodel import Session

from grc.db import dialect_of, keyring_of
from grc.journal import chain
from grc.journal.chain import GENESIS, PURPOSE, Seal
from grc.journal.models import JournalEntry, JournalLink, JournalSeal

BATCH = 500
"""Entries of one transaction, and of one seal. `verifying` reads old seals with it: it may shrink, never grow."""
_LATE_IDS = 10_000
"""How far behind the last one linked an entry is still looked for: on PostgreSQL ids commit out of order."""
_LOCK = 0x6A6F7572
"""Of pg_advisory_xact_lock, with the authority: two sealers at once take turns."""
_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_LINKS = JournalLink.__table__  # type: ignore[attr-defined]
_SEALS = JournalSeal.__table__  # type: ignore[attr-defined]
_AUTHORITIES = table("authority", column("id"), column("slug"))


def seal(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many entries were linked, in the order of their ids, and their head sealed with them; 0 when none waited.

    A month is that of the linking, in UTC, and never one before the last seal's. Every link is thus under a seal.
    """
    _take_turn(session, authority_id)
    waiting = unlinked(session, authority_id, most=BATCH)
    if not waiting:
        return 0
    last = last_seal(session, authority_id)
    month = chain.month_of(as_of) if last is None else max(chain.month_of(as_of), last.month)
    position = last.position if last is not None and last.month == month else 0
    head = GENESIS if last is None else last.hash
    links: list[dict[str, Any]] = []
    for entry in waiting:
        head, position = chain.linked(head, entry), position + 1
        place = {"month": month, "position": position, "hash": head}
        links.append({"authority_id": authority_id, "entry_id": entry.id, **place})
    session.execute(insert(_LINKS), links)
    before = GENESIS if last is None else chain.digest(last)
    _sign(session, authority_id, Seal(month, position, head, as_of, before))
    return len(links)


def last_seal(session: Session, authority_id: int, *, month: str | None = None) -> Seal | None:
    """The newest seal of the authority, or of one of its months; None for none."""
    mine = select(_SEALS).where(_SEALS.c.authority_id == authority_id)
    mine = mine if month is None else mine.where(_SEALS.c.month == month)
    row = session.execute(mine.order_by(_SEALS.c.month.desc(), _SEALS.c.position.desc()).limit(1)).one_or_none()
    return None if row is None else seal_of(row)


def seal_of(row: Any) -> Seal:
    """A stored seal."""
    return Seal(row.month, row.position, row.hash, row.sealed_at, row.before, row.signature)


def slug_of(session: Session, authority_id: int) -> str:
    """The authority's name in seals and exports."""
    wanted = select(_AUTHORITIES.c.slug).where(_AUTHORITIES.c.id == authority_id)
    return str(session.execute(wanted).scalar_one())


def unlinked(session: Session, authority_id: int, *, most: int) -> Sequence[Any]:
    """The entries without a place, by id, those far behind the last one that has a place left out."""
    newest = session.execute(_newest(authority_id)).scalar()
    wanted = _unlinked(select(_ENTRIES), authority_id, newest or 0)
    return session.execute(wanted.order_by(_ENTRIES.c.id).limit(most)).all()


def waiting(authority_id: Any) -> Select[Any]:
    """The key of each entry without a place, as `unlinked` finds them."""
    newest = func.coalesce(_newest(authority_id).scalar_subquery(), 0)
    return _unlinked(select(_ENTRIES.c.id), authority_id, newest)


def _newest(authority_id: Any) -> Select[Any]:
    return select(func.max(_LINKS.c.entry_id)).where(_LINKS.c.authority_id == authority_id)


def _unlinked(wanted: Select[Any], authority_id: Any, newest: Any) -> Select[Any]:
    beside = and_(_LINKS.c.entry_id == _ENTRIES.c.id, _LINKS.c.authority_id == authority_id)
    mine = _ENTRIES.c.authority_id == authority_id
    return wanted.outerjoin(_LINKS, beside).where(mine, _LINKS.c.id.is_(None), _ENTRIES.c.id > newest - _LATE_IDS)


def _sign(session: Session, authority_id: int, head: Seal) -> None:
    signature = keyring_of(session).hash(PURPOSE, chain.signed(slug_of(session, authority_id), head))
    row = {name: getattr(head, name) for name in ("month", "position", "hash", "sealed_at", "before")}
    session.execute(insert(_SEALS), [{"authority_id": authority_id, "signature": signature, **row}])


def _take_turn(session: Session, authority_id: int) -> None:
    """On PostgreSQL nobody else seals this authority until this transaction ends; SQLite has one writer."""
    if dialect_of(session) == "postgresql":
        turn = {"lock": _LOCK, "authority": authority_id % 2**31}
        session.execute(text("SELECT pg_advisory_xact_lock(:lock, CAST(:authority AS integer))"), turn)
