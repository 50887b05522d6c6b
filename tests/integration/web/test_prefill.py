"""What fills a form over HTTP: FranceConnect, former demandes, a link; and what agents are told of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from grc.submissions.models import Draft, Event, Submission
from tests.support.accounts import a_person, sign_in
from tests.support.world import Browser, World, example_answers, posted_of

pytestmark = pytest.mark.anyio

PROCEDURE = "/tilleul/demarches/acte-de-naissance"
LINK = "prefill.document=multilingual_extract"


def latest(world: World, table: Any) -> Any:
    with world.database.reading(scope=world.authority().id) as session:
        return session.execute(select(table).order_by(table.id.desc()).limit(1)).scalar_one()


async def reaches(browser: Browser, draft: str, name: str, example: str = "passes-own-full-copy") -> Any:
    """The page that asks for that input, the pages before it answered."""
    fields, _ = posted_of(example_answers(example))
    location = f"/tilleul/brouillons/{draft}/suite"
    for _ in range(8):
        page = await browser.get(location)
        if f'name="{name}"' in page.text:
            return page
        answer = await browser.post(page.url.path, fields | {"then": "continue"})
        location = answer.headers["location"]
    raise AssertionError(name)


async def test_a_locked_answer_is_put_back_when_sent_and_agents_know_it(world: World) -> None:
    browser = world.browser()
    sign_in(world, browser)
    draft = await browser.fill()
    assert latest(world, Draft).answers["applicant"]["family_name"] == "MODÈLE"
    with world.database.writing(scope=world.authority().id) as session:
        row = session.execute(select(Draft)).scalar_one()
        row.answers = row.answers | {"applicant": row.answers["applicant"] | {"family_name": "Autre"}}
        session.add(row)
    assert (await browser.post(f"/tilleul/brouillons/{draft}/envoi")).status_code == 303
    assert latest(world, Submission).answers["applicant"]["family_name"] == "MODÈLE"
    told = latest(world, Event).data
    assert told["identity"] == "verified"
    assert told["verified"] == ["applicant.family_name", "applicant.given_names"]


async def test_without_account_every_answer_is_declared(world: World) -> None:
    await world.browser().file()
    assert latest(world, Event).data["verified"] == []


async def test_former_answers_come_with_consent_only_and_when_asked_for(world: World) -> None:
    browser = world.browser()
    sign_in(world, browser)
    await browser.file()
    draft = await browser.begin()
    page = await reaches(browser, draft, "applicant.email")
    assert "Reprendre mes coordonnées" not in page.text, "without consent nothing is offered, nor taken"
    await browser.post(f"/tilleul/brouillons/{draft}/coordonnees", {"page": "demandeur"})
    assert "address" not in latest(world, Draft).answers["applicant"]
    await browser.post("/tilleul/compte/profil", {"accord": "oui"})
    page = await browser.get(page.url.path)
    assert "Reprendre mes coordonnées" in page.text
    assert "address" not in latest(world, Draft).answers["applicant"]
    taken = await browser.post(f"/tilleul/brouillons/{draft}/coordonnees", {"page": "demandeur"})
    assert taken.headers["location"] == page.url.path
    kept = latest(world, Draft).answers["applicant"]["address"]
    assert kept == latest(world, Submission).answers["applicant"]["address"]
    assert "Reprendre mes coordonnées" not in (await browser.get(page.url.path)).text


async def test_former_answers_are_those_of_the_same_person(world: World) -> None:
    browser, other = world.browser(), world.browser()
    sign_in(world, browser)
    await browser.post("/tilleul/compte/profil", {"accord": "oui"})
    await browser.file()
    sign_in(world, other, a_person(sub="somebody-else"))
    await other.post("/tilleul/compte/profil", {"accord": "oui"})
    draft = await other.begin()
    page = await reaches(other, draft, "applicant.email")
    assert "Reprendre mes coordonnées" not in page.text
    await other.post(f"/tilleul/brouillons/{draft}/coordonnees", {"page": "demandeur"})
    assert "address" not in latest(world, Draft).answers["applicant"]


async def test_nobody_without_account_takes_former_answers(world: World) -> None:
    browser = world.browser()
    await browser.file()
    draft = await browser.begin()
    assert (await browser.post(f"/tilleul/brouillons/{draft}/coordonnees")).status_code == 409


async def test_a_link_is_carried_to_the_draft_and_shown(world: World) -> None:
    browser = world.browser()
    start = await browser.get(f"{PROCEDURE}?{LINK}&prefill.quality=self&autre=oui")
    (there,) = set(re.findall(r'href="([^"]*/identification[^"]*)"', start.text))
    assert there == f"{PROCEDURE}/identification?{LINK}"
    page = await browser.get(there)
    assert '<input type="hidden" name="prefill.document" value="multilingual_extract">' in page.text
    assert "remplit déjà des réponses" in page.text
    assert "prefill.document%3Dmultilingual_extract" in page.text, "FranceConnect comes back with it"
    begun = await browser.post(f"{PROCEDURE}/brouillons", {"prefill.document": "multilingual_extract"})
    assert latest(world, Draft).answers == {"document": "multilingual_extract"}
    first = await browser.get(begun.headers["location"])
    assert re.search(r'value="multilingual_extract"[^>]* checked', first.text)


@pytest.mark.parametrize("value", ["<script>", "no-such-document", "x" * 3000])
async def test_a_wrong_link_begins_like_any_other(world: World, value: str) -> None:
    browser = world.browser()
    page = await browser.get(f"{PROCEDURE}/identification", params={"prefill.document": value})
    assert page.status_code == 200
    assert "<script>" not in page.text.replace('<script src="', "")
    begun = await browser.post(f"{PROCEDURE}/brouillons", {"prefill.document": value, "prefill.quality": "self"})
    assert begun.status_code == 303
    assert latest(world, Draft).answers == {}


async def test_a_similar_demande_starts_from_the_answers_without_the_files(world: World) -> None:
    browser = world.browser()
    reference = await browser.file("passes-descendant-with-proof")
    page = await browser.get(f"/tilleul/demandes/{reference}")
    assert "Refaire une demande semblable" in page.text
    begun = await browser.post(f"/tilleul/demandes/{reference}/brouillons")
    assert begun.status_code == 303
    filed, draft = latest(world, Submission).answers, latest(world, Draft).answers
    assert filed["proof_of_link"]
    assert draft == {name: value for name, value in filed.items() if name != "proof_of_link"}


async def test_nobody_copies_the_demande_of_somebody_else(world: World) -> None:
    reference = await world.browser().file()
    assert (await world.browser().post(f"/tilleul/demandes/{reference}/brouillons")).status_code == 404
