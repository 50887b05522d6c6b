"""An appointment from its proposal to its end: told, moved, reminded of once, shown with its calendar file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from grc import clock
from grc.outbox.models import OutboxEntry
from grc.receipts import wording
from grc.submissions import firing
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Event, Submission, Task
from tests.support import appointed, invented
from tests.support.appointed import typed
from tests.support.circuits import Case
from tests.support.invented import WHOLE_PERSON
from tests.support.world import a_world, seeded

pytestmark = pytest.mark.anyio
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[Case]:
    """A demande of the invented workflow. On SQLite: nothing here is written otherwise on PostgreSQL."""
    async with a_world(seeded(tmp_path), tmp_path) as world:
        invented.published(world.database, workflow=appointed.WORKFLOW)
        citizen, agent = world.browser(), world.browser()
        answers = {"subject": "Le banc", "who": "person", "person": WHOLE_PERSON}
        reference = await citizen.file_answers(answers, procedure=invented.SLUG)
        await agent.sign_in_agent()
        yield Case(world, reference, citizen, agent)


def fire(case: Case, as_of: datetime) -> int:
    authority = case.world.authority()
    with case.world.database.writing(scope=authority.id) as session:
        return firing.fire_due(session, authority, as_of=as_of)


def running(case: Case) -> list[datetime]:
    return [each.due_at for each in case.all(Timer) if each.state == "running"]


def lines(file: Any) -> dict[str, str]:
    text = file.content.decode().replace("\r\n ", "")
    return dict(line.split(":", 1) for line in text.split("\r\n") if line)


def two_days_before(day: date, hour: int, minute: int = 0) -> datetime:
    before = day - timedelta(days=2)
    return datetime(before.year, before.month, before.day, hour, minute, tzinfo=PARIS)


async def mails(case: Case) -> list[str]:
    """The subjects of what the citizen got; what a later day posted leaves now."""
    with case.world.database.writing(scope=case.world.authority().id) as session:
        session.execute(update(OutboxEntry).values(due_at=clock.now()))
    await case.world.deliver()
    return sorted(one.subject for one in case.world.mailbox.to("camille@exemple.example"))


async def test_an_appointment_is_told_moved_reminded_of_once_and_called_off(case: Case) -> None:
    day = clock.day_in("Europe/Paris", clock.now()) + timedelta(days=20)
    later = day + timedelta(days=10)
    assert (await case.citizen.get(f"{case.page}/rendez-vous.ics")).status_code == 404
    assert "Votre rendez-vous" not in (await case.citizen.get(case.page)).text

    await case.does("propose", **typed(day, "14h30", "15h"))
    assert running(case) == [two_days_before(day, 14, 30)]
    told = case.world.mail("camille@exemple.example", "rendez-vous fixé") if await mails(case) else None
    assert told is not None
    for words in (wording.long_date(day), "de 14 h 30 à 15 h 00", "Mairie, salle du conseil"):
        assert words in told.text.replace("\u00a0", " ") or words in told.text, told.text
    for reader, path in ((case.citizen, case.page), (case.agent, case.path)):
        shown = (await reader.get(path)).text
        assert wording.long_date(day) in shown
        assert f'href="{path}/rendez-vous.ics"' in shown
    first = await case.citizen.get(f"{case.page}/rendez-vous.ics")
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert first.headers["content-disposition"].startswith("attachment")
    assert (await case.agent.get(f"{case.path}/rendez-vous.ics")).content == first.content
    assert (await case.world.browser().get(f"{case.page}/rendez-vous.ics")).status_code == 404

    await case.does("move", **typed(later, "9h", place=""))  # not what started the clock: it follows all the same
    assert running(case) == [two_days_before(later, 9)]
    second = lines(await case.citizen.get(f"{case.page}/rendez-vous.ics"))
    assert second["UID"] == lines(first)["UID"]
    assert int(second["SEQUENCE"]) > int(lines(first)["SEQUENCE"])
    assert ("DTEND" in lines(first), "DTEND" in second, "LOCATION" in second) == (True, False, False)

    sent = len(await mails(case))
    assert fire(case, two_days_before(later, 9) - timedelta(seconds=1)) == 0
    assert fire(case, two_days_before(later, 9)) == 1
    assert fire(case, two_days_before(later, 9)) == 0
    assert len(await mails(case)) == sent + 1
    reminder = case.world.mail("camille@exemple.example", "rappel")
    assert reminder.subject.endswith(f"rappel, rendez-vous le {wording.long_date(later)} à 9\u00a0h\u00a000")
    assert (case.row().state, case.all(Task)) == ("fixed", [])
    assert case.all(Event)[-1].data["event"] == "clock.reminder"
    assert "Rappel du rendez-vous" in (await case.agent.get(case.path)).text

    await case.does("propose", **typed(day, "10h"))
    assert running(case) == [two_days_before(day, 10)]
    await case.does("call_off")
    assert running(case) == []
    assert fire(case, two_days_before(later, 9)) == 0
    assert (await case.citizen.get(f"{case.page}/rendez-vous.ics")).status_code == 404
    assert "rendez-vous.ics" not in (await case.citizen.get(case.page)).text


def to_call(case: Case) -> list[str]:
    """What agents are to tell by telephone, still."""
    return [each.title.split("\u00a0: ", 1)[1] for each in case.all(Task) if each.closed_at is None]


async def test_who_has_no_address_is_called(case: Case) -> None:
    with case.world.database.writing(scope=case.world.authority().id) as session:
        session.execute(update(Submission).values(contact_email=""))
    day = clock.day_in("Europe/Paris", clock.now()) + timedelta(days=20)
    later = day + timedelta(days=10)
    first, second = wording.long_date(day), wording.long_date(later)
    await case.does("propose", **typed(day, "14h30", "15h"))
    (told,) = to_call(case)
    assert told.endswith(f", {first} de 14\u00a0h\u00a030 à 15\u00a0h\u00a000"), told
    await case.does("move", **typed(later, "9h", place=""))
    (told,) = to_call(case)
    assert told.endswith(f", {second} à 9\u00a0h\u00a000"), told
    assert fire(case, two_days_before(later, 9)) == 1
    assert to_call(case) == [f"rappeler le rendez-vous du {second} à 9\u00a0h\u00a000"]
    await case.does("call_off")
    (told,) = to_call(case)
    assert told.startswith(f"le rendez-vous du {second} à 9\u00a0h\u00a000 ne tient plus"), told
    assert await mails(case) == [each for each in await mails(case) if "rendez-vous" not in each]


async def test_nobody_is_reminded_of_what_is_too_near_or_over(case: Case) -> None:
    today = clock.day_in("Europe/Paris", clock.now())
    await case.does("propose", **typed(today + timedelta(days=1), "9h"))
    assert case.all(Timer) == []
    await case.does("propose", **typed(today + timedelta(days=20), "9h"))
    (due,) = running(case)
    sent = await mails(case)
    assert fire(case, due + timedelta(days=2)) == 1  # the sweep was away until the hour of the appointment
    assert await mails(case) == sent
    await case.does("propose", **typed(today - timedelta(days=1), "9h"))
    page = (await case.citizen.get(case.page)).text
    assert ("Cette date est passée" in page, "rendez-vous.ics" in page) == (True, False)
