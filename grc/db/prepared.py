"""Statements of the hot paths: said in Core once, compiled once, then handed to the driver as they are.

Executing a Core statement costs 35 to 170 µs of processor time, most of it spent on finding what it compiled to;
the driver itself needs 5 to 10. Types are converted as the tables say, errors are SQLAlchemy's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Statement = Select[Any] | Insert | Update
Values = Mapping[str, Any]
Answer = Callable[[], Any]
Rows = Callable[[], list[Any]]
_LINK = "link"


class Link(ABC):
    """The driver's connection under a unit of work, and SQLAlchemy's around it."""

    __slots__ = ("connection", "dialect", "driver", "fault")

    def __init__(self, connection: Connection) -> None:
        dialect: Any = connection.dialect
        self.connection = connection
        self.driver: Any = connection.connection.dbapi_connection
        self.dialect: str = dialect.name
        self.fault: type[Exception] = dialect.loaded_dbapi.Error

    @abstractmethod
    def compiled(self, statement: Statement, names: Sequence[str]) -> Any:
        """The statement as this driver wants it, for values of these names."""

    @abstractmethod
    def ask(self, ready: Any, values: Values) -> Rows:
        """Runs it; what comes back gives its rows."""

    @abstractmethod
    def run(self, ready: Any, rows: Sequence[Values]) -> None:
        """Runs it once for each row of values."""

    @abstractmethod
    def speak_for(self, authority_id: int | None) -> None:
        """Changes whose rows the rest of a platform's unit sees, where the database holds that itself."""

    def refuse(self, error: Exception) -> NoReturn:
        """Raises a fault as SQLAlchemy names it, without its values; a lost connection takes its pool with it."""
        dialect: Any = self.connection.dialect
        is_lost = dialect.is_disconnect(error, self.driver, None)
        if is_lost:
            self.connection.invalidate(error)
            self.connection.engine.dispose()
        raise DBAPIError.instance(
            None, None, error, self.fault, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
        ) from error


class Prepared:
    """A statement with `bindparam` values (an insert: with the columns that the call names); never `IN` of a list."""

    def __init__(self, statement: Statement) -> None:
        is_plain_insert = isinstance(statement, Insert) and not statement.exported_columns
        self._statement = statement.inline() if isinstance(statement, Insert) and is_plain_insert else statement
        self._ready: dict[tuple[str, tuple[str, ...]], Any] = {}

    def one(self, session: Session, values: Values) -> Any:
        """The only row, its columns as attributes; None when there is none."""
        return self.ask(session, values)()

    def all(self, session: Session, values: Values) -> list[Any]:
        """Every row, in the statement's order."""
        return self.ask_all(session, values)()

    def scalar(self, session: Session, values: Values) -> Any:
        """The first column of the only row; None when there is none."""
        row = self.one(session, values)
        return None if row is None else row[0]

    def ask(self, session: Session, values: Values) -> Answer:
        """What `one` gives, once it is called: several questions may be on their way together."""
        rows = self.ask_all(session, values)

        def answer() -> Any:
            found = rows()
            return found[0] if found else None

        return answer

    def ask_all(self, session: Session, values: Values) -> Rows:
        """What `all` gives, once it is called."""
        link = link_of(session)
        return link.ask(self._for(link, values), values)

    def run(self, session: Session, *rows: Values) -> None:
        """Runs it once for each row of values, all of the same names; nothing comes back."""
        if rows:
            link = link_of(session)
            link.run(self._for(link, rows[0]), rows)

    def _for(self, link: Link, values: Values) -> Any:
        key = (link.dialect, tuple(values))
        found = self._ready.get(key)
        if found is None:
            found = self._ready[key] = link.compiled(self._statement, list(values))
        return found


def link_of(session: Session) -> Link:
    """The link of a unit's session; whatever the session still holds back is written first."""
    if session.autoflush:
        session.flush()
    if session.in_nested_transaction():
        session.connection()  # its SAVEPOINT is sent when the session first speaks
    link: Link = session.info[_LINK]
    return link


def dialect_of(session: Session) -> str:
    """The name of the dialect that a unit speaks: "sqlite" or "postgresql"."""
    return link_of(session).dialect


def linked(info: Mapping[str, Any], link: Link) -> dict[str, Any]:
    """What a unit's session knows (`Session.info`), with its link."""
    return {**info, _LINK: link}
