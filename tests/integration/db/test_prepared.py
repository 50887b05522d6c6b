"""Prepared statements say the same as Core's, on both databases, whatever SQLAlchemy does in between."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    create_engine,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from grc.db import Database, Document, Keyring, Prepared, UtcDateTime, connect
from grc.errors import Unavailable
from grc.sessions.models import RateCounter
from tests.support import counters
from tests.support.postgres import Cluster
from tests.support.world import SECRET, seeded

pytestmark = pytest.mark.anyio

ROW = Table(
    "every_type",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("words", Text),
    Column("document", Document),
    Column("at", UtcDateTime),
    Column("day", Date),
    Column("truth", Boolean),
    Column("raw", LargeBinary),
)
ADD = Prepared(insert(ROW))
ADD_AND_TELL = Prepared(insert(ROW).returning(ROW.c.id, ROW.c.at, ROW.c.document))
FIND = Prepared(select(ROW).where(ROW.c.id == bindparam("key")))
CHANGE = Prepared(update(ROW).where(ROW.c.id == bindparam("key")).values(words=bindparam("said"), truth=True))
COUNTER = RateCounter.__table__  # type: ignore[attr-defined]
COUNT = Prepared(insert(COUNTER))
KEY = Prepared(select(COUNTER.c.key).where(COUNTER.c.key == bindparam("wanted")))

INSTANT = datetime(2026, 3, 29, 1, 30, 0, 120000, tzinfo=timezone(timedelta(hours=2)))
FULL: dict[str, Any] = {
    "id": 1,
    "words": "L’« œuvre » — 100 %\n$1 :nom ' \\ 😀",
    "document": {"é": [1, None, True, {"x": "\u0001"}], "n": 12345678901234567890, "": "%s"},
    "at": INSTANT,
    "day": date(1900, 2, 28),
    "truth": False,
    "raw": bytes(range(256)),
}
EMPTY: dict[str, Any] = {**dict.fromkeys(FULL), "id": 2}


@pytest.fixture(params=["sqlite", "postgresql"])
def typed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that holds only the table of every type."""
    if request.param == "sqlite":
        url = owner = f"sqlite:///{tmp_path / 'typed.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        name = f"typed_{time.monotonic_ns()}"
        url = owner = cluster.create(name).owner
    engine = create_engine(owner)
    ROW.metadata.create_all(engine)
    engine.dispose()
    opened = connect(url, Keyring([SECRET]))
    yield opened
    opened.close()
    if not opened.is_sqlite:
        cluster.drop(name)


def counter(authority: int, key: str) -> dict[str, Any]:
    return {"key": key, "window": counters.WINDOW, "authority_id": authority, "hits": 1}


@pytest.fixture
def of_postgresql(postgres_cluster: Cluster, tmp_path: Path) -> Iterator[Database]:
    """The seeded database of PostgreSQL, for what SQLite does not have: roles, and connections to lose."""
    name = f"prepared_{time.monotonic_ns()}"
    opened = connect(seeded(tmp_path, postgres=postgres_cluster, name=name), Keyring([SECRET]))
    yield opened
    opened.close()
    postgres_cluster.drop(name)


@pytest.fixture
def tilleul(database: Database) -> int:
    return counters.authority_id(database)


@pytest.mark.parametrize("values", [FULL, EMPTY], ids=["full", "empty"])
async def test_values_come_back_as_core_reads_them(typed: Database, values: dict[str, Any]) -> None:
    await typed.write(lambda session: ADD.run(session, values), scope=None)
    found, by_core = await typed.read(
        lambda session: (
            FIND.one(session, {"key": values["id"]}),
            session.execute(select(ROW).where(ROW.c.id == values["id"])).one(),
        ),
        scope=None,
    )
    assert tuple(found) == tuple(by_core)
    expected = {**values, "at": values["at"] and values["at"].astimezone(UTC)}
    assert found._asdict() == expected
    if found.at is not None:
        assert found.at.tzinfo is UTC


async def test_what_an_insert_returns_and_several_rows(typed: Database) -> None:
    def unit(session: Session) -> Any:
        told = ADD_AND_TELL.one(session, FULL)
        ADD.run(session, EMPTY, {**EMPTY, "id": 3})
        CHANGE.run(session, {"key": 3, "said": "changed"})
        return told, FIND.one(session, {"key": 3}), FIND.one(session, {"key": 4})

    told, changed, absent = await typed.write(unit, scope=None)
    assert told == (1, INSTANT, FULL["document"])
    assert (changed.words, changed.truth, absent) == ("changed", True, None)


async def test_questions_asked_together_are_answered_each(typed: Database) -> None:
    def unit(session: Session) -> list[Any]:
        ADD.run(session, FULL, EMPTY)
        asked = [FIND.ask(session, {"key": key}) for key in (2, 1, 9)]
        return [answer() and answer().id for answer in asked]

    assert await typed.write(unit, scope=None) == [2, 1, None]


async def test_a_value_that_the_database_cannot_hold_is_refused_whole(typed: Database) -> None:
    with pytest.raises(ValueError, match="aware"):
        await typed.write(lambda s: ADD.run(s, {**FULL, "at": datetime(2026, 1, 1)}), scope=None)  # noqa: DTZ001
    if not typed.is_sqlite:
        with pytest.raises(DataError):
            await typed.write(lambda s: ADD.run(s, {**FULL, "words": "cut\0here"}), scope=None)
    assert await typed.read(lambda session: FIND.one(session, {"key": 1}), scope=None) is None


