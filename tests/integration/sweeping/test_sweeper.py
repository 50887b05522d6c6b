"""A passage over every authority: what fails alone, what is kept of it, and the clock that jumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from grc.attachments.local import LocalStorage
from grc.sweeping import Sweeper, runs
from grc.sweeping.runs import Run
from grc.sweeping.sweeps import Done, Sweep
from tests.support.time import Clock
from tests.support.world import World

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Seen:
    """A sweep that notes where and as of when it was called; it has so many things to do in each authority."""

    def __init__(self, name: str = "seen", *, things: int = 0, fails_in: int = 0) -> None:
        self.left: dict[int, int] = {}
        self.calls: list[tuple[int, datetime]] = []
        self.things, self.fails_in = things, fails_in
        self.sweep = Sweep(name, "note", self.unit)

    def unit(self, session: Session, authority_id: int, as_of: datetime) -> Done:
        assert session.connection()
        self.calls.append((authority_id, as_of))
        if authority_id == self.fails_in:
            raise LookupError("Camille")
        left = self.left.setdefault(authority_id, self.things)
        self.left[authority_id] = max(0, left - 1)
        return Done(min(left, 1))


def sweeper(world: World, time: Clock, *seen: Seen) -> Sweeper:
    storage = LocalStorage(world.settings.storage)
    return Sweeper(world.database, storage, now=time.now, sweeps=[one.sweep for one in seen])


def kept(world: World, name: str = runs.WHOLE) -> Run:
    with world.database.reading(scope=None) as session:
        found = runs.last(session, name)
    assert found is not None
    return found


async def test_each_authority_is_swept_until_nothing_is_left_and_the_passage_is_kept(world: World) -> None:
    seen = Seen(things=3)
    passage = await sweeper(world, Clock(NOON), seen).round()
    tilleul, other = world.authority().id, world.authority("marronnier").id
    assert [key for key, _ in seen.calls].count(tilleul) == 4
    assert {as_of for _, as_of in seen.calls} == {NOON}
    everywhere = len(seen.left)
    assert {tilleul, other} <= set(seen.left)
    assert kept(world, "seen") == Run("seen", NOON, NOON, NOON, 3 * everywhere)
    assert kept(world) == Run(runs.WHOLE, NOON, NOON, NOON, 3 * everywhere)
    assert (passage.refused, passage.faults) == ("", [])


async def test_what_fails_in_one_authority_or_sweep_stops_no_other_and_is_told_without_names(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Seen("first", things=1, fails_in=world.authority().id), Seen("second", things=1)
    passage = await sweeper(world, Clock(NOON), first, second).round()
    assert len(second.left) == len(first.left) + 1 >= 2
    assert kept(world, "first").fault == "LookupError"
    assert (kept(world, "second").fault, kept(world).fault) == ("", "first")
    assert passage.faults == ["first: LookupError"]
    assert "first of tilleul failed: LookupError" in caplog.text
    assert "Camille" not in caplog.text


async def test_a_second_passage_at_once_and_one_a_little_earlier_are_believed(world: World) -> None:
    time, seen = Clock(NOON), Seen()
    for later, believed in ((0, 0), (0, 0), (-40, 0), (36 * 60, 36 * 60)):
        time.instant = NOON + timedelta(minutes=later)
        assert (await sweeper(world, time, seen).round()).refused == ""
        assert kept(world).as_of == NOON + timedelta(minutes=believed)


@pytest.mark.parametrize(("jump", "why"), [(37, "clock_ahead"), (24 * 365 * 30, "clock_ahead"), (-2, "clock_behind")])
async def test_a_clock_that_jumps_sweeps_nothing_until_it_is_right_again(world: World, jump: int, why: str) -> None:
    time, seen = Clock(NOON), Seen()
    await sweeper(world, time, seen).round()
    seen.calls.clear()
    time.forward(timedelta(hours=jump))
    assert (await sweeper(world, time, seen).round()).refused == why
    assert seen.calls == []
    assert (kept(world).as_of, kept(world).fault) == (NOON, why)
    time.instant = NOON + timedelta(minutes=10)
    assert (await sweeper(world, time, seen).round()).refused == ""
    assert seen.calls != []
    assert kept(world).fault == ""


async def test_an_operator_says_that_the_clock_is_right(world: World) -> None:
    time, seen = Clock(NOON), Seen()
    await sweeper(world, time, seen).round()
    time.forward(timedelta(days=4))
    assert (await sweeper(world, time, seen).round()).refused == "clock_ahead"
    assert (await sweeper(world, time, seen).round(time.now(), is_confirmed=True)).refused == ""
    time.forward(timedelta(minutes=10))
    assert (await sweeper(world, time, seen).round()).refused == ""
    earlier = NOON + timedelta(days=1)
    assert (await sweeper(world, time, seen).round(earlier, is_confirmed=True)).refused == ""
    assert kept(world).as_of == earlier


async def test_what_is_seldom_due_waits_for_its_hour(world: World) -> None:
    time, seen = Clock(NOON), Seen()
    seen.sweep = replace(seen.sweep, every=timedelta(hours=1))
    for minutes, is_called in ((0, True), (30, False), (59, False), (60, True), (50, True)):
        time.instant = NOON + timedelta(minutes=minutes)
        seen.calls.clear()
        await sweeper(world, time, seen).round()
        assert bool(seen.calls) is is_called, minutes


async def test_files_of_what_is_swept_go_once_it_is_durable(world: World, tmp_path: Path) -> None:
    storage = LocalStorage(world.settings.storage)
    key = storage.put("tilleul", iter([b"x"]), max_bytes=10).key
    seen = Seen(things=1)
    unit = seen.sweep.unit

    def with_a_file(session: Session, authority_id: int, as_of: datetime) -> Done:
        assert storage.exists(key) or seen.left
        return replace(unit(session, authority_id, as_of), keys=(key,))

    seen.sweep = Sweep("seen", "note", with_a_file)
    await sweeper(world, Clock(NOON), seen).round()
    assert not storage.exists(key)


def test_a_passage_is_late_when_none_has_ended_for_an_hour() -> None:
    run = Run(runs.WHOLE, NOON, NOON, NOON)
    assert not runs.is_late(None, NOON)
    assert not runs.is_late(run, NOON + timedelta(minutes=59))
    assert runs.is_late(run, NOON + timedelta(minutes=61))
    assert runs.is_late(replace(run, ended_at=None), NOON)
