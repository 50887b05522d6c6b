"""SQLite's link: each statement runs at once, on a cursor of the standard driver."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Dialect

from grc.db.prepared import Link, Rows, Statement, Values

Process = Callable[[Any], Any]


class Direct(Link):
    """The link of one unit."""

    __slots__ = ()

    def say(self, command: str) -> None:
        """Runs a command such as "SAVEPOINT unit"."""
        try:
            self.driver.execute(command)
        except self.fault as error:
            self.refuse(error)

    def speak_for(self, authority_id: int | None) -> None:
        """SQLite has no row-level security: the queries alone keep authorities apart."""

    def compiled(self, statement: Statement, names: Sequence[str]) -> _Ready:
        return _Ready(statement, self.connection.dialect, names)

    def ask(self, ready: _Ready, values: Values) -> Rows:
        cursor = self.driver.cursor()
        try:
            cursor.execute(ready.text, ready.bound(values))
            found = cursor.fetchall()
        except self.fault as error:
            self.refuse(error)
        finally:
            cursor.close()
        rows = [ready.row(one) for one in found]
        return lambda: rows

    def run(self, ready: _Ready, rows: Sequence[Values]) -> None:
        cursor = self.driver.cursor()
        try:
            if len(rows) == 1:
                cursor.execute(ready.text, ready.bound(rows[0]))
            else:
                cursor.executemany(ready.text, [ready.bound(values) for values in rows])
        except self.fault as error:
            self.refuse(error)
        finally:
            cursor.close()


class _Ready:
    """A statement compiled for one set of names, its values by position, converted as SQLAlchemy would."""

    def __init__(self, statement: Statement, dialect: Dialect, names: Sequence[str]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
        self.text = str(compiled)
        self._binds = [_bind(name, compiled.binds[name], dialect, names) for name in compiled.positiontup]
        columns = list(statement.exported_columns)
        self._row: Any = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]
        results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._results = [(at, process) for at, process in enumerate(results) if process is not None]

    def bound(self, values: Values) -> list[Any]:
        """What the driver is given, in order."""
        return [
            fixed if is_fixed else values[name] if process is None else process(values[name])
            for name, process, is_fixed, fixed in self._binds
        ]

    def row(self, found: Sequence[Any]) -> Any:
        """A row as the driver gave it, with its types."""
        if not self._results:
            return self._row._make(found)
        cells = list(found)
        for at, process in self._results:
            cells[at] = process(cells[at])
        return self._row._make(cells)


def _bind(name: str, bind: Any, dialect: Dialect, names: Sequence[str]) -> tuple[str, Process | None, bool, Any]:
    """Its name, how its values are converted, whether the statement itself gives the value, and that value."""
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if name in names:
        return name, process, False, None
    if bind.required:
        raise KeyError(name)
    return name, None, True, process(bind.value) if process is not None else bind.value
