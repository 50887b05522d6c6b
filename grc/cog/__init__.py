"""The Code officiel géographique: communes of today and of before, foreign countries, found by what people type."""

from __future__ import annotations

from grc.cog.communes import Commune, department_of, find, named, of_key
from grc.cog.countries import FRANCE, Country, countries, country

__all__ = [
    "FRANCE",
    "Commune",
    "Country",
    "countries",
    "country",
    "department_of",
    "exists",
    "find",
    "name_of",
    "named",
    "of_key",
]


def name_of(code: str) -> str | None:
    """The name behind a code, of a commune (today's, when an old one left its code to it) or of a country."""
    from grc.cog.communes import of_code

    if code.startswith("99"):
        found = country(code)
        return None if found is None else found.name
    commune = of_code(code)
    return None if commune is None else commune.name


def exists(code: str) -> bool:
    """Whether a commune or a country has this code."""
    return name_of(code) is not None
