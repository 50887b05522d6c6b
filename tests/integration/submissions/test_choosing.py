"""An appointment with an elected member, both ways: taken as it is filed, or proposed; the citizen's own buttons."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock, resources
from grc.bookings.models import Booking
from grc.lists.models import ReferenceItem
from grc.receipts import wording
from grc.submissions import choosing, firing
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Notice, Task
from tests.support import cases
from tests.support.circuits import Case
from tests.support.world import World, a_world, seeded

pytestmark = pytest.mark.anyio
SLUG = "rendez-vous-elu"
HOME = "/tilleul/demarches/rendez-vous-elu"
TO = "camille@exemple.example"
CALL = "Le rendez-vous proposé est dans deux jours, sans accord : appeler l’usager"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """On SQLite: nothing here is written otherwise on PostgreSQL."""
    async with a_world(seeded(tmp_path), tmp_path) as opened:
        yield opened


def example(name: str) -> dict[str, Any]:
    path = resources.folder("form_catalogue") / SLUG / "examples" / f"{name}.json"
    answers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["answers"]
    return answers


async def filed(world: World, answers: dict[str, Any]) -> Case:
    citizen, agent = world.browser(), world.browser()
    reference = await citizen.file_answers(answers, procedure=SLUG)
    await agent.sign_in_agent()
    return Case(world, reference, citizen, agent)


def slot(world: World) -> ReferenceItem:
    """The first half hour that the demonstration opens."""
    with world.database.reading(scope=world.authority().id) as session:
        of_slots = select(ReferenceItem).where(col(ReferenceItem.source) == "slots")
        found: ReferenceItem = session.execute(of_slots.order_by(col(ReferenceItem.position))).scalars().first()  # type: ignore[assignment]
        session.expunge(found)
        return found


def taken(world: World) -> list[int]:
    with world.database.reading(scope=world.authority().id) as session:
        return list(session.execute(select(col(Booking.submission_id))).scalars())


def fire(case: Case, as_of: datetime) -> int:
    authority = case.world.authority()
    with case.world.database.writing(scope=authority.id) as session:
        return firing.fire_due(session, authority, as_of=as_of)


def running(case: Case) -> list[Timer]:
    found = [each for each in case.all(Timer) if each.state == "running"]
    return sorted(found, key=lambda each: each.due_at)


async def chosen(case: Case, event: str, code: int = 303, **fields: Any) -> Any:
    posted = {"event": event, "revision": str(case.row().revision), **fields}
    answer = await case.citizen.post(f"{case.page}/choix", posted)
    assert answer.status_code == code, answer.text
    return answer


def buttons(page: str) -> list[str]:
    """The events that a press takes at once, and those that a page asks about first, with « ? »."""
    found = re.findall(r'name="event" value="(\w+)"|/choix/(\w+)"', page)
    return [at_once or f"{asked}?" for at_once, asked in found]


async def is_offered(world: World, item: ReferenceItem) -> bool:
    """Whether a new demande may still choose it."""
    browser = world.browser()
    begun = await browser.begin(procedure=SLUG)
    pages = f"/tilleul/brouillons/{begun}"
    await browser.post(f"{pages}/sujet", {"subject": "other", "message": "Un essai", "then": "continue"})
    page = await browser.post(f"{pages}/moment", {"way": "slot", "then": "continue"})
    assert page.status_code == 422
    return f'value="{item.slug}"' in page.text


async def test_a_slot_is_taken_told_reminded_of_and_given_back_by_one_button(world: World) -> None:
    item = slot(world)
    answers = {**example("passes-at-an-open-session"), "slot": {"id": item.slug, "label": item.label}}
    case = await filed(world, answers)
    assert (case.row().state, taken(world)) == ("confirmed", [case.row().id])
    assert not await is_offered(world, item)
    await world.deliver()
    day, told = wording.long_date(date.fromisoformat(item.attributes["day"])), world.mail(TO, "rendez-vous fixé").text
    for words in (day, "de 14\u00a0h\u00a030", "avec Mme Modèle, maire"):
        assert words in told, told
    page = (await case.citizen.get(case.page)).text
    assert day in page
    assert "Rendez-vous passé" in page, "the last step to come"
    assert buttons(page) == ["ask_other?", "cancel?"]

    two_days, two_hours, now = (each.due_at for each in running(case))
    assert (now - two_hours, two_days.hour) == (timedelta(hours=2), now.hour)
    assert fire(case, two_days) == 1
    posted = (await case.agent.get(case.path)).text
    assert "Rappel du rendez-vous" in posted
    assert case.all(Task) == []

    await chosen(case, "agree", 409)  # of another state
    await chosen(case, "withdraw", 404)  # it has its own page
    await chosen(case, "cancel", 409, revision="1")
    question = await case.citizen.get(f"{case.page}/choix/cancel")
    assert re.search(r"<h1[^>]*>Annuler ce rendez-vous.\?</h1>", question.text)
    assert buttons(question.text) == ["cancel"]
    assert f'name="revision" value="{case.row().revision}"' in question.text
    assert taken(world) == [case.row().id], "nothing is done before the answer"
    for event, code in (("agree", 409), ("withdraw", 409)):
        assert (await case.citizen.get(f"{case.page}/choix/{event}")).status_code == code
    await chosen(case, "cancel")
    assert (case.row().state, running(case), taken(world)) == ("cancelled", [], [])
    assert buttons((await case.citizen.get(case.page)).text) == []
    assert await is_offered(world, item)
    stranger = await world.browser().post(f"{case.page}/choix", {"event": "cancel", "revision": "9"})
    assert stranger.status_code == 404


async def test_another_moment_is_proposed_accepted_kept_and_followed(world: World) -> None:
    today = clock.day_in("Europe/Paris", clock.now())
    answers = example("passes-another-moment")
    answers["times"] = ["0", "1"]
    for row in answers["times"]:
        days = timedelta(days=20 + int(row))
        answers |= {f"times.{row}.day": (today + days).isoformat(), f"times.{row}.part": "morning"}
    case = await filed(world, answers)
    assert (case.row().state, taken(world), running(case)) == ("requested", [], [])
    taken_in_charge = await case.agent.post(f"{case.path}/prise-en-charge", {"revision": str(case.row().revision)})
    assert taken_in_charge.status_code == 303
    day = today + timedelta(days=20)
    of_day = {"day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year)}
    proposal = {**of_day, "start": "14 h", "end": "14 h 30", "place": "mairie, bureau 12", "agreed": "false"}
    await case.does("propose", **proposal)
    assert (case.row().state, len(running(case))) == ("proposed", 3)
    page = (await case.citizen.get(case.page)).text
    assert wording.long_date(day) in page
    assert buttons(page) == ["agree", "ask_other", "cancel?"]

    assert fire(case, running(case)[0].due_at) == 1  # nobody is reminded of what is not accepted: agents call
    assert [each.title for each in case.all(Task)] == [CALL]
    await chosen(case, "agree")
    assert case.row().state == "confirmed"
    await case.does("propose", **{**proposal, "start": "16 h", "end": "", "agreed": "true"})
    assert (case.row().state, len(running(case))) == ("confirmed", 3)
    assert fire(case, running(case)[1].due_at) == 2
    reminded = [each for each in case.all(Notice) if each.name.startswith("reminder:")]
    assert len(reminded) == 1, "a sweep that was away reminds once"
    assert fire(case, running(case)[-1].due_at) == 1
    assert case.row().state == "held"
    assert case.all(Task)[-1].title == "Noter ce qu’a donné le rendez-vous"
    await case.does("done", summary="Deux offres à envoyer", promised="Le service logement écrit avant mars")
    assert case.row().state == "following_up"
    await case.does("finish", text="Les deux offres sont parties.")
    assert (case.row().state, case.row().phase) == ("done", "closed")


async def test_what_silence_decided_stands_before_the_press(world: World) -> None:
    workflow = json.loads((resources.folder("form_catalogue") / "workflows" / "standard.json").read_text("utf-8"))
    first = workflow["states"][workflow["initial"]]
    first["on"]["think"] = {"meta": {"label": "Y penser", "by": ["citizen"]}}
    cases.offered(world.database, "rejection", workflow=workflow)
    filed_at = cases.local(date(2025, 6, 30), hour=12)
    demande = cases.filed(world.database, at=filed_at)
    late = {"revision": 1, "by": demande.draft.visitor, "now": filed_at + timedelta(days=90)}
    with world.database.writing(scope=world.authority().id) as session:
        choosing.choose(session, world.authority(), demande.reference, "think", **late)
    row = cases.submission(world.database, demande)
    assert (row.implied_on, row.revision) == (date(2025, 8, 30), 3)
