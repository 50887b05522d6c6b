"""One database behind one interface: units of work in one thread hop, each its own transaction.

SQLite: one writer thread commits in groups (a SAVEPOINT per unit, one COMMIT, synchronous=FULL), readers in WAL.
PostgreSQL: a pool of threads over a pool of connections, row-level security told which authority speaks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session

from grc.db.keyring import Keyring
from grc.errors import Unavailable

T = TypeVar("T")
Unit = Callable[[Session], T]
Scope = int | None
"""The authority whose rows the unit may see (its id); None: the platform, which sees the outbox alone."""
PATIENCE = timedelta(seconds=10)
"""How long a unit waits for a lock."""
LATER = "L’enregistrement est impossible pour le moment. Réessayez dans quelques minutes."
"""What a person is told when the database cannot take a write."""


class Database(Protocol):
    """What the rest of the program knows of the database."""

    url: str
    is_sqlite: bool

    async def read(self, unit: Unit[T], *, scope: Scope) -> T:
        """What the unit returns, read in one consistent transaction that refuses to write."""

    async def write(self, unit: Unit[T], *, scope: Scope) -> T:
        """What the unit returns, once its transaction is durable; what it raises, once undone.

        A unit that meets IntegrityError is run once more: its look-ups then find what the other one wrote
        (a double click, a reference drawn twice). Raises Unavailable when the database cannot take the write.
        """

    def reading(self, *, scope: Scope) -> AbstractContextManager[Session]:
        """The same as `read`, for synchronous callers: commands of the operator, threads of the worker, tests."""

    def writing(self, *, scope: Scope) -> AbstractContextManager[Session]:
        """The same as `write`, for synchronous callers; never from the event loop."""

    def close(self) -> None:
        """Waits for the units under way, then closes every connection."""


def keyring_of(session: OrmSession) -> Keyring:
    """The keys of the installation, which travel with each session."""
    keyring: Keyring = session.info["keyring"]
    return keyring


def kept_of(session: OrmSession) -> dict[tuple[str, int], Any]:
    """What this process keeps of this database's immutable rows, parsed: only rows that never change belong here."""
    kept: dict[tuple[str, int], Any] = session.info["kept"]
    return kept


class ReadSession(Session):
    """A session that refuses to flush: a page that only reads cannot write by mistake."""


@event.listens_for(ReadSession, "before_flush")
def _refuse_to_flush(session: OrmSession, _context: Any, _instances: Any) -> None:
    if session.new or session.deleted or session.dirty:
        raise RuntimeError("a reading unit must not write")


def attempt(run: Callable[[], T]) -> T:
    """Runs a unit, and once more after IntegrityError."""
    try:
        return run()
    except IntegrityError:
        return run()


@contextmanager
def partner_errors() -> Iterator[None]:
    """Says Unavailable for what the database itself cannot do (disk full, no connection, lock never free)."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise Unavailable(LATER) from error


async def in_thread(loop_future: asyncio.Future[T]) -> T:
    """Awaits a unit's future without letting a cancelled request undo what another thread is committing."""
    return await asyncio.shield(loop_future)


def dispose(*engines: Engine) -> None:
    """Closes the connections of engines."""
    for engine in engines:
        engine.dispose()
