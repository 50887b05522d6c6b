"""A number with a comma or a point, exact up to fifteen figures."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed
from grc.forms.numbers import MOST_DIGITS, as_json, decimals, exact, in_french, plain, read

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any
DECIMALS = 2
"""Figures after the comma when the form does not say."""


def parse(field: Field, posted: Posted) -> Parsed:
    """The JSON number that prints what was typed; more figures after the comma than `x-decimals` are a problem."""
    raw = first(posted, field.name)
    if not raw.strip():
        return NOTHING
    number = read(raw)
    most = int(field.schema.get("x-decimals", DECIMALS))
    if number is not None and decimals(number) > most:
        return Parsed(problems=(messages.problem(field, "x-decimals", limit=most),))
    if number is None or len(number.normalize().as_tuple().digits) > MOST_DIGITS:
        return Parsed(problems=(messages.problem(field, "number"),))
    return Parsed(as_json(number))


def display(field: Field, value: Json) -> str:
    """With a comma, and narrow no-break spaces between thousands."""
    return in_french(value)


def cell(field: Field, value: Json) -> str:
    """With a point."""
    return plain(value)


def retype(field: Field, value: Json) -> Typed:
    """With a comma and no spaces."""
    return {field.name: plain(value).replace(".", ",") if exact(value) is not None else str(value)}
