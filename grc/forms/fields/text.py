"""One line of text: spaces tidied, accents composed, unprintable characters refused."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.formats import composed, is_printable

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """The text on one line, runs of spaces made one."""
    raw = first(posted, field.name)
    if not is_printable(raw):
        return Parsed(problems=(messages.problem(field, "characters"),))
    text = tidy(raw)
    return Parsed(text) if text else NOTHING


def tidy(text: str) -> str:
    """One line, no space at the ends nor doubled, in Unicode's composed form."""
    return " ".join(composed(text).split())


def display(field: Field, value: Json) -> str:
    return str(value)


def cell(field: Field, value: Json) -> str:
    return str(value)


def typed(field: Field, posted: Posted) -> Typed:
    return {field.name: first(posted, field.name)}


def retype(field: Field, value: Json) -> Typed:
    return {field.name: str(value)}
