"""A statement that must be made by ticking a box: true or absent, never ticked beforehand."""

from __future__ import annotations

from typing import Any

from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """True when the box is ticked; anything else is no statement."""
    return Parsed(True) if first(posted, field.name) == "true" else NOTHING


def display(field: Field, value: Json) -> str:
    return "Oui" if value is True else "Non"


def cell(field: Field, value: Json) -> str:
    return display(field, value).lower()


def retype(field: Field, value: Json) -> Typed:
    return {field.name: "true" if value is True else ""}
