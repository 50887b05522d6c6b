"""What the answers about places are made of, written out as JSON Schema: a commune of birth, a place on the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Any

_DEPARTMENT = "(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB])"
COG_CODE = rf"^(?:{_DEPARTMENT}[0-9]{{3}}|9[789][0-9]{{3}})$"
"""A code of the Code officiel géographique: of a commune, overseas ones included, or of a foreign country (99…)."""

COMMUNE_PARTS: Mapping[str, Mapping[str, Json]] = {
    "name": {"type": "string", "title": "Commune ou ville", "minLength": 1, "maxLength": 100},
    "code": {"type": "string", "title": "Code officiel géographique", "pattern": COG_CODE},
    "country": {"type": "string", "title": "Pays", "minLength": 1, "maxLength": 60},
}
"""A commune in France with its code; or a town abroad, with its country and the country's code."""

PLACE_ADDRESS: Mapping[str, Json] = {
    "type": "string",
    "title": "Adresse ou description du lieu",
    "minLength": 1,
    "maxLength": 200,
}
_COORDINATES: Mapping[str, Json] = {
    "type": "array",
    "title": "Longitude et latitude",
    "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90},
    ],
    "items": False,
    "minItems": 2,
}


def commune() -> dict[str, Json]:
    """The schema of {"name", "code", "country"}: no code when the citizen keeps a name that the list does not have."""
    return {
        "type": "object",
        "properties": {name: dict(part) for name, part in COMMUNE_PARTS.items()},
        "required": ["name"],
        "additionalProperties": False,
    }


def place() -> dict[str, Json]:
    """The schema of a GeoJSON point with its address: the address without a pin, or a pin without address, will do."""
    return {
        "type": "object",
        "properties": {"type": {"const": "Point"}, "coordinates": dict(_COORDINATES), "address": dict(PLACE_ADDRESS)},
        "dependentRequired": {"type": ["coordinates"], "coordinates": ["type"]},
        "anyOf": [{"required": ["address"]}, {"required": ["coordinates"]}],
        "additionalProperties": False,
    }
