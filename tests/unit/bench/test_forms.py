"""The form of forty questions that the bench measures: what it says it is, so that its figures mean something."""

from __future__ import annotations

import re

import jsonschema
import pytest

from grc.bench import forms, fortyfields
from grc.forms import answers, schema

FORM = fortyfields.form()
PAGE = FORM.pages[0]
TODAY = fortyfields.AS_OF


def test_it_asks_forty_questions_on_one_page_of_which_rules_hide_some() -> None:
    assert len(PAGE.fields) == len(FORM.fields) == fortyfields.COUNT
    assert len({field.kind for field in FORM.fields}) >= 19
    assert [field.name for field in FORM.fields if field.computed is not None] == ["number", "days"]
    assert len([field for field in FORM.fields if field.rule is not None]) == 9
    assert len(FORM.checks) == 1


def test_its_answers_can_be_filed_with_three_children_and_what_is_computed() -> None:
    kept, problems = answers.settled(FORM, fortyfields.answers(), as_of=TODAY)
    assert problems == ()
    assert (len(kept["children"]), kept["number"], kept["days"]) == (3, 3, 36)
    assert jsonschema.Draft202012Validator(schema.stand_alone(FORM)).is_valid(kept)


def test_its_wrong_answers_have_one_mistake_of_each_sort() -> None:
    _, problems = answers.settled(FORM, fortyfields.wrong_answers(), as_of=TODAY)
    assert {(problem.field, problem.code) for problem in problems} == {
        ("birth_date", "x-max"),
        ("email", "email"),
        ("children.1.birth_date", "past"),
        ("doctor", "required"),
        ("stay", "x-checks"),
    }


def test_what_is_posted_reads_as_the_answers_that_are_filed() -> None:
    read = answers.read_page(FORM, PAGE, fortyfields.posted(), {}, as_of=TODAY, files={})
    assert (read.answers, read.problems) == answers.settled(FORM, fortyfields.answers(), as_of=TODAY)


def test_both_pages_ask_every_question() -> None:
    ours, bare = forms._page(), forms._bare_page()
    for field in PAGE.fields:
        assert f'name="{field.name}"' in bare, field.name
        asked = rf'id="{field.name}"' if field.computed is not None else rf'name="_asked" value="{field.name}"'
        assert asked in ours, field.name
    assert re.findall(r'name="children\.(\d)\.given_names"', ours) == ["0", "1", "2"]


def test_a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_the_medians() -> None:
    measured = forms.Forms({"bare": [10.0, 20.0, 100.0], "ours": [40.0, 20.0, 200.0]}, html=1, gzipped=1)
    assert measured.median("ours") == 40.0
    assert measured.ratio("ours", "bare") == pytest.approx(2.0)
