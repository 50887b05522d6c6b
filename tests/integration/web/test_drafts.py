"""Drafts: nothing typed is lost, saved while it is typed, offered again, kept by an account."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from grc.submissions.models import Draft
from tests.support.accounts import sign_in
from tests.support.world import World, code_in, example_answers, posted_of

pytestmark = pytest.mark.anyio

PROCEDURE = "/tilleul/demarches/acte-de-naissance"
FAULTY = {
    "applicant.family_name": "Modèle",
    "applicant.given_names": "Andréa",
    "applicant.address-line1": "12 rue des Modèles",
    "applicant.address-postcode": "99",
    "applicant.address-city": "Exemple",
    "applicant.email": "andréa chez exemple",
}


def rows(world: World) -> list[Draft]:
    """Every draft of Tilleul, the oldest first."""
    with world.database.reading(scope=world.authority().id) as session:
        return list(session.execute(select(Draft).order_by(Draft.id)).scalars())  # type: ignore[arg-type]


def value(page: str, name: str) -> str:
    """What an input of the page holds."""
    tag = re.search(rf'<(?:input|textarea)[^>]* name="{re.escape(name)}"[^>]*>', page)
    assert tag, name
    found = re.search(r' value="([^"]*)"', tag.group())
    return unescape(found.group(1)) if found else ""


async def at_the_person_page(world: World, example: str = "passes-own-full-copy") -> tuple[Any, str]:
    """A browser and the address of the page "vous", the pages before it answered."""
    browser = world.browser()
    draft = await browser.begin()
    fields, _ = posted_of(example_answers(example))
    location = f"/tilleul/brouillons/{draft}/suite"
    for _ in range(8):
        page = await browser.get(location)
        if 'name="applicant.email"' in page.text:
            return browser, page.url.path
        answer = await browser.post(page.url.path, fields | {"then": "continue"})
        location = answer.headers["location"]
    raise AssertionError("no such page")


async def test_what_was_typed_wrong_is_there_again_without_reproach(world: World) -> None:
    browser, path = await at_the_person_page(world)
    assert (await browser.post(path, FAULTY | {"then": "continue"})).status_code == 422
    page = await browser.get(path)
    assert value(page.text, "applicant.email") == "andréa chez exemple"
    assert value(page.text, "applicant.address-postcode") == "99"
    assert value(page.text, "applicant.family_name") == "Modèle"
    assert "govuk-error-message" not in page.text
    again = await browser.post(path, FAULTY | {"then": "continue"})
    assert again.status_code == 422
    assert "govuk-error-message" in again.text


async def test_later_keeps_what_is_wrong_and_a_code_finds_it_elsewhere(world: World) -> None:
    browser, path = await at_the_person_page(world)
    later = await browser.post(path, FAULTY | {"then": "later"})
    given = await browser.post(later.headers["location"])
    other = world.browser()
    opened = await other.post("/tilleul/suivi", {"code": code_in(given.text)})
    page = await other.get(opened.headers["location"])
    assert page.url.path == path
    assert value(page.text, "applicant.email") == "andréa chez exemple"


async def test_a_page_that_holds_leaves_nothing_unfinished(world: World) -> None:
    browser, path = await at_the_person_page(world)
    await browser.post(path, FAULTY | {"then": "continue"})
    assert list(rows(world)[0].unfinished or {}) == [path.rsplit("/", 1)[-1]]
    fields, _ = posted_of(example_answers("passes-own-full-copy"))
    assert (await browser.post(path, fields | {"then": "continue"})).status_code == 303
    assert rows(world)[0].unfinished == {}


async def test_a_script_saves_without_judging_and_is_told_the_hour(world: World) -> None:
    browser, path = await at_the_person_page(world)
    answer = await browser.post(path, FAULTY | {"then": "autosave"})
    assert (answer.status_code, answer.text) == (204, "")
    assert re.fullmatch(r"\d{1,2} h \d\d", answer.headers["x-saved-at"])
    page = await browser.get(path)
    assert value(page.text, "applicant.email") == "andréa chez exemple"
    assert rows(world)[0].answers["applicant"]["family_name"] == "Modèle"


async def test_a_script_without_session_is_told_that_it_saved_nothing(world: World) -> None:
    _, path = await at_the_person_page(world)
    before = rows(world)[0].answers
    stranger = await world.browser().post(path, FAULTY | {"then": "autosave"})
    assert stranger.status_code == 404
    assert "x-saved-at" not in stranger.headers
    assert rows(world)[0].answers == before


async def test_two_tabs_on_two_pages_do_not_undo_each_other(world: World) -> None:
    browser, path = await at_the_person_page(world)
    root = path.rsplit("/", 1)[0]
    fields, _ = posted_of(example_answers("passes-own-full-copy"))
    for _ in range(2):  # each tab saves after the other, with what it saw when it was opened
        await browser.post(path, FAULTY | {"then": "autosave"})
        await browser.post(f"{root}/personne", fields | {"person.birth_name": "Autre", "then": "autosave"})
    kept = rows(world)[0]
    assert kept.answers["applicant"]["given_names"] == "Andréa"
    assert (kept.unfinished or {})["demandeur"]["applicant.email"] == "andréa chez exemple"
    assert kept.answers["person"]["birth_name"] == "Autre"


async def test_a_draft_is_offered_before_a_new_one(world: World) -> None:
    browser, path = await at_the_person_page(world)
    draft = path.split("/")[3]
    for step in (PROCEDURE, f"{PROCEDURE}/identification"):
        page = await browser.get(step)
        assert page.url.path == PROCEDURE
        assert f"/tilleul/brouillons/{draft}/suite" in page.text
        assert "Vous en êtes à l’étape" in page.text
    again = await browser.post(f"{PROCEDURE}/brouillons")
    assert again.headers["location"] == PROCEDURE
    assert len(rows(world)) == 1
    home = await browser.get("/tilleul/")
    assert "Reprendre une demande" in home.text
    mine = await browser.get("/tilleul/mes-demandes")
    assert f"/tilleul/brouillons/{draft}/suite" in mine.text
    assert "gardée jusqu’au" in mine.text


async def test_another_demande_may_stand_beside_a_draft(world: World) -> None:
    browser, _ = await at_the_person_page(world)
    page = await browser.get(f"{PROCEDURE}/identification?autre=oui")
    assert 'name="autre" value="oui"' in page.text
    begun = await browser.post(f"{PROCEDURE}/brouillons", {"autre": "oui"})
    assert "/brouillons/" in begun.headers["location"]
    assert len(rows(world)) == 2
    assert "1 autre brouillon" in (await browser.get(PROCEDURE)).text.replace("\u00a0", " ")


async def test_a_draft_enters_the_account_only_when_asked_and_loses_nothing(world: World) -> None:
    browser, path = await at_the_person_page(world)
    await browser.post(path, FAULTY | {"then": "autosave"})
    draft = path.split("/")[3]
    account = sign_in(world, browser)
    assert rows(world)[0].citizen_id is None
    offered = await browser.get(f"/tilleul/brouillons/{draft}/reprise")
    assert "Garder dans mon compte" in offered.text
    assert (await browser.post(f"/tilleul/brouillons/{draft}/compte")).status_code == 303
    kept = rows(world)[0]
    assert kept.citizen_id == account
    assert kept.answers["applicant"]["family_name"] == "MODÈLE", "the provider vouches for it"
    page = await browser.get(path)
    assert value(page.text, "applicant.address-postcode") == "99"
    elsewhere = world.browser()
    sign_in(world, elsewhere)
    assert f"/brouillons/{draft}/suite" in (await elsewhere.get("/tilleul/mes-demandes")).text


async def test_prefill_of_the_account_fills_only_what_is_empty(world: World) -> None:
    browser, path = await at_the_person_page(world)
    fields, _ = posted_of(example_answers("passes-own-full-copy"))
    await browser.post(path, fields | {"then": "autosave"})
    typed = rows(world)[0].answers["applicant"]["email"]
    sign_in(world, browser)
    await browser.post(f"/tilleul/brouillons/{path.split('/')[3]}/compte")
    assert rows(world)[0].answers["applicant"]["email"] == typed != "andrea@exemple.example"


async def test_nobody_keeps_a_draft_without_account(world: World) -> None:
    browser, path = await at_the_person_page(world)
    answer = await browser.post(f"/tilleul/brouillons/{path.split('/')[3]}/compte")
    assert answer.status_code == 409
