"""A commune of birth and a place: what is understood, what comes back to be chosen, and what the schemas say of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.forms import answers, places, schema
from grc.forms.expansion import expand_schema
from grc.forms.fields import KINDS, commune
from grc.forms.formats import fast_validator, reference_validator
from tests.unit.forms.world import a_form

FORM = a_form(
    {
        "c": {"type": "object", "title": "Commune de naissance", "x-commune": True},
        "p": {"type": "object", "title": "Lieu", "x-place": True},
    }
)
DAY = date(2026, 3, 2)
RENNES = {"name": "Rennes", "code": "35238"}
POINT = {"type": "Point", "coordinates": [-1.6778, 48.1173], "address": "12 rue Fictive"}


def posted(field: str, /, **parts: str) -> dict[str, list[str]]:
    return {f"{field}-{part}": [text] for part, text in parts.items()}


def read(name: str, /, **parts: str) -> Any:
    """The value, or the code of the problem after "!"."""
    field = FORM.field(name)
    parsed = KINDS[field.kind].parse(field, posted(name, **parts))
    return f"!{parsed.problems[0].code}" if parsed.problems else parsed.value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"name": "rennes"}, RENNES),
        ({"name": "Rennes", "country": "99100"}, RENNES),
        ({"name": ""}, None),
        ({"name": " ", "choice": "-"}, None),
        ({"name": "Saint-Denis"}, "!homonyms"),
        ({"name": "Saint-Denis", "choice": "93066 Saint-Denis"}, {"name": "Saint-Denis", "code": "93066"}),
        ({"name": "Saint-Denis (93)"}, {"name": "Saint-Denis", "code": "93066"}),
        ({"name": "Saint-Denis", "choice": "35238 Rennes"}, "!homonyms"),
        ({"name": "Rennes", "choice": "93066 Saint-Denis"}, RENNES),
        ({"name": "Rennes", "choice": "-"}, RENNES),
        ({"name": "Reines"}, "!unknown"),
        ({"name": "Reines", "choice": "-"}, {"name": "Reines"}),
        ({"name": "Saint-Denis", "choice": "-"}, {"name": "Saint-Denis"}),
        ({"name": "Arbignieu"}, {"name": "Arbignieu", "code": "01015"}),
        ({"name": "Tunis", "country": "99351"}, {"name": "Tunis", "code": "99351", "country": "Tunisie"}),
        ({"name": "Rennes", "country": "99134"}, {"name": "Rennes", "code": "99134", "country": "Espagne"}),
        ({"name": "", "country": "99351"}, "!name"),
        ({"name": "Tunis", "country": "99999"}, "!country"),
        ({"name": "Tunis", "country": "\ud800"}, "!country"),
        ({"name": "Ren\x00nes"}, "!name"),
    ],
)
def test_a_commune_is_one_or_is_asked_again(typed: Mapping[str, str], value: Any) -> None:
    assert read("c", **typed) == value


def test_what_a_name_may_mean_comes_back_with_it() -> None:
    field = FORM.field("c")
    shown = KINDS["commune"].typed(field, posted("c", name="Saint-Denis"))
    assert shown["c-name"] == "Saint-Denis"
    assert shown["c-matches"][1] == "93066 Saint-Denis|Saint-Denis, Seine-Saint-Denis (93)"
    assert "c-matches" not in KINDS["commune"].typed(field, posted("c", name="Rennes"))
    assert "c-matches" not in KINDS["commune"].typed(field, posted("c", name="Saint-Denis", country="99351"))
    assert KINDS["commune"].typed(field, posted("c", name="Zzyzx"))["c-matches"] == []
    near = KINDS["commune"].typed(field, posted("c", name="Octeville"))["c-matches"]
    assert "50129 Cherbourg-Octeville|Cherbourg-Octeville, Manche (50), aujourd’hui Cherbourg-en-Cotentin" in near


def test_a_code_of_franceconnect_becomes_an_answer() -> None:
    assert commune.from_code("35238") == RENNES
    assert commune.from_code("99109") is None
    assert commune.from_code("") is None


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"address": " devant   l’école "}, {"address": "devant l’école"}),
        ({"address": "", "longitude": "", "latitude": ""}, None),
        (
            {"address": "12 rue Fictive", "longitude": "-1.6778000001", "latitude": "48.1173"},
            POINT,
        ),
        (
            {"longitude": "180", "latitude": "-90"},
            {"type": "Point", "coordinates": [180.0, -90.0]},
        ),
        ({"longitude": "-0.0000001", "latitude": "0"}, {"type": "Point", "coordinates": [0.0, 0.0]}),
        ({"longitude": "180.000001", "latitude": "0"}, "!coordinates"),
        ({"longitude": "0", "latitude": "90.1"}, "!coordinates"),
        ({"longitude": "1"}, "!coordinates"),
        ({"longitude": "nan", "latitude": "inf"}, "!coordinates"),
        ({"longitude": "1e3", "latitude": "1"}, "!coordinates"),
        ({"longitude": "١", "latitude": "1"}, "!coordinates"),
        ({"longitude": "9" * 5000, "latitude": "1"}, "!coordinates"),
        ({"address": "a\x00b"}, "!address"),
    ],
)
def test_a_place_is_words_or_a_pin_or_both(typed: Mapping[str, str], value: Any) -> None:
    found = read("p", **typed)
    assert found == value
    if isinstance(found, dict) and "coordinates" in found:
        assert all(math.copysign(1, each) > 0 for each in found["coordinates"] if each == 0)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("c", RENNES, "Rennes (35)"),
        ("c", {"name": "Saint-Denis", "code": "97411"}, "Saint-Denis (974)"),
        ("c", {"name": "Tunis", "code": "99351", "country": "Tunisie"}, "Tunis (Tunisie)"),
        ("c", {"name": "Reines"}, "Reines"),
        ("p", POINT, "12 rue Fictive\nRepère sur la carte : 48.1173, -1.6778 (latitude, longitude)"),
        ("p", {"address": "devant l’école"}, "devant l’école"),
        ("p", {"type": "Point", "coordinates": [0, -0.0]}, "Repère sur la carte : 0, 0 (latitude, longitude)"),
    ],
)
def test_a_value_is_shown_and_typed_again(name: str, value: Any, text: str) -> None:
    field = FORM.field(name)
    kind = KINDS[field.kind]
    assert kind.display(field, value) == text
    again = {key: [shown] for key, shown in kind.retype(field, value).items()}
    assert kind.parse(field, again).value == value


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"coordinates": "x"}, {"coordinates": [1]}, {"code": 3}])
def test_a_stranger_value_is_shown_without_fault(value: Any) -> None:
    for field in FORM.fields:
        KINDS[field.kind].display(field, value)
        KINDS[field.kind].retype(field, value)


@pytest.mark.parametrize(
    ("name", "value", "is_right"),
    [
        ("c", RENNES, True),
        ("c", {"name": "Reines"}, True),
        ("c", {"code": "35238"}, False),
        ("c", {**RENNES, "code": "3523"}, False),
        ("c", {**RENNES, "code": "96001"}, False),
        ("c", {**RENNES, "other": 1}, False),
        ("p", POINT, True),
        ("p", {"address": "x"}, True),
        ("p", {"type": "Point", "coordinates": [1, 2]}, True),
        ("p", {}, False),
        ("p", {**POINT, "coordinates": [181, 0]}, False),
        ("p", {**POINT, "coordinates": [0, 0, 0]}, False),
        ("p", {**POINT, "coordinates": [0]}, False),
        ("p", {"type": "Point", "address": "x"}, False),
        ("p", {"coordinates": [0, 0]}, False),
        ("p", {"address": ""}, False),
    ],
)
def test_the_engine_and_the_stand_alone_schema_agree(name: str, value: Any, is_right: bool) -> None:
    stand_alone = schema.stand_alone(FORM)
    assert fast_validator(stand_alone)({name: value}) is is_right
    assert reference_validator(stand_alone).is_valid({name: value}) is is_right
    assert (answers.check(FORM, {name: value}, as_of=DAY) == ()) is is_right


def test_what_is_written_out_is_written_out_once() -> None:
    written = expand_schema(FORM.schema, where="", blocks={}, faults=[])  # type: ignore[arg-type]
    assert written == FORM.schema
    assert written["properties"]["c"]["properties"] == places.commune()["properties"]


_TEXT = st.text(max_size=40)


@given(name=_TEXT, country=_TEXT, choice=_TEXT)
def test_no_posted_text_about_a_commune_raises(name: str, country: str, choice: str) -> None:
    read("c", name=name, country=country, choice=choice)
    KINDS["commune"].typed(FORM.field("c"), posted("c", name=name, country=country, choice=choice))


@given(address=_TEXT, longitude=_TEXT | st.floats().map(str), latitude=_TEXT | st.floats().map(str))
def test_a_pin_that_is_read_is_on_earth(address: str, longitude: str, latitude: str) -> None:
    found = read("p", address=address, longitude=longitude, latitude=latitude)
    if isinstance(found, dict):
        assert fast_validator(schema.leaf(FORM.field("p")))(found)
