"""A row for a table: one column for each answer, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.forms import export
from tests.unit.forms.world import a_form, answers_that_pass, birth_certificate

CHILDREN = {
    "type": "array",
    "title": "Enfants",
    "maxItems": 2,
    "items": {
        "type": "object",
        "title": "Enfant",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "title": "Prénom"},
            "born": {"type": "string", "title": "Né le", "format": "date"},
        },
    },
}


def test_each_answer_has_its_column_and_its_text() -> None:
    form = a_form(
        {
            "name": {"type": "string", "title": "Nom :"},
            "income": {"type": "integer", "title": "Revenu", "x-money": True},
            "swims": {"type": "boolean", "title": "Sait-il nager ?"},
            "note": {"type": "string", "title": "Remarque"},
        }
    )
    assert [column.title for column in export.columns(form)] == ["Nom", "Revenu", "Sait-il nager", "Remarque"]
    answers = {"name": "=1+1", "income": 1250, "swims": False}
    assert export.row(form, answers) == {"name": "'=1+1", "income": "12.50", "swims": "non", "note": ""}


def test_a_repeated_group_has_columns_for_as_many_items_as_there_may_be() -> None:
    form = a_form({"children": CHILDREN})
    assert [(column.name, column.title) for column in export.columns(form)] == [
        ("children.0.name", "Enfant 1 – Prénom"),
        ("children.0.born", "Enfant 1 – Né le"),
        ("children.1.name", "Enfant 2 – Prénom"),
        ("children.1.born", "Enfant 2 – Né le"),
    ]
    row = export.row(form, {"children": [{"name": "@Lou", "born": "2020-02-03"}]})
    assert list(row.values()) == ["'@Lou", "2020-02-03", "", ""]
    assert list(row) == [column.name for column in export.columns(form)]


def test_questions_of_one_title_are_told_apart() -> None:
    same = {"type": "string", "title": "Nom"}
    form = a_form({"one": same, "two": same, "three": {"type": "string", "title": "Prénom"}})
    assert [column.title for column in export.columns(form)] == ["Nom (one)", "Nom (two)", "Prénom"]
    titles = [column.title for column in export.columns(birth_certificate().form)]
    assert len(titles) == len(set(titles))
    assert all(titles)


def test_hidden_answers_are_not_exported() -> None:
    form = birth_certificate().form
    answers = answers_that_pass() | {"unheard_of": "x"}
    row = export.row(form, answers)
    assert list(row) == [column.name for column in export.columns(form)]
    assert row["document"]
    without = export.row(form, answers | {"document": "extract_without_parents"})
    assert (row["parents.first.family_name"], without["parents.first.family_name"]) == ("Exemple", "")


@pytest.mark.parametrize("text", ["=1", "+33 1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-", "+3"])
def test_a_formula_is_defused(text: str) -> None:
    assert export.defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-3", "-3.50", "12", "a=1", "'=1", " =1", "2026-01-02"])
def test_ordinary_text_and_numbers_stay(text: str) -> None:
    assert export.defused(text) == text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("=+-@\t\n\r\",;'"), max_size=40))
def test_a_cell_comes_back_from_csv_without_a_formula(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";", lineterminator="\r\n").writerow([export.defused(text), "x"])
    file.seek(0)
    ((cell, _),) = csv.reader(file, delimiter=";")
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert cell[:1] not in tuple("=+@\t\r\n") + (() if cell[1:].replace(".", "").isdigit() else ("-",)) or not cell
