"""Things that say themselves when they are: an hour to come, a week with a waiting list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from grc import clock, resources
from grc.access.actors import AgentActor, Visitor, at_desk
from grc.authorities import closures
from grc.bookings import commands, series
from grc.bookings import queries as bookings
from grc.bookings.models import Booking
from grc.bookings.series import Series
from grc.catalogue import queries as catalogue
from grc.catalogue import shelf
from grc.catalogue.definition import Takes, When
from grc.db import Database, Keyring, connect
from grc.errors import Forbidden, Invalid, NotFound
from grc.journal.acts import JournalAct
from grc.journal.models import JournalEntry
from grc.lists import commands as lists
from grc.lists import queries as list_queries
from grc.lists.commands import Facts
from grc.lists.models import ReferenceItem
from grc.submissions import filing, holders
from grc.submissions.models import Task
from tests.support import cases, demandes, invented
from tests.support.world import SECRET, seeded

NOW = clock.now()
AGENTS = ("omar.fictif@tilleul.example", "claire.modele@tilleul.example")
HERE = clock.local("Europe/Paris", NOW)
ATTRIBUTES = {
    "day": {"type": "string", "format": "date", "title": "Jour", "x-in-label": True},
    "start": {"type": "string", "format": "hour-minute", "title": "Début", "x-in-label": True},
    "end": {"type": "string", "format": "hour-minute", "title": "Fin", "x-in-label": True},
    "places": {"type": "integer", "title": "Places", "x-internal": True},
}
SLOT = {
    "type": "object",
    "title": "Quel créneau ?",
    "x-choices": {
        "source": "slots",
        "title": "Créneaux",
        "until": "day",
        "attributes": ATTRIBUTES,
        "order": list(ATTRIBUTES),
    },
}
TAKES = {"item": "slot", "when": {"first": "day", "from": "start", "to": "end"}, "stock": "places"}


def _facts(name: str, day: int, hour: str, end: str, places: int) -> Facts:
    return Facts(name, {"day": _day(day), "start": hour, "end": end, "places": places}, name)


def _day(days: int) -> str:
    return (HERE + timedelta(days=days)).date().isoformat()


SLOTS = (
    _facts("later", 9, "14:00", "14:30", 1),
    _facts("sooner", 2, "09:00", "09:30", 2),
    _facts("begun", 0, "00:00", "23:59", 1),
    _facts("yesterday", -1, "09:00", "09:30", 1),
    Facts("undated", {"start": "09:00", "end": "09:30", "places": 9}, "undated"),
    Facts("endless", {"day": _day(3), "start": "09:00", "places": 9}, "endless"),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = connect(seeded(Path(tmp_path_factory.mktemp("slots"))), Keyring([SECRET]))
    yield opened
    opened.close()


def publish(database: Database, *, waiting: bool) -> None:
    schema, ui = deepcopy(invented.SCHEMA), deepcopy(invented.UI)
    schema["properties"]["slot"] = SLOT
    ui["elements"][0]["elements"].append({"type": "Control", "scope": "#/properties/slot"})
    path = resources.folder("form_catalogue") / "workflows" / "report.json"
    workflow = json.loads(path.read_text(encoding="utf-8"))
    workflow["actions"] |= {"take": {"type": "book", "as": "firm"}, "give_back": {"type": "release"}}
    first = workflow["states"][workflow["initial"]]
    first["exit"] = ["give_back"]
    if not waiting:
        first["entry"] = ["take"]
    else:
        agents = next(each for each in first["on"].values() if each["meta"]["by"] == ["handler"])
        agents["actions"] = [*agents["actions"], "take"]
    takes = {**TAKES, "waiting": True} if waiting else TAKES
    invented.published(database, schema=schema, ui=ui, workflow=workflow, takes=takes)
    authority = demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        lists.replace(session, authority.id, "slots", SLOTS, now=NOW)


WEEKS = {"over": -30, "running": -2, "coming": 30}


def omar(database: Database) -> AgentActor:
    authority = demandes.commune(database)
    with database.reading(scope=authority.id) as session:
        return cases.agent(session, authority.id, "omar.fictif@tilleul.example")


def file(database: Database, name: str = "") -> list[str]:
    """What is wrong with a demande of that slot, or of none; nothing when it is filed."""
    said = next((each for each in SLOTS if each.slug == name), None)
    answers: dict[str, Any] = {"subject": "Rencontre", "who": "person", "person": invented.WHOLE_PERSON}
    if said is not None:
        kept = {key: value for key, value in said.attributes.items() if key != "places"}
        answers["slot"] = {"id": name, "label": said.label, **kept}
    begun, authority = demandes.begun(database, answers, procedure=invented.SLUG), demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        done = filing.submit(session, authority, begun.public_id, client="192.0.2.7", by=begun.visitor, now=clock.now())
        return [f"{each.code}: {each.message}".replace("\u00a0", " ") for each in done.problems]


def offered(database: Database) -> dict[str, str]:
    """What is said beside each slot that the form offers."""
    authority = demandes.commune(database)
    with database.reading(scope=authority.id) as session:
        procedure = catalogue.published(session, authority.id, invented.SLUG).procedure
        found = bookings.offered(session, authority.id, procedure)["slots"]
    return {each.id: each.note.replace("\u00a0", " ") for each in found}


CLOSED = {"service": "", "first_on": "2027-05-07", "last_on": "2027-05-08", "reason": "Pont"}


def of_list(database: Database) -> dict[str, bool]:
    """Whether each slot is open, in the order of the list."""
    with database.reading(scope=demandes.commune(database).id) as session:
        rows = session.exec(select(ReferenceItem).where(ReferenceItem.source == "slots")).all()
    return {each.slug: each.is_open for each in sorted(rows, key=lambda each: each.position)}


def test_an_hour_to_come_is_taken_as_the_demande_is_filed(database: Database) -> None:
    publish(database, waiting=False)
    in_order = ["yesterday", "begun", "sooner", "later"]
    assert list(offered(database)) == in_order  # of their hours, not as agents put them
    assert file(database) == []  # whoever chooses no slot takes none
    assert file(database, "later") == []
    assert file(database, "later")[0].startswith("closed: « later » n’est plus proposé.")
    assert file(database, "begun") == ["taken: « begun » a déjà commencé. Choisissez un autre moment."]
    assert file(database, "yesterday")[0].startswith("closed:")
    assert offered(database) == {"yesterday": "1 place", "begun": "1 place", "sooner": "2 places"}
    with database.reading(scope=demandes.commune(database).id) as session:
        (row,) = session.exec(select(Booking).where(col(Booking.source) == "slots")).all()
    local = [clock.local("Europe/Paris", each).isoformat()[:16] for each in (row.starts_at, row.ends_at)]
    assert local == [f"{_day(9)}T14:00", f"{_day(9)}T14:30"]

    authority = demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        procedure = catalogue.published(session, authority.id, invented.SLUG).procedure
        answers = {"subject": "Rencontre", "who": "person", "person": invented.WHOLE_PERSON}
        changed = (session, authority, row.submission_id or 0, procedure, answers)
        commands.follow(*changed, by=Visitor(authority.id), now=NOW)
    assert offered(database)["later"] == "1 place", "an answer that is emptied gives back"
    assert file(database, "later") == []


def test_what_is_full_is_offered_still_where_people_may_wait(database: Database) -> None:
    publish(database, waiting=True)
    assert offered(database)["later"] == "complet : liste d’attente"
    assert file(database, "later") == []
    assert file(database, "begun") == ["taken: « begun » a déjà commencé. Choisissez un autre moment."]


def test_what_is_over_is_refused_to_citizens_and_noted_by_agents(database: Database) -> None:
    """Weeks, which say no hour: one that has begun has days to come, one that ended has none."""
    zone, citizen, agent = "Europe/Paris", Visitor(1), at_desk(omar(database))
    weeks = {name: {"id": name, "label": name, "day": _day(day), "end": _day(day + 6)} for name, day in WEEKS.items()}
    weekly = replace(shelf.entry("rendez-vous-elu"), takes=Takes("slot", when=When("day", "end"), stock="places"))
    told = {
        name: [bool(bookings.too_late(weekly, {"slot": week}, zone, by=by, now=NOW)) for by in (citizen, agent)]
        for name, week in weeks.items()
    }
    assert told == {"over": [True, False], "running": [False, False], "coming": [False, False]}


def put_away(database: Database) -> list[dict[str, Any]]:
    """What the journal says of items that were not changed one by one."""
    with database.reading(scope=demandes.commune(database).id) as session:
        lines = session.exec(select(JournalEntry).where(JournalEntry.act == JournalAct.LIST_CHANGED)).all()
    return [each.data for each in lines if "count" in each.data]


def _booking(authority_id: int, item: str) -> Booking:
    span = {"starts_at": NOW - timedelta(days=40), "ends_at": NOW - timedelta(days=40, minutes=-30)}
    return Booking(authority_id=authority_id, source="slots", item=item, made_at=NOW, **span)


def test_slots_are_made_by_the_dozen_all_or_none_and_past_ones_put_away(database: Database) -> None:
    publish(database, waiting=False)
    authority, by = demandes.commune(database), omar(database)
    wanted = Series("Permanence", date(2027, 4, 30), time(9), time(10), 30, weeks=3, attributes={"places": 1})
    with database.writing(scope=authority.id) as session:
        old = [_facts(name, -40, "09:00", "09:30", 1) for name in ("long-ago", "long-ago-taken")]
        lists.replace(session, authority.id, "slots", (*SLOTS, *old), now=NOW)
        session.add(_booking(authority.id, "long-ago-taken"))
        closures.state(session, authority.id, CLOSED, today=NOW.date(), by=by, now=NOW)
    with database.writing(scope=authority.id) as session:
        made = series.make(session, authority, "slots", wanted, by=by, now=NOW)
    assert (made.slots, made.closed) == (4, (date(2027, 5, 7),))
    rows = of_list(database)
    assert list(rows)[-4] == "2027-04-30-09-00-permanence"
    assert [name for name in rows if name.endswith("-permanence")] == list(rows)[-4:]
    assert (rows["yesterday"], rows["later"], "long-ago" in rows) == (False, True, False)
    assert rows["long-ago-taken"] is False
    assert put_away(database) == [{"done": "closed", "count": 2}, {"done": "forgotten", "count": 1}]

    for again, told in ((wanted, "est déjà dans la liste"), (replace(wanted, minutes=90), "ne tient dans ces heures")):
        with pytest.raises(Invalid, match=told), database.writing(scope=authority.id) as session:
            series.make(session, authority, "slots", again, by=by, now=NOW)
    with pytest.raises(Invalid, match="Vérifiez la date"), database.writing(scope=authority.id) as session:
        series.make(session, authority, "slots", replace(wanted, first_on=date(9999, 12, 20)), by=omar, now=NOW)
    many = replace(wanted, name="Tous", end=time(18), minutes=5, weeks=4)
    with pytest.raises(Invalid, match="Créez-en 200 au plus"), database.writing(scope=authority.id) as session:
        series.make(session, authority, "slots", many, by=by, now=NOW)
    with pytest.raises(NotFound), database.writing(scope=authority.id) as session:
        series.make(session, authority, "rooms", wanted, by=by, now=NOW)
    assert of_list(database) == rows


def test_agents_see_who_has_taken_a_slot_and_are_asked_to_tell_them(database: Database) -> None:
    publish(database, waiting=False)
    authority = demandes.commune(database)
    assert file(database, "sooner") == []
    with database.reading(scope=authority.id) as session:
        omar, claire = (cases.agent(session, authority.id, email) for email in AGENTS)
        held = holders.of_item(session, "slots", "sooner", by=omar)
        assert holders.counts(session, "slots", by=omar)["sooner"] == held.count == len(held.references) == 1
        assert holders.of_item(session, "slots", "nothing", by=omar).count == 0
        assert series.telling(session, authority.id, "slots") == {"day", "start", "end", "place"}
        assert series.telling(session, authority.id, "rooms") == frozenset()

    was = next(each for each in SLOTS if each.slug == "sooner").attributes
    for number, (change, told) in enumerate([({"places": 3}, 0), ({"start": "08:00"}, 1), ({"end": "09:00"}, 0)]):
        was = {**was, **change}
        with database.writing(scope=authority.id) as session:
            row = list_queries.row(session, "slots", "sooner", by=omar)
            revision, facts = row.revision, Facts("sooner", was)
            done = holders.change_item(session, "slots", "sooner", facts, revision=revision, by=omar, now=NOW)
        assert done == told, number
    with database.reading(scope=authority.id) as session:
        (task,) = session.exec(select(Task).where(col(Task.title).contains("sooner"))).all()
    assert task.title.replace("\u00a0", " ") == "« sooner » a changé : prévenez l’usager."
    with pytest.raises(Forbidden), database.writing(scope=authority.id) as session:
        holders.change_item(session, "slots", "sooner", facts, revision=9, by=claire, now=NOW)


def test_an_import_asks_agents_to_tell_those_who_have_taken_what_it_moves(database: Database) -> None:
    publish(database, waiting=False)
    authority, was = demandes.commune(database), next(each for each in SLOTS if each.slug == "sooner")
    assert file(database, "sooner") == []
    more = replace(was, attributes={**was.attributes, "places": 4})
    moved, free = replace(was, attributes={**was.attributes, "day": _day(4)}), replace(SLOTS[-1], attributes={})
    for number, (items, told) in enumerate([([more], 0), ([moved, free], 1), ([moved], 0), ([], 0), ([moved], 0)]):
        with database.writing(scope=authority.id) as session:
            done, tasks = holders.replace_items(session, authority.id, "slots", items, now=NOW)
        assert tasks == told, (number, done)
    with database.reading(scope=authority.id) as session:
        task = session.exec(
            select(Task).where(col(Task.title).contains("sooner")).order_by(col(Task.id).desc())
        ).first()
    assert task is not None and task.title.replace("\u00a0", " ") == "« sooner » a changé : prévenez l’usager."
