"""static/vendor is what was reviewed: right to the byte, without what licences refuse, light."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rules import ROOT
from tools import lock, vendor

REFUSED = ("GDS Transport", "Marianne", "govuk-crest", "data:", "sourceMappingURL", "@font-face")
LOADED = (
    "vendor/govuk-frontend.min.css",
    "vendor/govuk-frontend.min.js",
    "vendor/htmx.min.js",
    "vendor/fonts/source-sans-3.woff2",
    "app.css",
    "app.js",
    "start.js",
)
BUDGET = 76_000
"""Bytes, compressed, of what a first visit loads beside the page: with 4 kB for the page, the budget is 80 kB."""


def test_vendor_is_what_was_reviewed() -> None:
    assert vendor.sums(ROOT / "static" / "vendor") == vendor.SUMS.read_text(encoding="utf-8"), "run `make vendor`"


def test_a_changed_or_added_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = vendor.sums(tmp_path)
    (tmp_path / "a.css").write_text("a{ }")
    changed = vendor.sums(tmp_path)
    (tmp_path / "b.css").write_text("b{}")
    assert len({before, changed, vendor.sums(tmp_path)}) == 3


@pytest.mark.parametrize("name", [name for name in vendor.FILES if name.endswith((".css", ".js"))])
def test_nothing_that_a_licence_or_our_policy_refuses(name: str) -> None:
    text = (ROOT / "static" / "vendor" / name).read_text(encoding="utf-8")
    if name.endswith(".css"):
        assert [refused for refused in REFUSED if refused in text] == []
    assert re.findall(r"sourceMappingURL|url\(\"?(?:https?:)?//", text) == []


def test_a_new_version_with_other_counts_stops_the_build() -> None:
    with pytest.raises(SystemExit, match="review the new version"):
        vendor.govuk_style("@font-face{a}" * 3)


def test_a_first_visit_is_light() -> None:
    sizes = {name: len(gzip.compress((ROOT / "static" / name).read_bytes(), 9)) for name in LOADED}
    assert sum(sizes.values()) <= BUDGET, sizes


def test_templates_speak_htmx_4() -> None:
    checker = ROOT / "node_modules" / "htmx.org" / "dist" / "scripts" / "upgrade-check.py"
    assert checker.exists(), "run `make vendor`"
    assert _checked(checker, ROOT / "templates") == 0


def test_the_htmx_checker_refuses_version_2(tmp_path: Path) -> None:
    checker = ROOT / "node_modules" / "htmx.org" / "dist" / "scripts" / "upgrade-check.py"
    (tmp_path / "old.html").write_text('<a hx-vars="a:1" hx-on="click: go()" hx-target="next .x">go</a>')
    assert _checked(checker, tmp_path) != 0


def _checked(checker: Path, folder: Path) -> int:
    return subprocess.run([sys.executable, checker, folder], capture_output=True, check=False).returncode


def test_a_package_pinned_since_is_not_installed(tmp_path: Path) -> None:
    assert not vendor.is_installed(tmp_path)
    locked = {"": {"name": "x"}, "node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "2.0.0"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": locked}))
    (tmp_path / "node_modules").mkdir()
    written = tmp_path / "node_modules" / ".package-lock.json"
    written.write_text(json.dumps({"packages": {"node_modules/a": {"version": "1.0.0"}}}))
    assert not vendor.is_installed(tmp_path)
    written.write_text(json.dumps({"packages": {name: locked[name] for name in locked if name}}))
    assert not vendor.is_installed(tmp_path)
    for name in ("a", "b"):
        (tmp_path / "node_modules" / name).mkdir()
    assert vendor.is_installed(tmp_path)


def test_the_npm_lock_forgets_addresses() -> None:
    text = '{"packages": {"node_modules/a": {"version": "1", "resolved": "x", "integrity": "y", "funding": {}}}}'
    assert "resolved" not in lock.without_addresses(text)
    assert "funding" not in lock.without_addresses(text)
    assert '"integrity": "y"' in lock.without_addresses(text)
