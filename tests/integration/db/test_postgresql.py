"""What PostgreSQL does at the worst moment: a slow or failing COMMIT, a lost connection, a fault that a unit hides."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from grc.db import Database, Keyring, Prepared, connect
from grc.errors import Conflict, Unavailable
from grc.sessions.models import RateCounter
from tests.support import counters
from tests.support.postgres import OWNER, Cluster
from tests.support.world import SECRET, seeded

pytestmark = pytest.mark.anyio
_ADD = Prepared(insert(RateCounter.__table__))  # type: ignore[attr-defined]
_AT_COMMIT = """
CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.key LIKE 'slow%' THEN PERFORM pg_sleep(0.4);
  ELSIF NEW.key LIKE 'refused%' THEN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation';
  ELSIF NEW.key LIKE 'collides%' AND (SELECT count(*) FROM rate_counter) < 3 THEN
    RAISE EXCEPTION 'taken' USING ERRCODE = 'unique_violation';
  ELSIF NEW.key LIKE 'dies%' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON rate_counter
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
"""


@pytest.fixture
def name(postgres_cluster: Cluster, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """A database whose COMMIT does what the keys of its counters say."""
    made = f"worst_{worker_id}_{time.monotonic_ns()}"
    seeded(tmp_path, postgres=postgres_cluster, name=made)
    with psycopg.connect(host="127.0.0.1", port=postgres_cluster.port, user=OWNER, dbname=made) as link:
        link.execute(_AT_COMMIT)
    yield made
    postgres_cluster.drop(made)


@pytest.fixture
def database(postgres_cluster: Cluster, name: str) -> Iterator[Database]:
    opened = connect(postgres_cluster.urls(name).app, Keyring([SECRET]))
    yield opened
    opened.close()


@pytest.fixture
def tilleul(database: Database) -> int:
    return counters.authority_id(database)


def add(session: Session, authority: int, key: str) -> str:
    """Inserts the row by a prepared statement, whose fault may come as late as the COMMIT."""
    _ADD.run(session, {"key": key, "window": 1, "authority_id": authority, "hits": 1})
    return key


def end_every_connection(cluster: Cluster, name: str) -> int:
    """Ends the connections to a database, as a restart of the server does; gives their number."""
    with psycopg.connect(host="127.0.0.1", port=cluster.port, user="postgres", autocommit=True) as link:
        ended = link.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", (name,)
        ).fetchone()
    assert ended is not None
    return int(ended[0])


@pytest.mark.parametrize("how", [add, counters.add])
async def test_nobody_is_answered_before_a_slow_commit(database: Database, tilleul: int, how: object) -> None:
    began = time.monotonic()
    await database.write(lambda session: how(session, tilleul, "slow"), scope=tilleul)  # type: ignore[operator]
    assert time.monotonic() - began >= 0.4
    assert counters.keys(database, tilleul) == ["slow"]


@pytest.mark.parametrize("how", [add, counters.add])
async def test_a_commit_that_is_refused_is_no_success(database: Database, tilleul: int, how: object) -> None:
    with pytest.raises(DBAPIError):
        await database.write(lambda session: how(session, tilleul, "refused"), scope=tilleul)  # type: ignore[operator]
    with pytest.raises(DBAPIError), database.writing(scope=tilleul) as session:
        how(session, tilleul, "refused-too")  # type: ignore[operator]
    assert counters.keys(database, tilleul) == []
    assert await database.write(lambda session: add(session, tilleul, "works"), scope=tilleul) == "works"


@pytest.mark.parametrize("how", [add, counters.add])
async def test_a_collision_seen_at_the_commit_runs_the_unit_once_more(
    database: Database, tilleul: int, how: object
) -> None:
    runs = []

    def unit(session: Session) -> str:
        runs.append(counters.count(session))
        for number in range(len(runs)):
            add(session, tilleul, f"filler-{len(runs)}-{number}")
        return str(how(session, tilleul, f"collides-{len(runs)}"))  # type: ignore[operator]

    assert await database.write(unit, scope=tilleul) == "collides-2"
    assert runs == [0, 0]
    assert counters.keys(database, tilleul) == ["collides-2", "filler-2-0", "filler-2-1"]


async def test_a_fault_that_a_unit_hides_is_no_success(database: Database, tilleul: int) -> None:
    await database.write(lambda session: add(session, tilleul, "taken"), scope=tilleul)

    def unit(session: Session) -> str:
        add(session, tilleul, "lost")
        with suppress(IntegrityError):
            counters.add(session, tilleul, "taken")
        return "all is well"

    with pytest.raises(Unavailable):
        await database.write(unit, scope=tilleul)
    assert counters.keys(database, tilleul) == ["taken"]


async def test_a_unit_that_raises_after_statements_nobody_waited_for_leaves_nothing(
    database: Database, tilleul: int
) -> None:
    def unit(session: Session) -> None:
        for number in range(50):
            add(session, tilleul, f"{number}")
        raise Conflict("no")

    for _ in range(20):
        with pytest.raises(Conflict):
            await database.write(unit, scope=tilleul)
    assert counters.keys(database, tilleul) == []
    assert await database.write(lambda session: add(session, tilleul, "works"), scope=tilleul) == "works"


async def test_a_connection_lost_at_the_commit_is_no_success(database: Database, tilleul: int) -> None:
    with pytest.raises(Unavailable):
        await database.write(lambda session: add(session, tilleul, "dies"), scope=tilleul)
    assert counters.keys(database, tilleul) == []


async def test_a_server_that_restarts_costs_a_try_and_not_the_process(
    database: Database, tilleul: int, postgres_cluster: Cluster, name: str
) -> None:
    async def both(number: int) -> list[object]:
        return list(
            await asyncio.gather(
                *(database.write(lambda s, n=n: add(s, tilleul, f"{number}-{n}"), scope=tilleul) for n in range(6)),
                *(database.read(counters.count, scope=tilleul) for _ in range(6)),
                return_exceptions=True,
            )
        )

    assert [one for one in await both(0) if isinstance(one, BaseException)] == []
    assert end_every_connection(postgres_cluster, name) > 0
    ended = await both(1)
    assert {type(one) for one in ended if isinstance(one, BaseException)} <= {Unavailable}
    confirmed = [one for one in ended if isinstance(one, str)]
    assert [one for one in await both(2) if isinstance(one, BaseException)] == []
    assert set(confirmed) <= set(counters.keys(database, tilleul))


async def test_a_connection_lost_in_the_middle_of_a_unit_is_no_success(
    database: Database, tilleul: int, postgres_cluster: Cluster, name: str
) -> None:
    def unit(session: Session) -> str:
        add(session, tilleul, "first")
        session.execute(text("SELECT 1"))
        end_every_connection(postgres_cluster, name)
        add(session, tilleul, "second")
        return "all is well"

    with pytest.raises(Unavailable):
        await database.write(unit, scope=tilleul)
    assert counters.keys(database, tilleul) == []


async def test_a_server_that_is_gone_is_said_unavailable() -> None:
    gone = connect("postgresql://grc_app@127.0.0.1:9/grc", Keyring([SECRET]))
    with pytest.raises(Unavailable):
        await gone.read(counters.count, scope=1)
    with pytest.raises(Unavailable):
        await gone.write(counters.count, scope=1)
    gone.close()


async def test_the_scope_of_one_unit_is_never_another_s(database: Database) -> None:
    """One connection serves all authorities in turn."""
    ids = {slug: counters.authority_id(database, slug) for slug in ("tilleul", "marronnier")}

    def names(session: Session) -> set[str]:
        return set(session.execute(text("SELECT name FROM service")).scalars())

    seen = await asyncio.gather(
        *(database.read(names, scope=ids[slug]) for _ in range(20) for slug in ("tilleul", "marronnier")),
        *(database.read(names, scope=None) for _ in range(10)),
    )
    assert all("Service de l’état civil" in each and "Secrétariat de la mairie" not in each for each in seen[0:40:2])
    assert seen[1:40:2] == [{"Secrétariat de la mairie"}] * 20
    assert seen[40:] == [set()] * 10
