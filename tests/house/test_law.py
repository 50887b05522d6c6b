"""Every requirement of the law is shown by a test or says why it is for later, and docs/law.md tells which."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools import law_table


def test_the_document_is_up_to_date() -> None:
    assert law_table.DOCUMENT.read_text(encoding="utf-8") == law_table.document(), "run python tools/law_table.py"


def test_the_requirements_are_all_there_in_order() -> None:
    assert list(law_table.requirements()) == [f"R{number}" for number in range(1, 49)]


def test_a_requirement_with_neither_test_nor_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {"R1": {"title": "t", "source": "s", "later": ""}}
    monkeypatch.setattr(law_table, "requirements", lambda: bare)
    monkeypatch.setattr(law_table, "marked", dict)
    with pytest.raises(ValueError, match="neither a test nor a reason"):
        law_table.document()


def test_a_mark_that_names_no_requirement_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law_table, "marked", lambda: {"R99": [Path("tests/unit/test_x.py")]})
    with pytest.raises(ValueError, match="R99"):
        law_table.document()


def test_marks_are_read_from_decorators_and_modules() -> None:
    text = 'pytestmark = pytest.mark.law("R1")\n@pytest.mark.law("R2")\n@pytest.mark.other("R3")\ndef test_x(): ...\n'
    assert sorted(law_table._marks(ast.parse(text))) == ["R1", "R2"]


def test_a_row_names_the_module_that_its_test_mirrors() -> None:
    shown = law_table.document()
    assert "`grc/deadlines/silence.py`" in shown
    assert "`tests/unit/deadlines/test_silence.py`" in shown
