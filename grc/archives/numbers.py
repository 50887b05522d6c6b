"""The last number that each table gave: what is restored keeps its numbers, what comes after begins above them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Column, Table, cast, func, select
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlmodel import Session

from grc.archives.contents import AUTHORITY
from grc.db import dialect_of


def told(session: Session) -> dict[str, int]:
    """The last number of each table in the whole installation, whoever's the row: the serving role sees a sequence."""
    found = {}
    for table, key in _numbered():
        statement = select(func.max(key))
        if dialect_of(session) == "postgresql":
            last = func.pg_sequence_last_value(cast(_sequence(table), REGCLASS))
            statement = select(func.greatest(select(func.max(key)).scalar_subquery(), last))
        found[table.name] = session.execute(statement).scalar() or 0
    return found


def next_of(session: Session, table: Table, last: Mapping[str, int]) -> int:
    """The number after those of the installation that the archive comes from, and after those that are here."""
    here = session.execute(select(func.max(table.c.id))).scalar() or 0
    return int(max(here, last.get(table.name, 0))) + 1


def recount(session: Session, last: Mapping[str, int]) -> None:
    """On PostgreSQL, the next numbers come after these and after those restored; SQLite counts from its last row."""
    if dialect_of(session) != "postgresql":
        return
    for table, _key in _numbered():
        number = next_of(session, table, last) - 1
        if number > 0:
            sequence = _sequence(table)
            session.execute(select(func.setval(sequence, func.greatest(number, func.nextval(sequence)))))


def _numbered() -> Iterator[tuple[Table, Column[int]]]:
    for table in AUTHORITY.metadata.sorted_tables:
        key = table.c.get("id")
        if key is not None:
            yield table, key


def _sequence(table: Table) -> object:
    return func.pg_get_serial_sequence(f'"{table.name}"', "id")
