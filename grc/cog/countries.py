"""Foreign countries and territories by their code (99…), with the names of today."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grc.cog.folding import fold

FRANCE = "99100"
"""The code that stands for France where a country is asked; never that of an answer, which has its commune's."""


@dataclass(frozen=True)
class Country:
    """A country that is not France. code: "99109"; name: in French, with its accents."""

    code: str
    name: str


@lru_cache(maxsize=1)
def countries() -> tuple[Country, ...]:
    """All of them, in the order in which a reader looks for a name."""
    rows = (Path(__file__).parent / "countries.tsv").read_text(encoding="utf-8").splitlines()
    found = (Country(*row.split("\t")) for row in rows)
    return tuple(sorted(found, key=lambda each: fold(each.name)))


def country(code: str) -> Country | None:
    """The country of that code, None when there is none."""
    return _by_code().get(code)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Country]:
    return {each.code: each for each in countries()}
