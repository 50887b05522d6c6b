"""A declaration of works starts the clock of its own kind and channel, and no other (C. env. R554-22 ff)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import resources
from grc.access.actors import Visitor, at_desk
from grc.catalogue import queries as catalogue
from grc.deadlines import parameters, works
from grc.deadlines.holidays import Place
from grc.receipts.paper import PaperChannel
from grc.submissions import commands, desk, filing, moves, queries, timelines, timers
from grc.submissions.desk import Entry
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Draft, Submission
from grc.submissions.moves import Move
from tests.support import demandes
from tests.support.world import World

pytestmark = pytest.mark.anyio

FILED = datetime(2027, 4, 28, 9, 0, tzinfo=UTC)
MEASURED = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
_PROJECT = "Récépissé de DT ou de déclaration conjointe"


def said(kind: str) -> dict[str, Any]:
    """A declaration of that kind by a person."""
    folder = resources.folder("form_catalogue") / "dict" / "examples"
    example: dict[str, Any] = json.loads((folder / "passes-person-joint.json").read_text("utf-8"))["answers"]
    example["works"] |= {"starts_on": "2027-05-20"}
    return example | {"kind": kind, "owner": {"name": "Commune de Tilleul"}}


def filed(world: World, kind: str, channel: str) -> str:
    """The reference of a declaration that came by that channel on the day of FILED."""
    authority = world.authority()
    public_id, by = _begun(world, channel)
    with world.database.writing(scope=authority.id) as session:
        offered = catalogue.published(session, authority.id, "dict")
        values = {"procedure_id": offered.procedure_id, "version_id": offered.version_id, "answers": said(kind)}
        session.execute(update(Draft).where(col(Draft.public_id) == public_id).values(**values))
    with world.database.writing(scope=authority.id) as session:
        done = filing.submit(session, authority, public_id, client="127.0.0.1", by=by, now=FILED)
        assert done.submission_id is not None, done.problems
        found = session.get_one(Submission, done.submission_id)
        return found.reference


def _begun(world: World, channel: str) -> tuple[str, Visitor]:
    """A draft of that channel, and who may send it."""
    authority, agent = world.authority(), world.agent()
    if channel == "online":
        draft = demandes.begun(world.database, {}, at=FILED)
        return draft.public_id, draft.visitor
    entry = Entry("dict", cast(PaperChannel, channel), FILED.date())
    with world.database.writing(scope=authority.id) as session:
        return desk.begin(session, authority, entry, by=agent, now=FILED).public_id, at_desk(agent)


def shown(world: World, reference: str) -> Mapping[str, date | None]:
    """The days of the récépissé, by the label that agents read on the page of the demande."""
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        lines = timelines.of_submission(queries.whole(session, reference, by=world.agent()), authority)
    return {line.label: line.on for line in lines if line.label.startswith(("Récépissé", "Quinze jours"))}


def running(world: World) -> Mapping[str, date]:
    """The last day of each clock that runs, by its name."""
    authority = world.authority()
    mine = (col(Timer.event).startswith("clock."), col(Timer.state) == "running")
    with world.database.reading(scope=authority.id) as session:
        found = session.execute(select(Timer).where(*mine)).scalars()
        return {one.event: timers.due_on(one, authority.zone) for one in found}


@pytest.mark.law("R36")
@pytest.mark.parametrize(
    ("kind", "channel", "event", "label", "last"),
    [
        ("dict", "online", "clock.start_answer", "Récépissé de DICT", date(2027, 5, 7)),
        ("dict", "paper", "clock.start_answer_on_paper", "Récépissé de DICT reçue hors ligne", date(2027, 5, 10)),
        ("dict", "desk", "clock.start_answer_on_paper", "Récépissé de DICT reçue hors ligne", date(2027, 5, 10)),
        ("dt", "online", "clock.project_answer", _PROJECT, date(2027, 5, 10)),
        ("dt", "telephone", "clock.project_answer_on_paper", f"{_PROJECT}, reçue hors ligne", date(2027, 5, 16)),
    ],
)
async def test_each_declaration_starts_the_clock_of_its_kind_and_channel(
    world: World, kind: str, channel: str, event: str, label: str, last: date
) -> None:
    reference = filed(world, kind, channel)
    assert running(world) == {event: last}
    found = {name: day for name, day in shown(world, reference).items() if day is not None}
    assert found == {label: last}


@pytest.mark.law("R36")
@pytest.mark.parametrize("channel", ["online", "paper"])
async def test_a_measure_on_site_adds_its_days_to_the_period_of_the_channel(world: World, channel: str) -> None:
    authority, agent = world.authority(), world.agent()
    reference = filed(world, "dt", channel)
    figures = parameters.in_force(FILED.date())
    place = Place(authority.holidays)
    law = works.answer("dt", FILED.date(), online=channel == "online", measured=True, place=place, parameters=figures)
    with world.database.writing(scope=authority.id) as session:
        taken = commands.take_charge(session, authority, reference, revision=1, by=agent, now=MEASURED)
        announced = Move("measure", "Le service vient le 12 mai.", taken.revision)
        moves.move(session, authority, reference, announced, by=agent, now=MEASURED)
    assert list(running(world).values()) == [law.on]
    assert max(day for day in shown(world, reference).values() if day is not None) == law.on
