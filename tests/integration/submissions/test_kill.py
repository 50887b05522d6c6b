"""Servers and workers ended by SIGKILL while citizens send and agents decide: nothing confirmed is lost or done twice.

A demande confirmed to a browser has its receipt row; none has two; what was not confirmed is whole or absent. An act of
an agent is in the journal once. A mail sent again is byte for byte the first one, at most once more for each kill.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc.db import Keyring, connect
from grc.demo.mailbox import MOST_MESSAGES, Mailbox
from grc.notifications.delivery import IN_DOUBT
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Draft, Event, Notice, Submission
from tests.support import campaign, demandes, processes
from tests.support.processes import Running
from tests.support.town import ACTS, Town
from tests.support.world import SECRET, seeded, world_settings

pytestmark = [pytest.mark.anyio, pytest.mark.campaign]
NIGHTS = 3
"""In each of which every process is killed."""
HOUSES = [
    *(("sqlite", number) for number in range(campaign.size(1, 13))),
    *(("postgresql", number) for number in range(campaign.size(1, 8))),
]
"""Each a new installation. `grc serve` on SQLite, `grc serve` and two `grc worker` on PostgreSQL: whole, 111 kills."""
SENDERS, AGENTS, DRAFTS = 6, 2, 60


@dataclass
class House:
    """The processes of an installation, and how many were killed."""

    town: Town
    log: Path
    workers: int
    running: list[Running] = field(default_factory=list)
    kills: int = 0

    async def open(self, stack: ExitStack) -> None:
        """Starts them; returns once pages answer."""
        commands = ["serve", *["worker"] * self.workers]
        self.running = [
            stack.enter_context(processes.grc(command, self.town.settings, self.log)) for command in commands
        ]
        await self.town.until_ready(self.running[0])

    async def kill(self, chance: random.Random) -> None:
        """One after another, in any order, with nothing between them, or a moment."""
        children = [child for one in self.running for child in one.children()]
        for one in chance.sample(self.running, len(self.running)):
            one.kill()
            self.kills += 1
            await asyncio.sleep(chance.choice((0, chance.uniform(0, 0.3))))
        assert await asyncio.to_thread(processes.wait_until_gone, children) == []


@asynccontextmanager
async def a_house(kind: str, folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[tuple[House, Mailbox]]:
    cluster = request.getfixturevalue("postgres_cluster") if kind == "postgresql" else None
    url, port = seeded(folder, postgres=cluster, name="killed"), processes.free_port()
    async with Mailbox() as mailbox:
        base = f"http://127.0.0.1:{port}"
        settings = world_settings(folder, database_url=url, smtp_port=mailbox.port, base_url=base).model_copy(
            update={"port": port, "worker": kind == "sqlite", "trusted_proxies": ("127.0.0.1",)}
        )
        database = connect(url, Keyring([SECRET]))
        drafts = [
            demandes.begun(database, demandes.answers_with(f"n{number}@exemple.example")) for number in range(DRAFTS)
        ]
        yield House(Town(settings, database, drafts), folder / "log", 0 if kind == "sqlite" else 2), mailbox
        database.close()
    if cluster is not None:
        cluster.drop("killed")


@pytest.mark.parametrize(("kind", "number"), HOUSES)
async def test_nothing_confirmed_is_lost_and_nothing_is_done_twice(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str, number: int
) -> None:
    chance = random.Random(f"{kind} {number}")
    async with a_house(kind, tmp_path, request) as (house, mailbox):
        town = house.town
        for _ in range(NIGHTS):
            with ExitStack() as stack:
                await house.open(stack)
                await under_load(town, DRAFTS // NIGHTS // 2, chance, house)
            town.end_leases()
        with ExitStack() as stack:
            await house.open(stack)
            await to_the_end(town)
            stopping = [asyncio.to_thread(one.stop) for one in house.running]
            assert set(await asyncio.gather(*stopping)) == {0}
        assert town.refused == []
        assert "Traceback" not in house.log.read_text()
        confirm_the_books(town)
        confirm_the_mails(town, mailbox, house)


async def under_load(town: Town, some: int, chance: random.Random, house: House) -> None:
    """Citizens send and agents act until some more are confirmed; then, in the middle of it, everything is killed."""
    stop, before = asyncio.Event(), len(town.confirmed)
    people = [asyncio.create_task(town.keep_sending(stop)) for _ in range(SENDERS)]
    people += [asyncio.create_task(town.keep_handling(stop)) for _ in range(AGENTS)]
    async with asyncio.timeout(60):
        while len(town.confirmed) < before + some and town.waiting:
            await asyncio.sleep(0.01)
    await asyncio.sleep(chance.uniform(0, 0.5))
    await house.kill(chance)
    stop.set()
    await asyncio.gather(*people)


async def to_the_end(town: Town) -> None:
    """Every draft is sent, every demande decided, every mail gone."""
    stop = asyncio.Event()
    people = [asyncio.create_task(town.keep_sending(stop)) for _ in range(SENDERS)]
    handling = [asyncio.create_task(town.keep_handling(stop)) for _ in range(AGENTS)]
    async with asyncio.timeout(180):
        await asyncio.gather(*people)
        while len(set(town.acted)) < DRAFTS * len(ACTS) or town.pending():
            assert town.refused == []
            await asyncio.sleep(0.1)
    stop.set()
    await asyncio.gather(*handling)


def confirm_the_books(town: Town) -> None:
    """Each draft sent is one whole demande; each browser was told of its own; each act is in the journal once."""
    with town.database.reading(scope=demandes.commune(town.database).id) as session:
        became = dict(session.execute(select(Draft.public_id, Draft.submission_id)).all())
        every = dict(session.execute(select(Submission.id, Submission.revision)).all())
        receipts = Counter(
            session.execute(select(Notice.submission_id).where(col(Notice.kind) == "acknowledgement")).scalars()
        )
        notices = Counter(session.execute(select(Notice.submission_id, Notice.name)).all())
        events = session.execute(
            select(Event.submission_id, Event.sequence, Event.kind).order_by(col(Event.submission_id), "sequence")
        ).all()
        decisions = Counter(session.execute(select(Decision.submission_id)).scalars())
        mails = session.execute(select(OutboxEntry.submission_id, OutboxEntry.notice_id, OutboxEntry.kind)).all()
    assert len(town.confirmed) == len(became) == DRAFTS
    assert all(location.endswith(f"/{draft}/confirmation") for draft, location in town.confirmed.items())
    assert sorted(filter(None, became.values())) == sorted(every)
    assert receipts == decisions == Counter(every.keys())
    assert max(notices.values()) == max(Counter(mails).values()) == 1
    confirm_the_journal(every, events)
    assert len({tuple(sorted(mail.kind for mail in mails if mail.submission_id == one)) for one in every}) == 1


def confirm_the_journal(every: dict[int, int], events: Sequence[tuple[int, int, str]]) -> None:
    """As many events as revisions, in order, each act once."""
    for submission, revision in every.items():
        own = [(sequence, kind) for one, sequence, kind in events if one == submission]
        assert [sequence for sequence, _ in own] == list(range(1, revision + 1)), own
        kinds = Counter(kind for _, kind in own)
        assert [kinds[kind] for kind in (Kind.RECEIVED, Kind.TAKEN_CHARGE, Kind.DECIDED)] == [1, 1, 1], own


def confirm_the_mails(town: Town, mailbox: Mailbox, house: House) -> None:
    """Each mail left; a repeat is the same bytes; the hash of what left is the hash that is kept."""
    by_id: dict[str, list[bytes]] = {}
    for message in mailbox.messages:
        by_id.setdefault(message.message_id, []).append(message.content)
    with town.database.reading(scope=demandes.commune(town.database).id) as session:
        kept = dict(session.execute(select(Message.message_id, Message.sha256)).all())
        states = Counter(session.execute(select(OutboxEntry.state)).scalars())
    assert len(mailbox.messages) < MOST_MESSAGES
    assert states == {"sent": len(kept)}
    assert kept.keys() == by_id.keys()
    for key, copies in by_id.items():
        assert {hashlib.sha256(copy).hexdigest() for copy in copies} == {kept[key]}, key
        assert len(copies) <= 1 + NIGHTS
    repeats = len(mailbox.messages) - len(by_id)
    assert repeats <= IN_DOUBT * NIGHTS * max(1, house.workers)
    print(f"{house.kills} kills, {DRAFTS} demandes, {len(by_id)} mails, {repeats} sent again")  # noqa: T201 - with -s
