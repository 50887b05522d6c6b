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
from grc.forms.compiled import compiled
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
def test_what_is_spelled_as_nobody_could_type_it_is_kept_as_typed(slug: str) -> None:
    """Each text of an example: of spaces alone it is no answer; with ends of lines around it, what it was."""
    path = next(each for each in EVERY if each.parent.parent.name == slug and each.stem.startswith("passes"))
    example = json.loads(path.read_text(encoding="utf-8"))
    form, today, lists = forms()[slug], date.fromisoformat(example["as_of"]), lists_of(example)
    said, files = apart(form, example["answers"])
    whole = given.read(form, said, files=files, as_of=today, lists=lists)
    for each in (one for one in form.fields if one.kind in ("text", "longtext", "address")):
        value = value_at(whole.answers, each.path)
        if value is None or each.computed is not None:
            continue
        for odd, is_kept in ((lambda text: "     ", False), (lambda text: f"  {text}\r\n", True)):
            changed = deepcopy(said)
            parts = {} if each.kind != "address" else {part: odd(text) for part, text in value.items()}
            spelled = {**parts, "postcode": value["postcode"]} if parts else odd(value)
            if is_kept and not compiled(form).accepts_field[each.name](spelled):
                continue  # a pattern already says how it is spelled
            put(changed, each.path, spelled)
            read = given.read(form, changed, files=files, as_of=today, lists=lists)
            if is_kept:
                assert read == whole, each.name
            else:
                assert each.kind == "address" or value_at(read.answers, each.path) is None
                assert (each.name in {one.field for one in read.problems}) >= each.required


def test_lines_numbers_and_accents_are_kept_as_typed() -> None:
    form = forms()["acte-de-naissance"]
    address = {"line1": "1 rue\r\nMairie de Lille\r\n", "postcode": "59000", "city": "Lille"}
    said = {"copies": 1.0, "applicant": {"family_name": "  Rene\u0301  Exemple ", "address": address}}
    found = given.read(form, said, files={}, as_of=TODAY, lists={}).answers
    assert (found["copies"], type(found["copies"])) == (1, int)
    assert found["applicant"]["family_name"] == "Ren\u00e9 Exemple"
    assert found["applicant"]["address"]["line1"] == "1 rue Mairie de Lille"


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
