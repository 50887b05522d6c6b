"""What must hold of every form of the catalogue for any answers at all: hypothesis looks for those that break it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.catalogue import loading
from grc.conditions import guarded, value_at
from grc.errors import Problem
from grc.forms import answers, journey, pruning, rows, schema, summary
from grc.forms.compiled import compiled
from grc.forms.definition import Field, Form, Item, Lists
from grc.forms.fields import KINDS, input_of
from grc.forms.formats import reference_validator
from tests.unit.forms import family
from tests.unit.forms.world import CATALOGUE, TODAY, birth_certificate

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.text(max_size=8)
    | st.sampled_from(["self", "full_copy", "here", 12.5, "2026-02-31", "2030-01-01", "73282932000075"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
HOSTILE = st.text(alphabet=st.characters(), max_size=40) | st.sampled_from(
    ["\x00", "\ud800", "\u202egpj.exe", "{{ 7*7 }}", "<script>", "１２", "e\u0301", "\r\n", "a" * 300, "٣", "1_0", "+3"]
)
NOT_OF_THE_SCHEMA = {"past", "x-min", "x-max", "x-checks", "order", "closed", "changed", "choice"} | {
    *("date", "partial-date", "email", "siret", "siren", "rna", "iban", "insee-commune", "hour-minute")
}
"""What the engine alone refuses: today, checks, live lists, and what the pattern of a format cannot say."""


@dataclass(frozen=True, eq=False)
class Case:
    """A form, answers to start from, and what is around them."""

    name: str
    form: Form
    made: tuple[dict[str, Any], ...]
    lists: Lists
    as_of: date

    @cached_property
    def outside(self) -> Callable[[Any], bool]:
        """A validator that knows nothing of us: it reads the stand-alone schema, formats being annotations to it."""
        return guarded(
            jsonschema_rs.Draft202012Validator(schema.stand_alone(self.form), validate_formats=False).is_valid
        )

    @cached_property
    def reference(self) -> Any:
        return reference_validator(schema.stand_alone(self.form))

    def prune(self, given_answers: Mapping[str, Any]) -> dict[str, Any]:
        return answers.prune(self.form, given_answers, as_of=self.as_of)

    def check(self, given_answers: Mapping[str, Any]) -> tuple[Problem, ...]:
        return answers.check(self.form, given_answers, as_of=self.as_of, lists=self.lists)

    def asked(self, name: str) -> Field:
        """The question behind a problem's name, in an item too."""
        for field in self.form.fields:
            if field.name == name:
                return field
            if field.form is not None and name.startswith(f"{field.name}."):
                rest = name.removeprefix(f"{field.name}.").split(".", 1)[1]
                return next(each for each in field.form.fields if each.name == rest)
        raise KeyError(name)


@cache
def cases() -> tuple[Case, ...]:
    """Every procedure, online and at the desk, with its examples; the small form that has a bit of everything."""
    found = [Case("family", family.family(), (family.ANSWERS,), family.LISTS, family.AS_OF)]
    for procedure in loading.load_folder(CATALOGUE):
        paths = sorted((CATALOGUE / procedure.slug / "examples").glob("*.json"))
        documents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        listed = (document.get("lists", {}) for document in documents)
        lists = {name: tuple(Item(**each) for each in items) for one in listed for name, items in one.items()}
        made = tuple(document["answers"] for document in documents)
        as_of = date.fromisoformat(documents[0]["as_of"])
        found.append(Case(procedure.slug, procedure.form, made, lists, as_of))
        found.append(Case(f"{procedure.slug} at the desk", procedure.form.at_desk, made, lists, as_of))
    return tuple(found)


def choices_of(field: Field) -> st.SearchStrategy[Any]:
    return st.sampled_from([each.value for each in field.choices]) if field.choices else st.nothing()


@st.composite
def anything(draw: st.DrawFn) -> tuple[Case, dict[str, Any]]:
    """A form, and answers of an example with some changed to other choices, to another's, to nonsense, to nothing."""
    case = draw(st.sampled_from(cases()))
    made = answers._copied(draw(st.sampled_from(case.made)))
    other = draw(st.sampled_from(case.made))
    for field in draw(st.lists(st.sampled_from(case.form.fields), max_size=5)):
        value = draw(choices_of(field) | JSON | HOSTILE | st.just(value_at(other, field.path)))
        pruning.put(made, field.path, value)
    if draw(st.booleans()):
        made[draw(st.sampled_from([*case.form.schema["properties"], "else"]))] = draw(JSON)
    return case, made


@given(anything())
def test_pruning_twice_changes_nothing(drawn: tuple[Case, dict[str, Any]]) -> None:
    case, made = drawn
    once = case.prune(made)
    assert case.prune(once) == once
    assert answers.prune(case.form, once) == once


@given(anything())
def test_fast_validator_says_what_the_reference_says(drawn: tuple[Case, dict[str, Any]]) -> None:
    case, made = drawn
    pruned = case.prune(made)
    try:
        expected = case.reference.is_valid(pruned)
    except UnicodeEncodeError:
        expected = False
    assert compiled(case.form).accepts(pruned) is expected


