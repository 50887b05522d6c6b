"""What fails for one demande keeps no other waiting, and operators are told without a name."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc.attachments.local import LocalStorage
from grc.catalogue.models import ProcedureVersion
from grc.submissions.models import Decision, Submission
from grc.sweeping import Sweeper, runs
from grc.sweeping.sweeps import named
from tests.support import cases
from tests.support.world import World

pytestmark = pytest.mark.anyio
BORN_AFTER = cases.local(date(2026, 8, 31), hour=1)


async def test_a_demande_that_cannot_be_read_keeps_no_other_waiting(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    cases.offered(world.database, "rejection")
    odd, plain = (cases.filed(world.database, at=cases.local(date(2026, 6, 30), hour=hour)) for hour in (8, 12))
    elsewhere = world.authority("marronnier").id
    with world.database.reading(scope=elsewhere) as session:
        theirs = select(ProcedureVersion.id).where(col(ProcedureVersion.authority_id) == elsewhere)
        version = session.execute(theirs).scalars().first()
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(Submission).where(col(Submission.id) == odd.id).values(version_id=version))
    sweep = named("implied_decisions")
    assert sweep is not None
    sweeper = Sweeper(world.database, LocalStorage(world.settings.storage), sweeps=[sweep])
    for done in (1, 0):
        passage = await sweeper.round(BORN_AFTER)
        assert [(run.done, run.fault) for run in passage.runs if run.name == sweep.name] == [(done, "NotFound")]
    assert [one.kind for one in cases.rows(world.database, Decision, plain)] == ["implicit_rejection"]
    assert cases.rows(world.database, Decision, odd) == []
    with world.database.reading(scope=None) as session:
        whole = runs.last(session)
    assert whole is not None
    assert whole.fault == "implied_decisions"
    assert "a row of a sweep failed: NotFound" in caplog.text
