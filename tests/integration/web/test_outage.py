"""A partner that fails: a page that says so, 503 for machines, and nothing answered that is not kept."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text
from sqlmodel import Session

from grc.app import create_app
from grc.db import Database, Keyring, connect
from grc.errors import Unavailable
from tests.support import counters, demandes
from tests.support.world import BASE, PDF, SECRET, World, world_settings

pytestmark = pytest.mark.anyio


async def test_without_its_database_every_page_says_try_later(tmp_path: Path) -> None:
    gone = connect("postgresql://grc_app@127.0.0.1:9/grc", Keyring([SECRET]))
    settings = world_settings(tmp_path, database_url=gone.url, smtp_port=9)
    transport = httpx2.ASGITransport(create_app(settings, db=gone), raise_app_exceptions=True)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        for path in ("/", "/tilleul/", "/tilleul/demandes/2026-483-715-629", "/tilleul/agents"):
            answer = await client.get(path)
            assert answer.status_code == 503, path
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "quelques minutes" in answer.text
        posted = await client.post("/tilleul/suivi", data={"code": "x"}, headers={"sec-fetch-site": "same-origin"})
        assert posted.status_code == 503
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, "database Unavailable" in ready.text) == (503, True)
    gone.close()


async def test_a_store_that_is_lost_is_not_ready(world: World) -> None:
    browser = world.browser()
    assert (await browser.get("/readyz")).status_code == 200
    shutil.rmtree(world.settings.storage)
    lost = await browser.get("/readyz")
    assert (lost.status_code, "storage ok" in lost.text) == (503, False)


async def test_a_full_disk_loses_no_answer_and_confirms_nothing(world: World) -> None:
    if not world.database.is_sqlite:
        return  # PostgreSQL's own: a COMMIT that fails is held in tests/integration/db
    browser = world.browser()
    draft = await browser.fill()
    await fill_up(world.database)
    answer = await browser.post(f"/tilleul/brouillons/{draft}/envoi")
    assert answer.status_code == 503
    assert "quelques minutes" in answer.text
    assert counted(world.database, "submission") == counted(world.database, "notice")
    await world.database.write(lambda session: give_room(session, 10_000), scope=None)
    assert (await browser.get(f"/tilleul/brouillons/{draft}/verification")).status_code == 200
    assert (await browser.post(f"/tilleul/brouillons/{draft}/envoi")).status_code == 303


async def test_a_store_that_takes_no_file_costs_no_answer(world: World) -> None:
    browser = world.browser()
    answers = demandes.answers_with("camille@exemple.example", "passes-descendant-with-proof")
    del answers["proof_of_link"]
    draft = demandes.begun(world.database, answers)
    browser.client.cookies.set("grc-citizen-tilleul-8000", draft.token)
    path = f"/tilleul/brouillons/{draft.public_id}/justificatif"
    shutil.rmtree(world.settings.storage)
    world.settings.storage.write_text("no folder")
    files = [("proof_of_link", ("preuve.pdf", PDF, "application/pdf"))]
    answer = await browser.post(path, {}, files)
    assert answer.status_code == 503
    world.settings.storage.unlink()
    (world.settings.storage / ".unfinished").mkdir(parents=True)
    assert (await browser.post(path, {}, files)).status_code == 303


def give_room(session: Session, pages: int) -> None:
    """So many pages more than there are, and not one beyond: a disk of that size."""
    present = session.execute(text("PRAGMA page_count")).scalar_one()
    session.execute(text(f"PRAGMA max_page_count = {present + pages}"))


async def fill_up(database: Database) -> None:
    """Takes the room that is left, row by row."""
    authority = counters.authority_id(database)
    await database.write(lambda session: give_room(session, 0), scope=None)
    with suppress(Unavailable):
        for number in range(10_000):
            key = f"{number:064d}"
            await database.write(lambda session, key=key: counters.add(session, authority, key), scope=authority)


def counted(database: Database, table: str) -> int:
    with database.reading(scope=counters.authority_id(database)) as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
