"""Files: their answer comes from what was stored, never from posted text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """Nothing: a name typed in a form is not a file."""
    return NOTHING


def display(field: Field, value: Json) -> str:
    """The names, separated by commas."""
    listed = value if isinstance(value, list) else []
    return ", ".join(str(each.get("name", "")) for each in listed if isinstance(each, Mapping))


def cell(field: Field, value: Json) -> str:
    """The names, separated by semicolons."""
    listed = value if isinstance(value, list) else []
    return "; ".join(str(each.get("name", "")) for each in listed if isinstance(each, Mapping))


def typed(field: Field, posted: Posted) -> Typed:
    return {}


def retype(field: Field, value: Json) -> Typed:
    return {}
