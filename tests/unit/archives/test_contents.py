"""No table can be forgotten by archives, and what is spelled is read again."""

from __future__ import annotations

import json

import pytest
from sqlmodel import SQLModel

from grc import tables as every_table
from grc.archives.contents import ALONE, LEFT_OUT, PLATFORM, UNTIED, Spelling, tables, to_itself
from grc.errors import Invalid

TABLES = SQLModel.metadata.tables
HELD = {table.name for table in tables(of_installation=True)}


def test_every_table_is_held_or_left_out_for_a_reason() -> None:
    assert HELD | LEFT_OUT.keys() == set(TABLES), "a new table: archives take it by its authority_id, or say why not"
    assert HELD & LEFT_OUT.keys() == set()
    assert HELD - {table.name for table in tables(of_installation=False)} == PLATFORM
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())
    assert every_table.SOMETIMES_SEALED.table.name in HELD


def test_a_table_comes_after_those_that_it_refers_to() -> None:
    seen: set[str] = set()
    for table in tables(of_installation=False):
        referred = {key.column.table.name for key in table.foreign_keys} - {table.name}
        assert referred <= seen, table.name
        seen.add(table.name)


def test_nothing_that_is_held_points_at_what_is_left_out() -> None:
    for table in tables(of_installation=True):
        tied = [each.name for each in table.c if each.name not in UNTIED.get(table.name, ())]
        assert "session_id" not in tied, table.name
        assert all(key.column.table.name in HELD for key in table.foreign_keys), table.name
    beyond = {
        (table.name, each.name) for table in tables(of_installation=False) for each in table.c if "other_" in each.name
    }
    assert {(table, name) for table, names in ALONE.items() for name in names} >= {
        (table, name) for table, name in beyond if name.endswith("_id")
    }


def test_rows_that_refer_to_their_own_table_can_wait() -> None:
    found = {(table.name, name) for table in tables(of_installation=True) for name in to_itself(table)}
    assert found >= {("citizen", "merged_into_id"), ("decision", "replaces_id")}
    assert all(TABLES[table].c[name].nullable for table, name in found)


@pytest.mark.parametrize("name", sorted(HELD))
def test_every_column_can_be_spelled(name: str) -> None:
    spelling = Spelling(TABLES[name], of_installation=False)
    line = spelling.line(dict.fromkeys(TABLES[name].c.keys()))
    assert line.endswith(b"\n")
    with pytest.raises(Invalid, match="valeur illisible"):
        spelling.row(line)


def test_an_empty_sealed_value_is_not_one_that_is_missing() -> None:
    """ "" and NULL are two things where a column takes both."""
    table = TABLES["draft"]
    assert table.c.sealed_code.nullable
    for value in ("", None):
        line = Spelling(table, of_installation=False).line(dict.fromkeys(table.c.keys()) | {"sealed_code": value})
        assert json.loads(line)["sealed_code"] == ("" if value == "" else False)


@pytest.mark.parametrize("text", ["\ud800", "\u2028é\u0000", "« guillemets »", '\n\r\t"\\'])
def test_any_text_of_a_document_comes_back(text: str) -> None:
    table = TABLES["figure"]
    row = dict.fromkeys(table.c.keys()) | {"counts": {text: text}}
    line = Spelling(table, of_installation=False).line(row)
    assert line.count(b"\n") == 1
    assert json.loads(line)["counts"] == {text: text}
