"""A question whose answers come from a list that agents keep: what is offered, kept, refused and shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from grc.forms import answers, journey, rows, schema, summary
from grc.forms.definition import Form, Item
from grc.forms.fields import KINDS, listed
from tests.unit.forms.world import TODAY, a_form

ATTRIBUTES = {
    "capacity": {"type": "integer", "title": "Capacité", "x-unit": "places"},
    "price": {"type": "integer", "title": "Prix", "x-money": True},
    "surface": {"type": "number", "title": "Surface"},
    "kitchen": {"type": "boolean", "title": "Cuisine"},
    "where": {"type": "string", "title": "Adresse"},
}
ROOM = {"type": "object", "title": "Salle", "x-choices": {"source": "rooms", "attributes": ATTRIBUTES}}
FULL = {"capacity": 1200, "price": 12000, "surface": 80.5, "kitchen": True, "where": "1 place des Tilleuls"}
ROOMS = (Item("verger", "Salle du Verger", {**FULL, "secret": "x"}), Item("halle", "La Halle", {"kitchen": False}))
LISTS = {"rooms": ROOMS}
ANSWER = {"id": "verger", "label": "Salle du Verger", **FULL}


@pytest.fixture
def form() -> Form:
    return a_form({"room": ROOM}, required=("room",))


def read(form: Form, posted: dict[str, list[str]], lists: Any = LISTS) -> answers.PageRead:
    return answers.read_page(form, form.pages[0], posted, {}, as_of=TODAY, files={}, lists=lists)


def test_the_post_says_which_and_the_list_says_the_rest(form: Form) -> None:
    posted = {"room": ["verger"], "room.price": ["1"], "room-label": ["x"], "room.label": ["x"]}
    found = read(form, posted)
    assert (found.answers, found.problems, found.typed) == ({"room": ANSWER}, (), {"room": "verger"})


def test_attributes_that_the_list_does_not_know_are_absent(form: Form) -> None:
    assert read(form, {"room": ["halle"]}).answers["room"] == {"id": "halle", "label": "La Halle", "kitchen": False}


SLOTS = {
    "day": {"type": "string", "format": "date", "title": "Jour", "x-in-label": True},
    "start": {"type": "string", "format": "hour-minute", "title": "Début", "x-unit": "à"},
    "until": {"type": "string", "format": "date", "title": "Dernier jour pour demander", "x-internal": True},
}
SLOT = {"type": "object", "title": "Créneau", "x-choices": {"source": "slots", "until": "until", "attributes": SLOTS}}


def test_an_item_closes_by_itself_after_its_day() -> None:
    """Offered to the end of that day; one without such a day stays; what only agents read is not kept."""
    form = a_form({"slot": SLOT}, required=("slot",))
    days = {"past": TODAY - timedelta(days=1), "today": TODAY, "later": TODAY + timedelta(days=1)}
    told = {name: {"day": "2027-01-12", "start": "14:30", "until": str(day)} for name, day in days.items()}
    found = {"slots": tuple(Item(name, f"Le {name}", each) for name, each in {**told, "always": {}}.items())}
    shown = rows.offered(form.fields[0], found, TODAY)
    assert [(each.value, each.hint) for each in shown.choices] == [
        ("today", "à 14\u00a0h\u00a030"),
        ("later", "à 14\u00a0h\u00a030"),
        ("always", ""),
    ]
    kept = {"id": "today", "label": "Le today", "day": "2027-01-12", "start": "14:30"}
    assert read(form, {"slot": ["today"]}, found).answers["slot"] == kept
    (problem,) = read(form, {"slot": ["past"]}, found).problems
    assert (problem.field, problem.code) == ("slot", "closed")
    assert listed.display(form.fields[0], kept) == "Le today (à 14\u00a0h\u00a030)"


@pytest.mark.parametrize("posted", ["nowhere", "Salle du Verger", "VERGER", "<b>", "\x00"])
def test_what_the_list_has_not_is_no_answer(form: Form, posted: str) -> None:
    found = read(form, {"room": [posted]})
    assert found.answers == {}
    assert [(problem.field, problem.code) for problem in found.problems] == [("room", "choice")]
    assert posted not in found.problems[0].message


@pytest.mark.parametrize("posted", [{}, {"room": [""]}])
def test_nothing_chosen_is_asked_for(form: Form, posted: dict[str, list[str]]) -> None:
    (problem,) = read(form, posted).problems
    assert (problem.code, problem.message) == ("required", "Choisissez une réponse pour «\u00a0Salle\u00a0».")


def test_an_item_closed_meanwhile_is_chosen_again(form: Form) -> None:
    stored = {"room": ANSWER}
    assert answers.check(form, stored, as_of=TODAY, lists=LISTS) == ()
    (problem,) = answers.check(form, stored, as_of=TODAY, lists={"rooms": ROOMS[1:]})
    assert (problem.field, problem.code) == ("room", "closed")
    assert problem.message.startswith("«\u00a0Salle du Verger\u00a0» n’est plus proposé. Choisissez")
    assert journey.first_incomplete(form, stored, TODAY, lists={}) is form.pages[0]


def test_an_item_changed_meanwhile_is_looked_at_again(form: Form) -> None:
    dearer = Item("verger", "Salle du Verger", {**FULL, "price": 15000})
    (problem,) = answers.check(form, {"room": ANSWER}, as_of=TODAY, lists={"rooms": (dearer,)})
    assert problem.code == "changed"


def test_what_the_form_does_not_ask_of_the_list_changes_nothing(form: Form) -> None:
    other = Item("verger", "Salle du Verger", {**FULL, "secret": "y"})
    assert answers.check(form, {"room": ANSWER}, as_of=TODAY, lists={"rooms": (other,)}) == ()


def test_a_filed_answer_is_read_without_any_list(form: Form) -> None:
    assert answers.check(form, {"room": ANSWER}, as_of=TODAY) == ()
    (section,) = summary.sections(form, {"room": ANSWER})
    said = "Salle du Verger (1\u202f200\u00a0places, 120,00\u00a0€, Surface\u00a0: 80,5, Cuisine, 1 place des Tilleuls)"
    assert section.lines[0].text == said


def test_few_items_are_boxes_with_what_is_known_as_hint(form: Form) -> None:
    field = rows.offered(form.field("room"), LISTS)
    assert field.options["format"] == "radio"
    assert [(each.value, each.title) for each in field.choices] == [("verger", ROOMS[0].label), ("halle", "La Halle")]
    assert field.choices[0].hint.startswith("1\u202f200\u00a0places, 120,00\u00a0€")
    assert field.choices[1].hint == ""


@pytest.mark.parametrize(
    ("number", "wanted", "shown"), [(8, {}, "radio"), (9, {}, "select"), (2, {"format": "select"}, "select")]
)
def test_many_items_are_a_list_that_says_all_on_a_line(number: int, wanted: dict[str, Any], shown: str) -> None:
    items = tuple(Item(f"r{each}", f"Salle {each}", {"capacity": 10}) for each in range(number))
    field = rows.offered(a_form({"room": ROOM}, room=wanted).field("room"), {"rooms": items})
    assert field.options["format"] == shown
    assert field.choices[0].title == ("Salle 0" if shown == "radio" else "Salle 0 (10\u00a0places)")


def test_the_schema_says_what_is_kept_and_refuses_the_rest(form: Form) -> None:
    leaf = schema.stand_alone(form)["properties"]["room"]
    assert list(leaf["properties"]) == ["id", "label", *ATTRIBUTES]
    assert (leaf["required"], leaf["additionalProperties"]) == (["id", "label"], False)
    for wrong in ({**ANSWER, "secret": 1}, {"id": "verger"}, {**ANSWER, "price": "1"}, {**ANSWER, "price": -1}):
        assert answers.check(form, {"room": wrong}, as_of=TODAY) != ()


def test_the_form_says_which_lists_it_needs(form: Form) -> None:
    assert form.sources == {"rooms"}
    assert a_form({"name": {"type": "string", "title": "Nom"}}).sources == set()
    assert listed.source_of(form.field("room")) == "rooms"


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"id": 1}])
def test_any_value_is_shown(form: Form, value: Any) -> None:
    assert isinstance(KINDS["listed"].display(form.field("room"), value), str)
    assert set(KINDS["listed"].retype(form.field("room"), value)) == {"room"}


def test_an_amount_says_what_it_is_for() -> None:
    attributes = {"price": {"type": "integer", "title": "Prix", "x-money": True, "x-unit": "par jour"}}
    assert listed.details(attributes, {"price": 12000}) == "120,00\u00a0€ par jour"


@pytest.mark.parametrize(
    ("closes_on", "said"),
    [
        ("2027-01-15", "jusqu’au 15\u00a0janvier\u00a02027"),
        ("jusqu’à Noël", "jusqu’à Noël"),
        ("2027-02-30", "2027-02-30"),
    ],
)
def test_a_day_is_said_with_its_word_and_what_is_no_day_as_it_is(closes_on: str, said: str) -> None:
    """A list filled before its attribute was a day has words there: they are shown, and break nothing."""
    schema = {"closes_on": {"type": "string", "format": "date", "title": "Dernier jour", "x-unit": "jusqu’au"}}
    assert listed.details(schema, {"closes_on": closes_on}) == said