@settings(max_examples=300)
@given(anything())
def test_the_stand_alone_schema_and_the_engine_agree(drawn: tuple[Case, dict[str, Any]]) -> None:
    """What we accept it accepts; what it accepts we refuse only for what no schema says."""
    case, made = drawn
    problems, accepted = case.check(made), case.outside(case.prune(made))
    if not problems:
        assert accepted
    if accepted:
        assert {problem.code for problem in problems} <= NOT_OF_THE_SCHEMA


@given(anything())
def test_each_refusal_is_explained_field_by_field(drawn: tuple[Case, dict[str, Any]]) -> None:
    case, made = drawn
    problems = case.check(made)
    names = [problem.field for problem in problems]
    assert len(names) == len(set(names))
    assert all(problem.message and problem.code for problem in problems)
    assert all(case.asked(name) for name in names)
    stop = journey.first_incomplete(case.form, made, case.as_of, lists=case.lists)
    assert bool(problems) is (stop is not None)


@given(anything(), st.data())
def test_no_order_of_pages_opens_what_the_journey_forbids(
    drawn: tuple[Case, dict[str, Any]], data: st.DataObject
) -> None:
    case, made = drawn
    order = data.draw(st.permutations([page.id for page in case.form.pages]))
    pruned = case.prune(made)
    shown = [page.id for page in journey.pages(case.form, pruned)]
    stop = journey.first_incomplete(case.form, made, case.as_of, lists=case.lists)
    allowed = shown if stop is None else shown[: shown.index(stop.id) + 1]
    opened = {each for each in order if journey.may_visit(case.form, made, each, case.as_of, lists=case.lists)}
    assert opened == set(allowed)


@given(anything())
def test_summary_shows_any_answers(drawn: tuple[Case, dict[str, Any]]) -> None:
    case, made = drawn
    for section in summary.sections(case.form, made):
        for line in section.lines:
            assert line.text
            assert line.missing is (line.text == summary.MISSING)


@given(anything())
def test_a_round_trip_through_the_pages_loses_nothing(drawn: tuple[Case, dict[str, Any]]) -> None:
    """Valid answers written into the inputs of every page and posted again are the same answers."""
    case, made = drawn
    if case.check(made):
        return
    pruned = case.prune(made)
    again: dict[str, Any] = {}
    for page in journey.pages(case.form, pruned):
        typed = answers.as_typed(page, pruned)
        posted = {name: [value] if isinstance(value, str) else list(value) for name, value in typed.items()}
        sent = {each.name: value_at(pruned, each.path) or () for each in page.fields if each.kind == "file"}
        read = answers.read_page(case.form, page, posted, again, as_of=case.as_of, files=sent, lists=case.lists)
        assert read.problems == ()
        again = read.answers
    assert case.prune(again) == composed(pruned)


def composed(value: Any) -> Any:
    """The same answers with each accent in one character with its letter, as a page is read."""
    if isinstance(value, dict):
        return {name: composed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [composed(each) for each in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@settings(max_examples=200)
@given(anything(), st.data())
def test_hostile_posts_never_raise_and_are_shown_again(drawn: tuple[Case, dict[str, Any]], data: st.DataObject) -> None:
    case, made = drawn
    page = data.draw(st.sampled_from(case.form.pages))
    plain = [*answers.as_typed(page, made), *(field.name for field in page.fields)]
    suffixes = ("", "-day", "-month", "-year", "-line1", "-postcode", "-city", "-country", "-start-day", ".0.x")
    names = sorted({*plain, *(f"{field.name}{suffix}" for field in page.fields for suffix in suffixes)})
    posted = data.draw(st.dictionaries(st.sampled_from(names), st.lists(HOSTILE, max_size=3)))
    read = answers.read_page(case.form, page, posted, made, as_of=case.as_of, files={}, lists=case.lists)
    for problem in read.problems:
        assert input_of(case.asked(problem.field), problem)
    known = {each.field for each in read.problems}
    for problem in answers.page_problems(case.form, page, case.prune(read.answers), as_of=case.as_of, lists=case.lists):
        assert problem.code in ("required", "minItems") or problem.field in known
    for field in page.fields:
        if field.form is not None:
            assert rows.shown(field, read.typed, read.answers, as_of=case.as_of, lists=case.lists) is not None


@given(st.sampled_from(sorted(KINDS)), HOSTILE | JSON)
def test_display_never_raises(kind: str, value: Any) -> None:
    fields = [field for case in cases() for field in case.form.fields if field.kind == kind]
    for field in fields[:1]:
        assert isinstance(KINDS[kind].display(field, value), str)
        assert isinstance(KINDS[kind].retype(field, value), dict)


def test_a_problem_names_its_field_and_says_what_to_do() -> None:
    empty = answers.check(birth_certificate().form, {}, as_of=TODAY)
    verbs = ("Saisissez", "Choisissez", "Ajoutez", "Dites", "Cochez")
    assert all(isinstance(problem, Problem) and problem.message.startswith(verbs) for problem in empty)
