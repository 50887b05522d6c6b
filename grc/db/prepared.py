"""Statements of the hot paths: said in Core once, compiled once, then run on the driver's own cursor.

Executing a Core statement costs 35 to 170 µs of processor time, most of it spent on finding what it compiled to;
the driver itself needs 5 to 10. Types are converted by the same processors, errors are the same ones.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
_LINK = "link"


@dataclass(frozen=True)
class Link:
    """The driver's connection under a unit of work, and SQLAlchemy's around it."""

    connection: Connection
    driver: Any

    @classmethod
    def of(cls, connection: Connection) -> Link:
        """The link of a connection that is in its unit's transaction."""
        return cls(connection, connection.connection.dbapi_connection)

    def say(self, command: str) -> None:
        """Runs a command of the driver's, such as "SAVEPOINT unit"."""
        _guarded(self, None, self.driver.execute, command)


class Prepared:
    """A statement with `bindparam` values (an insert: with the columns that the call names); never `IN` of a list."""

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        is_plain_insert = isinstance(statement, Insert) and not statement.exported_columns
        self._statement = statement.inline() if isinstance(statement, Insert) and is_plain_insert else statement
        self._ready: dict[tuple[str, tuple[str, ...]], _Ready] = {}

    def one(self, session: Session, values: Values) -> Any:
        """The only row, its columns as attributes; None when there is none."""
        with _cursor(session) as (link, cursor):
            ready = self._run(link, cursor, values)
            row = _guarded(link, cursor, cursor.fetchone)
        return None if row is None else ready.row(row)

    def scalar(self, session: Session, values: Values) -> Any:
        """The first column of the only row; None when there is none."""
        row = self.one(session, values)
        return None if row is None else row[0]

    def run(self, session: Session, values: Values) -> None:
        """Nothing comes back."""
        with _cursor(session) as (link, cursor):
            self._run(link, cursor, values)

    def run_many(self, session: Session, rows: Sequence[Values]) -> None:
        """Once for each row of values, all of the same names; nothing comes back."""
        if not rows:
            return
        with _cursor(session) as (link, cursor):
            ready = self._for(link.connection.dialect, rows[0])
            given = [ready.bound(values) for values in rows]
            _guarded(link, cursor, cursor.executemany, ready.text, given)

    def _run(self, link: Link, cursor: Any, values: Values) -> _Ready:
        ready = self._for(link.connection.dialect, values)
        _guarded(link, cursor, cursor.execute, ready.text, ready.bound(values))
        return ready

    def _for(self, dialect: Dialect, values: Values) -> _Ready:
        key = (dialect.name, tuple(values))
        found = self._ready.get(key)
        if found is None:
            found = self._ready[key] = _Ready(self._statement, dialect, list(values))
        return found


class _Ready:
    """A statement compiled for one dialect and one set of names."""

    def __init__(self, statement: Any, dialect: Dialect, names: list[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        self.text = str(compiled)
        self._positions: list[str] | None = compiled.positiontup if compiled.positional else None
        self._fixed: dict[str, Any] = {}
        self._binds: list[tuple[str, Process | None]] = []
        for name, bind in compiled.binds.items():
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if name in names:
                self._binds.append((name, process))
            elif bind.required:
                raise KeyError(name)
            else:
                self._fixed[name] = process(bind.value) if process is not None else bind.value
        columns = list(statement.exported_columns)
        self._row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]
        results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._results = [(at, process) for at, process in enumerate(results) if process is not None]

    def bound(self, values: Values) -> Any:
        """What the driver is given: values in order, or by name."""
        given = dict(self._fixed)
        for name, process in self._binds:
            given[name] = values[name] if process is None else process(values[name])
        return given if self._positions is None else [given[name] for name in self._positions]

    def row(self, row: Sequence[Any]) -> Any:
        """A row as the driver gave it, with its types."""
        if not self._results:
            return self._row._make(row)
        cells = list(row)
        for at, process in self._results:
            cells[at] = process(cells[at])
        return self._row._make(cells)


def link_of(session: Session) -> Link:
    """The link of a unit's session; whatever the session still holds back is written first."""
    if session.autoflush:
        session.flush()
    found: Link | None = session.info.get(_LINK)
    return found if found is not None else Link.of(session.connection())


def dialect_of(session: Session) -> str:
    """The name of the dialect that a unit speaks: "sqlite" or "postgresql"."""
    return link_of(session).connection.dialect.name


def linked(info: Mapping[str, Any], link: Link) -> dict[str, Any]:
    """What a unit's session knows (`Session.info`), with its link."""
    return {**info, _LINK: link}


@contextmanager
def _cursor(session: Session) -> Iterator[tuple[Link, Any]]:
    link = link_of(session)
    cursor = link.driver.cursor()
    try:
        yield link, cursor
    finally:
        cursor.close()


def _guarded(link: Link, cursor: Any | None, act: Callable[..., Any], *given: Any) -> Any:
    """What the driver does; its errors become those of SQLAlchemy."""
    try:
        return act(*given)
    except link.connection.dialect.loaded_dbapi.Error as error:
        _translate(link, cursor, error)


def _translate(link: Link, cursor: Any | None, error: Exception) -> NoReturn:
    """Raises the error as SQLAlchemy names it, without its values; a lost connection takes the pool with it."""
    dialect: Any = link.connection.dialect
    base = dialect.loaded_dbapi.Error
    is_lost = dialect.is_disconnect(error, link.driver, cursor)
    if is_lost:
        link.connection.invalidate(error)
        link.connection.engine.dispose()
    raise DBAPIError.instance(
        None, None, error, base, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    ) from error
