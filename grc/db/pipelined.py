"""PostgreSQL's link: statements leave without waiting for one another's answers, until an answer is asked for.

A unit of ten statements then waits three or four times instead of twelve, and libpq's own pipeline is ten times
cheaper than ten cursors. What a statement that nobody asks an answer of did wrong is raised by the next one that
waits, by the COMMIT at the latest, and undoes the unit all the same.
"""

from __future__ import annotations

import itertools
import select
from collections import deque, namedtuple
from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import OperationalError, pq
from psycopg.errors import error_from_result
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from grc.db import wire
from grc.db.prepared import Link, Rows, Statement, Values
from grc.errors import Unavailable

_KEY, _NAMES = "pipelined", "prepared"
_NUMBERS = itertools.count(1)
_DOLLARS: Any = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_GOOD = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})
TELL = b"SELECT set_config('grc.authority', $1, true)"
PLATFORM = b"*"
_LIVING = frozenset({pq.TransactionStatus.INTRANS, pq.TransactionStatus.ACTIVE})
_SYNC, _ABORTED = pq.ExecStatus.PIPELINE_SYNC, pq.ExecStatus.PIPELINE_ABORTED


class Sent:
    """A statement on its way, then its result. names: what it prepares, by its text; None for any other."""

    __slots__ = ("prepares", "result")

    def __init__(self, prepares: tuple[bytes, bytes] | None = None) -> None:
        self.prepares = prepares
        self.result: Any = None


class Pipelined(Link):
    """The link of one unit. SQLAlchemy reads each answer at once: its own statements end the sending ahead."""

    __slots__ = ("_expected", "_first_fault", "_info", "_is_open", "_is_platform", "_names", "_pg", "_preparing")

    def __init__(self, connection: Connection, *, is_platform: bool = False) -> None:
        super().__init__(connection)
        self._is_platform = is_platform
        self._pg: Any = self.driver.pgconn
        self._info = connection.info
        self._names: dict[bytes, bytes] = self._info.setdefault(_NAMES, {})
        self._preparing: dict[bytes, bytes] = {}
        self._expected: deque[Sent] = deque()
        self._first_fault: Exception | None = None
        self._is_open = False
        self._info[_KEY] = self

    def compiled(self, statement: Statement, names: Sequence[str]) -> _Ready:
        return _Ready(statement, names)

    def speak_for(self, authority_id: int | None) -> None:
        """Nothing where a fault ended the transaction; raises RuntimeError in a unit that is not the platform's."""
        if not self._is_platform:
            raise RuntimeError("a unit of an authority speaks for it alone")
        if self._pg.transaction_status in _LIVING:
            self.send(TELL, (spoken(authority_id),))

    def ask(self, ready: _Ready, values: Values) -> Rows:
        sent = self.send(ready.text, self._bound(ready, values))

        return lambda: ready.rows(self._answer(sent))

    def run(self, ready: _Ready, rows: Sequence[Values]) -> None:
        for values in rows:
            self.send(ready.text, self._bound(ready, values))

    def send(self, text: bytes, values: Sequence[bytes | None] = ()) -> Sent:
        """Puts a statement on its way, prepared once for each connection."""
        try:
            if not self._is_open:
                self._pg.enter_pipeline_mode()
                self._is_open = True
            name = self._names.get(text) or self._preparing.get(text) or self._prepare(text)
            self._pg.send_query_prepared(name, values)
        except self.fault as error:
            self.refuse(error)
        sent = Sent()
        self._expected.append(sent)
        return sent

    def wait(self) -> None:
        """Waits for everything sent; raises the first error. The connection is then SQLAlchemy's to use."""
        if self._is_open:
            try:
                self._drain()
            except self.fault as error:
                self.refuse(error)
        self._raise()

    def commit(self, later: str) -> None:
        """Ends the transaction; raises Unavailable, with these words, when PostgreSQL undid it instead."""
        ended = self.send(b"COMMIT")
        self.wait()
        self._info.pop(_KEY, None)
        if ended.result.command_status != b"COMMIT":
            raise Unavailable(later)

    def abandon(self) -> None:
        """Reads whatever is still to come and undoes the transaction: what went wrong is known already."""
        self._info.pop(_KEY, None)
        if self.connection.invalidated:
            return
        try:
            if self._is_open:
                self._drain()
            if self._pg.transaction_status != pq.TransactionStatus.IDLE:
                self._pg.exec_(b"ROLLBACK")
        except self.fault:
            self.connection.invalidate()

    def forget(self) -> None:
        """Reads what is still to come, then knows no fault and no prepared statement: all is about to be undone.

        A fault of what was sent ahead would otherwise stop the very statement that undoes it.
        """
        try:
            if self._is_open:
                self._drain()
        except self.fault as error:
            self.refuse(error)
        self._first_fault = None  # what went wrong is undone with the rest
        self._names.clear()

    def _bound(self, ready: _Ready, values: Values) -> list[bytes | None]:
        try:
            return ready.bound(values)
        except self.fault as error:
            self.refuse(error)

    def _prepare(self, text: bytes) -> bytes:
        name = b"grc_%d" % next(_NUMBERS)
        self._pg.send_prepare(name, text)
        self._preparing[text] = name
        self._expected.append(Sent((text, name)))
        return name

    def _answer(self, sent: Sent) -> Any:
        """The result of what was sent; raises the first error met on the way."""
        try:
            if sent.result is None and self._is_open:
                self._pg.send_flush_request()
                self._read(until=sent)
            if self._first_fault is not None and self._is_open:
                self._drain()
        except self.fault as error:
            self.refuse(error)
        self._raise()
        return sent.result

    def _raise(self) -> None:
        fault, self._first_fault = self._first_fault, None
        if fault is not None:
            self.refuse(fault)

    def _drain(self) -> None:
        """Reads everything up to a synchronisation, and leaves the mode."""
        self._pg.pipeline_sync()
        end = Sent()
        self._expected.append(end)
        self._read(until=end)
        self._pg.exit_pipeline_mode()
        self._is_open = False
        self._preparing.clear()

    def _read(self, *, until: Sent) -> None:
        """Reads results in the order of what was sent, up to this one; keeps the first error."""
        self._flush()
        for result in self._results():
            sent = self._expected.popleft()
            self._keep(sent, result)
            if sent is until:
                return

    def _keep(self, sent: Sent, result: Any) -> None:
        status = result.status
        if status in _GOOD:
            sent.result = result
            if sent.prepares is not None:
                self._names.update((sent.prepares,))
        elif status not in (_SYNC, _ABORTED) and self._first_fault is None:
            self._first_fault = error_from_result(result, encoding="utf-8")

    def _results(self) -> Iterator[Any]:
        """Each result as it comes; raises OperationalError when the connection is lost."""
        while True:
            while self._pg.is_busy():
                self._wait(select.POLLIN)
                self._pg.consume_input()
            result = self._pg.get_result()
            if result is not None:
                yield result
            elif self._pg.status == pq.ConnStatus.BAD:
                raise OperationalError("the connection is lost")

    def _flush(self) -> None:
        while self._pg.flush() == 1:
            if self._wait(select.POLLIN | select.POLLOUT) & select.POLLIN:
                self._pg.consume_input()

    def _wait(self, events: int) -> int:
        waiting = select.poll()
        waiting.register(self._pg.socket, events)
        return waiting.poll()[0][1]


