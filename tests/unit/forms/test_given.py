"""Answers given whole by a program: those of the examples as if typed, anything else refused without a fault."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from grc.conditions import value_at
from grc.forms import answers, given
from grc.forms.definition import Form
from grc.forms.pruning import put
from tests.unit.forms.test_examples import EVERY, forms, lists_of
from tests.unit.forms.test_properties import JSON
from tests.unit.forms.world import CATALOGUE, TODAY


def apart(form: Form, said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers without their files, and the files by question."""
    kept, files = deepcopy(said), {}
    for each in form.fields:
        value = value_at(kept, each.path)
        if each.kind == "file" and value is not None:
            files[each.name] = value
            put(kept, each.path, None)
    return kept, files


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_an_example_is_judged_as_if_it_were_typed(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    form, today, lists = forms()[path.parent.parent.name], date.fromisoformat(example["as_of"]), lists_of(example)
    said, files = apart(form, example["answers"])
    read = given.read(form, said, files=files, as_of=today, lists=lists)
    pruned, problems = answers.settled(form, example["answers"], as_of=today, lists=lists)
    assert {one.field for one in read.problems} >= {one.field for one in problems}
    if not problems:
        assert (read.answers, read.problems) == (pruned, ())


@pytest.mark.parametrize("slug", sorted(forms()))
@settings(max_examples=40)
@for_any(data=st.data())
def test_nothing_that_json_can_say_is_a_fault_of_ours(slug: str, data: st.DataObject) -> None:
    form = forms()[slug]
    said: dict[str, Any] = data.draw(st.dictionaries(st.text(max_size=5), JSON, max_size=3))
    for each in data.draw(st.lists(st.sampled_from(form.fields), max_size=6)):
        put(said, each.path, data.draw(JSON))
    read = given.read(form, said, files={}, as_of=TODAY, lists={})
    again, problems = answers.settled(form, read.answers, as_of=TODAY, lists={})
    assert all(one.message and one.code for one in read.problems)
    assert again == read.answers
    assert bool(read.problems) >= bool(problems)


def test_what_is_not_of_the_form_is_named() -> None:
    form = forms()["acte-de-naissance"]
    said = {
        "applicant": {"email": 3, "unknown": 1, "clé à part": 1},
        "person": "x",
        "proof_of_link": [{"id": "x"}],  # hidden for now: left out
        "nothing": None,
    }
    found = {(one.field, one.code) for one in given.read(form, said, files={}, as_of=TODAY, lists={}).problems}
    assert found >= {
        ("applicant.email", "type"),
        ("applicant.unknown", "unknown"),
        ("applicant", "unknown"),
        ("person", "type"),
    }
    assert not any(name.startswith(("nothing", "proof_of_link")) for name, _ in found)
    example = json.loads(
        (CATALOGUE / "acte-de-naissance/examples/passes-descendant-with-proof.json").read_text("utf-8")
    )
    (wrong,) = given.read(form, example["answers"], files={}, as_of=TODAY, lists={}).problems
    assert (wrong.field, wrong.code) == ("proof_of_link", "file")


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ({"name": "Rennes", "code": "35238"}, True),
        ({"name": "Paris", "code": "35238"}, False),
        ({"name": "Rennes", "code": "99999"}, False),
        ({"name": "Rennes"}, True),
        ({"name": "Berlin", "code": "99109", "country": "Allemagne"}, True),
    ],
)
def test_a_commune_has_the_name_of_its_code(value: dict[str, str], is_one: bool) -> None:
    assert given._is_commune(value) is is_one
