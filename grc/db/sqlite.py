"""SQLite: one writer thread that commits in groups, readers in WAL beside it."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from grc.db.direct import Direct
from grc.db.engine import LATER, PATIENCE, ReadSession, Scope, Unit, attempt, dispose, in_thread, partner_errors
from grc.db.keyring import Keyring
from grc.db.prepared import linked
from grc.errors import Unavailable

T = TypeVar("T")
_GROUP = 256
_READERS = 4
_WAL_PAGES = 4000
"""Of 4 kB, written back together: with SQLite's 1000, one commit in twenty waits five times longer than the others."""


@dataclass
class _Job:
    unit: Callable[[Session], Any]
    deliver: Callable[[Any, BaseException | None], None]
    result: Any = None
    error: BaseException | None = field(default=None)


class SqliteDatabase:
    """The Database of one SQLite file. Only one serving process may write it (decided with its figures in an ADR)."""

    is_sqlite = True

    def __init__(self, url: str, keyring: Keyring, *, patience: timedelta = PATIENCE) -> None:
        self.url = url
        self._info = {"keyring": keyring, "kept": {}}
        self._write_engine = _engine(url, begin="BEGIN IMMEDIATE", pool_size=2, query_only=False, patience=patience)
        self._read_engine = _engine(url, begin="BEGIN", pool_size=_READERS, query_only=True, patience=patience)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="grc-read")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_groups, name="grc-write", daemon=True)
        self._writer.start()

    async def read(self, unit: Unit[T], *, scope: Scope) -> T:
        loop = asyncio.get_running_loop()
        return await in_thread(loop.run_in_executor(self._readers, self._read, unit))

    async def write(self, unit: Unit[T], *, scope: Scope) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def deliver(result: Any, error: BaseException | None) -> None:
            with suppress(RuntimeError):  # the caller's loop has ended: nobody waits for this answer any more
                loop.call_soon_threadsafe(_settle, future, result, error)

        if self._closed:
            raise Unavailable(LATER)
        self._jobs.put(_Job(unit, deliver))
        return await in_thread(future)

    @contextmanager
    def reading(self, *, scope: Scope) -> Iterator[Session]:
        with partner_errors(), self._read_engine.connect() as connection:
            link = Direct(connection)
            link.say("BEGIN")
            try:
                with ReadSession(connection, info=linked(self._info, link), autoflush=False) as session:
                    yield session
            finally:
                link.driver.rollback()

    @contextmanager
    def writing(self, *, scope: Scope) -> Iterator[Session]:
        with partner_errors(), self._write_engine.connect() as connection, connection.begin():
            info = linked(self._info, Direct(connection))
            with Session(
                connection, info=info, join_transaction_mode="rollback_only", expire_on_commit=False
            ) as session:
                yield session
                session.flush()

    def close(self) -> None:
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        dispose(self._read_engine, self._write_engine)

    def _read(self, unit: Unit[T]) -> T:
        with self.reading(scope=None) as session:
            return unit(session)

    def _write_groups(self) -> None:
        stopping = False
        while not stopping:
            jobs: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                jobs.append(job)
                if len(jobs) == _GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            stopping = job is None
            if jobs:
                self._commit(jobs)

    def _commit(self, jobs: list[_Job]) -> None:
        """One transaction for the group; no unit is answered before the COMMIT that holds it."""
        try:
            with partner_errors(), self._write_engine.connect() as connection, connection.begin():
                for job in jobs:
                    self._run(connection, job)
                    _refuse_if_undone(connection)
        except BaseException as error:
            for job in jobs:
                job.error = job.error or error
        for job in jobs:
            job.deliver(job.result, job.error)

    def _run(self, connection: Connection, job: _Job) -> None:
        """The unit under a SAVEPOINT of its own, so that a bad one does not undo its neighbours."""

        def once() -> Any:
            link = Direct(connection)
            info = linked(self._info, link)
            link.say("SAVEPOINT unit")
            try:
                with Session(
                    connection, info=info, join_transaction_mode="create_savepoint", expire_on_commit=False
                ) as session:
                    result = job.unit(session)
                    if session.in_transaction():
                        session.commit()
            except BaseException:
                with suppress(OperationalError):  # SQLite has undone more than the unit: `_refuse_if_undone` says it
                    link.say("ROLLBACK TO unit")
                    link.say("RELEASE unit")
                raise
            link.say("RELEASE unit")
            return result

        try:
            job.result = attempt(once)
        except OperationalError as error:
            job.error = Unavailable(LATER)
            job.error.__cause__ = error
        except BaseException as error:
            job.error = error


def _refuse_if_undone(connection: Connection) -> None:
    """Raises Unavailable when SQLite has undone the whole transaction by itself, as it does when the disk is full.

    Python's commit then does nothing and says nothing: without this, the units before would be told that all is well.
    """
    driver: Any = connection.connection.dbapi_connection
    if not driver.in_transaction:
        raise Unavailable(LATER)


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _engine(url: str, *, begin: str, pool_size: int, query_only: bool, patience: timedelta) -> Engine:
    file = url.removeprefix("sqlite:///")
    if file and not query_only:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=4,
        hide_parameters=True,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": patience.total_seconds()},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"wal_autocheckpoint={_WAL_PAGES}"):
            connection.execute(f"PRAGMA {pragma}")
        if query_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if not driver.in_transaction:
            connection.exec_driver_sql(begin)

    return engine
