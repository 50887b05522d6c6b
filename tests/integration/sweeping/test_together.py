"""Sweepers side by side, as two workers run them: each thing happens once."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from grc.app import open_database
from grc.attachments.local import LocalStorage
from grc.submissions.models import Decision, Event
from grc.sweeping import Sweeper
from tests.support import cases
from tests.support.world import World

pytestmark = pytest.mark.anyio
AFTER = cases.local(date(2026, 8, 31), hour=1)
MANY = 25


@pytest.mark.law("R14")
async def test_three_sweepers_at_once_decide_each_demande_once(world: World) -> None:
    cases.offered(world.database, "rejection")
    received = cases.local(date(2026, 6, 30), hour=12)
    filed = [cases.filed(world.database, at=received) for _ in range(MANY)]
    storage = LocalStorage(world.settings.storage)
    others = [] if world.database.is_sqlite else [open_database(world.settings) for _ in range(2)]
    try:
        sweepers = [Sweeper(each, storage, now=lambda: AFTER) for each in (world.database, *others)]
        sweepers += [Sweeper(world.database, storage, now=lambda: AFTER)] * (3 - len(sweepers))
        passages = await asyncio.gather(*(one.round() for one in sweepers))
    finally:
        for each in others:
            each.close()
    assert [passage.faults for passage in passages] == [[], [], []]
    done = [run.done for passage in passages for run in passage.runs if run.name == "implied_decisions"]
    assert sum(done) == MANY
    for demande in filed:
        assert [one.kind for one in cases.rows(world.database, Decision, demande)] == ["implicit_rejection"]
        assert [one.sequence for one in cases.rows(world.database, Event, demande)] == [1, 2]
