"""Several values among those listed, kept in the order of the list."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.choice import as_posted, find, title_of
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """The chosen values, each once."""
    raw = [each for each in posted.get(field.name, ()) if each]
    if not raw:
        return NOTHING
    if any(find(field, each) is None for each in raw):
        return Parsed(problems=(messages.problem(field, "choice"),))
    return Parsed([each.value for each in field.choices if as_posted(each.value) in raw])


def display(field: Field, value: Json) -> str:
    """The labels, separated by commas."""
    return ", ".join(title_of(field, each) for each in value) if isinstance(value, list) else str(value)


def cell(field: Field, value: Json) -> str:
    """The labels, separated by semicolons: a label may hold a comma."""
    return "; ".join(title_of(field, each) for each in value) if isinstance(value, list) else str(value)


def typed(field: Field, posted: Posted) -> Typed:
    return {field.name: list(posted.get(field.name, ()))}


def retype(field: Field, value: Json) -> Typed:
    return {field.name: [as_posted(each) for each in value] if isinstance(value, list) else []}
