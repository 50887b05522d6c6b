"""Computed answers, checks across answers, one answer asked in several places, live lists."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest

from grc.errors import Misconfigured, Problem
from grc.forms import answers as form_answers
from grc.forms import journey, schema, summary
from grc.forms.definition import Item
from grc.forms.formats import reference_validator
from tests.unit.forms.family import ANSWERS, AS_OF, LISTS, SCHEMA, UI, answers, family

FORM = family()


def problems(given: dict[str, Any], *, as_of: date = AS_OF) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in form_answers.check(FORM, given, as_of=as_of, lists=LISTS)]


def faults(schema_: dict[str, Any] = SCHEMA, ui: dict[str, Any] = UI) -> str:
    with pytest.raises(Misconfigured) as raised:
        family(schema_, ui)
    return "\n".join(map(str, raised.value.faults))


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    result = copy.deepcopy(document)
    *steps, last = path.split("/")
    node: Any = result
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    node[int(last) if isinstance(node, list) else last] = value
    return result


def test_complete_answers_have_no_problem_and_are_their_own_pruning() -> None:
    assert problems(answers()) == []
    assert form_answers.prune(FORM, answers(), as_of=AS_OF) == ANSWERS
    assert reference_validator(schema.stand_alone(FORM)).is_valid(answers())


def test_a_computed_answer_is_never_taken_from_what_was_sent() -> None:
    pruned = form_answers.prune(FORM, answers(price=1, days=1, eldest=99), as_of=AS_OF)
    assert (pruned["price"], pruned["days"], pruned["eldest"]) == (36000, 3, 14)


def test_a_demande_that_was_filed_keeps_what_was_computed_then() -> None:
    assert form_answers.prune(FORM, answers(price=1))["price"] == 1


def test_a_computed_answer_is_absent_while_something_is_missing() -> None:
    pruned = form_answers.prune(FORM, {"who": "club", "guests": 3}, as_of=AS_OF)
    assert pruned == {"who": "club", "guests": 3}


def test_a_rule_may_read_a_computed_answer() -> None:
    young = [{"first_name": "Dominique", "born_on": "2022-03-09"}]
    assert "remark" not in form_answers.prune(FORM, answers(children=young), as_of=AS_OF)
    later = AS_OF + timedelta(days=366 * 9)
    assert "remark" in form_answers.prune(FORM, answers(children=young), as_of=later)


def test_a_check_that_fails_stands_beside_its_answer_and_loses_nothing() -> None:
    posted = {"guests": ["100"], "room": ["tilleuls"], "phone": ["0199001234"]}
    posted |= {"stay-start-day": ["24"], "stay-start-month": ["12"], "stay-start-year": ["2026"]}
    posted |= {"stay-end-day": ["26"], "stay-end-month": ["12"], "stay-end-year": ["2026"]}
    read = form_answers.read_page(FORM, FORM.pages[1], posted, answers(), as_of=AS_OF, files={}, lists=LISTS)
    message = "Choisissez une salle plus grande, ou invitez moins de personnes."
    assert read.problems == (Problem("guests", "x-checks", message),)
    assert read.answers["guests"] == 100
    assert problems(read.answers) == [("guests", "x-checks")]
    assert not journey.may_visit(FORM, read.answers, "enfants", AS_OF, lists=LISTS)


def test_a_check_about_today_changes_with_the_day() -> None:
    assert problems(answers(), as_of=date(2026, 12, 9)) == []
    assert problems(answers(), as_of=date(2026, 12, 10)) == [("stay", "x-checks")]


def test_a_check_on_what_is_missing_is_skipped() -> None:
    given = answers()
    del given["room"]
    assert problems(given) == [("room", "required")]


def test_an_interval_that_ends_before_it_starts_is_refused_by_the_engine_alone() -> None:
    backwards = answers(stay={"start": "2026-12-26", "end": "2026-12-24"})
    assert ("stay", "order") in problems(backwards)


def test_the_line_of_a_live_list_is_copied_by_the_server() -> None:
    posted = {"room": ["prairie"], "room.price": ["1"], "guests": ["3"]}
    read = form_answers.read_page(FORM, FORM.pages[1], posted, answers(), as_of=AS_OF, files={}, lists=LISTS)
    assert read.answers["room"] == {
        "id": "prairie",
        "label": "Salle de la Prairie",
        "capacity": 30,
        "price": 4550,
    }


def test_a_line_that_is_no_longer_offered_or_no_longer_the_same_is_to_be_chosen_again() -> None:
    dearer = {"rooms": (Item("tilleuls", "Salle des Tilleuls", {"capacity": 80, "price": 15000}),)}
    for lists in ({}, {"rooms": LISTS["rooms"][1:]}, dearer):
        found = form_answers.check(FORM, answers(), as_of=AS_OF, lists=lists)
        assert [one.field for one in found] == ["room"]
    assert form_answers.check(FORM, answers(), as_of=AS_OF, lists=None) == ()


def test_the_same_question_in_two_places_is_one_answer() -> None:
    assert [field.name for field in FORM.fields].count("phone") == 1
    for who, page in (("parent", "qui"), ("club", "fete")):
        shown = [
            each.id
            for each in FORM.pages
            if any(field.name == "phone" for field in journey.visible_fields(FORM, each, {"who": who}))
        ]
        assert shown == [page]


def test_a_page_changes_only_the_questions_that_it_showed() -> None:
    """The page on which the telephone is hidden leaves alone what another page asked."""
    posted = {form_answers.ASKED: ["guests"], "guests": ["12"]}
    read = form_answers.read_page(FORM, FORM.pages[1], posted, answers(), as_of=AS_OF, files={}, lists=LISTS)
    assert read.answers == answers(guests=12)


def test_what_depends_on_a_question_redraws_the_page_through_what_is_computed() -> None:
    assert journey.redraws(FORM, FORM.pages[0]) == {"who"}
    assert journey.redraws(FORM, FORM.pages[1]) == {"stay", "room"}
    assert journey.redraws(FORM, FORM.pages[2]) == {"children"}


def test_what_could_not_be_computed_is_not_shown_as_missing() -> None:
    labels = [line.label for section in summary.sections(FORM, {"who": "club"}) for line in section.lines]
    assert "Prix estimé" not in labels
    assert "Nombre d’invités" in labels


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("properties/price/x-computed", "answers.rom.price", "« answers.rom.price » n’existe pas"),
        ("properties/price/x-computed", "answers.room.price *", "écriture fautive"),
        ("properties/price/minimum", 3, "n’a pas de sens pour une valeur calculée"),
        ("properties/days/x-computed", "answers.price + 1", "tournent en rond"),
        ("x-checks/0/at", "gests", "Vouliez-vous dire « guests »"),
        ("x-checks/0/expr", "answers.guests <= answers.rom.capacity", "n’existe pas"),
        ("x-checks/0/at", "who", "demandé plus loin"),
        ("x-checks/0/message", " ", "un contrôle a « expr », « message » et « at »"),
        ("properties/children/items/properties/age/x-computed", "item.born|years_until(today)", "n’existe pas"),
        ("properties/children/items/x-checks/0/at", "guests", "n’est pas une question de ce niveau"),
    ],
)
def test_a_fault_of_what_is_derived_is_named(path: str, value: Any, said: str) -> None:
    assert said in faults(changed(SCHEMA, path, value))


def test_a_computed_answer_shown_before_what_it_is_made_of_is_a_fault() -> None:
    ui = changed(UI, "elements/0/elements", [*UI["elements"][0]["elements"], UI["elements"][1]["elements"][3]])
    ui["elements"][1]["elements"] = [each for n, each in enumerate(ui["elements"][1]["elements"]) if n != 3]
    assert "demandé plus loin" in faults(ui=ui)


def test_a_question_placed_twice_needs_a_rule_at_each_place() -> None:
    again = {"type": "Control", "scope": "#/properties/guests", "x-id": "guests-again"}
    ui = changed(UI, "elements/2/elements", [*UI["elements"][2]["elements"], again])
    assert "est déjà placée" in faults(ui=ui)


ITEM = "properties/children/items/properties"
DETAIL = "elements/2/elements/0/options/detail/elements"


def test_a_computed_answer_of_an_item_may_stand_before_what_it_reads() -> None:
    first_name, born_on, age, swims = UI["elements"][2]["elements"][0]["options"]["detail"]["elements"]
    form = family(SCHEMA, changed(UI, DETAIL, [age, first_name, swims, born_on]))
    assert form_answers.prune(form, answers(), as_of=AS_OF)["children"] == ANSWERS["children"]


def test_a_computed_answer_of_an_item_may_read_another_of_the_item() -> None:
    schema_ = changed(SCHEMA, f"{ITEM}/after", {"type": "integer", "title": "A", "x-computed": "item.next + 1"})
    schema_ = changed(schema_, f"{ITEM}/next", {"type": "integer", "title": "B", "x-computed": "item.age + 1"})
    items = form_answers.prune(family(schema_), answers(), as_of=AS_OF)["children"]
    assert [each["after"] for each in items] == [16, 6]


def test_computed_answers_of_an_item_that_go_in_a_circle_are_a_fault() -> None:
    schema_ = changed(SCHEMA, f"{ITEM}/after", {"type": "integer", "title": "A", "x-computed": "item.next + 1"})
    schema_ = changed(schema_, f"{ITEM}/next", {"type": "integer", "title": "B", "x-computed": "item.after + 1"})
    assert "tournent en rond" in faults(schema_)


def test_an_item_may_copy_in_an_answer_of_the_form_that_bears_the_same_name() -> None:
    form = family(changed(SCHEMA, f"{ITEM}/who", {"type": "string", "title": "Qui ?", "x-computed": "answers.who"}))
    items = form_answers.prune(form, answers(), as_of=AS_OF)["children"]
    assert [each["who"] for each in items] == ["parent", "parent"]


def test_a_check_of_an_item_reads_no_answer_of_a_later_page() -> None:
    check = {"expr": "item.age < answers.limit", "message": "Trop grand.", "at": "born_on"}
    schema_ = changed(SCHEMA, "properties/limit", {"type": "integer", "title": "Âge limite"})
    schema_ = changed(schema_, "properties/children/items/x-checks", [check])
    last = {
        "type": "Category",
        "x-id": "fin",
        "label": "La fin",
        "elements": [{"type": "Control", "scope": "#/properties/limit"}],
    }
    said = faults(schema_, {**UI, "elements": [*UI["elements"], last]})
    assert "contrôle" in said and "limit" in said and "demandé plus loin" in said


def test_a_question_that_opens_again_shows_what_was_answered_before() -> None:
    page = FORM.pages[2]
    row = {"children": ["0"], "children.0.first_name": ["Camille"], "children.0.born_on-day": ["1"]}
    row |= {"children.0.born_on-month": ["5"], "children.0.born_on-year": ["2012"]}
    posted = {"_asked": ["children"], **row}
    found = form_answers.read_page(FORM, page, posted, answers(), as_of=AS_OF, files={}, lists=LISTS)
    assert found.typed["remark"] == found.answers["remark"] == "Rien de particulier"


def test_items_that_a_page_did_not_ask_are_judged_and_shown_as_stored() -> None:
    grown = answers(children=[{"first_name": "Camille", "born_on": "1990-05-01"}])
    posted = {"_asked": ["remark"], "remark": ["Rien"]}
    found = form_answers.read_page(FORM, FORM.pages[2], posted, grown, as_of=AS_OF, files={}, lists=LISTS)
    assert [(one.field, one.code) for one in found.problems] == [("children.0.born_on", "x-checks")]
    assert found.typed["children.0.first_name"] == "Camille"
    assert found.typed["children.0.age"] == "36"


@pytest.mark.parametrize(
    ("who", "name", "page"),
    [
        ("parent", "phone", "qui"),
        ("club", "phone", "fete"),
        ("parent", "children.1.born_on", "enfants"),
        ("parent", "remark", "enfants"),
        ("parent", "nothing", "qui"),
    ],
)
def test_an_answer_to_correct_leads_to_the_page_that_asks_it_now(who: str, name: str, page: str) -> None:
    assert journey.page_of(FORM, answers(who=who), name).id == page


def test_answers_are_brought_up_to_date_and_lose_nothing() -> None:
    stored = answers(
        who="club", price=1, children=[{"first_name": "Camille", "born_on": "2022-03-09", "age": 99}, True]
    )
    found = form_answers.up_to_date(FORM, stored, as_of=AS_OF)
    assert (found["price"], found["children"][0]["age"], found["children"][1]) == (36000, 4, True)
    assert found["remark"] == "Rien de particulier"
    assert stored["price"] == 1


def told(schema: dict[str, Any], *, name: str = "who") -> dict[str, Any]:
    """A group that only tells something, when an answer suits."""
    rule = {"effect": "SHOW", "condition": {"scope": f"#/properties/{name}", "schema": schema}}
    label = {"type": "Label", "text": "Une association joint ses statuts."}
    return {"type": "Group", "x-id": "told", "label": "À savoir", "elements": [label], "rule": rule}


def test_a_group_may_only_tell_something() -> None:
    ui = changed(UI, "elements/0/elements", [*UI["elements"][0]["elements"], told({"const": "club"})])
    form = family(SCHEMA, ui)
    group = form.pages[0].groups[-1]
    assert [journey.only_tells(form, group, {"who": who}) for who in ("club", "parent")] == [True, False]
    assert not journey.only_tells(form, form.pages[0].groups[0], {"who": "club"})
    assert "who" in journey.redraws(form, form.pages[0])


def test_what_a_group_tells_may_not_depend_on_a_later_page() -> None:
    ui = changed(UI, "elements/0/elements", [*UI["elements"][0]["elements"], told({"minimum": 1}, name="guests")])
    assert "demandé plus loin" in faults(ui=ui)


def test_the_rule_of_a_group_counts_for_a_question_that_it_holds() -> None:
    grouped = copy.deepcopy(UI)
    control = grouped["elements"][1]["elements"].pop(4)
    rule = control.pop("rule")
    grouped["elements"][1]["elements"].append(
        {"type": "Group", "x-id": "club", "label": "L’association", "elements": [control], "rule": rule}
    )
    assert [each.id for each in family(SCHEMA, grouped).pages[1].fields][-1] == "phone-club"


def test_a_text_under_the_rule_of_a_layout_is_a_fault() -> None:
    label = {"type": "Label", "text": "Pour les associations."}
    layout = {"type": "VerticalLayout", "elements": [label], "rule": told({"const": "club"})["rule"]}
    ui = changed(UI, "elements/0/elements", [*UI["elements"][0]["elements"], layout])
    assert "ne suit pas la règle" in faults(ui=ui)
