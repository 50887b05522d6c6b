"""docs/security.md names tests that exist, every limit, and each requirement of the standard once and in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grc.sessions import limits
from grc.sessions.limits import Limit

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "security.md").read_text()
_TEST = re.compile(r"`((?:unit|integration|browser|house)/[\w/]+(?:\.py)?)(?:::(\w+))?`")
_MODULE = re.compile(r"`(grc/[\w/]+\.py)`")
_ROW = re.compile(r"^\| (\d+)\.(\d+)\.(\d+) \| [12] \|", re.MULTILINE)
OF_LEVELS_1_AND_2 = 246
"""Of the 345 requirements of ASVS 5.0.0, without the seven of V17."""
_BETWEEN = re.compile(r"\b(\d+\.\d+\.\d+)\b")


def absent(page: str) -> list[str]:
    """What a page names and is not there."""
    lost = []
    for path, name in _TEST.findall(page):
        place = _ROOT / "tests" / path
        if not place.exists() or (name and f"def {name}(" not in place.read_text()):
            lost.append(f"{path}::{name}")
    return lost + [path for path in _MODULE.findall(page) if not (_ROOT / path).exists()]


def test_every_test_and_module_named_exists() -> None:
    assert len(_TEST.findall(_PAGE)) > 100
    assert absent(_PAGE) == []


@pytest.mark.parametrize(
    "named", ["`unit/web/test_nothing.py`", "`unit/web/test_links.py::test_x`", "`grc/nothing.py`"]
)
def test_what_does_not_exist_is_seen(named: str) -> None:
    assert absent(named)


def test_every_limit_is_told() -> None:
    table = _PAGE.partition("## Limites")[2].partition("## ")[0]
    kept = [value for value in vars(limits).values() if isinstance(value, Limit)]
    assert len(kept) > 10
    assert [one.name for one in kept if f"`{one.name}`" not in table] == []
    told = set(re.findall(r"`([a-z]+(?:-[a-z]+)+|[a-z]+)` :", table))
    assert told <= {one.name for one in kept}


def test_the_figures_of_the_limits_are_theirs() -> None:
    table = _PAGE.partition("## Limites")[2].partition("## ")[0]
    by_name = {value.name: value for value in vars(limits).values() if isinstance(value, Limit)}
    for name, hits in re.findall(r"`([a-z-]+)` : (\d+)", table):
        assert by_name[name].hits == int(hits), name


def test_each_requirement_stands_once_in_order_or_is_said_to_be_void() -> None:
    rows = [tuple(map(int, found)) for found in _ROW.findall(_PAGE)]
    assert rows == sorted(set(rows))
    assert {chapter for chapter, *_ in rows} == set(range(1, 17))
    void = _BETWEEN.findall(_PAGE.partition("### Sans objet ici")[2].partition("## ")[0])
    assert not {".".join(map(str, row)) for row in rows} & set(void)
    assert len(rows) + len(void) == OF_LEVELS_1_AND_2
