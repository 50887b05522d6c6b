"""What a geocoder answers, read with suspicion: GeoJSON features of the Base Adresse Nationale to suggestions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
_LONGEST = 200


@dataclass(frozen=True)
class Suggestion:
    """An address as it may be written in a form. line1: number and street, or a hamlet; "" for a whole commune.

    longitude, latitude: degrees, six decimals.
    """

    label: str
    line1: str
    postcode: str
    city: str
    longitude: float
    latitude: float


def suggestions(content: bytes, *, limit: int) -> tuple[Suggestion, ...]:
    """The well-formed ones among the features, in their order. Raises ValueError when it is no FeatureCollection."""
    try:
        document = json.loads(content)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    features = document.get("features") if isinstance(document, Mapping) else None
    if not isinstance(features, list):
        raise ValueError("not a FeatureCollection")
    return tuple(_read(features, limit))


def coordinates(longitude: object, latitude: object) -> tuple[float, float] | None:
    """Both as degrees on Earth, to six decimals (a tenth of a metre); None for anything else."""
    pair = longitude, latitude
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in pair):
        return None
    try:
        east, north = float(longitude), float(latitude)  # type: ignore[arg-type]
    except OverflowError:
        return None
    if not (math.isfinite(east) and math.isfinite(north)) or abs(east) > 180 or abs(north) > 90:
        return None
    return round(east, 6) + 0.0, round(north, 6) + 0.0  # no minus zero


def _read(features: list[Json], limit: int) -> Iterator[Suggestion]:
    left = limit
    for feature in features:
        found = _suggestion(feature) if left > 0 else None
        if found is not None:
            left -= 1
            yield found


def _suggestion(feature: Json) -> Suggestion | None:
    if not isinstance(feature, Mapping):
        return None
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if not isinstance(properties, Mapping) or not isinstance(geometry, Mapping):
        return None
    point = geometry.get("coordinates")
    place = coordinates(*point) if isinstance(point, list) and len(point) == 2 else None
    label, postcode, city = (_text(properties, key) for key in ("label", "postcode", "city"))
    if place is None or not label:
        return None
    line1 = "" if properties.get("type") == "municipality" else _text(properties, "name")
    return Suggestion(label, line1, postcode, city, *place)


def _text(properties: Mapping[str, Json], key: str) -> str:
    value = properties.get(key)
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        return ""
    return " ".join(value.split())
