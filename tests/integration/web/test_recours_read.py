"""A recours tells of the demande that it attacks: reading it is journalled as that one's is, and names it to few."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.access.actors import KeyActor
from grc.authorities.models import Agent, Grant
from grc.catalogue.models import InstalledProcedure
from grc.journal.models import JournalEntry
from grc.submissions import programs
from grc.submissions.exchange_models import SubmissionLink
from tests.support import cases, demandes, invented
from tests.support.world import World

pytestmark = pytest.mark.anyio
CLAIRE = "claire.modele@tilleul.example"


def read(world: World) -> list[str]:
    """The demandes whose reading was journalled, in order."""
    with world.database.reading(scope=world.authority().id) as session:
        lines = select(JournalEntry.subject).where(col(JournalEntry.act) == "submission:read")
        return list(session.execute(lines.order_by(col(JournalEntry.id))).scalars())


async def test_who_reads_a_recours_against_a_sensitive_decision_is_in_the_journal(world: World) -> None:
    cases.offered(world.database, "rejection")
    here, recours = world.authority().id, demandes.filed(world.database)
    attacked, claire = cases.filed(world.database, at=clock.now()), world.browser()
    with world.database.writing(scope=here) as session:
        offered = update(InstalledProcedure).where(col(InstalledProcedure.slug) == invented.SLUG)
        session.execute(offered.values(is_sensitive=True))
    await claire.sign_in_agent(CLAIRE)
    page = f"/tilleul/agents/demandes/{recours.reference}"
    assert (await claire.get(page)).status_code == 200
    assert read(world) == []

    with world.database.writing(scope=here) as session:
        ends = {"from_id": attacked.id, "to_id": recours.id}
        session.add(SubmissionLink(authority_id=here, kind="appeal", **ends, at=clock.now()))
    assert attacked.reference not in (await claire.get(page)).text
    assert read(world) == [recours.reference]
    with world.database.reading(scope=here) as session:
        assert programs.opened(session, KeyActor(here, 1), recours.reference).is_sensitive

    with world.database.writing(scope=here) as session:
        mine = select(col(Agent.id)).where(col(Agent.email) == CLAIRE)
        kept = select(col(InstalledProcedure.id)).where(col(InstalledProcedure.slug) == invented.SLUG)
        right = {"agent_id": session.execute(mine).scalar_one(), "procedure_id": session.execute(kept).scalar_one()}
        session.add(Grant(authority_id=here, role="reader", granted_at=clock.now(), **right))
    assert attacked.reference in (await claire.get(page)).text
