"""One's data taken away in a zip, and rights exercised, with an account or with a code alone."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from grc.submissions.models import Event, Task
from tests.support.accounts import sign_in
from tests.support.world import PDF, Browser, World, a_world, code_in, seeded

pytestmark = pytest.mark.anyio
APPLICANT = "camille@exemple.example"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation: what is held here does not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


async def archive(browser: Browser, path: str) -> zipfile.ZipFile:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert "no-store" in answer.headers["cache-control"]
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    return found


def last(world: World, table: Any) -> Any:
    with world.database.reading(scope=world.authority().id) as session:
        return session.execute(select(table).order_by(table.id.desc()).limit(1)).scalar_one()


async def test_an_account_is_taken_away_whole_and_nothing_of_others(world: World) -> None:
    browser, other = world.browser(), world.browser()
    sign_in(world, browser)
    reference = await browser.file("passes-descendant-with-proof")
    await browser.begin()
    theirs = await other.file()
    page = await other.get(f"/tilleul/demandes/{theirs}")
    assert page.status_code == 200
    agent = world.browser()
    await agent.sign_in_agent()
    await agent.post(f"/tilleul/agents/demandes/{reference}/notes", {"text": "Une note privée."})
    assert "Une note privée." in (await agent.get(f"/tilleul/agents/demandes/{reference}")).text
    await world.deliver()
    found = await archive(browser, "/tilleul/compte/donnees.zip")
    names = found.namelist()
    assert {"lisez-moi.html", "compte/compte.json", "compte/compte.html", "brouillons/01/brouillon.json"} <= set(names)
    assert f"demandes/{reference}/demande.html" in names
    assert not [name for name in names if theirs in name]
    (document,) = [name for name in names if name.startswith(f"demandes/{reference}/documents/")]
    assert found.read(document) == PDF
    (receipt,) = [name for name in names if name.endswith("-acknowledgement.pdf")]
    assert found.read(receipt).startswith(b"%PDF")
    told = json.loads(found.read(f"demandes/{reference}/demande.json"))
    assert told["answers"]["applicant"]["family_name"] == "MODÈLE"
    assert told["files"][0]["path"] == document
    everything = b"".join(found.read(name) for name in names if name.endswith((".json", ".html"))).decode()
    assert "Une note privée." not in everything
    assert json.loads(found.read("compte/compte.json"))["identity"]["family_name"] == "MODÈLE"
    assert (await world.browser().get("/tilleul/compte/donnees.zip")).url.path == "/tilleul/connexion"


async def test_one_demande_is_taken_away_with_its_code_and_by_nobody_else(world: World) -> None:
    browser = world.browser()
    reference = await browser.file()
    await world.deliver()
    code = code_in(world.mail(APPLICANT, "code de suivi").text)
    for path in (f"/tilleul/demandes/{reference}/donnees.zip", f"/marronnier/demandes/{reference}/donnees.zip"):
        assert (await world.browser().get(path)).status_code == 404
    with_code = world.browser()
    await with_code.post("/tilleul/suivi", {"code": code})
    found = await archive(with_code, f"/tilleul/demandes/{reference}/donnees.zip")
    assert "compte/compte.json" not in found.namelist()
    assert f"demandes/{reference}/demande.json" in found.namelist()


@pytest.mark.parametrize("right", ["", "destruction"])
async def test_what_is_no_right_is_refused_and_its_words_kept(world: World, right: str) -> None:
    browser = world.browser()
    reference = await browser.file()
    said = {"right": right, "text": "Mon nom s’écrit autrement."}
    answer = await browser.post(f"/tilleul/demandes/{reference}/donnees", said)
    assert answer.status_code == 422
    assert "Mon nom s’écrit autrement." in answer.text
    assert (await browser.post(f"/tilleul/demandes/{reference}/donnees", {"right": "erasure"})).status_code == 422
    assert last(world, Event).kind == "submission:received"


async def test_a_right_is_owed_an_answer_within_a_month_without_account_too(world: World) -> None:
    browser = world.browser()
    reference = await browser.file()
    page = await browser.get(f"/tilleul/demandes/{reference}")
    assert f"/tilleul/demandes/{reference}/donnees" in page.text
    said = {"right": "rectification", "text": "Mon nom s’écrit autrement."}
    for _ in range(2):
        answer = await browser.post(f"/tilleul/demandes/{reference}/donnees", said)
        assert answer.status_code == 303
    event, task = last(world, Event), last(world, Task)
    assert event.kind == "rights:asked"
    assert event.data == {"right": "rectification", "due_on": task.due_on.isoformat()}
    assert "rectification" in task.title
    assert task.closed_at is None
    assert "réponse attendue au plus tard" in (await browser.get(f"/tilleul/demandes/{reference}/donnees")).text
    await world.deliver()
    subjects = [one.subject for one in world.mailbox.messages]
    assert sum("nous avons reçu votre message" in subject for subject in subjects) == 1
    agent = world.browser()
    await agent.sign_in_agent()
    desk = (await agent.get(f"/tilleul/agents/demandes/{reference}")).text
    assert "Mon nom s’écrit autrement." in desk
    assert re.search(r"Données personnelles, rectification", desk)
    assert (await world.browser().post(f"/tilleul/demandes/{reference}/donnees", said)).status_code == 404
