"""A declaration of works starts the clock of its own kind, and no other (C. env. R554-22 ff)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import resources
from grc.catalogue import queries as catalogue
from grc.submissions import filing, queries, timelines, timers
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Draft, Submission
from tests.support import demandes
from tests.support.world import World

pytestmark = pytest.mark.anyio

FILED = datetime(2027, 4, 28, 9, 0, tzinfo=UTC)


@pytest.mark.law("R36")
@pytest.mark.parametrize(
    ("kind", "event", "label", "last"),
    [
        ("dict", "clock.start_answer", "Récépissé de DICT", date(2027, 5, 7)),
        ("dt", "clock.project_answer", "Récépissé de DT", date(2027, 5, 10)),
    ],
)
async def test_each_declaration_starts_its_own_clock(
    world: World, kind: str, event: str, label: str, last: date
) -> None:
    authority = world.authority()
    folder = resources.folder("form_catalogue") / "dict" / "examples"
    answers = json.loads((folder / "passes-person-joint.json").read_text("utf-8"))["answers"] | {"kind": kind}
    answers["works"] |= {"starts_on": "2027-05-20"}
    answers["owner"] = {"name": "Commune de Tilleul"}
    draft = demandes.begun(world.database, {}, at=FILED)
    with world.database.writing(scope=authority.id) as session:
        offered = catalogue.published(session, authority.id, "dict")
        values = {"procedure_id": offered.procedure_id, "version_id": offered.version_id, "answers": answers}
        session.execute(update(Draft).where(col(Draft.public_id) == draft.public_id).values(**values))
    with world.database.writing(scope=authority.id) as session:
        done = filing.submit(session, authority, draft.public_id, client="127.0.0.1", by=draft.visitor, now=FILED)
        assert done.submission_id is not None, done.problems
    agent = world.agent()
    with world.database.reading(scope=authority.id) as session:
        started = session.execute(select(Timer).where(col(Timer.event).startswith("clock."))).scalars().all()
        reference = session.execute(select(Submission.reference).where(col(Submission.id) == done.submission_id))
        found = queries.whole(session, reference.scalar_one(), by=agent)
        lines = timelines.of_submission(found, authority)
    assert [one.event for one in started] == [event]
    assert timers.due_on(started[0], authority.zone) == last
    assert [line.on for line in lines if line.label.startswith("Récépissé")] == [last]
    assert any(line.label.startswith(label) for line in lines)
