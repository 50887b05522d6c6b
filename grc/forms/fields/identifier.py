"""A number that the State, a bank or the land registry gave: SIRET, SIREN, RNA, IBAN, parcel, code of a commune."""

from __future__ import annotations

from typing import Any

from grc.forms import identifiers, messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed
from grc.forms.formats import FORMATS

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """The identifier without spaces, in capitals; its key is checked."""
    raw = first(posted, field.name)
    if not raw.strip():
        return NOTHING
    name = _format(field)
    compact = identifiers.read(name, raw)
    if not FORMATS[name].holds(compact):
        return Parsed(problems=(messages.problem(field, name),))
    return Parsed(compact)


def display(field: Field, value: Json) -> str:
    """Grouped as on the paper that bears it."""
    return identifiers.shown(_format(field), value) if isinstance(value, str) else str(value)


def cell(field: Field, value: Json) -> str:
    """As it is stored."""
    return str(value)


def retype(field: Field, value: Json) -> Typed:
    return {field.name: display(field, value).replace("\u00a0", " ")}


def _format(field: Field) -> str:
    return str(field.schema.get("format", ""))
