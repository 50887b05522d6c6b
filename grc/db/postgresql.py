"""PostgreSQL: a pool of threads with psycopg 3, as a role that owns nothing and sees one authority's rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine
from sqlmodel import Session

from grc.db.engine import LATER, PATIENCE, ReadSession, Scope, Unit, attempt, dispose, in_thread, partner_errors
from grc.db.keyring import Keyring
from grc.db.pipelined import Pipelined, listen, spoken
from grc.db.prepared import linked

T = TypeVar("T")
_CONNECTIONS = 8
_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITING = b"BEGIN"
_TELL_SCOPE = b"SELECT set_config('grc.authority', $1, true), set_config('lock_timeout', $2, true)"
_BY_HAND = {"autocommit": True}
"""Transactions begin and end by statements of ours, which travel with the others."""


class PostgresDatabase:
    """The Database of one PostgreSQL database. Any number of processes may serve it."""

    is_sqlite = False

    def __init__(
        self, url: str, keyring: Keyring, *, patience: timedelta = PATIENCE, connections: int = _CONNECTIONS
    ) -> None:
        self.url = url
        self._patience = b"%dms" % (patience // timedelta(milliseconds=1))
        self._info = {"keyring": keyring, "kept": {}}
        self._engine = create_engine(
            url, pool_size=connections, max_overflow=4, hide_parameters=True, connect_args=_BY_HAND
        )
        listen(self._engine)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="grc-db")

    async def read(self, unit: Unit[T], *, scope: Scope) -> T:
        loop = asyncio.get_running_loop()
        return await in_thread(loop.run_in_executor(self._threads, self._read, unit, scope))

    async def write(self, unit: Unit[T], *, scope: Scope) -> T:
        loop = asyncio.get_running_loop()
        return await in_thread(loop.run_in_executor(self._threads, self._write, unit, scope))

    @contextmanager
    def reading(self, *, scope: Scope) -> Iterator[Session]:
        with self._unit(_READING, scope) as (connection, info):
            with ReadSession(connection, info=info, autoflush=False) as session:
                yield session

    @contextmanager
    def writing(self, *, scope: Scope) -> Iterator[Session]:
        with self._unit(_WRITING, scope) as (connection, info):
            with Session(
                connection, info=info, join_transaction_mode="rollback_only", expire_on_commit=False
            ) as session:
                yield session
                session.flush()

    def close(self) -> None:
        self._threads.shutdown()
        dispose(self._engine)

    @contextmanager
    def _unit(self, begin: bytes, scope: Scope) -> Iterator[tuple[Connection, dict[str, Any]]]:
        """A connection in its transaction, which knows whose rows it sees and how long it waits for a lock."""
        with partner_errors(), self._engine.connect() as connection, connection.begin():
            link = Pipelined(connection, is_platform=scope is None)
            try:
                link.send(begin)
                link.send(_TELL_SCOPE, (spoken(scope), self._patience))
                yield connection, linked(self._info, link)
                link.commit(LATER)
            except BaseException:
                link.abandon()
                raise

    def _read(self, unit: Unit[T], scope: Scope) -> T:
        with self.reading(scope=scope) as session:
            return unit(session)

    def _write(self, unit: Unit[T], scope: Scope) -> T:
        def once() -> T:
            with self.writing(scope=scope) as session:
                return unit(session)

        return attempt(once)
