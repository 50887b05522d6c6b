"""A unit of work is one transaction: returned, kept; raised, undone; answered only once it is durable."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from grc.authorities.models import Authority
from grc.db import Database
from grc.errors import Conflict, Unavailable
from grc.sessions.models import RateCounter
from tests.support import counters

pytestmark = pytest.mark.anyio


@pytest.fixture
def tilleul(database: Database) -> int:
    return counters.authority_id(database)


async def test_what_a_unit_returns_is_kept(database: Database, tilleul: int) -> None:
    assert await database.write(lambda session: counters.add(session, tilleul, "kept"), scope=tilleul) == "kept"
    assert counters.keys(database, tilleul) == ["kept"]


async def test_a_unit_that_raises_is_undone_whole(database: Database, tilleul: int) -> None:
    def unit(session: Session) -> None:
        counters.add(session, tilleul, "first")
        session.add(RateCounter(key="second", window=1, authority_id=tilleul, hits=1))
        session.flush()
        raise Conflict("no")

    with pytest.raises(Conflict):
        await database.write(unit, scope=tilleul)
    assert counters.keys(database, tilleul) == []


async def test_a_unit_that_collides_runs_once_more_from_nothing(database: Database, tilleul: int) -> None:
    await database.write(lambda session: counters.add(session, tilleul, "taken"), scope=tilleul)
    runs = []

    def unit(session: Session) -> str:
        runs.append(counters.count(session))
        counters.add(session, tilleul, f"mine-{len(runs)}")
        return counters.add(session, tilleul, "taken" if len(runs) == 1 else "free")

    assert await database.write(unit, scope=tilleul) == "free"
    assert runs == [1, 1]
    assert counters.keys(database, tilleul) == ["free", "mine-2", "taken"]


async def test_a_unit_that_always_collides_runs_twice_and_says_so(database: Database, tilleul: int) -> None:
    await database.write(lambda session: counters.add(session, tilleul, "taken"), scope=tilleul)
    runs = []

    def unit(session: Session) -> None:
        runs.append(counters.add(session, tilleul, "mine"))
        counters.add(session, tilleul, "taken")

    with pytest.raises(IntegrityError):
        await database.write(unit, scope=tilleul)
    assert (len(runs), counters.keys(database, tilleul)) == (2, ["taken"])


async def test_a_cancelled_request_does_not_undo_its_unit(database: Database, tilleul: int) -> None:
    begun, go = threading.Event(), threading.Event()

    def unit(session: Session) -> None:
        begun.set()
        assert go.wait(10)
        counters.add(session, tilleul, "kept")

    writing = asyncio.create_task(database.write(unit, scope=tilleul))
    assert await asyncio.to_thread(begun.wait, 10)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    go.set()
    await database.write(lambda session: counters.add(session, tilleul, "after"), scope=tilleul)
    async with asyncio.timeout(10):
        while counters.keys(database, tilleul) != ["after", "kept"]:
            await asyncio.sleep(0.01)


async def test_a_reading_unit_cannot_write(database: Database, tilleul: int) -> None:
    def by_object(session: Session) -> None:
        session.add(RateCounter(key="sly", window=1, authority_id=tilleul, hits=1))
        session.flush()

    def by_change(session: Session) -> None:
        session.get_one(Authority, tilleul).name = "Autre"
        session.flush()

    def by_statement(session: Session) -> None:
        session.execute(insert(RateCounter).values(key="sly", window=1, authority_id=tilleul, hits=1))
        session.commit()

    def by_text(session: Session) -> None:
        session.execute(text("UPDATE authority SET name = 'Autre'"))
        session.commit()

    for unit in (by_object, by_change):
        with pytest.raises(RuntimeError, match="must not write"):
            await database.read(unit, scope=tilleul)
    for unit in (by_statement, by_text):
        with pytest.raises((DBAPIError, Unavailable)):
            await database.read(unit, scope=tilleul)
    assert counters.keys(database, tilleul) == []
    with database.reading(scope=tilleul) as session:
        assert session.get_one(Authority, tilleul).name == "Tilleul-sur-Exemple"


async def test_a_reading_unit_sees_one_moment(database: Database, tilleul: int) -> None:
    begun, go = threading.Event(), threading.Event()

    def unit(session: Session) -> tuple[int, int]:
        before = counters.count(session)
        begun.set()
        assert go.wait(10)
        return before, counters.count(session)

    reading = asyncio.create_task(database.read(unit, scope=tilleul))
    assert await asyncio.to_thread(begun.wait, 10)
    await database.write(lambda session: counters.add(session, tilleul, "meanwhile"), scope=tilleul)
    go.set()
    assert await reading == (0, 0)
    assert counters.keys(database, tilleul) == ["meanwhile"]


async def test_synchronous_units_are_transactions_too(database: Database, tilleul: int) -> None:
    with database.writing(scope=tilleul) as session:
        counters.add(session, tilleul, "kept")
    with pytest.raises(Conflict), database.writing(scope=tilleul) as session:
        counters.add(session, tilleul, "undone")
        raise Conflict("no")
    assert counters.keys(database, tilleul) == ["kept"]


async def test_a_lock_that_is_never_free_is_said_unavailable(
    impatient: Database, database: Database, tilleul: int
) -> None:
    def touch(session: Session) -> None:
        session.execute(update(Authority).where(Authority.id == tilleul).values(hours="fermé"))

    with database.writing(scope=tilleul) as session:
        touch(session)
        with pytest.raises(Unavailable):
            await impatient.write(touch, scope=tilleul)
    await impatient.write(touch, scope=tilleul)
