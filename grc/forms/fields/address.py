"""A postal address in parts; the postal code is French unless a country is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.expansion import ADDRESS_PARTS
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import tidy
from grc.forms.formats import is_printable

Json = Any

PARTS = tuple(ADDRESS_PARTS)


def parse(field: Field, posted: Posted) -> Parsed:
    """The parts that were filled in; what is missing among them is for the schema to say."""
    raw = {part: first(posted, f"{field.name}-{part}") for part in ADDRESS_PARTS}
    unprintable = [part for part, text in raw.items() if not is_printable(text)]
    if unprintable:
        problems = [messages.problem(field, "characters", part=part) for part in unprintable]
        return Parsed(problems=messages.joined(problems))
    parts = {part: tidy(text) for part, text in raw.items()}
    parts["postcode"] = parts["postcode"].replace(" ", "") if not parts["country"] else parts["postcode"]
    if parts["country"].lower() == "france":
        parts.update(country="", postcode=parts["postcode"].replace(" ", ""))
    filled = {part: text for part, text in parts.items() if text}
    return Parsed(filled) if filled else NOTHING


def display(field: Field, value: Json) -> str:
    """One line of print a line."""
    if not isinstance(value, Mapping):
        return str(value)
    town = " ".join(str(value[part]) for part in ("postcode", "city") if value.get(part))
    lines = (value.get("line1"), value.get("line2"), town, value.get("country"))
    return "\n".join(str(line) for line in lines if line)


def cell(field: Field, value: Json) -> str:
    """On one line."""
    return ", ".join(display(field, value).splitlines())


def typed(field: Field, posted: Posted) -> Typed:
    return {f"{field.name}-{part}": first(posted, f"{field.name}-{part}") for part in ADDRESS_PARTS}


def retype(field: Field, value: Json) -> Typed:
    parts = value if isinstance(value, Mapping) else {}
    return {f"{field.name}-{part}": str(parts.get(part, "")) for part in ADDRESS_PARTS}
