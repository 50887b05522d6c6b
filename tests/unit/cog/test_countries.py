"""Foreign countries have one code each, in an order in which people find them."""

from __future__ import annotations

import re

from grc import cog
from grc.cog.folding import fold


def test_each_country_has_its_own_code_and_name() -> None:
    every = cog.countries()
    assert len(every) > 200
    assert len({each.code for each in every}) == len({each.name for each in every}) == len(every)
    assert all(re.fullmatch(r"99[1-5][0-9]{2}", each.code) for each in every)
    assert cog.FRANCE not in {each.code for each in every}


def test_names_are_sorted_as_they_are_read() -> None:
    names = [each.name for each in cog.countries()]
    assert names == sorted(names, key=fold)
    assert names.index("Éthiopie") < names.index("Fidji")


def test_a_country_is_found_by_its_code() -> None:
    found = cog.country("99351")
    assert found is not None
    assert found.name == "Tunisie"
    assert cog.country(cog.FRANCE) is None
    assert cog.country("") is None
