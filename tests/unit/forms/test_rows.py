"""Repeated groups: rows added, taken away, read, judged and shown."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.errors import Misconfigured
from grc.forms import answers as form_answers
from grc.forms import rows, schema
from grc.forms.formats import reference_validator
from tests.unit.forms.family import ANSWERS, AS_OF, LISTS, SCHEMA, UI, answers, family

FORM = family()
PAGE = FORM.pages[2]
CHILDREN = FORM.field("children")
BEFORE = {name: value for name, value in ANSWERS.items() if name not in ("children", "eldest", "remark")}


def posted(typed: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else list(value) for name, value in typed.items()}


def read(values: dict[str, list[str]], before: dict[str, Any] = BEFORE) -> form_answers.PageRead:
    return form_answers.read_page(FORM, PAGE, values, before, as_of=AS_OF, files={}, lists=LISTS)


def child(key: str, name: str = "", born: str = "") -> dict[str, list[str]]:
    day = born.split("/") if born else ["", "", ""]
    parts = zip(("day", "month", "year"), day, strict=True)
    inputs = {f"children.{key}.born_on-{part}": [text] for part, text in parts}
    return {f"children.{key}.first_name": [name], **inputs}


def test_what_is_stored_comes_back_through_its_inputs() -> None:
    typed = form_answers.as_typed(PAGE, ANSWERS)
    found = read(posted(typed))
    assert found.problems == ()
    assert found.answers == answers()


def test_a_row_added_or_taken_away_keeps_the_others_as_typed() -> None:
    values = {"children": ["0", "1"], **child("0", "Camille", "1/5/2012"), **child("1", "Dom")}
    more = rows.changed(PAGE, values, "add:children")
    assert more is not None and more["children"] == ["0", "1", "2"]
    fewer = rows.changed(PAGE, more, "remove:children.0")
    assert fewer is not None and fewer["children"] == ["1", "2"]
    typed = read(fewer).typed
    assert typed["children"] == ["1", "2"]
    assert typed["children.1.first_name"] == "Dom"
    assert "children.0.first_name" not in typed


def test_rows_are_told_in_words_a_line_each() -> None:
    assert (
        rows.in_words(CHILDREN, ANSWERS["children"])
        == "Camille, 1er\u00a0mai\u00a02012, Oui\nDominique, 9\u00a0mars\u00a02022"
    )
    assert rows.in_words(CHILDREN, [{"first_name": "Dom"}]) == "Dom"
    assert rows.in_words(CHILDREN, []) == ""


def test_a_question_that_has_just_appeared_shows_the_fewest_rows() -> None:
    assert read({}).typed["children"] == ["0"]


@pytest.mark.parametrize("then", ["continue", "add:guests", "add:nothing", "remove:children", "add:children\n", ""])
def test_other_words_change_no_row(then: str) -> None:
    values = {"children": ["0"]}
    after = rows.changed(PAGE, values, then)
    assert after is None or after == values


def test_no_more_rows_than_allowed() -> None:
    full = {"children": ["0", "1", "2"]}
    assert rows.changed(PAGE, full, "add:children") == full
    many = {"children": [str(n) for n in range(900)], **{f"children.{n}.first_name": ["x"] for n in range(900)}}
    assert len(read(many).typed["children"]) == 3


def test_an_empty_row_is_left_out_but_one_must_be_filled() -> None:
    values = {"children": ["0", "4"], **child("0"), **child("4", "Camille", "1/5/2012")}
    assert [each["first_name"] for each in read(values).answers["children"]] == ["Camille"]
    none = read({"children": ["0", "4"], **child("0"), **child("4")})
    assert [one.field for one in none.problems] == ["children.0.first_name", "children.0.born_on"]


def test_a_problem_is_named_by_its_row_and_takes_out_only_its_answer() -> None:
    values = {"children": ["2", "7"], **child("2", "Camille", "1/5/2012"), **child("7", "Dominique", "32/5/2012")}
    found = read(values)
    assert [(one.field, one.code) for one in found.problems] == [("children.7.born_on", "day")]
    assert found.answers["children"][1] == {"first_name": "Dominique"}
    assert found.answers["children"][0]["age"] == 14
    assert found.typed["children.7.born_on-day"] == "32"


def test_a_check_of_an_item_stands_in_its_row() -> None:
    values = {"children": ["0", "5"], **child("0", "Camille", "1/5/2012"), **child("5", "Alex", "1/5/1990")}
    assert [(one.field, one.code) for one in read(values).problems] == [("children.5.born_on", "x-checks")]


def test_a_row_shows_what_its_own_answers_open() -> None:
    typed = form_answers.as_typed(PAGE, ANSWERS)
    shown = rows.shown(CHILDREN, typed, ANSWERS, as_of=AS_OF, lists=LISTS)
    assert [[field.name.rsplit(".", 1)[1] for field in row.fields] for row in shown] == [
        ["first_name", "born_on", "age", "swims"],
        ["first_name", "born_on", "age"],
    ]
    assert typed["children.0.age"] == "14"


def test_the_first_row_is_there_before_anything_is_typed() -> None:
    assert form_answers.as_typed(PAGE, {})["children"] == ["0"]


def test_items_are_pruned_and_judged_like_any_answers() -> None:
    hidden = copy.deepcopy(ANSWERS)
    hidden["children"][1]["swims"] = True
    assert form_answers.prune(FORM, hidden, as_of=AS_OF) == ANSWERS
    assert not reference_validator(schema.stand_alone(FORM)).is_valid(hidden)
    for wrong, code in (([], "required"), ([{}] * 4, "maxItems"), ([3], "type"), ("x", "type")):
        found = form_answers.check(FORM, answers(children=wrong), as_of=AS_OF, lists=LISTS)
        assert found, wrong
        assert any(one.code in (code, "minItems", "required", "type") for one in found), (wrong, found)


def test_what_cannot_be_repeated_is_a_fault() -> None:
    document = copy.deepcopy(SCHEMA)
    inner = {"type": "array", "title": "Photos", "items": {"x-file": {"types": ["image/png"], "max_bytes": 10}}}
    document["properties"]["children"]["items"]["properties"]["photo"] = inner
    with pytest.raises(Misconfigured) as raised:
        family(document, UI)
    assert "ne se répète pas" in "\n".join(map(str, raised.value.faults))


_TEXT = st.text(max_size=12) | st.sampled_from(["\x00", "\u202e", "\ud800", "<script>", "Œuvre", "9" * 200, "-1"])
_NAMES = st.sampled_from(
    ["children", "children.0.first_name", "children.0.born_on-day", "children.x", "children.0", "children.1.swims"]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_NAMES | _TEXT, st.lists(_TEXT | st.sampled_from(["0", "1", "999"]), max_size=3), max_size=8))
def test_hostile_rows_give_problems_and_nothing_worse(values: dict[str, list[str]]) -> None:
    found = read(values)
    shown = rows.shown(CHILDREN, found.typed, found.answers, as_of=AS_OF, lists=LISTS)
    assert len(shown) <= 3
    pruned = form_answers.prune(FORM, found.answers, as_of=AS_OF)
    assert form_answers.prune(FORM, pruned, as_of=AS_OF) == pruned
    form_answers.check(FORM, found.answers, as_of=AS_OF, lists=LISTS)


def test_what_is_unfinished_in_a_row_is_never_shown_as_said_in_another() -> None:
    """Of three rows the first is taken away and the second has no name: that of the third must not stand there."""
    said = {"children": ["1", "2"], "children.1.born_on-year": ["2015"], "children.2.first_name": ["Dominique"]}
    born = {f"children.2.born_on-{part}": [number] for part, number in (("day", "9"), ("month", "3"), ("year", "2022"))}
    found = read(said | born)
    again = {**form_answers.as_typed(PAGE, found.answers), **form_answers.unfinished(PAGE, found)}
    assert again["children"] == ["1", "2"]
    assert again["children.1.first_name"] == ""
    assert (again["children.1.born_on-day"], again["children.1.born_on-year"]) == ("", "2015")
    assert (again["children.2.first_name"], again["children.2.born_on-day"]) == ("Dominique", "9")


def test_nothing_is_unfinished_on_a_page_that_holds() -> None:
    page = FORM.pages[0]
    found = form_answers.read_page(FORM, page, {"who": ["club"]}, {}, as_of=AS_OF, files={}, lists=LISTS)
    assert (found.problems, form_answers.unfinished(page, found)) == ((), {})
