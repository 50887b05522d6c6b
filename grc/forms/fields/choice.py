"""One value among those listed."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Choice, Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed

__all__ = ["as_posted", "cell", "display", "find", "parse", "retype", "title_of", "typed"]

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """The value as the schema has it (a number stays a number)."""
    raw = first(posted, field.name)
    if not raw:
        return NOTHING
    found = find(field, raw)
    return Parsed(found.value) if found else Parsed(problems=(messages.problem(field, "choice"),))


def find(field: Field, raw: str) -> Choice | None:
    """The choice whose value an input posts as this text."""
    return next((each for each in field.choices if as_posted(each.value) == raw), None)


def as_posted(value: Json) -> str:
    """A choice's value as it stands in the HTML."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def title_of(field: Field, value: Json) -> str:
    """The label of a value, the value itself when it is no longer listed."""
    return next((each.title for each in field.choices if each.value == value), str(value))


def display(field: Field, value: Json) -> str:
    return title_of(field, value)


def cell(field: Field, value: Json) -> str:
    """The label: what is stored is for programs, which read JSON."""
    return title_of(field, value)


def retype(field: Field, value: Json) -> Typed:
    return {field.name: as_posted(value)}
