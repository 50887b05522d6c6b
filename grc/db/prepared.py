"""Statements of the hot paths: said in Core once, compiled once, then run on the driver's own cursor.

Executing a Core statement costs 35 to 170 µs of processor time, most of it spent on finding what it compiled to;
the driver itself needs 5 to 10. Types are converted by the same processors, errors are the same ones.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
_LINK = "link"


class Link:
    """The driver's connection under a unit of work, and SQLAlchemy's around it."""

    __slots__ = ("connection", "dialect", "driver", "fault")

    def __init__(self, connection: Connection) -> None:
        """connection: in its unit's transaction."""
        dialect: Any = connection.dialect
        self.connection = connection
        self.driver: Any = connection.connection.dbapi_connection
        self.dialect: str = dialect.name
        self.fault: type[Exception] = dialect.loaded_dbapi.Error

    def say(self, command: str) -> None:
        """Runs a command of the driver's, such as "SAVEPOINT unit"."""
        try:
            self.driver.execute(command)
        except self.fault as error:
            translate(self, error)


class Prepared:
    """A statement with `bindparam` values (an insert: with the columns that the call names); never `IN` of a list."""

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        is_plain_insert = isinstance(statement, Insert) and not statement.exported_columns
        self._statement = statement.inline() if isinstance(statement, Insert) and is_plain_insert else statement
        self._ready: dict[tuple[str, tuple[str, ...]], _Ready] = {}

    def one(self, session: Session, values: Values) -> Any:
        """The only row, its columns as attributes; None when there is none."""
        link = link_of(session)
        ready = self._for(link, values)
        cursor = link.driver.cursor()
        try:
            cursor.execute(ready.text, ready.bound(values))
            row = cursor.fetchone()
        except link.fault as error:
            translate(link, error)
        finally:
            cursor.close()
        return None if row is None else ready.row(row)

    def scalar(self, session: Session, values: Values) -> Any:
        """The first column of the only row; None when there is none."""
        row = self.one(session, values)
        return None if row is None else row[0]

    def run(self, session: Session, values: Values) -> None:
        """Nothing comes back."""
        link = link_of(session)
        ready = self._for(link, values)
        cursor = link.driver.cursor()
        try:
            cursor.execute(ready.text, ready.bound(values))
        except link.fault as error:
            translate(link, error)
        finally:
            cursor.close()

    def run_many(self, session: Session, rows: Sequence[Values]) -> None:
        """Once for each row of values, all of the same names; nothing comes back."""
        if not rows:
            return
        link = link_of(session)
        ready = self._for(link, rows[0])
        cursor = link.driver.cursor()
        try:
            cursor.executemany(ready.text, [ready.bound(values) for values in rows])
        except link.fault as error:
            translate(link, error)
        finally:
            cursor.close()

    def ask(self, session: Session, values: Values) -> Callable[[], Any]:
        """What `one` gives, when it is called: several questions may be on their way together."""
        link = link_of(session)
        ready = self._for(link, values)
        cursor = link.driver.cursor()

        def answer() -> Any:
            try:
                row = cursor.fetchone()
            except link.fault as error:
                translate(link, error)
            finally:
                cursor.close()
            return None if row is None else ready.row(row)

        try:
            cursor.execute(ready.text, ready.bound(values))
        except link.fault as error:
            translate(link, error)
        if link.dialect == "postgresql":
            return answer
        row = answer()
        return lambda: row

    def _for(self, link: Link, values: Values) -> _Ready:
        key = (link.dialect, tuple(values))
        found = self._ready.get(key)
        if found is None:
            found = self._ready[key] = _Ready(self._statement, link.connection.dialect, list(values))
        return found


class _Ready:
    """A statement compiled for one dialect and one set of names."""

    def __init__(self, statement: Any, dialect: Dialect, names: list[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        self.text = str(compiled)
        self._by_position = bool(compiled.positional)
        order = compiled.positiontup if compiled.positional else compiled.binds
        self._binds = [_bind(name, compiled.binds[name], dialect, names) for name in order]
        columns = list(statement.exported_columns)
        self._row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]
        results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._results = [(at, process) for at, process in enumerate(results) if process is not None]

    def bound(self, values: Values) -> Any:
        """What the driver is given: values in order, or by name."""
        if self._by_position:
            return [
                fixed if is_fixed else values[name] if process is None else process(values[name])
                for name, process, is_fixed, fixed in self._binds
            ]
        return {
            name: fixed if is_fixed else values[name] if process is None else process(values[name])
            for name, process, is_fixed, fixed in self._binds
        }

    def row(self, row: Sequence[Any]) -> Any:
        """A row as the driver gave it, with its types."""
        if not self._results:
            return self._row._make(row)
        cells = list(row)
        for at, process in self._results:
            cells[at] = process(cells[at])
        return self._row._make(cells)


def _bind(name: str, bind: Any, dialect: Dialect, names: list[str]) -> tuple[str, Process | None, bool, Any]:
    """Its name, how its values are converted, whether the statement itself gives the value, and that value."""
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if name in names:
        return name, process, False, None
    if bind.required:
        raise KeyError(name)
    return name, None, True, process(bind.value) if process is not None else bind.value


def link_of(session: Session) -> Link:
    """The link of a unit's session; whatever the session still holds back is written first."""
    if session.autoflush:
        session.flush()
    found: Link | None = session.info.get(_LINK)
    return found if found is not None else Link(session.connection())


def dialect_of(session: Session) -> str:
    """The name of the dialect that a unit speaks: "sqlite" or "postgresql"."""
    return link_of(session).dialect


def linked(info: Mapping[str, Any], link: Link) -> dict[str, Any]:
    """What a unit's session knows (`Session.info`), with its link."""
    return {**info, _LINK: link}


def translate(link: Link, error: Exception) -> NoReturn:
    """Raises the error as SQLAlchemy names it, without its values; a lost connection takes the pool with it."""
    dialect: Any = link.connection.dialect
    is_lost = dialect.is_disconnect(error, link.driver, None)
    if is_lost:
        link.connection.invalidate(error)
        link.connection.engine.dispose()
    raise DBAPIError.instance(
        None, None, error, link.fault, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    ) from error
