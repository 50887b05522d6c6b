"""A whole number, spaces between thousands allowed."""

from __future__ import annotations

import re
from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, first
from grc.forms.fields.text import cell, retype, typed

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any

_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")


def parse(field: Field, posted: Posted) -> Parsed:
    """The number; more than twelve digits are not understood."""
    digits = "".join(first(posted, field.name).split())
    if not digits:
        return NOTHING
    if not _NUMBER.fullmatch(digits):
        return Parsed(problems=(messages.problem(field, "integer"),))
    return Parsed(int(digits))


def display(field: Field, value: Json) -> str:
    """With a narrow no-break space between thousands."""
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else str(value)
