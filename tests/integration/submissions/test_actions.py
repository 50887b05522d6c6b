"""Every action of a workflow, over HTTP, by what it leaves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.authorities.models import Service
from grc.catalogue.models import InstalledProcedure
from grc.submissions import timers
from grc.submissions.exchange_models import AgentAnswers, SubmissionLink, ThreadEntry, Timer
from grc.submissions.models import Draft, Event, Submission, SubmissionRevision, Task
from tests.support import demandes, invented
from tests.support.circuits import Case
from tests.support.invented import WHOLE_PERSON

pytestmark = pytest.mark.anyio


async def test_filing_does_the_first_actions_and_starts_the_timers(case: Case) -> None:
    (entry,) = case.all(ThreadEntry)
    assert (entry.kind, entry.text, entry.event_sequence) == ("automatic", "Le banc sera vu sous peu.", 1)
    row, zone = case.row(), case.world.authority().zone
    started = {each.event: each for each in case.all(Timer)}
    assert set(started) == {"after.patience", "clock.answer", "warning.answer"}
    assert started["after.patience"].due_at == timers.later(row.received_at, "P1M", zone=zone)
    assert timers.due_on(started["clock.answer"], zone) == row.first_received_on + timedelta(days=9)
    local = clock.local(zone, started["clock.answer"].due_at)
    assert (local.hour, local.minute) == (0, 0)
    assert started["warning.answer"].due_at == timers.earlier(started["clock.answer"].due_at, "P2D", zone=zone)


async def test_mail_goes_to_the_citizen_the_service_a_function_and_an_address_of_an_answer(case: Case) -> None:
    before = len(case.world.mailbox.messages)
    await case.does("tell")
    await case.world.deliver()
    sent = [message.recipients for message in case.world.mailbox.messages[before:]]
    assert sorted(each for recipients in sent for each in recipients) == [
        "ada.essai@tilleul.example",
        "camille@exemple.example",
        "camille@exemple.example",
        "etat-civil@tilleul.example",
        "omar.fictif@tilleul.example",
    ]
    assert f"/agents/demandes/{case.reference}" in case.world.mail("omar.fictif@tilleul.example").text
    assert "Camille" not in case.world.mail("omar.fictif@tilleul.example").text


async def test_a_function_given_to_a_service_is_written_to_at_its_mailbox(case: Case) -> None:
    key, procedure_id = case.row().authority_id, case.row().procedure_id
    others = select(Service).where(col(Service.authority_id) == key, col(Service.slug) != "etat-civil")
    with case.world.database.writing(scope=key) as session:
        row = session.get(InstalledProcedure, procedure_id)
        elsewhere = session.execute(others).scalars().first()
        assert row is not None
        assert elsewhere is not None
        row.functions = {"supervisor": [elsewhere.slug]}
        session.add(row)
        mailbox = elsewhere.email
    before = len(case.world.mailbox.messages)
    await case.does("tell")
    await case.world.deliver()
    sent = [each for message in case.world.mailbox.messages[before:] for each in message.recipients]
    assert mailbox in sent
    assert "omar.fictif@tilleul.example" not in sent
    assert f"/agents/demandes/{case.reference}" in case.world.mail(mailbox).text


async def test_notes_and_tasks_are_for_agents(case: Case) -> None:
    await case.does("write")
    entry = case.all(ThreadEntry)[-1]
    assert (entry.kind, entry.author_kind) == ("note", "system")
    (task,) = case.all(Task)
    assert (task.kind, task.title, task.due_on) == (
        "workflow",
        "Commander la latte",
        clock.day_in(case.world.authority().zone, clock.now()) + timedelta(days=10),
    )
    assert "Voir le menuisier" not in (await case.citizen.get(case.page)).text


async def test_a_demande_is_assigned_to_who_acts_to_nobody_or_to_the_least_busy(case: Case) -> None:
    me = case.world.agent().id
    await case.does("take")
    assert case.row().case_agent_id == me
    await case.does("leave")
    assert case.row().case_agent_id is None
    answers = {"subject": "Un autre banc", "who": "person", "person": WHOLE_PERSON}
    other = Case(
        case.world,
        await case.citizen.file_answers(answers, procedure=invented.SLUG),
        case.citizen,
        case.agent,
    )
    await other.does("take")
    await case.does("share")
    assert case.row().case_agent_id not in (None, me)


async def test_variables_and_labels_are_read_by_guards(case: Case) -> None:
    await case.does("rush", code=409)
    await case.does("hurry")
    assert case.row().labels == ["urgent"]
    await case.does("rush")
    await case.does("calm")
    assert case.row().labels == []
    await case.does("rush", code=409)
    for rounds in (1, 2):
        await case.does("count")
        assert (case.row().variables, case.row().state) == ({"rounds": rounds}, "received")
    await case.does("count")
    assert (case.row().variables, case.row().state) == ({"rounds": 3}, "late")
    assert [(each.data.get("event"), each.state) for each in case.all(Event)][-2:] == [
        ("count", "received"),
        ("count", "late"),
    ]


async def test_a_linked_procedure_is_offered_once(case: Case) -> None:
    await case.does("offer")
    await case.does("offer")
    with case.world.database.reading(scope=case.world.authority().id) as session:
        (link,) = session.execute(select(SubmissionLink)).scalars()
    assert (link.kind, link.to_id, link.other_reference) == ("linked", None, "acte-de-naissance")


async def test_destruction_is_proposed_and_nothing_is_destroyed(case: Case) -> None:
    await case.does("destroy")
    row = case.row()
    assert row.destruction_proposed_on == clock.day_in(case.world.authority().zone, clock.now())
    assert row.answers


async def test_a_link_shows_as_long_as_the_state_that_led_to_it(case: Case) -> None:
    await case.does("pay")
    assert case.row().redirect == {"url": "https://paiement.example/banc", "label": "Payer la latte"}
    await case.does("back")
    assert case.row().redirect is None


async def test_delays_count_anew_when_their_state_is_entered_again_and_clocks_go_on(case: Case) -> None:
    await case.does("pay")
    states = {each.event: each.state for each in case.all(Timer)}
    assert states == {"after.patience": "stopped", "clock.answer": "running", "warning.answer": "running"}
    await case.does("back")
    running = [(each.event, each.started_at_revision) for each in case.all(Timer) if each.state == "running"]
    assert sorted(running) == [("after.patience", 3), ("clock.answer", 1), ("warning.answer", 1)]
    await case.does("close")
    assert {each.state for each in case.all(Timer)} == {"stopped"}


async def test_an_agents_form_is_judged_kept_shown_and_read_by_guards(case: Case) -> None:
    shown = await case.agent.get(f"{case.path}/suites/visit")
    assert "Le banc est-il conforme" in shown.text
    assert "Quels défauts" not in shown.text
    empty = await case.does("visit", code=422)
    assert "compliant" in empty.text
    redrawn = await case.does("visit", code=200, then="redraw", compliant="false", _asked="compliant")
    assert "Quels défauts" in redrawn.text
    answers = {"compliant": "false", "defects": "Une <b>latte</b>", "_asked": ["compliant", "defects"]}
    too_long = await case.does("visit", code=422, **{**answers, "defects": "é" * 301})
    assert "é" * 301 in too_long.text
    await case.does("visit", **answers)
    assert case.row().state == "visited"
    page = (await case.agent.get(case.path)).text
    assert "Une &lt;b&gt;latte&lt;/b&gt;" in page
    assert "Une &lt;b&gt;latte" not in (await case.citizen.get(case.page)).text
    await case.does("back")
    await case.does("visit", compliant="true", _asked=["compliant"])
    assert case.row().state == "sound"
    assert [each.answers for each in case.all(AgentAnswers)] == [
        {"compliant": False, "defects": "Une <b>latte</b>"},
        {"compliant": True},
    ]
    stale = await case.agent.post(
        f"{case.path}/suites/visit", {"revision": "1", "compliant": "true", "_asked": ["compliant"]}
    )
    assert stale.status_code == 409


async def test_the_citizen_edits_the_opened_pages_and_agents_see_before_and_after(case: Case) -> None:
    refused = await case.citizen.get(f"{case.page}/modification")
    assert refused.status_code == 409
    await case.does("reopen")
    assert "Modifier ces réponses" in (await case.citizen.get(case.page)).text
    form = await case.citizen.get(f"{case.page}/modification")
    assert "Le banc du square a perdu une latte" in form.text
    assert "Votre nom" not in form.text
    posted = {"revision": str(case.row().revision), "_asked": ["subject", "who"], "who": "person", "subject": ""}
    wrong = await case.citizen.post(f"{case.page}/modification", posted)
    assert wrong.status_code == 422
    same = await case.citizen.post(
        f"{case.page}/modification", {**posted, "subject": "Le banc du square a perdu une latte"}
    )
    assert "Vous n’avez rien modifié" in same.text
    elsewhere = await case.citizen.post(f"{case.page}/modification", {**posted, "who": "company", "subject": "Un banc"})
    assert elsewhere.status_code == 200 or "pas ouvertes" in elsewhere.text
    edited = {**posted, "subject": "Deux <b>bancs</b>"}
    check = await case.citizen.post(f"{case.page}/modification", edited)
    assert check.status_code == 200
    assert "Deux &lt;b&gt;bancs&lt;/b&gt;" in check.text
    assert case.row().edited is None
    again = await case.citizen.post(f"{case.page}/modification", {**edited, "then": "change"})
    assert 'value="Deux &lt;b&gt;bancs&lt;/b&gt;"' in again.text
    done = await case.citizen.post(f"{case.page}/modification", {**edited, "then": "confirm"})
    assert done.headers["location"].endswith("?fait=modification")
    row = case.row()
    assert (row.answers["subject"], row.edited["subject"]) == (  # type: ignore[index]
        "Le banc du square a perdu une latte",
        "Deux <b>bancs</b>",
    )
    assert row.editable is None
    (kept,) = case.all(SubmissionRevision)
    assert (kept.reason, kept.number, kept.before, kept.after) == (
        "edit",
        row.revision,
        {"subject": "Le banc du square a perdu une latte"},
        {"subject": "Deux <b>bancs</b>"},
    )
    assert case.all(Event)[-1].kind == "answers:edited"
    assert case.all(ThreadEntry)[-1].text == "Voir le menuisier."
    page = (await case.agent.get(case.path)).text
    assert "Modifié par l’usager" in page
    assert "Deux &lt;b&gt;bancs&lt;/b&gt;" in page
    assert (await case.citizen.get(f"{case.page}/modification")).status_code == 409


async def test_a_linked_demande_knows_the_one_it_comes_from(case: Case) -> None:
    await case.does("offer")
    page = (await case.citizen.get(case.page)).text
    assert "Faire la démarche" in page
    action = re.search(r'action="([^"]+/suites/\d+)"', page)
    assert action is not None
    stranger = await case.world.browser().post(action[1])
    assert stranger.status_code == 404
    begun = await case.citizen.post(action[1])
    draft = re.search(r"/brouillons/([^/]+)/", begun.headers["location"])
    assert draft is not None
    with case.world.database.writing(scope=case.world.authority().id) as session:
        row = session.execute(select(Draft).where(col(Draft.public_id) == draft[1])).scalar_one()
        row.answers = demandes.answers_with("camille@exemple.example")
        session.add(row)
    case.world.age_drafts()
    sent = await case.citizen.post(f"/tilleul/brouillons/{draft[1]}/envoi", {"site_web": ""})
    assert sent.headers["location"].endswith("/confirmation")
    with case.world.database.reading(scope=case.world.authority().id) as session:
        (link,) = session.execute(select(SubmissionLink)).scalars()
        made = session.get_one(Submission, link.to_id).reference
    assert link.from_id == case.row().id
    assert made in (await case.agent.get(case.path)).text
    assert made in (await case.citizen.get(case.page)).text
    assert case.reference in (await case.agent.get(f"/tilleul/agents/demandes/{made}")).text
    assert (await case.citizen.post(action[1])).status_code == 404


async def test_a_task_of_the_workflow_is_closed_by_an_agent(case: Case) -> None:
    await case.does("write")
    (task,) = case.all(Task)
    path = f"{case.path}/taches/{task.id}"
    assert path in (await case.agent.get(case.path)).text
    assert (await case.agent.post(f"{case.path}/taches/{task.id + 1}")).status_code == 404
    assert (await case.agent.post(path)).status_code == 303
    (task,) = case.all(Task)
    assert (task.closed_at is not None, task.closed_by_id) == (True, case.world.agent().id)
    assert path not in (await case.agent.get(case.path)).text
