"""What must hold for any answers at all: hypothesis looks for those that break it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from grc.errors import Problem
from grc.forms import answers, journey, pruning, schema, summary
from grc.forms.compiled import compiled
from grc.forms.definition import Field
from grc.forms.fields import KINDS, input_of
from grc.forms.formats import reference_validator
from tests.unit.forms.world import EXAMPLES, TODAY, an_example, answers_that_pass, birth_certificate

FORM = birth_certificate().form
REFERENCE = reference_validator(schema.stand_alone(FORM))

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.text(max_size=8)
    | st.sampled_from(["self", "full_copy", "here"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
HOSTILE = st.text(alphabet=st.characters(), max_size=40) | st.sampled_from(
    ["\x00", "\ud800", "\u202egpj.exe", "{{ 7*7 }}", "<script>", "１２", "e\u0301", "\r\n", "a" * 300, "٣", "1_0", "+3"]
)


def choices_of(field: Field) -> st.SearchStrategy[Any]:
    return st.sampled_from([each.value for each in field.choices]) if field.choices else st.nothing()


@st.composite
def any_answers(draw: st.DrawFn) -> dict[str, Any]:
    """Answers that pass, with some of them changed to other choices, to nonsense, or to nothing."""
    made = draw(st.sampled_from([an_example(path.stem)["answers"] for path in EXAMPLES]) | st.just(answers_that_pass()))
    made = answers._copied(made)
    for field in draw(st.lists(st.sampled_from(FORM.fields), max_size=5)):
        value = draw(choices_of(field) | JSON | HOSTILE)
        pruning.put(made, field.path, value)
    if draw(st.booleans()):
        made[draw(st.sampled_from(["person", "applicant", "parents", "else"]))] = draw(JSON)
    return made


@given(any_answers())
def test_pruning_twice_changes_nothing(given_answers: Mapping[str, Any]) -> None:
    once = answers.prune(FORM, given_answers)
    assert answers.prune(FORM, once) == once


@given(any_answers())
def test_fast_validator_says_what_the_reference_says(given_answers: Mapping[str, Any]) -> None:
    pruned = answers.prune(FORM, given_answers)
    try:
        expected = REFERENCE.is_valid(pruned)
    except UnicodeEncodeError:
        expected = False
    assert compiled(FORM).accepts(pruned) is expected


@given(any_answers())
def test_stand_alone_schema_agrees_with_the_engine_but_for_today(given_answers: Mapping[str, Any]) -> None:
    problems = answers.check(FORM, given_answers, as_of=TODAY)
    accepted = REFERENCE.is_valid(answers.prune(FORM, given_answers))
    assert accepted is ({problem.code for problem in problems} <= {"past", "x-min", "x-max"})


@given(any_answers())
def test_each_refusal_is_explained_field_by_field(given_answers: Mapping[str, Any]) -> None:
    problems = answers.check(FORM, given_answers, as_of=TODAY)
    names = [problem.field for problem in problems]
    assert len(names) == len(set(names))
    assert all(problem.message and problem.code for problem in problems)
    assert all(FORM.field(name) for name in names)
    assert bool(problems) is (journey.first_incomplete(FORM, given_answers, TODAY) is not None)


@given(any_answers(), st.permutations([page.id for page in FORM.pages]))
def test_no_order_of_pages_opens_what_the_journey_forbids(given_answers: Mapping[str, Any], order: list[str]) -> None:
    shown = [page.id for page in journey.pages(FORM, given_answers)]
    stop = journey.first_incomplete(FORM, given_answers, TODAY)
    allowed = shown if stop is None else shown[: shown.index(stop.id) + 1]
    assert {page_id for page_id in order if journey.may_visit(FORM, given_answers, page_id, TODAY)} == set(allowed)


@given(any_answers())
def test_summary_shows_any_answers(given_answers: Mapping[str, Any]) -> None:
    for section in summary.sections(FORM, given_answers):
        for line in section.lines:
            assert line.text
            assert line.missing is (line.text == summary.MISSING)


@settings(max_examples=200)
@given(st.data())
def test_hostile_posts_never_raise_and_are_shown_again(data: st.DataObject) -> None:
    page = data.draw(st.sampled_from(FORM.pages))
    suffixes = ("", "-day", "-month", "-year", "-line1", "-line2", "-postcode", "-city", "-country")
    names = [f"{field.name}{suffix}" for field in page.fields for suffix in suffixes]
    posted = data.draw(st.dictionaries(st.sampled_from(names), st.lists(HOSTILE, max_size=3)))
    read = answers.read_page(FORM, page, posted, data.draw(any_answers()), as_of=TODAY, files={})
    for name, text in read.typed.items():
        assert text == (posted.get(name) or [""])[0]
    for problem in read.problems:
        assert input_of(FORM.field(problem.field), problem)
    for problem in answers.page_problems(FORM, page, answers.prune(FORM, read.answers), as_of=TODAY):
        assert problem.code == "required" or problem.field in {each.field for each in read.problems}


@given(st.sampled_from(sorted(KINDS)), HOSTILE | JSON)
def test_display_never_raises(kind: str, value: Any) -> None:
    field = next((each for each in FORM.fields if each.kind == kind), FORM.fields[0])
    assert isinstance(KINDS[kind].display(field, value), str)
    assert isinstance(KINDS[kind].retype(field, value), dict)


def test_a_problem_names_its_field_and_says_what_to_do() -> None:
    empty = answers.check(FORM, {}, as_of=TODAY)
    verbs = ("Saisissez", "Choisissez", "Ajoutez", "Dites", "Cochez")
    assert all(isinstance(problem, Problem) and problem.message.startswith(verbs) for problem in empty)
