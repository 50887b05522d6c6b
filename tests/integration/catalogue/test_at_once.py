"""Two people who publish the same procedure at once: what was shown to the second is no longer what would be done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from grc import clock
from grc.catalogue import installing, overlaying, queries, shelf
from grc.catalogue.installing import PlanChanged, Wanted
from grc.db import Database, Keyring, connect
from tests.support.demandes import SLUG, commune
from tests.support.world import SECRET

WORDS = "Les mots que la première personne publie."


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = connect(database_url, Keyring([SECRET]))
    yield made
    made.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_who_publish_at_once_the_second_reads_again(database: Database) -> None:
    key, catalogue = commune(database).id, shelf.entry(SLUG)
    confirmed = frozenset({"lint", "silence", "appeal", "dpia"})
    words = overlaying.stated(catalogue, {"procedure": {"description": WORDS}})
    first = Wanted(overlay=words, confirmed=confirmed)
    second = Wanted(functions={"handler": ("vie-locale",)}, confirmed=confirmed)
    with database.reading(scope=key) as session:
        shown = [installing.plan(session, key, catalogue, each).digest for each in (first, second)]

    def publish(session: Any, wanted: Wanted, seen: str) -> None:
        installing.installed(session, key, SLUG)  # a page has read the row already
        installing.install(session, key, catalogue, wanted, seen=seen, by=None, now=clock.now())

    def alone(wanted: Wanted, seen: str) -> None:
        with database.writing(scope=key) as session:
            publish(session, wanted, seen)

    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with database.writing(scope=key) as session:
            publish(session, first, shown[0])
            later = pool.submit(partial(alone, second, shown[1]))
            while not (later.done() or session.execute(waiting).scalar_one()):
                time.sleep(0.01)
        with pytest.raises(PlanChanged):
            later.result()
    with database.reading(scope=key) as session:
        assert queries.published(session, key, SLUG).procedure.description == WORDS
