"""An agent types for a citizen on the citizen's own pages: from the first question to what is handed over."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from grc import clock
from grc.authorities.models import Agent
from grc.submissions.models import Draft, Submission
from tests.support.world import (
    Browser,
    World,
    a_world,
    code_in,
    example_answers,
    posted_of,
    reference_in,
    seeded,
)

pytestmark = pytest.mark.anyio
PATH = "/tilleul/agents/saisies"
SLUG = "acte-de-naissance"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation: what is held here does not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


def first(**changes: str) -> dict[str, str]:
    today = clock.day_in("Europe/Paris", clock.now()).isoformat()
    return {"slug": SLUG, "channel": "desk", "received_on": today, "attacks": ""} | changes


def answers_without_email(example: str = "passes-descendant-with-proof") -> dict[str, Any]:
    """The answers of an example, of somebody who has no address and has brought no paper along."""
    answers = example_answers(example)
    answers["applicant"] = {key: value for key, value in answers["applicant"].items() if key != "email"}
    return {key: value for key, value in answers.items() if key != "proof_of_link"}


async def begin(browser: Browser, **changes: str) -> str:
    answer = await browser.post(PATH, first(**changes))
    assert answer.status_code == 303, answer.text
    return re.search(r"/saisies/([^/]+)/", answer.headers["location"]).group(1)  # type: ignore[union-attr]


async def fill(browser: Browser, draft: str, answers: dict[str, Any]) -> list[str]:
    """The pages of the form, filled one after the other; their texts, that of the answers to check last."""
    location, pages = f"{PATH}/{draft}/suite", []
    for _ in range(12):
        page = await browser.get(location)
        assert page.status_code == 200, page.text
        pages.append(page.text)
        if page.url.path.endswith("/verification"):
            break
        answer = await browser.post(page.url.path, posted_of(answers)[0] | {"then": "continue"})
        assert answer.status_code == 303, re.findall(r"error-message[^<]*<[^>]*>[^<]*</span> ([^<]+)", answer.text)
        location = answer.headers["location"]
    return pages


def with_role(world: World, role: str, name: str = "claire") -> None:
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Agent).where(col(Agent.email).startswith(name)).values(role=role))


async def says_who_helps(browser: Browser, draft: str) -> None:
    """Who helps the person is said on the agents' own pages, with the person's agreement, and taken back."""
    helper = {"quality": "relative", "given_names": "Lucie", "family_name": "Exemple", "telephone": "01 99 00 11 22"}
    assert (await browser.post(f"{PATH}/{draft}/aide", helper)).status_code == 422, "without the person's agreement"
    told = await browser.post(f"{PATH}/{draft}/aide", helper | {"mandate": "yes"})
    assert "Lucie Exemple (proche)" in (await browser.get(told.headers["location"])).text
    assert (await browser.post(f"{PATH}/{draft}/aide", {"then": "self"})).status_code == 303


@pytest.mark.law("R48")
async def test_from_the_first_question_to_what_is_handed_over(world: World) -> None:
    with_role(world, "front_desk")
    claire, citizen = world.browser(), world.browser()
    await claire.sign_in_agent()
    assert "Aucune saisie en attente" in (await claire.get(PATH)).text
    draft = await begin(claire, channel="telephone")
    pages = await fill(claire, draft, answers_without_email())
    form, check = pages[0], pages[-1]
    assert all("Saisie par téléphone" in page and "Espace des agents" in page for page in pages)
    assert f'action="{PATH}/{draft}/acte"' in form
    assert "/tilleul/brouillons" not in form + check
    assert "Lisez ces réponses à voix haute" in check
    assert "s’impriment" in check.replace("\u2019", "’")
    assert "Aidez" not in check
    assert f'href="{PATH}/{draft}/aide"' in check
    await says_who_helps(claire, draft)
    # kept for later, found again, by nobody else
    kept = await claire.post(f"{PATH}/{draft}/acte", posted_of(answers_without_email())[0] | {"then": "later"})
    assert "fait=saisie-gardee" in kept.headers["location"]
    assert f"{PATH}/{draft}/suite" in (await claire.get(kept.headers["location"])).text
    assert (await citizen.get(f"/tilleul/brouillons/{draft}/verification")).status_code == 404
    assert (await claire.get(f"/tilleul/brouillons/{draft}/verification")).status_code == 404
    omar = world.browser()
    await omar.sign_in_agent("omar.fictif@tilleul.example")
    for path in ("acte", "verification", "confirmation", "code"):
        assert (await omar.get(f"{PATH}/{draft}/{path}")).status_code == 404
    assert (await omar.post(f"{PATH}/{draft}/envoi")).status_code == 404
    assert draft not in (await omar.get(PATH)).text
    # sent twice, one demande
    sent = [await claire.post(f"{PATH}/{draft}/envoi") for _ in range(2)]
    assert {one.headers["location"] for one in sent} == {f"{PATH}/{draft}/confirmation"}
    done = (await claire.get(f"{PATH}/{draft}/confirmation")).text
    reference = reference_in(done)
    with world.database.reading(scope=world.authority().id) as session:
        assert session.execute(select(func.count()).select_from(Submission)).scalar_one() == 1
    paper = (await claire.get(f"{PATH}/{draft}/code")).text
    code = code_in(paper)
    assert code not in done.replace(" ", "")
    entered = await citizen.post("/tilleul/suivi", {"code": code})
    assert entered.status_code == 303, "the code that was handed over opens the demande"
    tracked = (await citizen.get(entered.headers["location"])).text
    assert reference in tracked
    # the receipt, printed by who is at the desk
    letter = re.search(r'action="([^"]+/lettres/\d+)"', done).group(1)  # type: ignore[union-attr]
    assert (await claire.post(letter)).status_code == 303
    pdf = await claire.get(f"{letter}.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert code.encode() not in pdf.content
    page = (await claire.get(f"/tilleul/agents/demandes/{reference}")).text
    assert "Par téléphone, le" in page
    assert "Saisie par Claire Modèle le" in page
    assert "Par téléphone" in (await claire.get("/tilleul/agents")).text
    with world.database.reading(scope=world.authority().id) as session:
        row = session.execute(select(Draft).where(col(Draft.public_id) == draft)).scalar_one()
        assert (row.channel, row.agent_id, row.answers) == ("telephone", world.agent().id, {})


async def test_what_may_be_the_same_is_shown_and_the_receipt_may_not_be_owed(world: World) -> None:
    citizen, claire = world.browser(), world.browser()
    online = await citizen.fill()
    await citizen.post(f"/tilleul/brouillons/{online}/envoi", {"receipt": "mere_issue", "reason": "Je le dis."})
    sent = (await citizen.get(f"/tilleul/brouillons/{online}/confirmation")).text
    assert "L’accusé de réception part à" in sent, "nobody exempts their own demande"
    before = reference_in(sent)
    await claire.sign_in_agent()
    answers = example_answers("passes-own-full-copy")
    answers["applicant"] |= {"given_names": "Alix"}
    del answers["applicant"]["email"]
    draft = await begin(claire)
    check = (await fill(claire, draft, answers))[-1]
    assert f"/tilleul/agents/demandes/{before}" in check, "same family name, same birth date"
    assert "peut-être déjà là" in check
    unsaid = await claire.post(f"{PATH}/{draft}/envoi", {"receipt": "mere_issue", "reason": ""})
    assert unsaid.status_code == 422
    assert 'value="mere_issue" checked' in unsaid.text
    assert 'id="reason-error"' in unsaid.text
    done = await claire.post(f"{PATH}/{draft}/envoi", {"receipt": "mere_issue", "reason": "Copie remise au guichet."})
    assert done.status_code == 303, "a demande that looks like another may be sent"
    page = (await claire.get(done.headers["location"])).text
    assert "seule délivrance" in page
    assert "/lettres/" not in page
    shown = (await claire.get(f"/tilleul/agents/demandes/{reference_in(page)}")).text
    assert "Copie remise au guichet." in shown


async def test_what_is_wrong_is_said_and_a_reader_may_do_nothing(world: World) -> None:
    claire = world.browser()
    await claire.sign_in_agent()
    wrong = await claire.post(PATH, first(slug="", channel="online", received_on="2099-01-01"))
    assert wrong.status_code == 422
    assert all(words in wrong.text for words in ("Choisissez la démarche", "Dites comment", "ni dans le futur"))
    unknown = await claire.post(PATH, first(slug="recours-gracieux", attacks="2026-000-000-000"))
    assert (unknown.status_code, "Vérifiez-le" in unknown.text) == (422, True)
    assert (await claire.post(PATH, first(slug="inconnue"))).status_code == 404
    draft = await begin(claire)
    empty = await claire.post(f"{PATH}/{draft}/acte", {"then": "continue"})
    assert empty.status_code == 422
    assert "Saisie au guichet" in empty.text
    thrown = await claire.post(f"{PATH}/{draft}/suppression")
    assert thrown.headers["location"].startswith(PATH)
    assert draft not in (await claire.get(PATH)).text
    draft = await begin(claire)
    with_role(world, "reader")
    assert "Saisir une demande" not in (await claire.get("/tilleul/agents")).text
    for path in ("", f"/{draft}/acte", f"/{draft}/verification"):
        assert (await claire.get(PATH + path)).status_code == 403
    for path in ("", f"/{draft}/acte", f"/{draft}/envoi", f"/{draft}/suppression"):
        assert (await claire.post(PATH + path, first())).status_code == 403
    assert (await world.browser().get(f"{PATH}/{draft}/acte")).url.path == "/tilleul/agents/connexion"
