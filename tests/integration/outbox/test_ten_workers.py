"""Ten `grc worker` side by side on PostgreSQL, a moody mail server: every mail once, no claim twice at once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text, update
from sqlmodel import col

from grc import clock
from grc.db import Database, Keyring, connect
from grc.outbox import signs
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.models import Notice, Submission, Task
from tests.support import demandes, processes
from tests.support.moody import Moody, moody
from tests.support.postgres import Cluster
from tests.support.processes import Running
from tests.support.world import SECRET, seeded, world_settings

pytestmark = [pytest.mark.anyio, pytest.mark.campaign]
WORKERS, DEMANDES, REFUSED = 10, 80, 5
_LOG = """
CREATE TABLE claim_log (entry bigint, tries int, holder text, at timestamptz, until timestamptz, released timestamptz);
CREATE FUNCTION log_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF NEW.tries > OLD.tries THEN
    INSERT INTO claim_log VALUES (NEW.id, NEW.tries, NEW.lease_holder, clock_timestamp(), NEW.due_at, NULL);
  ELSIF OLD.lease_holder IS NOT NULL AND NEW.lease_holder IS NULL THEN
    UPDATE claim_log SET released = clock_timestamp() WHERE entry = NEW.id AND tries = NEW.tries;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER log_claim AFTER UPDATE ON outbox_entry FOR EACH ROW EXECUTE FUNCTION log_claim();
"""
"""Written by the database itself: what a worker believes of its claims proves nothing."""


def prepared(database: Database, owner: str) -> None:
    """The demandes, their mails held back until every worker is there, and each claim on record."""
    for number in range(DEMANDES):
        name = "refuse" if number < REFUSED else "usager"
        demandes.filed(database, email=f"{name}-{number}@exemple.example", client=f"192.0.2.{number}")
    with database.writing(scope=None) as session:
        session.execute(update(OutboxEntry).values(due_at=clock.now() + timedelta(hours=1)))
    engine = create_engine(owner)
    with engine.begin() as connection:
        connection.execute(text(_LOG))
    engine.dispose()


def due_now(database: Database) -> int:
    """Makes everything that nobody holds due at once; how many mails are still to leave."""
    waiting = (col(OutboxEntry.state) == "pending", col(OutboxEntry.lease_holder).is_(None))
    with database.writing(scope=None) as session:
        session.execute(update(OutboxEntry).where(*waiting).values(due_at=clock.now()))
        pending = select(func.count()).where(col(OutboxEntry.state) == "pending")
        return int(session.execute(pending).scalar_one())


async def until_all_there(database: Database, workers: list[Running]) -> None:
    async with asyncio.timeout(180):
        while True:
            for one in workers:
                assert one.process.poll() is None, one.log.read_text()
            with database.reading(scope=None) as session:
                if len(signs.every(session)) == WORKERS:
                    return
            await asyncio.sleep(0.2)


async def test_every_mail_leaves_once_and_no_claim_overlaps(postgres_cluster: Cluster, tmp_path: Path) -> None:
    url = seeded(tmp_path, postgres=postgres_cluster, name="ten_workers")
    server = Moody(slow=0.1, busy=0.1, hangs=0.03, refused="refuse-")
    async with moody(server):
        settings = world_settings(tmp_path, database_url=url, smtp_port=server.port)
        database = connect(url, Keyring([SECRET]))
        prepared(database, postgres_cluster.urls("ten_workers").owner)
        with ExitStack() as stack:
            logs = [tmp_path / f"worker-{number}.log" for number in range(WORKERS)]
            workers = [stack.enter_context(processes.grc("worker", settings, log)) for log in logs]
            await until_all_there(database, workers)
            async with asyncio.timeout(180):
                while await asyncio.to_thread(due_now, database):
                    await asyncio.sleep(0.3)
            stopping = [asyncio.to_thread(one.stop) for one in workers]
            assert set(await asyncio.gather(*stopping)) == {0}
    try:
        assert [log.name for log in logs if "Traceback" in log.read_text()] == []
        confirm_mails(database, server)
        confirm_claims(postgres_cluster.urls("ten_workers").owner)
        with database.reading(scope=None) as session:
            assert signs.every(session) == []
    finally:
        database.close()
        postgres_cluster.drop("ten_workers")


def confirm_mails(database: Database, server: Moody) -> None:
    """One receipt a demande, each mail taken once, refusals given up with their task."""
    with database.reading(scope=demandes.commune(database).id) as session:
        receipts = Counter(session.execute(select(Notice.submission_id)).scalars())
        every = session.execute(select(Submission.id)).scalars().all()
        states = Counter(session.execute(select(OutboxEntry.state)).scalars())
        sent = set(session.execute(select(Message.message_id).where(col(Message.sent_at).is_not(None))).scalars())
        tasks = Counter(session.execute(select(Task.kind)).scalars())
    assert receipts == Counter(every)
    assert states == {"sent": DEMANDES * 3 - REFUSED * 2, "dead": REFUSED * 2}
    assert tasks == {"mail_undelivered": REFUSED * 2}
    assert {key: len(copies) for key, copies in server.taken.items()} == dict.fromkeys(sent, 1)
    assert server.most_at_once == 1
    assert set(server.moods) == {"well", "slow", "busy", "hangs"}


def confirm_claims(owner: str) -> None:
    """Each claim begins after the one before it was given back or its lease had ended; every worker had some."""
    engine = create_engine(owner)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM claim_log ORDER BY entry, at")).all()
    engine.dispose()
    of_entry = defaultdict(list)
    for row in rows:
        of_entry[row.entry].append(row)
    assert len(of_entry) == DEMANDES * 3
    assert len({row.holder for row in rows}) == WORKERS
    again = 0
    for claims in of_entry.values():
        assert [row.tries for row in claims] == list(range(1, len(claims) + 1))
        for earlier, later in pairwise(claims):
            assert min(earlier.released or earlier.until, earlier.until) <= later.at, (earlier, later)
            again += 1
    assert again > 0