class _Ready:
    """A statement compiled for one set of names, its values as libpq sends them."""

    def __init__(self, statement: Statement, names: Sequence[str]) -> None:
        compiled: Any = statement.compile(dialect=_DOLLARS, column_keys=list(names))
        self.text = str(compiled).encode()
        self._binds = [self._bind(name, compiled.binds[name], names) for name in compiled.positiontup]
        columns = list(statement.exported_columns)
        self._row: Any = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]
        self._readers = [wire.reader(column.type) for column in columns]

    def bound(self, values: Values) -> list[bytes | None]:
        """What the server is given, in order."""
        return [fixed if write is None else write(values[name]) for name, write, fixed in self._binds]

    def rows(self, result: Any) -> list[Any]:
        """The rows of a result, with their types."""
        return [self._row._make(self._cells(result, number)) for number in range(result.ntuples)]

    def _cells(self, result: Any, number: int) -> Iterator[Any]:
        for at, read in enumerate(self._readers):
            cell = result.get_value(number, at)
            yield None if cell is None else read(cell)

    @staticmethod
    def _bind(name: str, bind: Any, names: Sequence[str]) -> tuple[str, wire.Write | None, bytes | None]:
        """Its name, how its values are written, or the value that the statement itself gives."""
        write = wire.writer(bind.type)
        if name in names:
            return name, write, None
        if bind.required:
            raise KeyError(name)
        return name, None, write(bind.value)


def spoken(authority_id: int | None) -> bytes:
    """How row-level security is told whose rows a unit sees; None: the platform."""
    return PLATFORM if authority_id is None else b"%d" % authority_id


def _forget(connection: Connection, *_: Any) -> None:
    """After a ROLLBACK of its own psycopg deallocates every prepared statement."""
    link: Pipelined | None = connection.info.get(_KEY)
    if link is not None:
        link.forget()
    connection.info.get(_NAMES, {}).clear()


def listen(engine: Engine) -> None:
    """Prepares an engine's connections, and ends the sending ahead before SQLAlchemy's own statements."""

    @event.listens_for(engine, "before_cursor_execute")
    def _wait(connection: Connection, *_: Any) -> None:
        link: Pipelined | None = connection.info.get(_KEY)
        if link is not None:
            link.wait()

    @event.listens_for(engine, "connect")
    def _settle(driver: Any, _record: Any) -> None:
        driver.execute(wire.SETTLED)

    event.listen(engine, "rollback_savepoint", _forget)

    @event.listens_for(engine, "rollback")
    def _forget_all(connection: Connection) -> None:
        """The same where a session undoes the unit by itself, because a flush failed; not after `abandon`."""
        if connection.closed or connection.invalidated:
            return
        driver: Any = connection.connection.dbapi_connection
        if driver.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            _forget(connection)
