"""An hour of the day, kept as "HH:MM"."""

from __future__ import annotations

import re
from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import typed
from grc.forms.formats import FORMATS

__all__ = ["cell", "display", "parse", "read", "retype", "typed", "written"]

Json = Any

_WRITTEN = re.compile(r"([0-9]{1,2})(?:heures?|h|:|\.|(?=[0-9]{2}$)|$)([0-9]{2})?(?:mn|min|minutes)?", re.IGNORECASE)
_NAMED = {"midi": "12:00", "minuit": "00:00"}


def parse(field: Field, posted: Posted) -> Parsed:
    """The hour of « 14:30 », « 14h30 », « 14 h », « 1430 » or « midi »; « 9h5 » could be two hours and is refused."""
    raw = first(posted, field.name)
    if not raw.strip():
        return NOTHING
    hour = read(raw)
    return Parsed(hour) if hour else Parsed(problems=(messages.problem(field, "hour-minute"),))


def read(text: str) -> str | None:
    """The hour that a person wrote, None when there is no such hour."""
    plain = "".join(text.split())
    if plain.lower() in _NAMED:
        return _NAMED[plain.lower()]
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        return None
    hour = f"{found[1].rjust(2, '0')}:{found[2] or '00'}"
    return hour if FORMATS["hour-minute"].holds(hour) else None


def written(value: Json) -> str:
    """« 14 h 30 », « 9 h », with no-break spaces; any other JSON value as its text."""
    if not isinstance(value, str) or not FORMATS["hour-minute"].holds(value):
        return str(value)
    hour, minute = value.split(":")
    return f"{int(hour)}\u00a0h" if minute == "00" else f"{int(hour)}\u00a0h\u00a0{minute}"


def display(field: Field, value: Json) -> str:
    return written(value)


def cell(field: Field, value: Json) -> str:
    return str(value)


def retype(field: Field, value: Json) -> Typed:
    return {field.name: str(value)}
