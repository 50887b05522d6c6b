"""A helper files for somebody: who is named, who is told, who may read, and what an objection cuts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.citizens import accounts
from grc.franceconnect.claims import PivotIdentity
from grc.outbox.models import OutboxEntry
from grc.receipts import FiledForYou
from grc.submissions import automatic, commands, helping, letters
from grc.submissions.acts import Act
from grc.submissions.commands import AskedDocument, DocumentsAsked
from grc.submissions.models import Draft, Event, Notice, Submission, Task
from tests.support.accounts import a_person, sign_in
from tests.support.world import Browser, World, a_world, code_in, example_answers, posted_of, reference_in, seeded

pytestmark = pytest.mark.anyio

WHOM = "camille@exemple.example"
HELPER = {
    "quality": "france_services",
    "given_names": "Sacha",
    "family_name": "Modèle",
    "organisation": "Maison de l’Exemple",
    "email": "sacha@maison.example",
    "mandate": "yes",
    "copied": "yes",
}
BEGIN = "/tilleul/demarches/acte-de-naissance/pour-qui"
DRAFTS = "/tilleul/brouillons"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


async def fill_for(browser: Browser, answers: Mapping[str, Any], said: Mapping[str, str] = HELPER) -> str:
    """A draft that this helper filled, ready to check; gives its public id."""
    begun = await browser.post(BEGIN, said)
    assert begun.status_code == 303, begun.text
    draft = re.search(r"/brouillons/([^/]+)/", begun.headers["location"]).group(1)  # type: ignore[union-attr]
    await fill(browser, draft, answers)
    return draft


async def fill(browser: Browser, draft: str, answers: Mapping[str, Any]) -> None:
    location = f"/tilleul/brouillons/{draft}/suite"
    for _ in range(12):
        page = await browser.get(location)
        if page.url.path.endswith("/verification"):
            break
        fields, files = posted_of(answers)
        sent = await browser.post(
            page.url.path, fields | {"then": "continue"}, files if 'type="file"' in page.text else None
        )
        assert sent.status_code == 303, page.url.path
        location = sent.headers["location"]
    browser.world.age_drafts()


def row_of(world: World, reference: str) -> Submission:
    with world.database.reading(scope=world.authority().id) as session:
        found: Submission = session.execute(
            select(Submission).where(col(Submission.reference) == reference)
        ).scalar_one()
        session.expunge(found)
    return found


def all_of(world: World, table: Any) -> list[Any]:
    with world.database.reading(scope=world.authority().id) as session:
        rows = list(session.execute(select(table).order_by(table.id)).scalars())
        session.expunge_all()
    return rows


async def test_a_helper_files_the_person_is_told_and_objects(world: World) -> None:
    helper, person, agent = world.browser(), world.browser(), world.browser()
    account = sign_in(world, helper, a_person(given_name="Sacha", given_names=("Sacha",)))
    assert 'value="Sacha"' in (await helper.get(BEGIN)).text
    draft = await fill_for(helper, example_answers("passes-own-full-copy"))
    check = await helper.get(f"/tilleul/brouillons/{draft}/verification")
    assert "Sacha Modèle (conseiller France services, Maison de l’Exemple)" in check.text
    sent = await helper.post(f"/tilleul/brouillons/{draft}/envoi")
    done = await helper.get(sent.headers["location"])
    assert "app-code" not in done.text  # the code is the person's
    reference = reference_in(done.text)
    row, demande = row_of(world, reference), f"/tilleul/demandes/{reference}"
    assert (row.citizen_id, row.contact_email, row.on_paper) == (account, WHOM, False)
    assert row.helper is not None and row.helper["vouched_by"] == "franceconnect"
    assert all_of(world, Draft)[0].helper is None

    received = all_of(world, Event)[0]
    assert (received.data["helper"], received.data["identity"]) == ("france_services", "declared")
    assert "Sacha" not in str(received.data)
    await world.deliver()
    told = world.mail(WHOM, "déposée pour vous")
    assert "Sacha Modèle a déposé" in told.text and "Maison de l’Exemple" in told.text
    assert "Sacha" not in world.mail(WHOM, "demande reçue").text
    assert not world.mailbox.to(HELPER["email"])
    mine = await helper.get("/tilleul/mes-demandes")
    assert f"Pour {row.applicant_name}" in mine.text
    assert "Je n’ai pas donné mon accord" not in (await helper.get(f"/tilleul/demandes/{reference}")).text
    moved = await helper.post(f"/tilleul/demandes/{reference}/adresse", {"email": "sacha@maison.example"})
    assert moved.status_code == 409  # the person would be told no more
    await agent.sign_in_agent()
    seen = await agent.get(f"/tilleul/agents/demandes/{reference}")
    assert "Nom confirmé par FranceConnect" in seen.text and "Maison de l’Exemple" in seen.text
    assert "par Sacha Modèle" in (await agent.get("/tilleul/agents")).text

    old = code_in(world.mail(WHOM, "code de suivi").text)
    await person.post("/tilleul/suivi", {"code": old})
    assert f"/demandes/{reference}/aidant" in (await person.get(f"/tilleul/demandes/{reference}")).text
    assert (await person.get(f"/tilleul/demandes/{reference}/aidant")).status_code == 200
    assert (await helper.post(f"{demande}/aidant")).status_code == 409  # the new code would be the helper's
    cut = await person.post(f"/tilleul/demandes/{reference}/aidant")
    assert (new := code_in(cut.text)) != old
    assert (await person.post(f"/tilleul/demandes/{reference}/aidant")).status_code == 409
    assert [(await helper.get(path)).status_code for path in (demande, done.url.path)] == [404, 404]
    assert reference not in (await helper.get("/tilleul/mes-demandes")).text
    assert (await world.browser().post("/tilleul/suivi", {"code": old})).status_code == 404
    assert (await person.get(f"/tilleul/demandes/{reference}")).status_code == 200
    row = row_of(world, reference)
    assert (row.citizen_id, row.contact_email, row.phase) == (None, WHOM, "received")
    assert [task.kind for task in all_of(world, Task)] == ["helper_contested"]
    assert all_of(world, Event)[-1].data == {"helper": "france_services"}
    await world.deliver()
    assert code_in(world.mail(WHOM, "code de suivi").text) == new
    assert "l’accès de l’aidant est coupé" in (await agent.get(f"/tilleul/agents/demandes/{reference}")).text


async def test_who_has_no_address_is_written_to_on_paper(town: World) -> None:
    helper, agent, person = town.browser(), town.browser(), town.browser()
    answers = example_answers("passes-own-full-copy")
    answers["applicant"]["email"] = HELPER["email"]
    draft = await fill_for(helper, answers)
    assert "C’est la vôtre" in (await helper.get(f"/tilleul/brouillons/{draft}/verification")).text
    sent = await helper.post(f"/tilleul/brouillons/{draft}/envoi")
    done = await helper.get(sent.headers["location"])
    reference = reference_in(done.text)
    assert "app-code" not in done.text and "par la poste" in done.text
    assert "/aidant" not in (await helper.get(f"/tilleul/demandes/{reference}")).text
    assert (await helper.get(f"/tilleul/demandes/{reference}/aidant")).status_code == 409
    assert (await helper.post(f"/tilleul/demandes/{reference}/aidant")).status_code == 409  # in their browser too
    row = row_of(town, reference)
    assert (row.contact_email, row.on_paper) == (HELPER["email"], True)
    await town.deliver()
    subjects = " ".join(mail.subject for mail in town.mailbox.to(HELPER["email"]))
    assert "demande reçue" in subjects
    assert "déposée pour vous" not in subjects and "code" not in subjects
    await agent.sign_in_agent()
    (task,) = all_of(town, Task)
    letter = f"/tilleul/agents/demandes/{reference}/lettres/{task.notice_id}"
    with town.database.reading(scope=row.authority_id) as session:
        sheet = letters.sheet(session, reference, task.notice_id, by=town.agent())
    assert isinstance(sheet.facts, FiledForYou) and sheet.to[0] == row.applicant_name
    assert sheet.facts.code not in str([notice.facts for notice in all_of(town, Notice)])
    assert (await agent.post(letter)).status_code == 303
    assert (await agent.get(f"{letter}.pdf")).content.startswith(b"%PDF")
    assert not [entry for entry in all_of(town, OutboxEntry) if entry.channel == "paper" and entry.sealed_secret]
    assert (await person.post("/tilleul/suivi", {"code": sheet.facts.code})).status_code == 303

    posted = {"posted_on": clock.day_in("Europe/Paris", clock.now()).isoformat(), "revision": str(row.revision)}
    assert (await agent.post(f"{letter}/envoi", posted)).status_code == 303
    assert (await agent.get(f"{letter}.pdf")).status_code == 404  # a code is on it
    assert (await agent.post(f"/tilleul/agents/demandes/{reference}/aidant")).status_code == 303
    row = row_of(town, reference)
    assert (row.contact_email, row.on_paper) == ("", True)
    assert (await helper.get(f"/tilleul/demandes/{reference}")).status_code == 404
    assert (await helper.get(done.url.path)).status_code == 404
    assert (await town.browser().post("/tilleul/suivi", {"code": sheet.facts.code})).status_code == 404


async def test_a_helper_never_gets_the_code_of_the_letter_by_changing_their_own_address(town: World) -> None:
    helper, answers = town.browser(), example_answers("passes-own-full-copy")
    answers["applicant"]["email"] = HELPER["email"]
    draft = await fill_for(helper, answers)
    reference = reference_in(
        (await helper.get((await helper.post(f"{DRAFTS}/{draft}/envoi")).headers["location"])).text
    )
    before = row_of(town, reference).tracking_code_hash
    other = "autre@maison.example"
    assert (await helper.post(f"/tilleul/demandes/{reference}/adresse", {"email": other})).status_code == 303
    await town.deliver()
    assert "code de suivi" not in " ".join(mail.subject.lower() for mail in town.mailbox.to(other))
    row = row_of(town, reference)
    assert (row.contact_email, row.on_paper, row.tracking_code_hash) == (other, True, before)
    again = await helper.post(f"/tilleul/demandes/{reference}/adresse", {"email": HELPER["email"]})
    assert again.status_code == 409  # it is the person's by now


async def test_a_helper_gets_copies_of_what_asks_for_an_answer_until_the_objection(town: World) -> None:
    helper = town.browser()
    draft = await fill_for(helper, example_answers("passes-own-full-copy"))
    sent = await helper.post(f"/tilleul/brouillons/{draft}/envoi")
    reference = reference_in((await helper.get(sent.headers["location"])).text)
    similar = await helper.post(f"/tilleul/demandes/{reference}/brouillons")
    again = similar.headers["location"].split("/")[3]
    check = await helper.get(f"/tilleul/brouillons/{again}/verification")
    assert check.url.path.endswith("/aide") and 'value="Sacha"' in check.text  # an agreement is for one demande
    town.age_drafts()
    assert (await helper.post(f"/tilleul/brouillons/{again}/envoi")).status_code == 409
    consent = await helper.post(f"/tilleul/demandes/{reference}/notification", {"accord": "oui"})
    assert consent.status_code == 409  # nor is it the browser's that filed
    agent, authority, now = town.agent(), town.authority(), clock.now()
    due_on = clock.day_in(authority.zone, now) + timedelta(days=20)
    asked = DocumentsAsked([AskedDocument("mandate", "missing")], due_on, "", 2)
    owner: dict[str, Any] = {"by": agent, "now": now}
    with town.database.writing(scope=authority.id) as session:
        commands.take_charge(session, authority, reference, revision=1, **owner)
        commands.request_documents(session, authority, reference, asked, **owner)
    await town.deliver()
    assert [mail.subject for mail in town.mailbox.to(HELPER["email"])] == [
        mail.subject for mail in town.mailbox.to(WHOM) if "documents" in mail.subject
    ]
    with town.database.writing(scope=authority.id) as session:
        helping.contest(session, authority, reference, **owner)
        row = session.execute(select(Submission)).scalar_one()
        automatic.tell(Act(session, authority, row, by=agent, now=now), "Il manque une page.", 0, None)
    await town.deliver()
    assert town.mail(WHOM, "message du service")
    assert len(town.mailbox.to(HELPER["email"])) == 1


async def test_the_account_of_a_helper_locks_nothing_and_that_of_the_person_does(town: World) -> None:
    browser, home = town.browser(), {"line1": "3 rue de l’Aidante", "postcode": "99001", "city": "Ailleurs"}
    account = sign_in(town, browser, a_person())
    with town.database.writing(scope=town.authority().id) as session:
        accounts.consent(session, town.authority().id, account, now=clock.now())
        accounts.keep_profile(session, town.authority().id, account, {"postal-address": home})
    draft = await browser.begin()

    def answers() -> str:
        return str(all_of(town, Draft)[0].answers)

    await browser.post(f"/tilleul/brouillons/{draft}/coordonnees", {"page": "demandeur"})
    assert "MODÈLE" in answers() and "Aidante" in answers()
    declared = await browser.post(f"/tilleul/brouillons/{draft}/aide", HELPER)
    assert declared.status_code == 303
    assert not [one for one in ("MODÈLE", "andrea", "Aidante") if one in answers()]
    check = await browser.get(f"/tilleul/brouillons/{draft}/aide")
    assert 'value="Maison de l’Exemple"' in check.text
    await browser.post(f"/tilleul/brouillons/{draft}/aide", {"then": "self"})
    assert "MODÈLE" in answers()
    assert all_of(town, Draft)[0].helper is None
    refused = await browser.post(BEGIN, {"quality": "relative", "given_names": "Sacha"})
    assert refused.status_code == 422 and "Cochez la case" in refused.text
    wrong = await browser.post(f"/tilleul/brouillons/{draft}/aide", HELPER | {"mandate": ""})
    assert wrong.status_code == 422 and 'value="Sacha"' in wrong.text
    assert (await town.browser().post(f"/tilleul/brouillons/{draft}/aide", HELPER)).status_code == 404


async def test_through_aidants_connect_the_account_is_the_person_s(town: World) -> None:
    browser, person = town.browser(), town.browser()
    identity: PivotIdentity = a_person(rep_scope=("PAPIERS",))
    account = sign_in(town, browser, identity)
    draft = await fill_for(browser, example_answers("passes-own-full-copy"), HELPER | {"quality": ""})
    sent = await browser.post(f"/tilleul/brouillons/{draft}/envoi")
    reference = reference_in((await browser.get(sent.headers["location"])).text)
    row = row_of(town, reference)
    assert row.helper is not None and row.helper["quality"] == "aidants_connect"
    assert row.applicant_name.startswith("MODÈLE")
    await town.deliver()
    await person.post("/tilleul/suivi", {"code": code_in(town.mail(WHOM, "code de suivi").text)})
    assert (await browser.post(f"/tilleul/demandes/{reference}/aidant")).status_code == 409  # a mandate's session
    assert (await browser.get(f"/tilleul/demandes/{reference}")).status_code == 200
    assert (await person.post(f"/tilleul/demandes/{reference}/aidant")).status_code == 200
    assert row_of(town, reference).citizen_id == account
    assert (await browser.get(f"/tilleul/demandes/{reference}")).status_code == 404
