"""Our own files keep the rules of the house; each rule is shown a text that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import rules
from tests.house.rules import Rule, broken, files

CODE = ("grc", "tests", "tools")
PAGES = [path for path in files("*.html", under=["templates"]) if "email" not in path.parts]
MODULES = list(files("*.py", under=CODE))
PROSE = [*files("*.md", under=["docs"]), rules.ROOT / "README.md", rules.ROOT / "CHANGELOG.md"]
OURS = [
    *MODULES,
    *PROSE,
    *files("*.html", "*.txt", "*.typ", "*.css", "*.js", under=["templates", "static"]),
    *files("*.json", "*.txt", "*.html", under=["form_catalogue"]),
    rules.ROOT / "Makefile",
    rules.ROOT / "pyproject.toml",
    rules.ROOT / ".ci" / "run",
]
LOCKS = [*files("*.txt", under=["requirements"]), rules.ROOT / "package-lock.json"]


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        pytest.param(
            rules.too_long, [path for path in MODULES if path.parent != rules.RECORDS], id="modules-are-short"
        ),
        pytest.param(rules.without_docstring, MODULES, id="modules-open-with-a-sentence"),
        pytest.param(rules.mocks, MODULES, id="no-mock"),
        pytest.param(rules.unfinished, OURS, id="nothing-left-for-later"),
        pytest.param(rules.says_the_machine, OURS, id="no-path-of-a-machine"),
        pytest.param(rules.inline_code, PAGES, id="no-inline-code"),
        pytest.param(
            rules.third_party, [*PAGES, *files("*.css", "*.js", "*.svg", under=["static"])], id="nothing-from-elsewhere"
        ),
        pytest.param(rules.says_a_host, LOCKS, id="locks-name-no-host"),
    ],
)
def test_our_files_keep_the_rule(rule: Rule, paths: list[Path]) -> None:
    assert broken(rule, paths) == []


@pytest.mark.parametrize(
    ("rule", "planted", "innocent"),
    [
        (rules.too_long, "x\n" * 401, "x\n" * 400),
        (rules.without_docstring, "import os\n", '"""One sentence."""\n'),
        (rules.mocks, "from unittest import mock", "import unittest"),
        (rules.mocks, "import unittest.mock as m", "from tests.support import partners"),
        (rules.mocks, "from unittest.mock import Mock", "mock = 1"),
        (rules.unfinished, "# TO" + "DO: later", "TODO = a_list_of_things()"),
        (rules.unfinished, "<!-- FIX" + "ME -->", "<!-- fixed -->"),
        (rules.says_the_machine, "see /ro" + "ot/notes", "see docs/adr"),
        (rules.inline_code, '<p style="color: red">', '<p class="app-due">'),
        (rules.inline_code, "<style>p { color: red }</style>", '<link rel="stylesheet" href="{{ url }}">'),
        (rules.inline_code, "<script>go()</script>", '<script type="module" src="{{ url }}"></script>'),
        (rules.inline_code, '<a href="#" onclick="go()">', '<a href="{{ links.on }}" data-on="1">'),
        (rules.inline_code, '<a href="JavaScript:go()">', '<a href="/javascript">'),
        (rules.inline_code, '<form data-hx-on:click="go()">', '<form data-hx-post="/x">'),
        (rules.inline_code, '<form hx-post="/x">', "{# <style> is refused #}"),
        (rules.third_party, '<script src="https://cdn.example/a.js">', '<script src="/static/a.js">'),
        (rules.third_party, '<link href="//cdn.example/a.css">', '<link href="/static/a.css">'),
        (rules.third_party, "a { background: url(https://cdn.example/a.png) }", "a { background: url(a.png) }"),
        (rules.third_party, '<a href="https://shop.example/">', '<a href="https://www.cnil.fr/fr/plaintes">'),
        (rules.says_a_host, '"resolved": "a.tgz"', '"integrity": "sha512-x"'),
        (rules.says_a_host, "--extra-index-url x", "anyio==4.16.0 --hash=sha256:00"),
    ],
)
def test_the_rule_can_fail(rule: Rule, planted: str, innocent: str) -> None:
    assert rule(planted) != []
    assert rule(innocent) == []
