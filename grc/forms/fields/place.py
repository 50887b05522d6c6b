"""A place: an address or a description in words, and a pin where a map was at hand. The words alone are enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import tidy
from grc.forms.formats import is_printable

Json = Any

PARTS = ("address",)
_INPUTS = ("address", "longitude", "latitude")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:[.][0-9]{1,20})?", re.ASCII)
_DECIMALS = 6


def parse(field: Field, posted: Posted) -> Parsed:
    """A GeoJSON point with its address; only the address when there is no pin."""
    address, longitude, latitude = (first(posted, f"{field.name}-{part}") for part in _INPUTS)
    if not is_printable(address):
        return Parsed(problems=(messages.problem(field, "characters", part="address"),))
    words = {"address": tidy(address)} if address.strip() else {}
    if not longitude.strip() and not latitude.strip():
        return Parsed(words) if words else NOTHING
    pin = _degrees(longitude, 180), _degrees(latitude, 90)
    if None in pin:
        return Parsed(problems=(messages.problem(field, "coordinates"),))
    return Parsed({"type": "Point", "coordinates": list(pin), **words})


def _degrees(text: str, most: int) -> float | None:
    """The number of degrees, to six decimals (a tenth of a metre), or None outside its bounds."""
    if _NUMBER.fullmatch(text.strip()) is None:
        return None
    degrees = round(float(text), _DECIMALS) + 0.0  # no minus zero
    return degrees if abs(degrees) <= most else None


def display(field: Field, value: Json) -> str:
    """The address, then the pin as any map reads it: latitude first."""
    if not isinstance(value, Mapping):
        return str(value)
    pin = _pin(value)
    words = str(value["address"]) if value.get("address") else ""
    said = f"Repère sur la carte : {pin[1]}, {pin[0]} (latitude, longitude)" if pin else ""
    return "\n".join(each for each in (words, said) if each)


def cell(field: Field, value: Json) -> str:
    """On one line."""
    return ", ".join(display(field, value).splitlines())


def typed(field: Field, posted: Posted) -> Typed:
    return {f"{field.name}-{part}": first(posted, f"{field.name}-{part}") for part in _INPUTS}


def retype(field: Field, value: Json) -> Typed:
    parts = value if isinstance(value, Mapping) else {}
    longitude, latitude = _pin(parts) or ("", "")
    given = (str(parts.get("address", "")), longitude, latitude)
    return {f"{field.name}-{part}": text for part, text in zip(_INPUTS, given, strict=True)}


def _pin(value: Mapping[str, Json]) -> tuple[str, str] | None:
    """Longitude and latitude in decimal notation, or None without a pin."""
    match value.get("coordinates"):
        case [int() | float() as longitude, int() | float() as latitude]:
            return _written(longitude), _written(latitude)
    return None


def _written(degrees: float) -> str:
    text = f"{degrees:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
