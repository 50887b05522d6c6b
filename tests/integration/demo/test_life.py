"""The demonstration's past: every procedure in every state, made by the commands, and nothing in it that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.attachments.local import LocalStorage
from grc.catalogue import queries as catalogue
from grc.demo import life, lists, people, staff
from grc.demo.life import Past
from grc.journal import verifying
from grc.outbox.models import OutboxEntry
from grc.sessions import commands as sessions
from grc.submissions import phases, replay
from grc.submissions.models import Draft, Event, Submission, Task
from grc.workflow.definition import ALWAYS
from tests.support.accounts import COOKIE
from tests.support.world import ISSUER, World, a_world, seeded

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 12, 2, 10, 20, tzinfo=UTC)
"""A Wednesday: what is reached must not hang on the day of the week on which the test runs."""
NOT_LED_TO: Mapping[str, set[str]] = {
    "acte-de-deces": {"waiting_for_documents"},
    "bac-de-collecte": {"waiting_for_documents"},
    "recours-gracieux": {"waiting_for_documents"},
    "urbanisme": {"registered"},
}
"""No piece can be asked for where a form asks for none; a permit is registered here by a parameter of the commune."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("life")
    async with a_world(seeded(folder), folder) as world:
        with world.database.writing(scope=world.authority().id) as session:
            lists.furnish(session, world.authority().id, "tilleul", now=NOW)
        storage = LocalStorage(world.settings.storage)
        past = Past(storage, world.settings.base_url, ISSUER, NOW, world.mailbox, communes=("tilleul",))
        assert life.live(world.database, past) > 200
        assert life.live(world.database, past) == 0, "twice"
        yield world


def rows_of(world: World) -> list[Submission]:
    with world.database.reading(scope=world.authority().id) as session:
        mine = col(Submission.authority_id) == world.authority().id
        return list(session.execute(select(Submission).where(mine).order_by(col(Submission.id))).scalars())


async def test_every_state_of_every_procedure_has_its_demande(lived: World) -> None:
    key, rows = lived.authority().id, rows_of(lived)
    with lived.database.reading(scope=key) as session:
        published = catalogue.all_published(session, key)
    for offered in published:
        workflow, there = (
            offered.procedure.workflow,
            {row.state for row in rows if row.procedure_id == offered.procedure_id},
        )
        passed = {
            each.id for each in workflow.states.values() if any(one.event == ALWAYS for one in each.transitions)
        } - there  # left at once by itself, whatever the answers, or by the guards of what was answered
        missing = set(workflow.states) - there - passed
        assert missing == NOT_LED_TO.get(offered.procedure.slug, set()), offered.procedure.slug


async def test_they_are_of_every_kind(lived: World) -> None:
    rows, now = rows_of(lived), NOW
    today = clock.day_in("Europe/Paris", now)
    assert {row.channel for row in rows} == {"online", "desk", "telephone", "paper"}
    assert {row.phase for row in rows} == {*phases.OPEN, *phases.ENDED}
    assert any(row.is_report for row in rows) and any(row.on_paper for row in rows)
    assert any(row.implied_on for row in rows), "decided by silence"
    near = [row.silence_on for row in rows if row.phase in phases.OPEN and row.silence_on and not row.implied_on]
    assert any(day - today <= timedelta(days=7) for day in near)
    assert all(day >= today for day in near), "the sweeps passed"
    assert len({row.case_agent_id for row in rows}) >= 4
    assert any(now - row.recorded_at < timedelta(hours=8) for row in rows)
    assert min(row.recorded_at for row in rows) < now - timedelta(days=90)
    assert all(row.recorded_at < now for row in rows)
    named = Counter(row.citizen_id for row in rows if row.citizen_id is not None)
    assert len(named) == sum(each.slug == "tilleul" for each in people.regulars())
    assert min(named.values()) >= 3, "what is lent may be refused to one of them"


async def test_nothing_in_it_is_wrong(lived: World) -> None:
    key = lived.authority().id
    with lived.database.reading(scope=key) as session:
        assert [fault for _, faults in replay.verified(session, key) for fault in faults] == []
        assert verifying.verify(session, key, as_of=clock.now()).faults == []
        ended = set(session.execute(select(col(Submission.id)).where(col(Submission.phase) == "closed")).scalars())
        open_tasks = select(Task).where(col(Task.closed_at).is_(None))
        late = [task for task in session.execute(open_tasks).scalars() if task.kind in ("receipt_late", "deadline")]
        assert [task.kind for task in late if task.kind == "receipt_late" or task.submission_id in ended] == []
        assert set(session.execute(select(col(OutboxEntry.state)).distinct()).scalars()) <= {
            "sent",
            "dropped",
            "printed",
            "posted",
            "awaited",
        }
        assert session.execute(select(col(Draft.id)).where(col(Draft.submission_id).is_(None))).first()
        happened: dict[int, list[Event]] = {}
        for event in session.execute(select(Event).order_by(col(Event.id))).scalars():
            happened.setdefault(event.submission_id, []).append(event)
    for events in happened.values():
        assert all(one.at <= next_one.at for one, next_one in pairwise(events)), events[0].submission_id


async def test_its_pages_are_there(lived: World) -> None:
    rows, authority = rows_of(lived), lived.authority()
    desk, citizen = lived.browser(), lived.browser(address="::7")
    assert (await desk.sign_in_agent("omar.fictif@tilleul.example")).status_code == 303
    for view in ("a-traiter", "messages-et-taches", "en-attente", "a-suivre", "closes"):
        page = await desk.get(f"/tilleul/agents?vue={view}")
        assert page.status_code == 200, view
        assert "/tilleul/agents/demandes/" in page.text, view
    with lived.database.writing(scope=authority.id) as session:
        keys = tuple(row.id or 0 for row in rows)
        held = sessions.open_session(
            session, authority_id=authority.id, public="citizen", now=clock.now(), granted=keys
        )
    citizen.client.cookies.set(COOKIE, held.token, domain="127.0.0.1", path="/")
    for row in {(row.procedure_id, row.state): row for row in rows}.values():
        page = await citizen.get(f"/tilleul/demandes/{row.reference}")
        assert page.status_code == 200 and row.reference in page.text, row.reference


def test_who_can_sign_in_is_said() -> None:
    told = [email for _, email, _ in staff.everyone()]
    assert len(told) == len(set(told)) and "karim.temoin@tilleul.example" in told
