"""What the papers tell the reader to type exists, and every command is told."""

from __future__ import annotations

import re

from click import Group

from tests.house.rules import ROOT, files, made, make_targets, operated

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAPERS = README + "".join(path.read_text(encoding="utf-8") for path in files("*.md", under=["docs"]))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = make_targets(MAKEFILE)


def test_every_make_target_is_told_in_the_papers() -> None:
    assert TARGETS - {"help"} - made(PAPERS) == set()


def test_every_target_told_exists() -> None:
    assert made(PAPERS) - TARGETS == set()


def test_every_command_told_exists() -> None:
    from grc.cli import main

    assert isinstance(main, Group)
    assert operated(README), "the README tells no command"
    assert operated(PAPERS) - set(main.commands) == set()
    assert set(re.findall(r"/grc ([a-z-]+)", MAKEFILE)) - set(main.commands) == set()


def test_commands_are_found_where_they_are_told() -> None:
    told = "Run `make demo PORT=1`, make nothing else.\n```sh\nmake check\ngrc serve\n```\n`.venv/bin/grc worker`"
    assert made(told) == {"demo", "check"}
    assert operated(told) == {"serve", "worker"}
    assert make_targets("demo: env ## tells\nhidden: env\n") == {"demo"}
