"""`grc serve` ended by SIGKILL while citizens send: nothing confirmed is lost, nothing is done twice.

A demande confirmed to a browser has its receipt row; none has two; what was not confirmed is whole or absent. A mail
sent again is byte for byte the first one, and there is at most one more for each kill.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from grc import clock
from grc.db import Database, Keyring, connect
from grc.demo.mailbox import Mailbox
from grc.outbox.models import Message, OutboxEntry
from grc.settings import Settings
from grc.submissions.models import Draft, Event, Notice, Submission
from tests.support import campaign, demandes, processes
from tests.support.demandes import Begun
from tests.support.processes import Running
from tests.support.world import SECRET, seeded, world_settings

pytestmark = [pytest.mark.anyio, pytest.mark.campaign]
ROUNDS = range(campaign.size(1, 13))
"""Each a new installation; together thirty-nine kills when whole."""
KILLS = 3
SENDERS = 6
DRAFTS = 20 * KILLS


class Town:
    """An installation under load: citizens with drafts ready to send, and what each was answered."""

    def __init__(self, settings: Settings, database: Database, drafts: Sequence[Begun]) -> None:
        self.settings, self.database = settings, database
        self.waiting = list(reversed(drafts))
        self.confirmed: dict[str, str] = {}
        self.refused: list[tuple[int, str]] = []
        self._numbers = itertools.count(1)

    async def send(self, client: httpx2.AsyncClient, draft: Begun) -> None:
        """One citizen's final POST; what was not answered will be sent again."""
        number = next(self._numbers)
        headers = {
            "origin": self.settings.base_url,
            "cookie": f"grc-citizen-tilleul-{self.settings.port}={draft.token}",
            "x-forwarded-for": f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}",
        }
        try:
            answer = await client.post(f"/tilleul/brouillons/{draft.public_id}/envoi", headers=headers)
        except httpx2.HTTPError:
            self.waiting.insert(0, draft)
            return
        if answer.status_code == 303:
            self.confirmed[draft.public_id] = answer.headers["location"]
        elif answer.status_code == 503:
            self.waiting.insert(0, draft)
        else:
            self.refused.append((answer.status_code, answer.text))

    async def keep_sending(self, stop: asyncio.Event) -> None:
        """One citizen after another, until told to stop."""
        async with httpx2.AsyncClient(base_url=self.settings.base_url, trust_env=False, timeout=20) as client:
            while self.waiting and not stop.is_set():
                await self.send(client, self.waiting.pop())

    async def until_ready(self, server: Running) -> None:
        """Waits until the pages answer."""
        async with httpx2.AsyncClient(base_url=self.settings.base_url, trust_env=False) as client, asyncio.timeout(60):
            while True:
                assert server.process.poll() is None, server.log.read_text()
                with suppress(httpx2.HTTPError):
                    if (await client.get("/healthz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)

    def pending(self) -> int:
        """How many mails have not left yet."""
        with self.database.reading(scope=None) as session:
            waiting = select(func.count()).where(col(OutboxEntry.state) == "pending")
            return int(session.execute(waiting).scalar_one())

    def end_leases(self) -> None:
        """Lets what a killed worker held be taken at once, as it would be two minutes later."""
        with self.database.writing(scope=None) as session:
            session.execute(update(OutboxEntry).where(col(OutboxEntry.state) == "pending").values(due_at=clock.now()))


@asynccontextmanager
async def a_town(folder: Path) -> AsyncIterator[tuple[Town, Mailbox]]:
    url, port = seeded(folder), processes.free_port()
    async with Mailbox() as mailbox:
        base = f"http://127.0.0.1:{port}"
        settings = world_settings(folder, database_url=url, smtp_port=mailbox.port, base_url=base).model_copy(
            update={"port": port, "worker": True, "trusted_proxies": ("127.0.0.1",)}
        )
        database = connect(url, Keyring([SECRET]))
        drafts = [
            demandes.begun(database, demandes.answers_with(f"n{number}@exemple.example")) for number in range(DRAFTS)
        ]
        yield Town(settings, database, drafts), mailbox
        database.close()


@pytest.mark.parametrize("number", ROUNDS)
async def test_nothing_confirmed_is_lost_and_nothing_is_done_twice(tmp_path: Path, number: int) -> None:
    chance = random.Random(number)
    async with a_town(tmp_path) as (town, mailbox):
        log = tmp_path / "serve.log"
        for _ in range(KILLS):
            with processes.grc("serve", town.settings, log) as server:
                await town.until_ready(server)
                stop = asyncio.Event()
                senders = [asyncio.create_task(town.keep_sending(stop)) for _ in range(SENDERS)]
                before = len(town.confirmed)
                async with asyncio.timeout(30):
                    while len(town.confirmed) < before + 5 and town.waiting:
                        await asyncio.sleep(0.01)
                await asyncio.sleep(chance.uniform(0, 0.5))
                children = server.children()
                server.kill()
                stop.set()
                await asyncio.gather(*senders)
            assert await asyncio.to_thread(processes.wait_until_gone, children) == []
        town.end_leases()
        with processes.grc("serve", town.settings, log) as server:
            await town.until_ready(server)
            await asyncio.gather(*(town.keep_sending(asyncio.Event()) for _ in range(SENDERS)))
            async with asyncio.timeout(120):
                while town.pending():
                    await asyncio.sleep(0.1)
            assert await asyncio.to_thread(server.stop) == 0
        assert town.refused == []
        assert "Traceback" not in log.read_text()
        confirm_the_books(town)
        confirm_the_mails(town, mailbox)


def confirm_the_books(town: Town) -> None:
    """Each draft sent is one whole demande; each browser was told of its own."""
    with town.database.reading(scope=demandes.commune(town.database).id) as session:
        became = dict(session.execute(select(Draft.public_id, Draft.submission_id)).all())
        every = session.execute(select(Submission.id)).scalars().all()
        notices = Counter(session.execute(select(Notice.submission_id)).scalars())
        kinds = set(session.execute(select(Notice.kind)).scalars())
        events = Counter(session.execute(select(Event.submission_id)).scalars())
        mails = Counter(session.execute(select(OutboxEntry.submission_id)).scalars())
    assert len(town.confirmed) == len(became) == DRAFTS
    assert [draft for draft in town.confirmed if became[draft] is None] == []
    assert all(location.endswith(f"/{draft}/confirmation") for draft, location in town.confirmed.items())
    assert sorted(filter(None, became.values())) == sorted(every)
    assert kinds == {"acknowledgement"}
    assert notices == Counter(every)
    assert events == Counter(every)
    assert mails == Counter(dict.fromkeys(every, 3))


def confirm_the_mails(town: Town, mailbox: Mailbox) -> None:
    """Each mail left; a repeat is the same bytes; the hash of what left is the hash that is kept."""
    by_id: dict[str, list[bytes]] = {}
    for message in mailbox.messages:
        by_id.setdefault(message.message_id, []).append(message.content)
    with town.database.reading(scope=demandes.commune(town.database).id) as session:
        kept = dict(session.execute(select(Message.message_id, Message.sha256)).all())
        states = set(session.execute(select(OutboxEntry.state)).scalars())
    assert states == {"sent"}
    assert len(kept) == DRAFTS * 3
    assert [key for key in by_id if key not in kept] == []
    assert kept.keys() == by_id.keys()
    for key, copies in by_id.items():
        assert {hashlib.sha256(copy).hexdigest() for copy in copies} == {kept[key]}, key
        assert len(copies) <= 1 + KILLS
