"""Decisions that silence makes: on the day of the law, in the commune's own time, once."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from grc import resources
from grc.authorities.models import Service
from grc.db import Database, Keyring, connect
from grc.errors import Conflict
from grc.submissions import choosing, commands, implied, moves
from grc.submissions.commands import AskedDocument, DecisionMade, DocumentsAsked
from grc.submissions.models import Decision, Event, Notice, Submission, Task
from grc.submissions.moves import Move
from tests.support import cases, invented
from tests.support.demandes import Demande, commune
from tests.support.world import SECRET, World

pytestmark = pytest.mark.anyio
RECEIVED = date(2026, 6, 30)
BORN = date(2026, 8, 30)


def swept(database: Database, as_of: datetime, *, slug: str = "tilleul") -> int:
    authority = commune(database, slug)
    with database.writing(scope=authority.id) as session:
        return implied.record_implied(session, authority.id, as_of)


@pytest.fixture
def database(database_url: str) -> Any:
    made = connect(database_url, Keyring([SECRET]))
    yield made
    made.close()


@pytest.mark.law("R14")
@pytest.mark.law("R11")
@pytest.mark.parametrize(
    ("received_on", "born_on"),
    [
        (date(2026, 6, 30), date(2026, 8, 30)),
        (date(2026, 7, 31), date(2026, 9, 30)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 12, 30), date(2028, 2, 29)),
        (date(2026, 10, 25), date(2026, 12, 25)),
    ],
)
@pytest.mark.parametrize("rule", ["acceptance", "rejection"])
async def test_silence_decides_at_midnight_after_the_printed_day(
    database: Database, rule: str, received_on: date, born_on: date
) -> None:
    cases.offered(database, rule)
    demande = cases.filed(database, at=cases.local(received_on, hour=12))
    assert swept(database, cases.local(born_on, hour=23, minute=59)) == 0
    assert swept(database, cases.local(born_on + timedelta(days=1))) == 1
    (decision,) = cases.rows(database, Decision, demande)
    assert (decision.kind, decision.born_on, decision.agent_id) == (f"implicit_{rule}", born_on, None)
    row = cases.submission(database, demande)
    assert (row.implied_on, row.state, row.phase, row.revision) == (born_on, "received", "received", 2)
    last = cases.rows(database, Event, demande)[-1]
    assert (last.kind, last.actor_kind, last.sequence) == ("submission:implied", "system", 2)
    assert last.data == {"decision": decision.id, "rule": rule, "born_on": born_on.isoformat()}


@pytest.mark.law("R14")
async def test_it_is_recorded_once_whatever_runs(database: Database) -> None:
    cases.offered(database, "rejection")
    demande = cases.filed(database, at=cases.local(RECEIVED, hour=12))
    after = cases.local(BORN + timedelta(days=1))
    assert [swept(database, after), swept(database, after), swept(database, after + timedelta(days=90))] == [1, 0, 0]
    assert [one.kind for one in cases.rows(database, Notice, demande)] == ["acknowledgement", "implied_decision"]
    authority = commune(database)
    with pytest.raises(IntegrityError), database.writing(scope=authority.id) as session:
        again = {"outcome": "accepted", "judged_revision": 2, "decided_at": after, "kind": "implicit_acceptance"}
        session.add(Decision(authority_id=authority.id, submission_id=demande.id, born_on=BORN, **again))


@pytest.mark.law("R14")
async def test_a_notice_that_lacks_a_mention_is_a_task_and_keeps_no_decision_from_being_born(
    database: Database,
) -> None:
    cases.offered(database, "rejection")
    demande = cases.filed(database, at=cases.local(RECEIVED, hour=12))
    authority = commune(database)
    with database.writing(scope=authority.id) as session:
        session.execute(update(Service).where(col(Service.authority_id) == authority.id).values(telephone=""))
    assert swept(database, cases.local(BORN + timedelta(days=1))) == 1
    assert [one.kind for one in cases.rows(database, Decision, demande)] == ["implicit_rejection"]
    assert [one.kind for one in cases.rows(database, Notice, demande)] == ["acknowledgement"]
    assert [(one.kind, one.title) for one in cases.rows(database, Task, demande)] == [("workflow", implied.UNTOLD)]


@pytest.mark.law("R11")
@pytest.mark.parametrize(
    ("zone", "born_on"),
    [
        ("Europe/Paris", date(2027, 2, 1)),
        ("America/Guadeloupe", date(2027, 1, 30)),
        ("Indian/Reunion", date(2027, 2, 1)),
    ],
)
async def test_the_day_is_that_of_the_commune(database: Database, zone: str, born_on: date) -> None:
    cases.moved_to(database, zone)
    cases.offered(database, "rejection")
    demande = cases.filed(database, at=datetime.fromisoformat("2026-11-30T23:30:00+00:00"))
    assert cases.submission(database, demande).silence_on == born_on
    midnight = cases.local(born_on + timedelta(days=1), zone=zone)
    assert swept(database, midnight - timedelta(seconds=1)) == 0
    assert swept(database, midnight) == 1


def ask(database: Database, demande: Demande, world_agent: Any, at: datetime, due_on: date) -> None:
    authority = commune(database)
    asked = DocumentsAsked([AskedDocument("proof", "missing")], due_on, "", revision=2)
    with database.writing(scope=authority.id) as session:
        commands.take_charge(session, authority, demande.reference, revision=1, by=world_agent, now=at)
        commands.request_documents(session, authority, demande.reference, asked, by=world_agent, now=at)


@pytest.mark.law("R16")
@pytest.mark.law("R14")
async def test_no_acceptance_arises_while_documents_are_awaited(world: World) -> None:
    schema = invented.SCHEMA | {"properties": invented.SCHEMA["properties"] | {"proof": PROOF}}
    category = {"type": "Category", "x-id": "preuve", "label": "La preuve", "elements": [CONTROL]}
    ui = invented.UI | {"elements": [*invented.UI["elements"], category]}
    cases.offered(world.database, "acceptance", schema=schema, ui=ui)
    demande = cases.filed(world.database, at=cases.local(date(2026, 11, 25), hour=12))
    at = cases.local(date(2026, 12, 5), hour=12)
    ask(world.database, demande, world.agent(), at, date(2027, 1, 5))
    assert cases.submission(world.database, demande).silence_on is None
    assert swept(world.database, at + timedelta(days=900)) == 0


PROOF = {
    "title": "Une preuve",
    **json.loads((resources.folder("form_catalogue") / "blocks/proof/schema.json").read_text(encoding="utf-8")),
    "x-required-by": {"source": "Règlement du banc, article 1", "indispensable": True},
}
CONTROL = {"type": "Control", "scope": "#/properties/proof"}


@pytest.mark.law("R14")
async def test_an_express_decision_names_the_one_that_silence_made(world: World) -> None:
    cases.offered(world.database, "rejection")
    demande, agent, authority = cases.filed(world.database, at=cases.local(RECEIVED, hour=12)), world.agent(), None
    authority = world.authority()
    late = cases.local(BORN + timedelta(days=3), hour=12)
    decide = partial(commands.decide, by=agent, now=late)
    with world.database.writing(scope=authority.id) as session:
        commands.take_charge(
            session, authority, demande.reference, revision=1, by=agent, now=cases.local(RECEIVED, hour=13)
        )
        decide(session, authority, demande.reference, DecisionMade("accepted", "", 2))
    silent, express = cases.rows(world.database, Decision, demande)
    assert (silent.kind, silent.born_on, express.replaces_id) == ("implicit_rejection", BORN, silent.id)
    kinds = [one.kind for one in cases.rows(world.database, Event, demande)]
    assert kinds[-2:] == ["submission:implied", "submission:decided"]
    facts = cases.rows(world.database, Notice, demande)[-1].facts
    assert facts["replaces"] == {"kind": "implicit_rejection", "on": BORN.isoformat()}
    assert swept(world.database, late) == 0


@pytest.mark.law("R14")
async def test_what_was_decided_in_time_is_never_decided_by_silence_though_its_state_is_open(world: World) -> None:
    cases.offered(world.database, "rejection")
    demande, agent = cases.filed(world.database, at=cases.local(RECEIVED, hour=12)), world.agent()
    authority, in_time = world.authority(), cases.local(RECEIVED, hour=13)
    with world.database.writing(scope=authority.id) as session:
        commands.take_charge(session, authority, demande.reference, revision=1, by=agent, now=in_time)
        row = commands.decide(
            session, authority, demande.reference, DecisionMade("accepted", "", 2), by=agent, now=in_time
        )
        row.phase = "waiting"  # what a workflow published before the check of its marks may do
    late = cases.local(BORN + timedelta(days=1))
    assert swept(world.database, late) == 0
    with world.database.writing(scope=authority.id) as session:
        assert not implied.is_due(authority, session.get_one(Submission, demande.id), late)
    assert [one.kind for one in cases.rows(world.database, Decision, demande)] == ["express"]


@pytest.mark.law("R14")
@pytest.mark.parametrize(("hours", "is_refused"), [(-1, False), (0, True), (24, True)])
async def test_from_the_printed_day_on_an_accepted_demande_is_refused_no_more(
    world: World, hours: int, is_refused: bool
) -> None:
    cases.offered(world.database, "acceptance")
    demande, agent = cases.filed(world.database, at=cases.local(RECEIVED, hour=12)), world.agent()
    authority, made = world.authority(), DecisionMade("refused", "Motif.", 2)
    at = cases.local(BORN) + timedelta(hours=hours)
    with world.database.writing(scope=authority.id) as session:
        commands.take_charge(
            session, authority, demande.reference, revision=1, by=agent, now=cases.local(RECEIVED, hour=13)
        )
    decided = None
    try:
        with world.database.writing(scope=authority.id) as session:
            decided = commands.decide(session, authority, demande.reference, made, by=agent, now=at)
    except Conflict:
        decided = None
    assert (decided is None) == is_refused


@pytest.mark.law("R14")
async def test_a_workflow_that_handles_the_silence_moves_and_one_that_does_not_stays(world: World) -> None:
    workflow = invented.document(workflow="standard")["workflow"]
    workflow["states"]["silent"] = {"meta": {"label": "Tacite", "sentence": "Le silence a décidé.", "phase": "decided"}}
    workflow["on"] = workflow.get("on", {}) | {"clock.silence": {"target": ".silent", "meta": {"by": ["system"]}}}
    cases.offered(world.database, "rejection", workflow=workflow)
    demande = cases.filed(world.database, at=cases.local(RECEIVED, hour=12))
    assert swept(world.database, cases.local(BORN + timedelta(days=1))) == 1
    row: Submission = cases.submission(world.database, demande)
    assert (row.state, row.phase, row.implied_on) == ("silent", "decided", BORN)


@pytest.mark.law("R14")
async def test_agents_and_the_citizen_see_that_silence_decided(world: World) -> None:
    demande = cases_filed_long_ago(world)
    agent = world.browser()
    await agent.sign_in_agent()
    inbox = await agent.get("/tilleul/agents")
    assert "Refus implicite né le" in inbox.text
    page = await agent.get(f"/tilleul/agents/demandes/{demande.reference}")
    assert "Refus implicite, faute de réponse" in page.text


def cases_filed_long_ago(world: World) -> Demande:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=cases.local(RECEIVED, hour=12))
    swept(world.database, cases.local(BORN + timedelta(days=1)))
    return demande


@pytest.mark.law("R14")
@pytest.mark.parametrize("who", ["agent", "citizen"])
async def test_what_ends_a_demande_on_the_printed_day_comes_after_its_acceptance(database: Database, who: str) -> None:
    workflow = invented.document(workflow="report")["workflow"]
    leave = {"target": "withdrawn", "meta": {"label": "Y renoncer", "by": ["citizen"]}}
    workflow["states"]["planned"]["on"]["leave"] = leave
    cases.offered(database, "acceptance", workflow=workflow)
    demande, authority = cases.filed(database, at=cases.local(RECEIVED, hour=12)), commune(database)
    at = cases.local(BORN, hour=9)
    with database.writing(scope=authority.id) as session:
        agent = cases.agent(session, authority.id)
        made = Move("plan", "Lundi.", 1)
        moves.move(session, authority, demande.reference, made, by=agent, now=at)
    assert cases.rows(database, Decision, demande) == [], "an agent may still say yes today"
    with database.writing(scope=authority.id) as session:
        if who == "agent":
            made = Move("dismiss", "Ce n’est pas à nous.", 2)
            row = moves.move(session, authority, demande.reference, made, by=agent, now=at)
        else:
            by = demande.draft.visitor
            row = choosing.choose(session, authority, demande.reference, "leave", revision=2, by=by, now=at)
    assert (row.phase, row.implied_on) == ("closed", BORN)
    (decision,) = cases.rows(database, Decision, demande)
    assert (decision.kind, decision.born_on) == ("implicit_acceptance", BORN)
    kinds = [one.kind for one in cases.rows(database, Event, demande)]
    assert kinds[-2:] == ["submission:implied", "submission:moved"]
    assert "implied_decision" in [one.kind for one in cases.rows(database, Notice, demande)]
    assert swept(database, cases.local(BORN + timedelta(days=1))) == 0
