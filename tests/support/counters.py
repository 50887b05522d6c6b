"""The smallest rows there are, for tests of transactions: rate counters of one authority, named by their key."""

from __future__ import annotations

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from grc.authorities.models import Authority
from grc.db import Database
from grc.sessions.models import RateCounter

WINDOW = 1


def authority_id(database: Database, slug: str = "tilleul") -> int:
    """The key of a commune of the seeded world."""
    with database.reading(scope=None) as session:
        return int(session.execute(select(Authority.id).where(col(Authority.slug) == slug)).scalar_one())


def add(session: Session, authority: int, key: str) -> str:
    """Inserts the row at once; IntegrityError when the key is taken."""
    row = {"key": key, "window": WINDOW, "authority_id": authority, "hits": 1}
    session.execute(insert(RateCounter).values(row))
    return key


def keys(database: Database, authority: int) -> list[str]:
    """The keys that are durable, in order."""
    with database.reading(scope=authority) as session:
        return list(session.execute(select(RateCounter.key).order_by(col(RateCounter.key))).scalars())


def count(session: Session) -> int:
    """How many rows this transaction sees."""
    return int(session.execute(select(func.count()).select_from(RateCounter)).scalar_one())
