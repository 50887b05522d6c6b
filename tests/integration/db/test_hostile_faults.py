"""A unit that fails harms no later one: what a connection has prepared is known to be there, or prepared again."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from grc.authorities.models import Agent
from grc.submissions.models import Task
from tests.support import demandes
from tests.support.world import World

pytestmark = pytest.mark.anyio


def busy(world: World) -> None:
    """Asks the same thing often enough for the driver to prepare it by itself."""
    here = world.authority().id
    for _ in range(12):
        with world.database.reading(scope=here) as session:
            session.execute(select(Agent).where(col(Agent.authority_id) == here)).scalars().all()


async def test_a_row_that_the_database_refuses_harms_no_later_unit(world: World) -> None:
    demande = demandes.filed(world.database)
    here = world.authority().id
    for _ in range(3):
        busy(world)
        with pytest.raises(SQLAlchemyError), world.database.writing(scope=here) as session:
            session.add(Task(authority_id=here, submission_id=demande.id, kind="x", opened_at=None))
            session.flush()
        demandes.filed(world.database)
