"""A report is no saisine: no receipt, no clock, said plainly; whoever is identified gets the receipt as usual."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc.submissions.models import Notice, Submission
from tests.support import invented
from tests.support.invented import ASSOCIATION, COMPANY, PERSON, WHOLE_PERSON
from tests.support.world import Browser, World, code_in, reference_in

pytestmark = [pytest.mark.anyio, pytest.mark.law("R20")]
SUBJECT = "Le banc du square a perdu une latte"
REJECTION = [{"rule": "rejection", "period": 2, "unit": "month", "source": "CRPA, art. L231-4"}]


def answers(who: str = "person", **known: Any) -> dict[str, Any]:
    return {"subject": SUBJECT, "who": who, **({who: known} if known else {})}


async def sent(citizen: Browser, given: dict[str, Any]) -> tuple[str, str, str]:
    """The check page, the confirmation and the reference."""
    draft = await citizen.fill_answers(given, procedure=invented.SLUG)
    check = await citizen.get(f"/tilleul/brouillons/{draft}/verification")
    posted = await citizen.post(f"/tilleul/brouillons/{draft}/envoi")
    assert posted.status_code == 303, posted.text
    done = await citizen.get(posted.headers["location"])
    assert done.status_code == 200
    return check.text, done.text, reference_in(done.text)


def row_of(world: World, reference: str) -> tuple[Submission, list[str]]:
    """The submission and the names of its notices."""
    with world.database.reading(scope=world.authority().id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
        names = session.execute(select(col(Notice.name)).where(col(Notice.submission_id) == row.id)).scalars().all()
    return row, list(names)


async def test_an_anonymous_report_says_what_it_is_and_gives_its_code_once(world: World) -> None:
    invented.published(world.database, silence=REJECTION)
    citizen, agent = world.browser(), world.browser()
    check, done, reference = await sent(citizen, answers())
    assert "Ce que vous envoyez est un signalement" in check
    assert "Il manque\u00a0: le nom, le prénom, l’adresse postale, l’adresse électronique." in check
    assert "Envoyer mon signalement" in check
    assert "Nous vous écrirons à cette adresse" not in check
    assert "Votre signalement est envoyé" in done
    assert "ni accusé de réception ni délai de réponse" in done
    assert "L’accusé de réception part" not in done
    assert "Si vous ne recevez pas de réponse" not in done
    row, names = row_of(world, reference)
    assert (row.is_report, row.silence_rule, row.silence_on, row.contact_email) == (True, "none", None, "")
    assert names == ["report"]
    assert await world.deliver() == 1
    notice = world.mail("etat-civil@tilleul.example", "nouveau signalement")
    assert "ni accusé de réception ni délai légal" in notice.text
    other = world.browser()
    opened = await other.post("/tilleul/suivi", {"code": code_in(done)})
    assert "Signalement" in (await other.get(opened.headers["location"])).text
    await agent.sign_in_agent()
    inbox = await agent.get("/tilleul/agents")
    assert "Signalement" in inbox.text
    assert "Anonyme" in inbox.text
    page = await agent.get(f"/tilleul/agents/demandes/{reference}")
    assert "Signalement, sans accusé de réception ni délai légal" in page.text
    assert "Non donnée" in page.text


async def test_an_address_alone_gets_the_code_and_the_news_but_no_receipt(world: World) -> None:
    invented.published(world.database)
    citizen, agent = world.browser(), world.browser()
    _, done, reference = await sent(citizen, answers(email=PERSON["email"]))
    await world.deliver()
    code = world.mail(PERSON["email"])
    assert code_in(code.text) == code_in(done)
    assert "n’est pas un accusé de réception" in code.text
    assert len(world.mailbox.to(PERSON["email"])) == 1
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}/suites/plan"
    assert (await agent.post(path, {"revision": "1", "text": "Jeudi."})).status_code == 303
    await world.deliver()
    assert "Jeudi." in world.mail(PERSON["email"], "intervention prévue").text


async def test_an_address_given_later_gets_a_new_code_and_no_copy_of_a_receipt(world: World) -> None:
    invented.published(world.database)
    citizen = world.browser()
    _, done, reference = await sent(citizen, answers())
    page = await citizen.get(f"/tilleul/demandes/{reference}")
    assert "Donner une adresse électronique" in page.text
    path = f"/tilleul/demandes/{reference}/adresse"
    assert (await citizen.post(path, {"email": "plus-tard@exemple.example", "revision": "1"})).status_code == 303
    await world.deliver()
    (mail,) = world.mailbox.to("plus-tard@exemple.example")
    assert code_in(mail.text) != code_in(done)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        pytest.param(answers(**WHOLE_PERSON), "Exemple Camille", id="a person"),
        pytest.param(answers("company", **COMPANY), COMPANY["name"], id="a company"),
        pytest.param(answers("association", **ASSOCIATION), ASSOCIATION["name"], id="an association"),
    ],
)
async def test_whoever_is_identified_gets_the_receipt_and_the_clock(
    world: World, given: dict[str, Any], name: str
) -> None:
    invented.published(world.database, silence=REJECTION)
    check, done, reference = await sent(world.browser(), given)
    email = given[given["who"]]["email"]
    assert "signalement" not in check
    assert "L’accusé de réception part" in done
    row, names = row_of(world, reference)
    assert (row.is_report, row.silence_rule, row.applicant_name) == (False, "rejection", name)
    assert row.silence_on is not None
    assert names == ["acknowledgement"]
    assert await world.deliver() == 3
    assert "accusé de réception de votre demande" in world.mail(email, "demande reçue").text


@pytest.mark.parametrize(
    "missing", [("company", "siret", COMPANY), ("association", "rna", ASSOCIATION)], ids=["siret", "rna"]
)
async def test_an_organisation_without_its_number_makes_a_report(world: World, missing: tuple[str, str, Any]) -> None:
    invented.published(world.database)
    who, number, known = missing
    check, done, _ = await sent(world.browser(), answers(who, **{k: v for k, v in known.items() if k != number}))
    assert "Il manque\u00a0: le numéro SIRET, SIREN ou RNA." in check
    assert "Votre signalement est envoyé" in done


async def test_a_receipt_without_a_rule_of_silence_states_no_decision_and_no_appeal(world: World) -> None:
    invented.published(world.database)
    _, done, reference = await sent(world.browser(), answers(**WHOLE_PERSON))
    row, names = row_of(world, reference)
    assert (row.silence_rule, row.silence_on, names) == ("none", None, ["acknowledgement"])
    assert "Si vous ne recevez pas de réponse" not in done
    await world.deliver()
    receipt = world.mail(PERSON["email"], "demande reçue").text
    assert "implicite" not in receipt
    assert "contester" not in receipt.lower()


async def test_nothing_is_decided_for_a_person_whom_no_address_can_reach(world: World) -> None:
    invented.published(world.database, workflow="standard")
    citizen, agent = world.browser(), world.browser()
    _, _, reference = await sent(citizen, answers())
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    assert (await agent.post(f"{path}/prise-en-charge", {"revision": "1"})).status_code == 303
    shown = await agent.get(path)
    assert "Refuser" not in shown.text
    refusal = {"outcome": "refused", "reasons": "Hors de la commune.", "revision": "2", "then": "send"}
    refused = await agent.post(f"{path}/decision", refusal)
    assert refused.status_code == 409
    assert "n’a pas donné d’adresse électronique" in refused.text
