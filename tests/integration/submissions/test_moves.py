"""The buttons that a workflow alone names, over HTTP: the agent's message, the mail, the pages, the refusals."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc.submissions.models import Event, Submission
from tests.support import invented
from tests.support.invented import WHOLE_PERSON
from tests.support.world import Browser, World, reference_in

pytestmark = pytest.mark.anyio
HOSTILE = "Lundi <b>23</b> mars\u202e.\nLe trottoir sera fermé."


async def reported(world: World, citizen: Browser) -> str:
    """A demande of the invented procedure; gives its reference."""
    answers = {"subject": "Le banc du square a perdu une latte", "who": "person", "person": WHOLE_PERSON}
    return await citizen.file_answers(answers, procedure=invented.SLUG)


async def test_a_button_that_asks_tells_the_citizen_the_agents_own_words(world: World) -> None:
    invented.published(world.database)
    citizen, agent = world.browser(), world.browser()
    reference = await reported(world, citizen)
    path = f"/tilleul/agents/demandes/{reference}"
    await agent.sign_in_agent()
    shown = await agent.get(path)
    assert f'href="{path}/suites/plan"' in shown.text
    page = await agent.get(f"{path}/suites/plan")
    assert "Quand l’intervention est-elle prévue" in page.text
    missing = await agent.post(f"{path}/suites/plan", {"revision": "1", "text": " \n "})
    assert missing.status_code == 422
    assert "Écrivez votre message" in missing.text
    long = await agent.post(f"{path}/suites/plan", {"revision": "1", "text": "é" * 2001})
    assert long.status_code == 422
    assert "é" * 2001 in long.text
    done = await agent.post(f"{path}/suites/plan", {"revision": "1", "text": HOSTILE})
    assert done.headers["location"] == f"{path}?fait=suite"
    await world.deliver()
    mail = world.mail("camille@exemple.example", "intervention prévue")
    assert reference in mail.subject
    assert "Une intervention est prévue." in mail.text
    assert "Lundi <b>23</b> mars" in mail.text
    assert "\u202e" not in mail.text
    assert "<b>23</b>" not in mail.html
    assert "Le trottoir sera fermé." in mail.html
    for shown in (await citizen.get(f"/tilleul/demandes/{reference}"), await agent.get(path)):
        assert "Nouvel état\u00a0: Intervention prévue" in shown.text
        assert "Lundi &lt;b&gt;23&lt;/b&gt; mars" in shown.text
    with world.database.reading(scope=world.authority().id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
        last = session.execute(
            select(Event).where(col(Event.submission_id) == row.id).order_by(col(Event.sequence).desc()).limit(1)
        ).scalar_one()
    assert (row.state, row.phase, row.revision) == ("planned", "examined", 2)
    assert (last.kind, last.state, last.data) == ("submission:moved", "planned", {"event": "plan"})


async def test_a_workflow_without_a_decision_ends_with_an_answer(world: World) -> None:
    invented.published(world.database)
    citizen, agent = world.browser(), world.browser()
    reference = await reported(world, citizen)
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    before = await citizen.get(f"/tilleul/demandes/{reference}")
    assert "Réponse <span" in before.text
    assert "Décision" not in before.text
    await agent.post(f"{path}/prise-en-charge", {"revision": "1"})
    await agent.post(f"{path}/suites/done", {"revision": "2", "text": "La latte est changée."})
    after = await citizen.get(f"/tilleul/demandes/{reference}")
    assert '<li aria-current="step">Réglé' in after.text
    assert reference in (await agent.get("/tilleul/agents?vue=closes")).text


async def test_a_button_that_is_not_open_or_was_seen_on_an_old_page_does_nothing(world: World) -> None:
    invented.published(world.database)
    citizen, agent = world.browser(), world.browser()
    reference = await reported(world, citizen)
    path = f"/tilleul/agents/demandes/{reference}/suites"
    stranger = await world.browser().post(f"{path}/plan", {"revision": "1", "text": "Demain."})
    assert stranger.status_code == 303
    assert "/agents/connexion" in stranger.headers["location"]
    await agent.sign_in_agent()
    for event, code in (("plann", 404), ("take_charge", 404), ("withdraw", 404), ("replan", 409)):
        assert (await agent.get(f"{path}/{event}")).status_code == code
        posted = await agent.post(f"{path}/{event}", {"revision": "1", "text": "Demain."})
        assert posted.status_code == (409 if event == "plann" else code)
    stale = await agent.post(f"{path}/plan", {"revision": "9", "text": "Demain, sans faute."})
    assert stale.status_code == 409
    assert "Demain, sans faute." in stale.text
    with world.database.reading(scope=world.authority().id) as session:
        row = session.execute(select(Submission).where(col(Submission.reference) == reference)).scalar_one()
    assert (row.state, row.revision) == ("received", 1)


async def test_the_service_hears_of_a_withdrawal_without_personal_data(world: World) -> None:
    invented.published(world.database)
    citizen = world.browser()
    reference = await reported(world, citizen)
    await world.deliver()
    gone = await citizen.post(f"/tilleul/demandes/{reference}/retrait", {"revision": "1"})
    assert gone.status_code == 303
    await world.deliver()
    notice = world.mail("etat-civil@tilleul.example", "changé d’état")
    assert "Retiré" in notice.text
    assert "Camille" not in notice.content.decode()
    assert f"/agents/demandes/{reference}" in notice.text
    assert reference_in(world.mail("camille@exemple.example", "retirée").subject) == reference


async def test_a_label_of_the_workflow_names_each_button(world: World) -> None:
    facts = {"silence": [{"rule": "rejection", "period": 2, "unit": "month", "source": "CRPA, art. L231-4"}]}
    invented.published(world.database, workflow="booking", **facts)
    citizen, agent = world.browser(), world.browser()
    reference = await reported(world, citizen)
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    await agent.post(f"{path}/prise-en-charge", {"revision": "1"})
    shown = await agent.get(path)
    for label in ("Poser une option", "Confirmer la réservation", "Refuser la réservation"):
        assert label in shown.text
    assert "Confirmer la réservation" in (await agent.get(f"{path}/decision")).text
    confirmed = {"outcome": "accepted", "reasons": "", "revision": "2", "then": "send"}
    assert (await agent.post(f"{path}/decision", confirmed)).status_code == 303
    closing = await agent.get(f"{path}/suites/close")
    assert "Les clés sont rendues" in closing.text
    assert "<textarea" not in closing.text
    assert (await agent.post(f"{path}/suites/close", {"revision": "3"})).status_code == 303
    assert "Terminée" in (await agent.get(path)).text
