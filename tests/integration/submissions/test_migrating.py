"""A new version of a procedure and the open demandes of the old one: told first, then moved, nothing legal with it."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.access.actors import System
from grc.cli import main
from grc.errors import Conflict, Misconfigured
from grc.submissions import firing, migrating, queries, replay, timers
from grc.submissions.exchange_models import ThreadEntry, Timer
from grc.submissions.models import Event, Submission
from tests.support import circuits, invented
from tests.support.invented import WHOLE_PERSON
from tests.support.world import World

pytestmark = pytest.mark.anyio
ANSWERS = {"subject": "Le banc du square a perdu une latte", "who": "person", "person": WHOLE_PERSON}
MAP: dict[str, Any] = {
    "states": {"received": "arrived"},
    "events": {"after.patience": "after.calm", "clock.answer": "clock.reply"},
}
FROZEN = ("received_at", "first_received_on", "competent_received_on", "silence_rule", "silence_on", "legal_parameters")


def renewed() -> dict[str, Any]:
    """The workflow with its first state, its delay and its clock renamed, a delay and an entry more, a button less."""
    text = (
        json.dumps(circuits.WORKFLOW)
        .replace('"received":', '"arrived":')
        .replace('"target": "received"', '"target": "arrived"')
    )
    workflow: dict[str, Any] = json.loads(text.replace("clock.answer", "clock.reply"))
    clocks = workflow["meta"]["clocks"]
    clocks["reply"] = clocks.pop("answer")
    workflow.update(initial="arrived", delays={"calm": "P2M", "soon": "P3D"})
    arrived = workflow["states"]["arrived"]
    arrived["after"] = {"calm": arrived["after"]["patience"], "soon": {"actions": ["note"]}}
    arrived["meta"]["label"] = "Arrivé"
    del arrived["on"]["tell"]
    return workflow


def schema(**changes: Any) -> dict[str, Any]:
    made = deepcopy(invented.SCHEMA)
    made["properties"]["subject"].update(changes)
    return made


def plan(world: World, document: dict[str, Any] | None = None) -> list[migrating.Change]:
    with world.database.reading(scope=world.authority().id) as session:
        return migrating.plan(session, world.authority(), invented.SLUG, document or MAP, where="map.json")


def migrate(world: World, reference: str) -> migrating.Change:
    by = System(world.authority().id)
    with world.database.writing(scope=by.authority_id) as session:
        return migrating.migrate(session, world.authority(), reference, MAP, by=by, now=clock.now())


def row(world: World, reference: str) -> Submission:
    with world.database.reading(scope=world.authority().id) as session:
        found: Submission = session.execute(
            select(Submission).where(col(Submission.reference) == reference)
        ).scalar_one()
        session.expunge(found)
        return found


def rows(world: World, table: Any, reference: str) -> list[Any]:
    with world.database.reading(scope=world.authority().id) as session:
        mine = col(table.submission_id) == row(world, reference).id
        found = list(session.execute(select(table).where(mine).order_by(col(table.id))).scalars())
        for each in found:
            session.expunge(each)
        return found


async def filed(world: World) -> str:
    """A demande of the first version, by its reference."""
    circuits.published(world.database)
    return await world.browser().file_answers(ANSWERS, procedure=invented.SLUG)


async def test_a_dry_run_says_what_would_change_and_changes_nothing(world: World) -> None:
    reference = await filed(world)
    before = row(world, reference)
    invented.published(world.database, workflow=renewed(), schema=schema(maxLength=10))
    (change,) = plan(world)
    assert (change.reference, change.version_before, change.version_after) == (reference, 1, 2)
    assert (change.state_before, change.state_after, change.blocked) == ("Reçu", "Arrivé", "")
    assert change.unrun == ("message dans l’échange",)
    assert change.lost[0] == "Essayer"
    assert "« subject »" in change.lost[1].replace("\u00a0", " ")
    assert change.timers == (
        "after.patience devient after.calm",
        "clock.answer devient clock.reply",
        "warning.answer devient warning.reply",
        "after.soon compte depuis l’entrée dans l’état",
    )
    assert row(world, reference) == before
    assert {each.event for each in rows(world, Timer, reference)} == {
        "after.patience",
        "clock.answer",
        "warning.answer",
    }


async def test_a_demande_is_moved_and_nothing_legal_with_it(world: World) -> None:
    reference = await filed(world)
    before, dues = row(world, reference), {each.event: each.due_at for each in rows(world, Timer, reference)}
    said = len(rows(world, ThreadEntry, reference))
    invented.published(world.database, workflow=renewed())
    migrate(world, reference)
    after = row(world, reference)
    assert (after.state, after.phase, after.revision) == ("arrived", "received", before.revision + 1)
    assert after.version_id != before.version_id
    assert after.state_since == before.state_since
    assert [getattr(after, name) for name in FROZEN] == [getattr(before, name) for name in FROZEN]
    assert len(rows(world, ThreadEntry, reference)) == said
    zone, now = world.authority().zone, {each.event: each.due_at for each in rows(world, Timer, reference)}
    assert now == {
        "after.calm": dues["after.patience"],
        "clock.reply": dues["clock.answer"],
        "warning.reply": dues["warning.answer"],
        "after.soon": timers.later(before.state_since, "P3D", zone=zone),
    }
    last = rows(world, Event, reference)[-1]
    assert (last.kind, last.state, last.data["from_state"]) == ("submission:migrated", "arrived", "received")
    assert plan(world) == []
    with pytest.raises(Conflict):
        migrate(world, reference)


async def test_its_timers_go_on_in_the_new_workflow(world: World) -> None:
    reference = await filed(world)
    invented.published(world.database, workflow=renewed())
    migrate(world, reference)
    authority, notes = world.authority(), len(rows(world, ThreadEntry, reference))
    with world.database.writing(scope=authority.id) as session:
        firing.fire_due(session, authority, as_of=clock.now() + timedelta(days=5))
    assert row(world, reference).state == "arrived"
    assert len(rows(world, ThreadEntry, reference)) == notes + 1
    with world.database.writing(scope=authority.id) as session:
        firing.fire_due(session, authority, as_of=clock.now() + timedelta(days=12))
    assert row(world, reference).state == "late"


async def test_its_pages_and_its_journal_still_read_what_came_before(world: World) -> None:
    reference = await filed(world)
    agent = world.browser()
    await agent.sign_in_agent()
    path = f"/tilleul/agents/demandes/{reference}"
    await agent.post(f"{path}/suites/pay", {"revision": str(row(world, reference).revision)})
    await agent.post(f"{path}/suites/back", {"revision": str(row(world, reference).revision)})
    invented.published(world.database, workflow=renewed())
    migrate(world, reference)
    page = await agent.get(path)
    assert page.status_code == 200
    assert "Demande passée à la nouvelle version" in page.text
    assert page.text.count("Nouvel état") >= 2
    with world.database.reading(scope=world.authority().id) as session:
        found = queries.whole(session, reference, by=world.agent())
        assert [found.state_at(event).label for event in found.events] == ["Reçu", "À payer", "Reçu", "Arrivé"]
        assert replay.faults(found.submission, found.events, found.procedure.workflow) == []


async def test_a_demande_whose_legal_period_would_change_is_left(world: World) -> None:
    reference = await filed(world)
    silence = [{"rule": "rejection", "period": 2, "unit": "month", "source": "CRPA, art. L231-4"}]
    invented.published(world.database, workflow=renewed(), silence=silence)
    (change,) = plan(world)
    assert "délai légal" in change.blocked
    with pytest.raises(Conflict, match="délai légal"):
        migrate(world, reference)
    assert row(world, reference).state == "received"


async def test_a_wrong_map_moves_nothing_and_lists_its_faults(world: World) -> None:
    await filed(world)
    invented.published(world.database, workflow=renewed())
    with pytest.raises(Misconfigured) as raised:
        plan(world, {"states": {"received": "arived"}})
    assert len(list(raised.value.faults)) >= 2
    assert "arrived" in str(raised.value)


async def test_only_open_demandes_move(world: World) -> None:
    reference = await filed(world)
    agent = world.browser()
    await agent.sign_in_agent()
    await agent.post(f"/tilleul/agents/demandes/{reference}/suites/close", {"revision": "1"})
    assert row(world, reference).phase == "closed"
    invented.published(world.database, workflow=renewed())
    assert plan(world) == []


async def test_the_command_tells_then_moves(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    references = [await filed(world), await filed(world)]
    invented.published(world.database, workflow=renewed())
    file = tmp_path / "map.json"
    file.write_text(json.dumps(MAP))
    settings = world.settings
    monkeypatch.setenv("GRC_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("GRC_SECRET_KEY", settings.secret_key[0])
    monkeypatch.setenv("GRC_STORAGE", str(tmp_path / "files"))
    monkeypatch.setenv("GRC_SMTP_URL", "smtp://127.0.0.1:9")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(
            main, ["catalogue", "migrate", "tilleul", invented.SLUG, "--map", str(file), *arguments]
        )

    told = run()
    assert told.exit_code == 0, told.output
    assert all(f"{reference}" in told.output for reference in references)
    assert "rien n’est fait" in told.output
    assert {row(world, reference).state for reference in references} == {"received"}
    done = run("--apply")
    assert "2 déplacée(s)" in done.output, done.output
    assert {row(world, reference).state for reference in references} == {"arrived"}
    file.write_text("{")
    assert run().exit_code == 1
    file.write_text('{"states": {"gone": "arrived"}}')
    assert run().exit_code == 0, "nothing is left to move"
