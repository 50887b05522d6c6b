"""What a geocoder answers is read with suspicion: nothing of it raises but the one error that says so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.places.geojson import Suggestion, coordinates, suggestions

PROPERTIES = {
    "label": "12 Rue des Tanneurs 99000 Exemple",
    "name": "12 Rue des Tanneurs",
    "postcode": "99000",
    "city": "Exemple",
    "type": "housenumber",
}
FOUND = Suggestion("12 Rue des Tanneurs 99000 Exemple", "12 Rue des Tanneurs", "99000", "Exemple", 2.5, 47.5)


def a_feature(*, point: Any = (2.5, 47.5), **properties: Any) -> dict[str, Any]:
    at = list(point) if isinstance(point, tuple) else point
    return {"geometry": {"type": "Point", "coordinates": at}, "properties": PROPERTIES | properties}


def read(*features: Any, limit: int = 5) -> tuple[Suggestion, ...]:
    return suggestions(json.dumps({"type": "FeatureCollection", "features": features}).encode(), limit=limit)


def test_a_feature_becomes_a_suggestion() -> None:
    assert read(a_feature()) == (FOUND,)
    (commune,) = read(a_feature(type="municipality", name="Exemple", label="Exemple"))
    assert (commune.line1, commune.city) == ("", "Exemple")


def test_no_more_than_the_limit_and_only_what_is_well_formed() -> None:
    assert len(read(*[a_feature()] * 9, limit=3)) == 3
    assert read(*[a_feature()] * 9, limit=0) == ()
    assert read(3, None, [], {}, {"geometry": 1, "properties": {}}, a_feature(), limit=1) == (FOUND,)


@pytest.mark.parametrize(
    "feature",
    [
        a_feature(label=None),
        a_feature(label=""),
        a_feature(label="x" * 201),
        a_feature(label="a\u202eb"),
        a_feature(label=["x"]),
        a_feature(point=None),
        a_feature(point=(1,)),
        a_feature(point=(1, 2, 3)),
        a_feature(point=("1", "2")),
        a_feature(point=(True, False)),
        a_feature(point=(181, 0)),
        a_feature(point=(0, 10**400)),
    ],
)
def test_a_feature_that_is_not_one_is_left_out(feature: Any) -> None:
    assert read(feature) == ()


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"null", b"[]", b'{"features": 3}', b"[" * 100_000, b'{"features": ' + b"[" * 100_000]
)
def test_what_is_no_collection_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ValueError):
        suggestions(content, limit=5)


def test_not_a_number_is_nowhere() -> None:
    assert coordinates(float("nan"), 0) is None
    assert coordinates(0, float("inf")) is None
    assert coordinates(-1.67780004, 48) == (-1.6778, 48.0)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PROPERTIES, "x"]), inner, max_size=4),
    max_leaves=8,
)


@given(properties=_JSON, geometry=_JSON)
def test_no_feature_raises(properties: Any, geometry: Any) -> None:
    read({"properties": properties, "geometry": geometry}, {"properties": PROPERTIES, "geometry": geometry})
