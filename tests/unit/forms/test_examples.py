"""The examples of the catalogue, replayed: what passes, what fails and how it is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grc.catalogue import loading
from grc.forms import answers, journey
from grc.forms.definition import Form, Item
from tests.unit.forms.world import CATALOGUE, TODAY, birth_certificate

EVERY = sorted(CATALOGUE.glob("*/examples/*.json"))


@cache
def forms() -> dict[str, Form]:
    return {each.slug: each.form for each in loading.load_folder(CATALOGUE)}


def lists_of(example: Mapping[str, Any]) -> dict[str, tuple[Item, ...]]:
    return {source: tuple(Item(**item) for item in items) for source, items in example.get("lists", {}).items()}


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_example_gives_the_problems_it_tells(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    form, today = forms()[path.parent.parent.name], date.fromisoformat(example["as_of"])
    found = answers.check(form, example["answers"], as_of=today, lists=lists_of(example))
    told = [tuple(each[key] for key in ("field", "code")) for each in example["problems"]]
    assert [(each.field, each.code) for each in found] == told
    for problem, each in zip(found, example["problems"], strict=True):
        assert problem.message == each.get("message", problem.message)
    if "pages" in example:
        kept = answers.prune(form, example["answers"], as_of=today)
        assert [page.id for page in journey.pages(form, kept)] == example["pages"]


def test_examples_pass_and_fail_as_their_names_say() -> None:
    for path in EVERY:
        assert path.stem.startswith("fails-" if json.loads(path.read_text(encoding="utf-8"))["problems"] else "passes-")


@pytest.mark.parametrize("slug", sorted({path.parent.parent.name for path in EVERY}))
def test_every_procedure_has_examples_enough(slug: str) -> None:
    names = [path.stem.split("-")[0] for path in EVERY if path.parent.parent.name == slug]
    assert names.count("passes") >= 5
    assert names.count("fails") >= 10


@pytest.mark.law("R33")
def test_parents_are_asked_only_where_the_decree_wants_them() -> None:
    form = birth_certificate().form
    for document in ("full_copy", "extract_with_parents", "extract_without_parents", "multilingual_extract"):
        kept = answers.prune(form, {"birth_place": "here", "document": document}, as_of=TODAY)
        shown = {page.id for page in journey.pages(form, kept)}
        assert ("parents" in shown) is (document in ("full_copy", "extract_with_parents"))
        assert ("qualite" in shown) is (document != "extract_without_parents")


@pytest.mark.law("R33")
@pytest.mark.parametrize(
    ("quality", "asked"),
    [
        ("self", None),
        ("spouse", "proof_of_link"),
        ("ascendant", "proof_of_link"),
        ("descendant", "proof_of_link"),
        ("legal_representative", "mandate"),
        ("professional", "mandate"),
        ("anyone", None),
    ],
)
def test_one_piece_is_asked_by_quality(quality: str, asked: str | None) -> None:
    form = birth_certificate().form
    page = form.page("justificatif")
    assert page is not None
    for document, wanted in (("full_copy", asked), ("extract_without_parents", None)):
        kept = answers.prune(form, {"document": document, "quality": quality}, as_of=TODAY)
        assert [field.name for field in journey.visible_fields(form, page, kept)] == ([wanted] if wanted else [])


@pytest.mark.law("R33")
@pytest.mark.parametrize(
    ("told", "restricted"),
    [
        ({"marriage_date": "1951-11-30"}, False),
        ({"marriage_date": "1951-12-01"}, True),
        ({"marriage_date": "1951-10"}, False),
        ({"marriage_date": "1951-11"}, True),
        ({"marriage_date": "1950"}, False),
        ({"marriage_date": "1951"}, True),
        ({}, True),
    ],
)
def test_an_act_of_marriage_opens_to_all_after_75_years(told: dict[str, Any], restricted: bool) -> None:
    form = forms()["acte-de-mariage"]
    kept = answers.prune(form, {"document": "full_copy", **told}, as_of=TODAY)
    assert kept["restricted"] is restricted
    assert ("qualite" in {page.id for page in journey.pages(form, kept)}) is restricted


@pytest.mark.law("R33")
def test_no_identity_card_is_asked_and_the_text_says_not_to_send_one() -> None:
    form = birth_certificate().form
    for name in ("proof_of_link", "mandate"):
        assert "jamais de carte d’identité" in form.field(name).hint
    assert not [field.name for field in form.fields if "identity" in field.name or "card" in field.name]
