"""docs/api.md tells every address of the read API, its types and the shape of its errors."""

from __future__ import annotations

import re
from pathlib import Path

from grc.web.api.routes import OPERATIONS
from grc.web.api.shapes import SHAPES
from grc.web.problems import is_api

DOCUMENT = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip().strip("`"): set(re.findall(r"`([^`]+)`", cells[2]))
    for line in DOCUMENT.splitlines()
    if line.startswith("| `/api/") and (cells := line.strip("|").split("|"))
}


def test_every_address_is_told_with_its_types() -> None:
    assert {operation.path: set(operation.media_types) for operation in OPERATIONS} == ROWS


def test_what_an_error_and_an_example_hold_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", DOCUMENT))
    assert set(SHAPES["Problem"]["properties"]) - told == set()
    assert set(SHAPES["Example"]["properties"]) - told == set()


def test_each_operation_has_its_own_name() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_only_what_stands_under_api_is_of_the_api() -> None:
    assert all(map(is_api, ("/api", "/api/v1/x", "/tilleul/api/v1/procedures", "/x/api")))
    assert not any(map(is_api, ("/", "/tilleul/", "/tilleul/apiculture", "/tilleul/demarches/api/x", "/apis/x")))
