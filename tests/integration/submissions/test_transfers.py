"""A demande sent on to the competent administration: two steps, two partitions, one demande there."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc import clock, resources
from grc.attachments.local import LocalStorage
from grc.bookings.models import Booking
from grc.catalogue import queries as catalogue
from grc.errors import Conflict, Invalid, TransitionRefused
from grc.lists import commands as lists
from grc.lists.commands import Facts
from grc.receipts import Administration
from grc.submissions import appointments, commands, filing, implied, transfers
from grc.submissions.exchange_models import SubmissionLink, ThreadEntry, Timer
from grc.submissions.models import Event, Notice, Submission, Task
from grc.submissions.transfers import Transfer
from grc.sweeping.forwarding import forward
from tests.support import cases, demandes, invented
from tests.support.demandes import Demande
from tests.support.world import World, a_world, seeded

pytestmark = pytest.mark.anyio
RECEIVED, SENT_ON = date(2025, 6, 30), date(2025, 7, 10)
NOON, LATER = cases.local(RECEIVED, hour=12), cases.local(SENT_ON, hour=12)


def storage_of(folder: Path) -> LocalStorage:
    return LocalStorage(folder / "store")


def sent(world: World, demande: Demande, to: Administration, authority_id: int | None, *, at: datetime = LATER) -> Any:
    authority = world.authority()
    revision = cases.submission(world.database, demande).revision
    with world.database.writing(scope=authority.id) as session:
        made = Transfer(to, authority_id, "Le banc est sur leur commune.", revision)
        return transfers.transfer(session, authority, demande.reference, made, by=world.agent(), now=at)


@pytest.mark.law("R10")
@pytest.mark.law("R9")
@pytest.mark.parametrize(("rule", "silence_on"), [("rejection", date(2025, 8, 30)), ("acceptance", date(2025, 9, 10))])
async def test_it_arrives_once_with_its_first_date_and_the_receipt_of_there(
    world: World, tmp_path: Path, rule: str, silence_on: date
) -> None:
    for slug in ("tilleul", "marronnier"):
        cases.offered(world.database, rule, slug=slug)
    demande = cases.filed(world.database, at=NOON)
    here, there = world.authority(), world.authority("marronnier")
    to = Administration(there.name, there.postal_address, there.email, there.telephone)
    row = sent(world, demande, to, there.id)
    assert (row.phase, row.implied_on) == ("closed", None)
    assert cases.rows(world.database, Event, demande)[-1].kind == "submission:transferred"
    told = cases.rows(world.database, Notice, demande)[-1]
    assert (told.kind, told.facts["to"]["name"]) == ("transfer", there.name)
    storage = storage_of(tmp_path)
    assert await forward(world.database, storage, here, now=LATER) == 1
    assert await forward(world.database, storage, here, now=LATER) == 0
    with world.database.reading(scope=here.id) as session:
        (link,) = session.execute(select(SubmissionLink).where(col(SubmissionLink.from_id) == demande.id)).scalars()
        (parcel,) = (transfers._parcel(session, here, link, session.get_one(Submission, demande.id)),)
    with world.database.writing(scope=there.id) as session:
        again = transfers.receive(session, there, parcel, [], now=LATER + timedelta(days=1))
        (arrived,) = session.execute(select(Submission).where(col(Submission.authority_id) == there.id)).scalars()
        (receipt,) = session.execute(select(Notice).where(col(Notice.submission_id) == arrived.id)).scalars()
    assert again == arrived.reference == link.other_reference
    assert (arrived.first_received_on, arrived.competent_received_on) == (RECEIVED, SENT_ON)
    assert (arrived.silence_on, arrived.transferred_from) == (silence_on, here.name)
    assert arrived.answers == cases.ANSWERS
    assert (receipt.kind, receipt.facts["transferred_from"]) == ("acknowledgement", here.name)
    await world.deliver()
    assert "demande reçue" in world.mail("camille@exemple.example", f"{arrived.reference}\u00a0: demande reçue").subject
    assert world.mail("camille@exemple.example", "transmise")
    with world.database.writing(scope=here.id) as session:
        assert implied.record_implied(session, here.id, LATER + timedelta(days=365)) == 0


@pytest.mark.law("R14")
@pytest.mark.parametrize("rule", ["acceptance", "rejection"])
async def test_what_silence_accepts_today_is_sent_on_no_more(world: World, rule: str) -> None:
    cases.offered(world.database, rule)
    there, born_on = world.authority("marronnier"), date(2025, 8, 30)
    to = Administration(there.name, there.postal_address, there.email, there.telephone)
    eve, day = (cases.local(born_on - timedelta(days=before), hour=12) for before in (1, 0))
    assert sent(world, cases.filed(world.database, at=NOON), to, there.id, at=eve).phase == "closed"
    demande = cases.filed(world.database, at=NOON)
    if rule == "acceptance":
        with pytest.raises(Conflict, match="elle ne se transmet plus"):
            sent(world, demande, to, there.id, at=day)
        agent = world.browser()
        await agent.sign_in_agent()
        page = await agent.get(f"/tilleul/agents/demandes/{demande.reference}")
        assert "Délivrer l’attestation d’acceptation" in page.text
        assert "Transmettre à une autre administration" not in page.text
    else:
        assert sent(world, demande, to, there.id, at=day).phase == "closed"


@pytest.mark.law("R10")
async def test_what_cannot_arrive_yet_stays_on_its_way(world: World, tmp_path: Path) -> None:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=NOON)
    here, there = world.authority(), world.authority("marronnier")
    sent(world, demande, Administration(there.name, there.postal_address), there.id)
    assert await forward(world.database, storage_of(tmp_path), here, now=LATER) == 0
    cases.offered(world.database, "rejection", slug="marronnier")
    assert await forward(world.database, storage_of(tmp_path), here, now=LATER) == 1


@pytest.mark.law("R10")
async def test_elsewhere_is_named_and_can_be_reached(world: World, tmp_path: Path) -> None:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=NOON)
    with pytest.raises(Invalid) as refused:
        sent(world, demande, Administration(""), None)
    assert [one.field for one in refused.value.problems] == ["name", "address"]
    sent(world, demande, Administration("Syndicat des bancs", ("1 rue des Bancs", "99000 Exemple")), None)
    assert await forward(world.database, storage_of(tmp_path), world.authority(), now=LATER) == 0
    facts = cases.rows(world.database, Notice, demande)[-1].facts
    assert facts["silence"]["due_on"] == "2025-08-30"
    with pytest.raises(Conflict):
        sent(world, demande, Administration("Syndicat des bancs", ("1 rue des Bancs",)), None)


@pytest.mark.law("R10")
async def test_what_silence_has_decided_is_not_sent_on(world: World) -> None:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=NOON)
    with pytest.raises(Conflict):
        sent(world, demande, Administration("Ailleurs", ("1 rue",)), None, at=NOON + timedelta(days=90))
    with world.database.writing(scope=world.authority().id) as session:
        commands.take_charge(session, world.authority(), demande.reference, revision=1, by=world.agent(), now=NOON)


async def test_nothing_opens_any_more_on_a_demande_that_was_sent_on(world: World) -> None:
    """Its workflow has no state for it: taking charge would have opened it again, here and there at once."""
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=NOON)
    row = sent(world, demande, Administration("Le syndicat d’ailleurs", ("1 rue du Tilleul",), "", ""), None)
    authority, agent = world.authority(), world.agent()
    with world.database.writing(scope=authority.id) as session, pytest.raises(TransitionRefused, match="transmise"):
        commands.take_charge(session, authority, demande.reference, revision=row.revision, by=agent, now=LATER)
    browser = world.browser()
    await browser.sign_in_agent()
    page = (await browser.get(f"/tilleul/agents/demandes/{demande.reference}")).text
    assert "Prendre en charge" not in page
    assert cases.submission(world.database, demande).phase == "closed"


WEEK: dict[str, Any] = {
    "type": "object",
    "title": "Quelle semaine ?",
    "x-choices": {
        "source": "weeks",
        "attributes": {"places": {"type": "integer", "title": "Places", "x-internal": True}},
    },
}


def a_workflow_that_begins() -> dict[str, Any]:
    """The standard one, whose first state takes a place, writes a note and starts two clocks and a delay."""
    path = resources.folder("form_catalogue") / "workflows" / "standard.json"
    workflow: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    workflow["actions"] |= {
        "take": {"type": "book", "as": "firm"},
        "give_back": {"type": "release"},
        "note": {"type": "note", "text": "Voir le jardinier."},
    }
    clock_ = {"label": "Réponse", "from": "received", "period": 10, "unit": "day", "source": "Un essai", "warn": "P2D"}
    workflow["meta"]["clocks"] = {"answer": clock_}
    workflow["guards"] = {**workflow.get("guards", {}), "from_elsewhere": "channel == 'transfer'"}
    first = workflow["states"][workflow["initial"]]
    first |= {"entry": ["take", "note"], "exit": ["give_back"]}
    first["always"] = [{"target": "in_progress", "guard": "from_elsewhere", "actions": []}]
    return workflow


async def test_what_arrives_begins_as_what_is_filed_does(tmp_path: Path) -> None:
    """First actions, clocks from the reception there; what is not free there keeps it from nothing. SQL: as filing."""
    schema, ui = deepcopy(invented.SCHEMA), deepcopy(invented.UI)
    schema["properties"]["week"] = WEEK
    ui["elements"][0]["elements"].append({"type": "Control", "scope": "#/properties/week"})
    parts = {"schema": schema, "ui": ui, "takes": {"item": "week", "stock": "places"}}
    async with a_world(seeded(tmp_path), tmp_path) as world:
        for slug, places in (("tilleul", 5), ("marronnier", 0)):
            cases.offered(world.database, "rejection", slug=slug, workflow=a_workflow_that_begins(), **parts)
            with world.database.writing(scope=world.authority(slug).id) as session:
                items = (Facts("Été", {"places": places}, "summer"),)
                lists.replace(session, world.authority(slug).id, "weeks", items, now=NOON)
        answers = {**cases.ANSWERS, "week": {"id": "summer", "label": "Été"}}
        demande = cases.filed(world.database, at=NOON, answers=answers)
        assert len(cases.rows(world.database, Booking, demande)) == 1
        here, there = world.authority(), world.authority("marronnier")
        sent(world, demande, Administration(there.name, there.postal_address), there.id)
        assert await forward(world.database, storage_of(tmp_path), here, now=LATER) == 1
        with world.database.reading(scope=there.id) as session:
            (arrived,) = session.execute(select(Submission).where(col(Submission.authority_id) == there.id)).scalars()
            of_it = Demande(arrived.id or 0, arrived.reference, "", "", demande.draft)
        clocks = {each.event: each.due_at for each in cases.rows(world.database, Timer, of_it, slug="marronnier")}
        assert clocks == {
            "clock.answer": cases.local(SENT_ON + timedelta(days=11)),
            "warning.answer": cases.local(SENT_ON + timedelta(days=9)),
        }
        assert arrived.state == "in_progress"
        notes = [each.text for each in cases.rows(world.database, ThreadEntry, of_it, slug="marronnier")]
        assert notes == ["Voir le jardinier."]
        assert cases.rows(world.database, Booking, of_it, slug="marronnier") == []
        (task,) = cases.rows(world.database, Task, of_it, slug="marronnier")
        assert task.title.startswith("Rien n’est réservé pour cette demande, qui vient d’ailleurs")


async def test_a_slot_of_another_authority_is_none_here(tmp_path: Path) -> None:
    """Neither fixed, booked, told nor reminded of, even under the same slug; the very same slot here is taken here."""
    path = resources.folder("form_catalogue") / "rendez-vous-elu" / "examples" / "passes-at-an-open-session.json"
    example = json.loads(path.read_text(encoding="utf-8"))["answers"]
    now = clock.now()
    day = (clock.day_in("Europe/Paris", now) + timedelta(days=30)).isoformat()
    said = {"day": day, "start": "14:30", "end": "15:00", "place": "Mairie, bureau 12"}
    other_day = {**said, "day": (clock.day_in("Europe/Paris", now) + timedelta(days=90)).isoformat()}
    async with a_world(seeded(tmp_path), tmp_path) as world:
        here, there = world.authority(), world.authority("marronnier")
        offers = {
            here.id: (Facts("Jeudi", {**said, "places": 1}, "same"), Facts("Alike", {**said, "places": 1}, "alike")),
            there.id: (
                Facts("Jeudi", {**said, "places": 1}, "same"),
                Facts("Alike", {**other_day, "places": 1}, "alike"),
            ),
        }
        for authority_id, items in offers.items():
            with world.database.writing(scope=authority_id) as session:
                lists.replace(session, authority_id, "slots", items, now=now)
        found = {}
        for slug, label in (("alike", "Alike"), ("same", "Jeudi")):
            answers = {**example, "slot": {"id": slug, "label": label, **said}}
            draft = demandes.begun(world.database, answers, procedure="rendez-vous-elu", at=now)
            with world.database.writing(scope=here.id) as session:
                done = filing.submit(session, here, draft.public_id, client="192.0.2.7", by=draft.visitor, now=now)
                assert done.submission_id is not None, done.problems
                demande = Demande(
                    done.submission_id, session.get_one(Submission, done.submission_id).reference, "", "", draft
                )
            assert cases.submission(world.database, demande).state == "confirmed"
            sent(world, demande, Administration(there.name, there.postal_address), there.id, at=now)
            assert await forward(world.database, storage_of(tmp_path), here, now=now) == 1
            gone = cases.submission(world.database, demande)
            with world.database.reading(scope=here.id) as session:
                procedure = catalogue.version(session, here.id, gone.version_id)
            assert procedure.workflow.state(gone.state).appointed
            assert appointments.standing(gone, procedure, gone.context, here.zone) is None, "sent on"
            with world.database.reading(scope=there.id) as session:
                (link,) = session.execute(
                    select(SubmissionLink).where(col(SubmissionLink.other_reference) == demande.reference)
                ).scalars()
                arrived = session.get_one(Submission, link.to_id)
                session.expunge(arrived)
            of_it = Demande(arrived.id or 0, arrived.reference, "", "", demande.draft)
            held, running, tasks = (
                cases.rows(world.database, table, of_it, slug="marronnier") for table in (Booking, Timer, Task)
            )
            found[slug] = (arrived.state, len(held), len(running), [task.title for task in tasks])
            assert arrived.answers["slot"]["label"].startswith(label)
        assert found["same"] == ("confirmed", 1, 3, [])
        title = "Rien n’est réservé pour cette demande, qui vient d’ailleurs\u00a0: le choix fait là-bas n’est pas"
        assert found["alike"][:3] == ("requested", 0, 0)
        assert [each.startswith(title) and "Alike" in each for each in found["alike"][3]] == [True]
