"""A telephone number: ten French digits however they are spaced, or + and the number of another country."""

from __future__ import annotations

import re
from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, first
from grc.forms.fields.text import retype, typed
from grc.forms.formats import FORMATS

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any

_FILLING = re.compile(r"[\s.\-‐‑–—/]|\(0\)")


def parse(field: Field, posted: Posted) -> Parsed:
    """Ten digits; +33 and 0033 are read as the 0 they stand for."""
    raw = first(posted, field.name).strip()
    if not raw:
        return NOTHING
    number = _FILLING.sub("", raw)
    number = "+" + number[2:] if number.startswith("00") else number
    number = "0" + number[3:] if number.startswith("+33") else number
    if not FORMATS["phone-fr"].holds(number):
        return Parsed(problems=(messages.problem(field, "phone-fr"),))
    return Parsed(number)


def display(field: Field, value: Json) -> str:
    """By twos with no-break spaces: 01 99 00 12 34; a foreign number as it is stored."""
    text = str(value)
    if len(text) != 10 or text.startswith("+"):
        return text
    return "\u00a0".join(text[at : at + 2] for at in range(0, 10, 2))


def cell(field: Field, value: Json) -> str:
    """By twos too: a spreadsheet would take ten figures for a number and drop the zero."""
    return display(field, value).replace("\u00a0", " ")
