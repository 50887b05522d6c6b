"""Rights that end, at the desk, with an account, with a guest's time: nothing begun by them goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.access.actors import at_desk
from grc.access.permissions import Permission, may
from grc.authorities import absences, colleagues
from grc.authorities.absences import Away
from grc.authorities.colleagues import Facts
from grc.authorities.granting import Given
from grc.authorities.models import Absence
from grc.errors import Forbidden, Invalid, NotFound
from grc.journal.models import JournalEntry
from grc.submissions import desk, drafts, filing, queries
from grc.submissions.desk import Entry
from grc.submissions.models import Decision
from tests.integration.web.test_agent_rights import DAY, OMAR, SENSITIVE, TODAY, Town, a_town
from tests.support import invented
from tests.support.world import a_world, seeded

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for the whole module, as its world."""
    return "asyncio"


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Town]:
    """One installation on SQLite."""
    folder: Path = tmp_path_factory.mktemp("rights-ended")
    async with a_world(seeded(folder), folder) as world:
        yield a_town(world)


async def test_what_is_begun_at_the_desk_asks_the_right_at_each_page(town: Town) -> None:
    town.as_new()
    town.change(town.zoe, role="front_desk")
    entry = Entry(invented.SLUG, "desk", TODAY)
    with town.world.database.writing(scope=town.id) as session, pytest.raises(Forbidden):
        desk.begin(session, town.world.authority(), entry, by=town.actor(town.zoe), now=clock.now())
    town.grant(town.zoe, Given("handler", procedure_id=town.procedure))
    by = town.actor(town.zoe)
    with town.world.database.writing(scope=town.id) as session:
        draft = desk.begin(session, town.world.authority(), entry, by=by, now=clock.now()).public_id
        assert [one.public_id for one in desk.mine(session, by=by)] == [draft]
        assert drafts.find(session, draft, by=at_desk(by)).public_id == draft
    town.as_new()
    town.change(town.zoe, role="front_desk")
    by = town.actor(town.zoe)
    with town.world.database.writing(scope=town.id) as session:
        assert desk.mine(session, by=by) == []
        with pytest.raises(NotFound):
            drafts.find(session, draft, by=at_desk(by))
        with pytest.raises(NotFound):
            filing.submit(session, town.world.authority(), draft, client="", by=at_desk(by), now=clock.now())


async def test_a_recours_at_the_desk_names_only_what_its_agent_reaches(town: Town) -> None:
    town.as_new()
    omar, reference = town.who(OMAR), town.references[SENSITIVE]
    town.change(town.zoe, role="front_desk")
    town.grant(omar, Given("front_desk", procedure_id=town.procedure))
    mine, its, authority = town.actor(town.zoe), town.actor(omar), town.world.authority()
    silence: dict[str, Any] = {
        "kind": "implicit_rejection",
        "outcome": "refused",
        "born_on": TODAY,
        "judged_revision": 1,
    }
    with town.world.database.writing(scope=town.id) as session:
        key = queries.find(session, its, reference).id or 0
        decision = Decision(authority_id=town.id, submission_id=key, decided_at=clock.now(), **silence)
        session.add(decision)
        session.flush()
        with pytest.raises(Invalid, match="incomplète"):
            desk.attacked_by(session, authority, reference, by=mine, now=clock.now())
        assert desk.attacked_by(session, authority, reference, by=its, now=clock.now()) == decision.id
        last = session.execute(select(JournalEntry).order_by(col(JournalEntry.id).desc())).scalars().first()
        assert last is not None and (last.act, last.subject, last.actor_id) == ("submission:listed", "recours", omar)
        session.delete(decision)


async def test_a_guest_lends_nothing_and_stays_what_they_are(town: Town) -> None:
    town.as_new()
    omar = town.who(OMAR)
    town.grant(omar, Given("supervisor", procedure_id=town.procedure))
    until = clock.now() + DAY
    town.change(omar, guest_from="Syndicat d’exemple", expires_at=until, needs_second_factor=True, role="")
    try:
        guest, away = town.actor(omar), Away(TODAY, TODAY, town.zoe)
        facts = Facts(OMAR, "Omar", "Fictif", "agent", "")
        with town.world.database.writing(scope=town.id) as session:
            with pytest.raises(Forbidden):
                absences.state(session, town.id, omar, away, by=guest, today=TODAY, now=clock.now())
            with pytest.raises(NotFound):
                absences.state(session, town.id, omar, away, by=None, today=TODAY, now=clock.now())
            with pytest.raises(Invalid):
                colleagues.change(session, town.id, omar, replace(facts, role="administrator"))
            with pytest.raises(Invalid):
                colleagues.set_role(session, town.id, omar, "administrator")
            colleagues.change(session, town.id, omar, facts)
            assert colleagues.one(session, town.id, omar).needs_second_factor
        town.leave(omar, TODAY, TODAY, town.zoe)
        assert town.reached(town.zoe) == set()
        town.change(omar, role="supervisor")
        assert not may(town.actor(omar), Permission.ACCOUNT_RELINK)
        assert town.reached(town.zoe) == set()
    finally:
        town.change(omar, guest_from="", expires_at=None, needs_second_factor=False, role="supervisor")


async def test_rights_do_not_come_back_with_an_account(town: Town) -> None:
    town.as_new()
    town.grant(town.zoe, Given("handler", procedure_id=town.procedure))
    town.leave(town.zoe, TODAY - DAY, TODAY, None)
    town.leave(town.zoe, TODAY - 9 * DAY, TODAY - 8 * DAY, None)
    omar = town.who(OMAR)
    town.leave(omar, TODAY - DAY, TODAY + DAY, town.zoe)
    with town.world.database.writing(scope=town.id) as session:
        facts = replace(Facts("", "Zoé", "Essai", "cheffe", ""), email="zoe.essai@tilleul.example")
        assert colleagues.differing(session, town.id, town.zoe, facts) == ["capacity"]
        colleagues.close(session, town.id, town.zoe, by=None, now=clock.now())
        colleagues.reopen(session, town.id, town.zoe)
        over, lasting = session.execute(select(Absence).order_by(col(Absence.first_on))).scalars().all()
        assert (over.agent_id, lasting.agent_id, lasting.deputy_id) == (town.zoe, omar, None)
    assert town.reached(town.zoe) == set()
    left = town.told("absence:deputy_left")[-1]
    assert (left.subject, left.data["deputy"]) == (str(omar), town.zoe)
    taken, cancelled = (town.told(act)[-1] for act in ("right:taken_back", "absence:cancelled"))
    assert (taken.data["procedure"], taken.subject, cancelled.subject) == (town.procedure, *[str(town.zoe)] * 2)
