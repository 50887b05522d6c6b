"""What the agents' inbox marks: a citizen's message that nobody has seen to, a task, the first date of a demande."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from grc import clock, resources
from grc.submissions.exchange_models import Timer
from grc.submissions.inboxes import InboxRow
from grc.submissions.models import Task
from grc.web.agents.inbox import first_due
from tests.integration.web.test_exchange import CITIZEN, both, ours, said, theirs
from tests.support import demandes, filling
from tests.support.world import Browser, World

pytestmark = pytest.mark.anyio
INBOX = "/tilleul/agents"
AWAITING = f"{INBOX}?vue=messages-et-taches"
WORD = {"text": "Puis-je venir samedi ?"}
MARK = "Un message à lire"


async def waiting(agent: Browser) -> tuple[int, bool]:
    """How many demandes the tab of messages and tasks counts; whether its list says that there is a message."""
    page = said((await agent.get(AWAITING)).text)
    counted = re.search(r"Messages et tâches (\d+) demande", page)
    assert counted is not None
    return int(counted[1]), MARK in page


@pytest.mark.parametrize(
    ("act", "posted"),
    [
        ("/messages", {"text": "Oui."}),
        ("/notes", {"text": "Il viendra samedi."}),
        ("/messages/lecture", {}),
        ("/prise-en-charge", {"revision": "2"}),
    ],
)
async def test_a_message_is_marked_until_an_agent_does_something(
    world: World, act: str, posted: dict[str, str]
) -> None:
    demande, citizen, agent = await both(world)
    assert await waiting(agent) == (0, False)
    assert MARK not in (await agent.get(INBOX)).text
    await citizen.post(theirs(demande, "/messages"), WORD)
    assert await waiting(agent) == (1, True)
    assert MARK in (await agent.get(INBOX)).text
    assert "L’usager a écrit" in (await agent.get(ours(demande))).text
    if act == "/prise-en-charge":  # what was read with the page is no surprise
        posted = {"revision": re.findall(r'name="revision" value="(\d+)"', (await agent.get(ours(demande))).text)[0]}
    await agent.post(ours(demande, act), posted)
    assert await waiting(agent) == (0, False)
    assert "L’usager a écrit" not in (await agent.get(ours(demande))).text
    await citizen.post(theirs(demande, "/messages"), {"text": "Encore un mot."})
    assert await waiting(agent) == (1, True)


async def test_reading_is_noted_once_and_no_citizen_sees_it(world: World) -> None:
    demande, citizen, agent = await both(world)
    await citizen.post(theirs(demande, "/messages"), WORD)
    for _ in range(2):
        answer = await agent.post(ours(demande, "/messages/lecture"), {})
        assert answer.headers["location"].endswith("?fait=message-lu")
    told = "Messages de l’usager lus"
    assert said((await agent.get(ours(demande))).text).count(told) == 1
    assert told not in (await citizen.get(theirs(demande))).text


async def test_a_task_waits_there_also_on_a_demande_that_is_decided(world: World) -> None:
    demande, _citizen, agent = await both(world)
    now = clock.now()
    with world.database.writing(scope=world.authority().id) as session:
        session.add(Task(authority_id=world.authority().id, submission_id=demande.id, kind="workflow", opened_at=now))
    page = said((await agent.get(AWAITING)).text)
    assert "Messages et tâches 1 demande" in page
    assert "Une tâche à faire" in page


async def test_the_day_of_a_running_clock_is_the_date_of_the_inbox(world: World) -> None:
    demande, _citizen, agent = await both(world)
    now, authority = clock.now(), world.authority()
    last = clock.day_in(authority.zone, now) + timedelta(days=3)
    over = datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC)
    with world.database.writing(scope=authority.id) as session:
        for event, state in (("clock.answer", "running"), ("after.wait", "running"), ("clock.old", "stopped")):
            due = over if event == "clock.answer" else now
            timer = Timer(
                authority_id=authority.id,
                submission_id=demande.id,
                event=event,
                started_at=now,
                started_at_revision=1,
                due_at=due,
                state=state,
            )
            session.add(timer)
    page = said((await agent.get(INBOX)).text)
    assert "Dans trois jours" in page
    assert f"{last:%d/%m/%Y}" in page


@pytest.mark.parametrize(
    ("silence", "clock_over", "level", "text"),
    [
        (None, datetime(2026, 3, 16, 23, tzinfo=UTC), "soon", "Aujourd’hui"),
        (None, datetime(2026, 3, 14, 23, tzinfo=UTC), "late", "En retard de 2\u00a0j"),
        (date(2026, 3, 20), datetime(2026, 3, 18, 23, tzinfo=UTC), "soon", "Dans deux\u00a0jours"),
        (date(2026, 3, 17), datetime(2026, 3, 18, 23, tzinfo=UTC), "soon", "Dans un\u00a0jour"),
        (date(2026, 3, 1), datetime(2026, 3, 14, 23, tzinfo=UTC), "late", "En retard de 15\u00a0j"),
    ],
)
async def test_the_first_date_wins(silence: date | None, clock_over: datetime, level: str, text: str) -> None:
    row = InboxRow(
        id=1,
        reference="2026-114-870-233",
        procedure_slug="dict",
        version_id=1,
        applicant_name="Alix Modèle",
        state="received",
        phase="received",
        received_at=datetime(2026, 3, 1, tzinfo=UTC),
        silence_on=silence,
        silence_rule="rejection",
        implied_on=None,
        case_agent="",
        has_task=False,
        has_message=False,
        clock_at=clock_over,
        is_report=False,
        channel="online",
        helper=None,
    )
    found = first_due(row, date(2026, 3, 16), "Europe/Paris")
    assert found is not None
    assert (found.level, found.text) == (level, text)


async def test_the_page_of_a_declaration_of_works_says_which_clock_runs(world: World) -> None:
    example = next(one for one in filling.examples(clock.day_in("Europe/Paris", clock.now())) if one.slug == "dict")
    now = clock.now()
    draft = demandes.begun(world.database, example.answers, procedure="dict", at=now)
    demande = demandes.sent(world.database, draft, email=CITIZEN, now=now)
    agent = world.browser()
    await agent.sign_in_agent()
    page = said((await agent.get(ours(demande))).text)
    labels = "|".join(re.escape(one.label) for one in filling.procedures()["dict"].workflow.clocks.values())
    assert re.search(rf"({labels}) Dans \S+ jours", page), page


async def test_documents_are_not_asked_for_where_the_procedure_knows_of_none(world: World) -> None:
    citizen, agent = world.browser(), world.browser()
    folder = resources.folder("form_catalogue") / "acte-de-deces" / "examples"
    asked = json.loads((folder / "passes-full-copy.json").read_text("utf-8"))["answers"]
    without, having = await citizen.file_answers(asked, procedure="acte-de-deces"), await citizen.file()
    await agent.sign_in_agent()
    shown = []
    for reference in (without, having):
        await agent.post(f"/tilleul/agents/demandes/{reference}/prise-en-charge", {"revision": "1"})
        shown.append("Demander des pièces" in (await agent.get(f"/tilleul/agents/demandes/{reference}")).text)
    assert shown == [False, True]
