"""Yes or no, by two radios of which none is chosen beforehand."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any

_VALUES = {"true": True, "false": False}


def parse(field: Field, posted: Posted) -> Parsed:
    raw = first(posted, field.name)
    if not raw:
        return NOTHING
    if raw not in _VALUES:
        return Parsed(problems=(messages.problem(field, "choice"),))
    return Parsed(_VALUES[raw])


def display(field: Field, value: Json) -> str:
    return {True: "Oui", False: "Non"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def cell(field: Field, value: Json) -> str:
    return display(field, value).lower()


def retype(field: Field, value: Json) -> Typed:
    return {field.name: "true" if value is True else "false" if value is False else ""}
