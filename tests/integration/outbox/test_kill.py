"""A worker process ended by SIGKILL in the middle of its mails: the next one finishes them, byte for byte."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from grc.notifications.delivery import Deliverer
from grc.outbox import delivery as outbox
from tests.support import demandes, processes
from tests.support.outbox import entries, messages
from tests.support.time import Clock
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_sigkill_while_the_server_hesitates(world: World, worker: Deliverer, time: Clock, tmp_path: Path) -> None:
    world.mailbox.faults.hang = True
    demande = demandes.filed(world.database, at=time.now())
    with processes.grc("worker", world.settings, tmp_path / "worker.log") as killed:
        async with asyncio.timeout(40):
            while len(messages(world.database, demande)) < 3:
                assert killed.process.poll() is None, killed.log.read_text()
                await asyncio.sleep(0.05)
        children = killed.children()
        assert children != []
        killed.kill()
    assert processes.wait_until_gone(children) == []
    before = {row.message_id: row.sha256 for row in messages(world.database, demande).values()}
    world.mailbox.clear()
    time.forward(outbox.LEASE * 2)
    assert await worker.round() == 3
    assert {row.state for row in entries(world.database, demande).values()} == {"sent"}
    arrived: dict[str, set[bytes]] = {}
    for one in world.mailbox.messages:  # the server may still take what the killed worker had sent: the same bytes
        arrived.setdefault(one.message_id, set()).add(one.content)
    assert arrived.keys() == before.keys()
    assert all(len(contents) == 1 for contents in arrived.values())
    assert {row.message_id: row.sha256 for row in messages(world.database, demande).values()} == before
    assert "camille" not in (tmp_path / "worker.log").read_text().lower()


async def test_a_worker_that_is_told_to_stop_finishes_its_round(world: World, tmp_path: Path, time: Clock) -> None:
    demande = demandes.filed(world.database, at=time.now())
    with processes.grc("worker", world.settings, tmp_path / "worker.log") as running:
        await world.mailbox.wait_for(count=1, within=40)
        assert await asyncio.to_thread(running.stop) == 0, running.log.read_text()
    rows = entries(world.database, demande).values()
    assert {(row.state, row.lease_holder) for row in rows} == {("sent", None)}
    assert "Traceback" not in running.log.read_text()
