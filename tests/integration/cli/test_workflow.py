"""`grc workflow show`: the workflow of a procedure, or a shared one, in text and drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grc.cli import main


def show(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["workflow", "show", *arguments])


@pytest.mark.parametrize("name", ["acte-de-naissance", "civil-status", "standard", "probleme-voirie", "road-problem"])
def test_a_workflow_is_told_by_the_name_of_its_procedure_or_its_own(name: str) -> None:
    answer = show(name)
    assert answer.exit_code == 0, answer.output
    assert "take_charge" in answer.output


def test_it_is_drawn_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "standard.svg"
    answer = show("standard", "--svg", str(file))
    assert "Dessiné dans" in answer.output
    assert "Prendre en charge (agent)" in file.read_text(encoding="utf-8")


def test_an_unknown_name_lists_the_known_ones() -> None:
    answer = show("standart")
    assert answer.exit_code == 1
    assert "standard" in answer.output
    assert "acte-de-naissance" in answer.output
