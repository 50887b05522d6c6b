"""Several workers, and workers that die: no mail is lost, none is sent twice at once, a repeat is byte-identical."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from grc.db import Database
from grc.errors import Unavailable
from grc.notifications.delivery import IN_DOUBT, Deliverer
from grc.notifications.smtp import Accepted, SmtpSender
from grc.outbox import delivery as outbox
from grc.outbox.delivery import Frozen
from tests.support import demandes
from tests.support.outbox import entries, messages, tasks
from tests.support.time import Clock
from tests.support.world import World

pytestmark = pytest.mark.anyio


class Killed(BaseException):
    """The worker ends here, as by SIGKILL: nothing after this happens."""


class Sender:
    """Stands before the real one: counts what is under way, and dies when told, before or after the server took it."""

    def __init__(self, real: SmtpSender, *, dies: str = "") -> None:
        self._real, self._dies = real, dies
        self.under_way: Counter[str] = Counter()
        self.most_at_once = 0

    async def send(self, message: Frozen) -> Accepted:
        self.under_way[message.message_id] += 1
        self.most_at_once = max(self.most_at_once, *self.under_way.values())
        try:
            if self._dies == "before":
                raise Killed
            accepted = await self._real.send(message)
            if self._dies == "after":
                raise Killed
            return accepted
        finally:
            self.under_way[message.message_id] -= 1

    async def close(self) -> None:
        await self._real.close()


@asynccontextmanager
async def a_worker(world: World, time: Clock, sender: Any, **options: Any) -> AsyncIterator[Deliverer]:
    worker = Deliverer(world.database, sender, base_url=world.settings.base_url, now=time.now, **options)
    try:
        yield worker
    finally:
        await worker.close()


async def test_two_workers_share_the_work_and_never_a_mail(world: World, time: Clock) -> None:
    made = [demandes.filed(world.database, email=f"n{n}@exemple.example", at=time.now()) for n in range(10)]
    sender = Sender(SmtpSender(world.settings.smtp_url))
    async with a_worker(world, time, sender) as one, a_worker(world, time, sender) as other:

        async def until_done(worker: Deliverer) -> int:
            tried = 0
            while done := await worker.round():
                tried += done
            return tried

        shares = await asyncio.gather(until_done(one), until_done(other))
    assert sum(shares) == 30
    assert min(shares) > 0
    assert sender.most_at_once == 1
    assert len({one.message_id for one in world.mailbox.messages}) == len(world.mailbox.messages) == 30
    assert {row.state for demande in made for row in entries(world.database, demande).values()} == {"sent"}


async def test_claims_made_at_once_never_overlap(world: World, time: Clock) -> None:
    for number in range(6):
        demandes.filed(world.database, email=f"n{number}@exemple.example", at=time.now())
    claims = (partial(outbox.claim, now=time.now(), holder=f"worker-{n}", limit=4) for n in range(8))
    taken = await asyncio.gather(*(world.database.write(claim, scope=None) for claim in claims))
    every = [entry.id for entries_taken in taken for entry in entries_taken]
    assert len(every) == len(set(every)) == 18
    assert max(len(entries_taken) for entries_taken in taken) <= 4


async def test_what_is_held_is_left_alone_until_its_lease_ends(world: World, time: Clock) -> None:
    demandes.filed(world.database, at=time.now())

    async def claim(holder: str) -> list[outbox.Claimed]:
        return await world.database.write(partial(outbox.claim, now=time.now(), holder=holder, limit=20), scope=None)

    assert len(await claim("one")) == 3
    time.forward(outbox.LEASE - timedelta(seconds=1))
    assert await claim("other") == []
    time.forward(timedelta(seconds=1))
    assert [entry.tries for entry in await claim("other")] == [2, 2, 2]


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_worker_that_dies_loses_nothing_and_repeats_the_same_bytes(
    world: World, time: Clock, worker: Deliverer, dies: str
) -> None:
    demande = demandes.filed(world.database, at=time.now())
    async with a_worker(world, time, Sender(SmtpSender(world.settings.smtp_url), dies=dies)) as dying:
        with pytest.raises(Killed):
            await dying.round()
    frozen = {row.message_id: (row.sha256, row.frozen_at) for row in messages(world.database, demande).values()}
    first = {one.message_id: one.content for one in world.mailbox.messages}
    assert len(frozen) == 3
    assert len(first) == (3 if dies == "after" else 0)
    assert await worker.round() == 0
    time.forward(outbox.LEASE)
    assert await worker.round() == 3
    assert {row.state for row in entries(world.database, demande).values()} == {"sent"}
    again = {one.message_id: one.content for one in world.mailbox.messages[len(first) :]}
    assert again.keys() == frozen.keys()
    assert all(again[key] == content for key, content in first.items())
    after = {row.message_id: (row.sha256, row.frozen_at) for row in messages(world.database, demande).values()}
    assert after == frozen


async def test_a_worker_that_dies_before_it_froze_anything_loses_nothing(
    world: World, time: Clock, worker: Deliverer
) -> None:
    demande = demandes.filed(world.database, at=time.now())
    await world.database.write(partial(outbox.claim, now=time.now(), holder="dead", limit=20), scope=None)
    time.forward(outbox.LEASE)
    assert await worker.round() == 3
    assert {row.state for row in entries(world.database, demande).values()} == {"sent"}


async def test_a_worker_whose_lease_was_lost_changes_nothing(world: World, time: Clock, worker: Deliverer) -> None:
    """It comes back late with a refusal: the mail, sent by another meanwhile, stays sent; no task is opened."""
    demande = demandes.filed(world.database, at=time.now())
    claim = partial(outbox.claim, now=time.now(), holder="slow", limit=20)
    held = {entry.kind: entry for entry in await world.database.write(claim, scope=None)}
    time.forward(outbox.LEASE)
    assert await worker.round() == 3
    scope = world.authority().id
    late = partial(outbox.record_fault, entry=held["acknowledgement"], fault="550", permanent=True, now=time.now())
    with pytest.raises(outbox.LeaseLost):
        await world.database.write(late, scope=scope)
    with pytest.raises(outbox.LeaseLost):
        await world.database.read(partial(outbox.frozen, entry=held["acknowledgement"]), scope=scope)
    assert {row.state for row in entries(world.database, demande).values()} == {"sent"}
    assert tasks(world.database, demande) == []


async def test_a_replaced_mail_that_a_worker_holds_is_not_sent(world: World, time: Clock) -> None:
    """The address is corrected between the claim and the sending: nothing goes to the wrong one."""
    demande = demandes.filed(world.database, at=time.now())
    citizen = world.browser()
    await citizen.post("/tilleul/suivi", {"code": demande.code})

    class Correcting(Sender):
        async def send(self, message: Frozen) -> Accepted:
            raise AssertionError("nothing must be sent")

    sender = Correcting(SmtpSender(world.settings.smtp_url))
    async with a_worker(world, time, sender) as slow:
        claim = partial(outbox.claim, now=time.now(), holder=slow._holder, limit=20)
        held = await world.database.write(claim, scope=None)
        path = f"/tilleul/demandes/{demande.reference}/adresse"
        assert (await citizen.post(path, {"email": "juste@exemple.example"})).status_code == 303
        await asyncio.gather(*(slow._deliver(entry) for entry in held if entry.recipient == "citizen"))
    states = [row.state for row in entries(world.database, demande).values()]
    assert states.count("dropped") == 1
    assert world.mailbox.messages == ()


async def test_an_attempt_ends_before_its_lease(world: World, time: Clock, worker: Deliverer) -> None:
    world.mailbox.faults.hang = True
    demande = demandes.filed(world.database, at=time.now())
    sender = SmtpSender(world.settings.smtp_url, connections=1, timeout=60, patience=60)
    async with a_worker(world, time, sender, attempt=timedelta(seconds=0.5)) as stuck:
        async with asyncio.timeout(30):
            assert await stuck.round() == 3
    rows = entries(world.database, demande).values()
    assert {(row.state, row.last_fault) for row in rows} == {("pending", "TimeoutError")}
    world.mailbox.clear()
    time.forward(timedelta(minutes=2))
    assert await worker.round() == 3
    assert {row.state for row in entries(world.database, demande).values()} == {"sent"}
    assert len(world.mailbox.messages) == 3


class Unreliable:
    """A database whose first answers are faults."""

    def __init__(self, real: Database, *faults: BaseException) -> None:
        self._real, self._faults = real, list(faults)

    async def write(self, unit: Any, *, scope: Any) -> Any:
        if self._faults:
            raise self._faults.pop()
        return await self._real.write(unit, scope=scope)

    async def read(self, unit: Any, *, scope: Any) -> Any:
        return await self._real.read(unit, scope=scope)


async def test_no_failure_ends_a_worker(world: World, time: Clock) -> None:
    demandes.filed(world.database, at=time.now())
    broken: Any = Unreliable(world.database, Unavailable(), RuntimeError("of ours"), ConnectionError())
    worker = Deliverer(broken, SmtpSender(world.settings.smtp_url), base_url=world.settings.base_url, now=time.now)
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        while len(world.mailbox.messages) < 3:
            assert not running.done()
            worker.wake()
            await asyncio.sleep(0.01)
    await worker.stop()
    async with asyncio.timeout(5):
        await running
    await worker.close()


class Amnesic:
    """A database that hangs when it is told that a mail was taken."""

    def __init__(self, real: Database) -> None:
        self._real = real

    async def write(self, unit: Any, *, scope: Any) -> Any:
        if getattr(getattr(unit, "func", None), "__name__", "") == "_sent":
            await asyncio.Event().wait()
        return await self._real.write(unit, scope=scope)

    async def read(self, unit: Any, *, scope: Any) -> Any:
        return await self._real.read(unit, scope=scope)


async def test_few_mails_are_sent_before_their_answers_are_on_record(world: World, time: Clock) -> None:
    """What a worker that is killed now would send again."""
    for number in range(4):
        demandes.filed(world.database, email=f"n{number}@exemple.example", at=time.now())
    forgets: Any = Amnesic(world.database)
    sender = SmtpSender(world.settings.smtp_url, connections=8)
    worker = Deliverer(forgets, sender, base_url=world.settings.base_url, now=time.now)
    running = asyncio.create_task(worker.round())
    await world.mailbox.wait_for(count=IN_DOUBT)
    await asyncio.sleep(0.5)
    assert len(world.mailbox.messages) == IN_DOUBT
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await worker.close()