async def test_a_fault_that_nobody_asked_about_undoes_the_unit(database: Database, tilleul: int) -> None:
    await database.write(lambda session: COUNT.run(session, counter(tilleul, "taken")), scope=tilleul)
    runs = []

    def unit(session: Session) -> None:
        runs.append(True)
        COUNT.run(session, counter(tilleul, "mine"))
        COUNT.run(session, counter(tilleul, "taken"))

    with pytest.raises(IntegrityError):
        await database.write(unit, scope=tilleul)
    assert (len(runs), counters.keys(database, tilleul)) == (2, ["taken"])
    with pytest.raises(IntegrityError), database.writing(scope=tilleul) as session:
        unit(session)
    assert counters.keys(database, tilleul) == ["taken"]


async def test_a_fault_is_said_by_the_next_question(database: Database, tilleul: int) -> None:
    def unit(session: Session) -> None:
        COUNT.run(session, counter(tilleul, "twice"))
        COUNT.run(session, counter(tilleul, "twice"))
        KEY.one(session, {"wanted": "twice"})
        raise AssertionError("not reached")

    with pytest.raises(IntegrityError) as met:
        await database.write(unit, scope=tilleul)
    assert "twice" not in str(met.value.statement or "") + str(met.value.params or "")
    assert counters.keys(database, tilleul) == []


async def test_a_fault_that_a_unit_hides_is_never_answered_yes(database: Database, tilleul: int) -> None:
    """PostgreSQL ends an aborted transaction with ROLLBACK, whatever was asked: COMMIT must be what it did."""

    def unit(session: Session) -> str:
        try:
            COUNT.run(session, counter(tilleul, "hidden"))
            COUNT.run(session, counter(tilleul, "hidden"))
            KEY.one(session, {"wanted": "hidden"})
        except IntegrityError:
            return "yes"
        raise AssertionError("not reached")

    if database.is_sqlite:
        assert await database.write(unit, scope=tilleul) == "yes"
        assert counters.keys(database, tilleul) == ["hidden"]
        return
    with pytest.raises(Unavailable):
        await database.write(unit, scope=tilleul)
    assert counters.keys(database, tilleul) == []


async def test_core_objects_and_prepared_statements_see_one_another(database: Database, tilleul: int) -> None:
    def unit(session: Session) -> list[Any]:
        seen: list[Any] = []
        COUNT.run(session, counter(tilleul, "a"))
        seen.append(counters.count(session))
        session.add(RateCounter(**counter(tilleul, "b")))
        seen.append(KEY.scalar(session, {"wanted": "b"}))
        counters.add(session, tilleul, "c")
        asked = KEY.ask(session, {"wanted": "c"})
        seen.append(counters.count(session))
        seen.append(asked().key)
        with session.begin_nested() as nested:
            COUNT.run(session, counter(tilleul, "undone"))
            nested.rollback()
        COUNT.run(session, counter(tilleul, "d"))
        seen.append(KEY.scalar(session, {"wanted": "undone"}))
        return seen

    assert await database.write(unit, scope=tilleul) == [1, "b", 3, "c", None]
    assert counters.keys(database, tilleul) == ["a", "b", "c", "d"]
    for _ in range(10):
        assert await database.read(lambda s: KEY.scalar(s, {"wanted": "d"}), scope=tilleul) == "d"


async def test_a_savepoint_undoes_the_fault_of_what_was_sent_ahead_in_it(of_postgresql: Database) -> None:
    key = counters.authority_id(of_postgresql)

    def unit(session: Session) -> Any:
        COUNT.run(session, counter(key, "kept"))
        with pytest.raises(LookupError), session.begin_nested():
            COUNT.run(session, counter(key, "kept"))  # refused, and nobody asks for the answer
            raise LookupError
        COUNT.run(session, counter(key, "after"))
        return KEY.scalar(session, {"wanted": "after"})

    assert await of_postgresql.write(unit, scope=key) == "after"
    assert counters.keys(of_postgresql, key) == ["after", "kept"]


async def test_the_partition_holds_for_prepared_statements(of_postgresql: Database) -> None:
    ours, theirs = (counters.authority_id(of_postgresql, slug) for slug in ("tilleul", "marronnier"))
    await of_postgresql.write(lambda session: COUNT.run(session, counter(ours, "ours")), scope=ours)
    assert await of_postgresql.read(lambda s: KEY.scalar(s, {"wanted": "ours"}), scope=theirs) is None
    with pytest.raises(Exception, match="row-level security"):
        await of_postgresql.write(lambda session: COUNT.run(session, counter(ours, "foreign")), scope=theirs)


async def test_a_connection_that_was_cut_is_replaced(of_postgresql: Database) -> None:
    key = counters.authority_id(of_postgresql)

    def cut(session: Session) -> None:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    def cut_ahead(session: Session) -> None:
        COUNT.run(session, counter(key, "lost"))
        cut(session)

    for unit in (cut, cut_ahead):
        with pytest.raises(Unavailable):
            await of_postgresql.write(unit, scope=key)
        for name in ("kept", "again"):
            await of_postgresql.write(lambda s, n=name: COUNT.run(s, counter(key, n)), scope=key)  # type: ignore[misc]
        assert counters.keys(of_postgresql, key) == ["again", "kept"]
        with of_postgresql.writing(scope=key) as session:
            session.execute(text("DELETE FROM rate_counter"))


async def test_a_statement_is_prepared_once_on_a_connection(of_postgresql: Database) -> None:
    def prepared(session: Session) -> set[str]:
        KEY.one(session, {"wanted": "x"})
        found = session.execute(text("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%rate_counter%'"))
        return {name for name in found.scalars() if name.startswith("grc_")}

    with of_postgresql.reading(scope=None) as session:
        first = prepared(session)
        assert len(first) == 1
        assert prepared(session) == first
    with of_postgresql.reading(scope=None) as session:
        assert prepared(session) == first
