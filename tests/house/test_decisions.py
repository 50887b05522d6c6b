"""Decisions are told: one screen each, every dependency named in one, the list complete."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.rules import ROOT

FOLDER = ROOT / "docs" / "adr"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ("## Context", "## Decision", "## Consequences", "## Alternatives")
SCREEN = 60


def faults(text: str) -> list[str]:
    """What is wrong with one page: a part missing, or more than a screen."""
    missing = [part for part in PARTS if part not in text]
    return missing + ([f"more than {SCREEN} lines"] if text.count("\n") > SCREEN else [])


def untold(pyproject: str, pages: str) -> set[str]:
    """The direct dependencies that no decision names in bold."""
    project = tomllib.loads(pyproject)
    wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["demo"]
    wanted += project["dependency-groups"]["dev"]
    names = {match[0] for line in wanted if (match := re.match(r"[\w-]+", line))}
    told = {name.lower() for name in re.findall(r"\*\*([\w-]+)\*\*", pages)}
    return names - told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_is_one_screen_and_complete(page: Path) -> None:
    assert faults(page.read_text(encoding="utf-8")) == []


def test_every_dependency_has_its_decision() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert untold((ROOT / "pyproject.toml").read_text(encoding="utf-8"), pages) == set()


def test_the_list_names_every_decision_once() -> None:
    listed = re.findall(r"^\| \[\d{4}\]\((.*?)\)", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [page.name for page in PAGES]


def test_what_is_missing_is_seen() -> None:
    assert faults("## Context\n## Decision\n## Consequences\n") == ["## Alternatives"]
    assert faults("\n".join(PARTS) + "\n" * SCREEN) == ["more than 60 lines"]
    project = '[project]\ndependencies = ["a-b>=1", "c[x]"]\n[project.optional-dependencies]\ndemo = []\n'
    assert untold(project + '[dependency-groups]\ndev = ["d"]\n', "**a-b** and **C**") == {"d"}
