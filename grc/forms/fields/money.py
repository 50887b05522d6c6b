"""An amount in euros, kept as a whole number of cents."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed
from grc.forms.numbers import decimals, euros, exact, read_euros

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """The cents of « 12,50 », « 12.5 » or « 1 234,5 € »; a fraction of a cent is a problem."""
    raw = first(posted, field.name)
    if not raw.strip():
        return NOTHING
    amount = read_euros(raw)
    if amount is None or decimals(amount) > 2:
        return Parsed(problems=(messages.problem(field, "money"),))
    return Parsed(int(amount * 100))


def display(field: Field, value: Json) -> str:
    return euros(value)


def cell(field: Field, value: Json) -> str:
    """In euros, with a point and two decimals, without the sign."""
    number = exact(value)
    return str(value) if number is None else format(number / 100, ".2f")


def retype(field: Field, value: Json) -> Typed:
    """With a comma, two decimals, no spaces and no sign, which stands beside the input."""
    return {field.name: cell(field, value).replace(".", ",") if exact(value) is not None else str(value)}
