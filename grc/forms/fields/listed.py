"""One item of a list that agents keep (a room, a school): what the list says of it at the moment of the choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from grc.conditions import listed as sequence
from grc.conditions import mapping
from grc.conditions.values import money
from grc.errors import Problem
from grc.forms import messages
from grc.forms.days import in_words
from grc.forms.definition import Choice, Field, Item
from grc.forms.fields import time
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed
from grc.forms.formats import FORMATS

__all__ = [
    "as_stored",
    "attributes_of",
    "cell",
    "details",
    "display",
    "offering",
    "parse",
    "problem_of",
    "retype",
    "source_of",
    "typed",
]

Json = Any

_FEW = 8


def parse(field: Field, posted: Posted) -> Parsed:
    """The item that was chosen, as its list has it now: the post says only which."""
    chosen = first(posted, field.name)
    if not chosen:
        return NOTHING
    found = _item(field, chosen)
    return Parsed(as_stored(field, found)) if found else Parsed(problems=(messages.problem(field, "choice"),))


def problem_of(field: Field, value: Json) -> Problem | None:
    """What is wrong with a stored answer today: its item was closed, or is no longer what the person chose."""
    label = str(mapping(value).get("label", ""))
    found = _item(field, mapping(value).get("id"))
    if found is None:
        return messages.problem(field, "closed" if label else "choice", limit=label)
    if value != as_stored(field, found):
        return messages.problem(field, "changed", limit=label)
    return None


def as_stored(field: Field, item: Item) -> dict[str, Json]:
    """The answer that choosing this item gives: flat, with the attributes that the form asks of it.

    What is between agents (`x-internal`) stays in the list.
    """
    shown = (name for name, schema in _attributes(field).items() if not schema.get("x-internal"))
    asked = ((name, item.attributes.get(name)) for name in shown)
    return {"id": item.id, "label": item.label, **{name: value for name, value in asked if value is not None}}


def offering(field: Field, items: Sequence[Item], as_of: date | None = None) -> Field:
    """The field with what may be chosen: boxes when they are few, a list when they are many.

    as_of: the day, after which what its list closes by itself (`until`) is not offered; None for all of it.
    """
    if as_of is not None and (until := str(mapping(field.schema.get("x-choices")).get("until", ""))):
        items = [
            each for each in items if each.is_kept or str(each.attributes.get(until) or "9999") >= as_of.isoformat()
        ]
    few = len(items) <= _FEW and field.options.get("format", "radio") == "radio"
    return replace(
        field,
        items=tuple(items),
        choices=tuple(_choice(field, item, few=few) for item in items),
        options={**field.options, "format": "radio" if few else field.options.get("format", "select")},
    )


def source_of(field: Field) -> str:
    """The list that the field offers."""
    return str(mapping(field.schema.get("x-choices")).get("source", ""))


def attributes_of(choices: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    """The schemas of the attributes that `x-choices` declares, by name, as its author ordered them.

    A published document says the order apart: PostgreSQL does not keep that of an object's keys.
    """
    declared = mapping(choices.get("attributes"))
    order = [name for name in sequence(choices.get("order")) if name in declared] or list(declared)
    return {name: mapping(declared[name]) for name in order}


def details(attributes: Mapping[str, Mapping[str, Json]], values: Mapping[str, Json]) -> str:
    """What the attributes say, in French: « 80 places, 120,00 € »; "" when there is nothing to say.

    attributes: the schema of each, by name, in the order in which they are said.
    """
    said = (_said(schema, values.get(name)) for name, schema in attributes.items())
    return ", ".join(text for text in said if text)


def display(field: Field, value: Json) -> str:
    """The label, then what the attributes say."""
    if not isinstance(value, Mapping):
        return str(value)
    label, more = str(value.get("label", value.get("id", ""))), details(_attributes(field), value)
    return f"{label} ({more})" if more else label


def cell(field: Field, value: Json) -> str:
    """The label alone."""
    return str(value.get("label", value.get("id", ""))) if isinstance(value, Mapping) else str(value)


def retype(field: Field, value: Json) -> Typed:
    return {field.name: str(mapping(value).get("id", ""))}


def _item(field: Field, chosen: Json) -> Item | None:
    return next((item for item in field.items if item.id == chosen), None)


def _choice(field: Field, item: Item, *, few: bool) -> Choice:
    """A list has no room for hints: there the attributes stand beside the label."""
    more = ", ".join(text for text in (details(_attributes(field), item.attributes), item.note) if text)
    if few or not more:
        return Choice(item.id, item.label, more)
    return Choice(item.id, f"{item.label} ({more})")


def _attributes(field: Field) -> Mapping[str, Mapping[str, Json]]:
    return attributes_of(mapping(field.schema.get("x-choices")))


def _said(schema: Mapping[str, Json], value: Json) -> str:
    """A price bears its sign, it or a number its unit, a text speaks for itself; else the title says what it is.

    The unit of a day or an hour stands before it: « jusqu’au 15 janvier 2027 ».
    """
    if schema.get("x-internal") or schema.get("x-in-label"):
        return ""
    title, unit = str(schema.get("title", "")), str(schema.get("x-unit", ""))
    if "format" in schema and isinstance(value, str):
        words = _day(value) if schema["format"] == "date" else time.written(value)
        return f"{unit} {words}" if unit and words != value else words
    if isinstance(value, bool):
        return title if value else ""
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    if schema.get("x-money"):
        amount = money(Decimal(value)) or ""
        return f"{amount} {unit}" if unit else amount
    number = f"{value:,}".replace(",", "\u202f").replace(".", ",")
    return f"{number}\u00a0{unit}" if unit else f"{title}\u00a0: {number}"


def _day(value: str) -> str:
    """The day in words; what an older list has there in words of its own, as it is."""
    return in_words(date.fromisoformat(value)) if FORMATS["date"].holds(value) else value
