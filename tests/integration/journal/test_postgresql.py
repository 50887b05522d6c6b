"""On PostgreSQL: sealers side by side make one chain, and the serving role changes nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from grc.db import Database, Keyring, connect
from grc.journal import chaining, purging, verifying
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from tests.support.postgres import Cluster
from tests.support.world import SECRET, seeded

NOW = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
KEY = 2
"""The commune of Tilleul."""


@pytest.fixture(scope="module")
def urls(postgres_cluster: Cluster, worker_id: str) -> Iterator[str]:
    name = f"journal_{worker_id}"
    yield seeded(None, postgres=postgres_cluster, name=name)  # type: ignore[arg-type]
    postgres_cluster.drop(name)


@pytest.fixture
def database(urls: str) -> Iterator[Database]:
    made = connect(urls, Keyring([SECRET]))
    yield made
    made.close()


def write(database: Database, number: int, *, key: int = KEY) -> None:
    with database.writing(scope=key) as session:
        for one in range(number):
            record(session, key, JournalAct.AGENT_CHANGED, ("agent", one), by=None, now=NOW)


def test_sealers_side_by_side_make_one_chain(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four sealers, two of them already in the next month, while lines are still written."""
    monkeypatch.setattr(chaining, "BATCH", 7)
    faults: list[BaseException] = []
    stop = threading.Event()

    def sealer(as_of: datetime) -> None:
        own = connect(database.url, Keyring([SECRET]))
        try:
            while not stop.is_set():
                with own.writing(scope=KEY) as session:
                    chaining.seal(session, KEY, as_of)
        except BaseException as fault:
            faults.append(fault)
        finally:
            own.close()

    instants = (NOW, NOW + timedelta(seconds=2), NOW, NOW + timedelta(seconds=2))
    sealers = [threading.Thread(target=sealer, args=(as_of,)) for as_of in instants]
    for each in sealers:
        each.start()
    for _ in range(12):
        write(database, 10)
    stop.set()
    for each in sealers:
        each.join(60)
    with database.writing(scope=KEY) as session:
        while chaining.seal(session, KEY, NOW):
            pass
    assert faults == []
    with database.reading(scope=KEY) as session:
        report = verifying.verify(session, KEY, as_of=NOW)
    assert report.faults == []
    assert report.entries >= 120
    assert report.waiting == 0


def test_the_serving_role_changes_nothing_of_the_journal(database: Database) -> None:
    write(database, 1)
    with database.writing(scope=KEY) as session:
        chaining.seal(session, KEY, NOW)
    statements = [f"DELETE FROM {table}" for table in ("journal_entry", "journal_link", "journal_seal")]
    statements += [
        "UPDATE journal_entry SET act = 'x'",
        "UPDATE journal_link SET hash = 'x'",
        "UPDATE journal_seal SET signature = 'x'",
        "TRUNCATE journal_entry",
        "INSERT INTO journal_seal (authority_id, month, position, hash, before, signature, sealed_at) "
        "VALUES (3, '2026-11', 1, 'x', 'x', 'x', now())",
    ]
    engine = create_engine(database.url.replace("postgresql://", "postgresql+psycopg://"))
    for statement in statements:
        with engine.connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|row-level security"):
            connection.execute(text("SELECT set_config('grc.authority', :key, false)"), {"key": str(KEY)})
            connection.execute(text(statement))
    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('grc.authority', '3', false)"))
        seen = connection.execute(text("SELECT count(*) FROM journal_entry WHERE authority_id = :key"), {"key": KEY})
        assert seen.scalar_one() == 0
    engine.dispose()


def test_only_the_owner_purges(database: Database) -> None:
    """In a commune of its own: which month the race above writes first is nobody's to say."""
    marronnier = 3
    write(database, 1, key=marronnier)
    with database.writing(scope=marronnier) as session:
        chaining.seal(session, marronnier, NOW)
        months = purging.due(session, marronnier, before="2026-12", now=NOW + timedelta(days=800))
    assert months == ["2026-11"]
    with pytest.raises(DBAPIError, match="permission denied"), database.writing(scope=marronnier) as session:
        purging.purge(session, marronnier, "2026-11", now=NOW + timedelta(days=800))
