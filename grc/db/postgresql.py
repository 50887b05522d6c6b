"""PostgreSQL: a pool of threads with psycopg 3, as a role that owns nothing and sees one authority's rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import create_engine, text
from sqlmodel import Session

from grc.db.engine import PATIENCE, ReadSession, Scope, Unit, attempt, dispose, in_thread, partner_errors
from grc.db.keyring import Keyring

T = TypeVar("T")
_CONNECTIONS = 8
_TELL_SCOPE = text("SELECT set_config('grc.authority', :scope, true), set_config('lock_timeout', :patience, true)")
PLATFORM = "*"


class PostgresDatabase:
    """The Database of one PostgreSQL database. Any number of processes may serve it."""

    is_sqlite = False

    def __init__(
        self, url: str, keyring: Keyring, *, patience: timedelta = PATIENCE, connections: int = _CONNECTIONS
    ) -> None:
        self.url = url
        self._patience = f"{patience // timedelta(milliseconds=1)}ms"
        self._info = {"keyring": keyring, "kept": {}}
        self._engine = create_engine(url, pool_size=connections, max_overflow=4, pool_pre_ping=False)
        self._read_engine = self._engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="grc-db")

    async def read(self, unit: Unit[T], *, scope: Scope) -> T:
        loop = asyncio.get_running_loop()
        return await in_thread(loop.run_in_executor(self._threads, self._read, unit, scope))

    async def write(self, unit: Unit[T], *, scope: Scope) -> T:
        loop = asyncio.get_running_loop()
        return await in_thread(loop.run_in_executor(self._threads, self._write, unit, scope))

    @contextmanager
    def reading(self, *, scope: Scope) -> Iterator[Session]:
        with partner_errors(), ReadSession(self._read_engine, info=self._info, autoflush=False) as session:
            self._tell(session, scope)
            yield session

    @contextmanager
    def writing(self, *, scope: Scope) -> Iterator[Session]:
        with partner_errors(), Session(self._engine, info=self._info, expire_on_commit=False) as session:
            with session.begin():
                self._tell(session, scope)
                yield session

    def close(self) -> None:
        self._threads.shutdown()
        dispose(self._engine)

    def _tell(self, session: Session, scope: Scope) -> None:
        """Whose rows this transaction sees, and how long it waits for a lock: one statement."""
        session.connection().execute(_TELL_SCOPE, {"scope": _spoken(scope), "patience": self._patience})

    def _read(self, unit: Unit[T], scope: Scope) -> T:
        with self.reading(scope=scope) as session:
            return unit(session)

    def _write(self, unit: Unit[T], scope: Scope) -> T:
        def once() -> T:
            with self.writing(scope=scope) as session:
                return unit(session)

        return attempt(once)


def _spoken(scope: Scope) -> str:
    return PLATFORM if scope is None else str(scope)
