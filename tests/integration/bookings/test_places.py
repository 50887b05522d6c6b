"""Places that a demande takes as it is filed, row by row: never more than there are, and full weeks offered no more."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from grc import clock, resources
from grc.bookings import queries as bookings
from grc.bookings.models import Booking
from grc.catalogue import queries as catalogue
from grc.db import Database, Keyring, connect
from grc.errors import Invalid
from grc.forms.answers import as_typed
from grc.lists import commands as lists
from grc.lists.commands import Facts
from grc.submissions import edits, filing
from grc.submissions.models import Submission
from tests.support import demandes, invented
from tests.support.world import SECRET

WEEK: dict[str, Any] = {
    "type": "object",
    "title": "Quelle semaine ?",
    "x-choices": {
        "source": "weeks",
        "title": "Semaines",
        "attributes": {"places": {"type": "integer", "title": "Places", "x-internal": True}},
        "order": ["places"],
    },
}
CHILDREN: dict[str, Any] = {
    "type": "array",
    "title": "Vos enfants",
    "minItems": 1,
    "maxItems": 4,
    "items": {
        "type": "object",
        "required": ["week", "places"],
        "properties": {"week": WEEK, "places": {"type": "integer", "title": "Combien ?", "minimum": 1, "maximum": 9}},
    },
}
TAKES = {"rows": "children", "item": "week", "quantity": "places", "stock": "places"}
SUMMER, AUTUMN = Facts("Été", {"places": 5}, "summer"), Facts("Automne", {"places": 1}, "autumn")


def publish(database: Database) -> None:
    """The invented procedure, which takes places of weeks as it is filed."""
    schema, ui = deepcopy(invented.SCHEMA), deepcopy(invented.UI)
    schema["properties"]["children"] = CHILDREN
    schema["required"] = [*schema["required"], "children"]
    inner = [{"type": "Control", "scope": f"#/properties/{name}"} for name in ("week", "places")]
    control = {
        "type": "Control",
        "scope": "#/properties/children",
        "options": {"detail": {"type": "VerticalLayout", "elements": inner}},
    }
    ui["elements"][0]["elements"].append(control)
    path = resources.folder("form_catalogue") / "workflows" / "report.json"
    workflow = json.loads(path.read_text(encoding="utf-8"))
    workflow["actions"] |= {"take": {"type": "book", "as": "firm"}, "give_back": {"type": "release"}}
    workflow["states"][workflow["initial"]]["entry"] = ["take"]
    workflow["states"][workflow["initial"]]["exit"] = ["give_back"]
    invented.published(database, schema=schema, ui=ui, workflow=workflow, takes=TAKES)
    authority = demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        lists.replace(session, authority.id, "weeks", (SUMMER, AUTUMN), now=clock.now())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = connect(database_url, Keyring([SECRET]))
    publish(opened)
    yield opened
    opened.close()


def begin(database: Database, *rows: tuple[str, int]) -> demandes.Begun:
    """The draft of a demande of these weeks and places."""
    names = {"summer": "Été", "autumn": "Automne"}
    children = [{"week": {"id": slug, "label": names[slug]}, "places": places} for slug, places in rows]
    answers = {"subject": "Vacances", "who": "person", "person": invented.WHOLE_PERSON, "children": children}
    return demandes.begun(database, answers, procedure=invented.SLUG)


def file(database: Database, *rows: tuple[str, int], begun: demandes.Begun | None = None) -> list[tuple[str, str]]:
    """What is wrong with a demande of these weeks and places; nothing when it is filed."""
    begun, authority = begun or begin(database, *rows), demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        done = filing.submit(session, authority, begun.public_id, client="192.0.2.7", by=begun.visitor, now=clock.now())
        return [(each.code, each.message.replace("\u00a0", " ")) for each in done.problems]


def taken(database: Database) -> int:
    with database.reading(scope=demandes.commune(database).id) as session:
        return int(session.execute(select(func.coalesce(func.sum(col(Booking.quantity)), 0))).scalar_one())


def test_places_are_taken_as_the_demande_is_filed_and_rows_of_one_week_count_together(database: Database) -> None:
    assert file(database, ("summer", 2), ("summer", 2)) == []
    assert taken(database) == 4
    assert file(database, ("summer", 1), ("summer", 1)) == [
        ("taken", "« Été » : il n’en reste que 1. Choisissez autre chose, ou téléphonez au service.")
    ]
    assert file(database, ("autumn", 1)) == []
    ((code, told),) = file(database, ("autumn", 1))
    assert (code, "Automne" in told) == ("closed", True)  # full: offered no more
    assert taken(database) == 5


def test_the_form_says_how_many_are_left(database: Database) -> None:
    assert file(database, ("summer", 2)) == []
    authority = demandes.commune(database)
    with database.reading(scope=authority.id) as session:
        procedure = catalogue.published(session, authority.id, invented.SLUG).procedure
        offered = bookings.offered(session, authority.id, procedure)["weeks"]
    assert [(each.id, each.note.replace("\u00a0", " ")) for each in offered] == [
        ("summer", "3 places"),
        ("autumn", "1 place"),
    ]


def test_two_who_file_at_once_share_the_last_place_between_them(database: Database) -> None:
    gate, told = threading.Barrier(2), []

    def last_place() -> None:
        gate.wait()
        told.append(len(file(database, ("autumn", 1))))

    threads = [threading.Thread(target=last_place) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0, 1]
    assert taken(database) == 1


def edited(database: Database, begun: demandes.Begun, week: str, places: int) -> list[str]:
    """What the page says when the citizen asks for other places; nothing when they are taken instead."""
    authority = demandes.commune(database)
    try:
        with database.writing(scope=authority.id) as session:
            row = session.execute(select(Submission).order_by(col(Submission.id).desc())).scalars().first()
            assert row is not None
            procedure = catalogue.published(session, authority.id, invented.SLUG).procedure
            page = next(each for each in procedure.form.pages if any(f.name == "children" for f in each.fields))
            row.editable = [page.id]
            typed = as_typed(page, row.current_answers)
            posted = {name: [each] if isinstance(each, str) else list(each) for name, each in typed.items()}
            posted |= {"subject": [f"{places} places"], "children.0.week": [week], "children.0.places": [str(places)]}
            by = replace(begun.visitor, granted=frozenset({row.id or 0}))
            said = {"revision": row.revision, "by": by, "now": clock.now()}
            edits.edit(session, authority, row.reference, posted, **said)
    except Invalid as invalid:
        return [each.message.replace("\u00a0", " ") for each in invalid.problems]
    return []


def test_what_is_held_follows_the_answers_that_a_citizen_changes(database: Database) -> None:
    begun = begin(database, ("summer", 2))
    assert file(database, begun=begun) == []
    assert edited(database, begun, "summer", 4) == []
    assert taken(database) == 4
    assert edited(database, begun, "summer", 6) == [
        "« Été » : il n’en reste que 5. Choisissez autre chose, ou téléphonez au service."
    ]
    assert taken(database) == 4
    assert edited(database, begun, "autumn", 1) == []
    assert taken(database) == 1
    authority = demandes.commune(database)
    with database.writing(scope=authority.id) as session:
        lists.replace(session, authority.id, "weeks", (SUMMER,), now=clock.now())
    assert edited(database, begun, "autumn", 1) == ["Vous n’avez rien modifié."]  # closed since, it may be kept
