"""SQLite's one writer: many units in one COMMIT, each as safe as if it were alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grc.db import Keyring
from grc.db.sqlite import SqliteDatabase
from grc.errors import Conflict, Unavailable
from tests.support import counters
from tests.support.world import SECRET, seeded

pytestmark = pytest.mark.anyio


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteDatabase]:
    opened = SqliteDatabase(seeded(tmp_path), Keyring([SECRET]))
    yield opened
    opened.close()


@pytest.fixture
def tilleul(sqlite: SqliteDatabase) -> int:
    return counters.authority_id(sqlite)


@asynccontextmanager
async def one_group(database: SqliteDatabase, *, failing: bool = False) -> AsyncIterator[list[str]]:
    """Units written inside the block wait together, and leave in one transaction; failing: its COMMIT does.

    The list names what happens, the commit of the unit that made them wait first.
    """
    begun, go = threading.Event(), threading.Event()

    def block(_session: Session) -> None:
        begun.set()
        assert go.wait(10)

    blocking = asyncio.create_task(database.write(block, scope=None))
    assert await asyncio.to_thread(begun.wait, 10)
    transactions: list[str] = []

    def committing(_connection: object) -> None:
        transactions.append("commit")
        if failing and transactions.count("commit") == 2:
            raise RuntimeError("the disk left")

    yield transactions
    event.listen(database._write_engine, "begin", lambda _: transactions.append("begin"))
    event.listen(database._write_engine, "commit", committing)
    go.set()
    await blocking


def start(database: SqliteDatabase, units: list[Callable[[Session], Any]]) -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(database.write(unit, scope=None)) for unit in units]


async def test_a_bad_unit_does_not_undo_its_neighbours(sqlite: SqliteDatabase, tilleul: int) -> None:
    def good(name: str) -> Callable[[Session], str]:
        return lambda session: counters.add(session, tilleul, name)

    def refused(session: Session) -> None:
        counters.add(session, tilleul, "undone")
        raise Conflict("no")

    def broken(session: Session) -> None:
        counters.add(session, tilleul, "undone-too")
        session.execute(text("SELECT * FROM no_such_table"))

    def colliding(session: Session) -> None:
        counters.add(session, tilleul, "undone-as-well")
        counters.add(session, tilleul, "a")

    async with one_group(sqlite) as transactions:
        tasks = start(sqlite, [good("a"), refused, good("b"), broken, good("c"), colliding, good("d")])
        await asyncio.sleep(0)
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert transactions == ["commit", "begin", "commit"]
    assert [done[at] for at in (0, 2, 4, 6)] == ["a", "b", "c", "d"]
    assert [type(done[at]) for at in (1, 3, 5)] == [Conflict, Unavailable, IntegrityError]
    assert counters.keys(sqlite, tilleul) == ["a", "b", "c", "d"]


async def test_nobody_is_answered_before_the_commit(sqlite: SqliteDatabase, tilleul: int) -> None:
    reached, go = threading.Event(), threading.Event()

    def hold(_connection: object) -> None:
        reached.set()
        assert go.wait(10)

    event.listen(sqlite._write_engine, "commit", hold)
    writing = asyncio.create_task(sqlite.write(lambda s: counters.add(s, tilleul, "late"), scope=tilleul))
    assert await asyncio.to_thread(reached.wait, 10)
    done, _ = await asyncio.wait([writing], timeout=0.1)
    assert not done
    go.set()
    assert await writing == "late"
    event.remove(sqlite._write_engine, "commit", hold)
    assert counters.keys(sqlite, tilleul) == ["late"]


async def test_a_full_disk_never_answers_yes(sqlite: SqliteDatabase, tilleul: int) -> None:
    """SQLite undoes the whole transaction by itself when the disk is full: neighbours must hear of it."""

    def fill(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
        for number in range(1000):
            counters.add(session, tilleul, f"{number:064d}")

    async with one_group(sqlite):
        before, full, after = start(
            sqlite,
            [
                lambda session: counters.add(session, tilleul, "before"),
                fill,
                lambda session: counters.add(session, tilleul, "after"),
            ],
        )
        await asyncio.sleep(0)
    done = await asyncio.gather(before, full, after, return_exceptions=True)
    durable = counters.keys(sqlite, tilleul)
    assert isinstance(done[1], Unavailable)
    assert len([key for key in durable if key.startswith("0")]) == 0
    assert [name for name in ("before", "after") if name in done and name not in durable] == []
    assert [name for name in durable if name not in done] == []
    await sqlite.write(lambda session: session.execute(text("PRAGMA max_page_count = 1000000")) and None, scope=None)
    assert await sqlite.write(lambda session: counters.add(session, tilleul, "room again"), scope=None)


async def test_a_commit_that_fails_answers_nobody_yes(sqlite: SqliteDatabase, tilleul: int) -> None:
    async with one_group(sqlite, failing=True):
        tasks = start(sqlite, [lambda s: counters.add(s, tilleul, "a"), lambda s: counters.add(s, tilleul, "b")])
        await asyncio.sleep(0)
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in done] == [RuntimeError, RuntimeError]
    assert counters.keys(sqlite, tilleul) == []
    assert await sqlite.write(lambda session: counters.add(session, tilleul, "works"), scope=None) == "works"


async def test_a_caller_that_left_does_not_stop_the_writer(sqlite: SqliteDatabase, tilleul: int) -> None:
    begun, go = threading.Event(), threading.Event()

    def block(_session: Session) -> None:
        begun.set()
        assert go.wait(10)

    def leave() -> None:
        async def ask() -> None:
            left = asyncio.ensure_future(sqlite.write(block, scope=None))
            await asyncio.to_thread(begun.wait, 10)
            assert not left.done()

        loop = asyncio.new_event_loop()
        loop.run_until_complete(ask())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    await asyncio.to_thread(leave)
    go.set()
    async with asyncio.timeout(5):
        assert await sqlite.write(lambda session: counters.add(session, tilleul, "next"), scope=None) == "next"


async def test_once_closed_it_says_so(tmp_path: Path) -> None:
    database = SqliteDatabase(seeded(tmp_path), Keyring([SECRET]))
    database.close()
    with pytest.raises(Unavailable):
        async with asyncio.timeout(2):
            await database.write(lambda _: None, scope=None)
