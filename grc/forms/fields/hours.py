"""From one hour to another of the same day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grc.forms.definition import Field
from grc.forms.fields import time
from grc.forms.fields.interval import ENDS, both, cell, said
from grc.forms.fields.outcome import Parsed, Posted, Typed, first

__all__ = ["PARTS", "cell", "display", "parse", "retype", "typed"]

Json = Any

PARTS = ENDS


def parse(field: Field, posted: Posted) -> Parsed:
    """{"start", "end"} as "HH:MM". The code of a problem names the faulty end."""
    sides = {end: replace(field, name=f"{field.name}-{end}", kind="time") for end in ENDS}
    return both(field, {end: time.parse(side, posted) for end, side in sides.items()})


def display(field: Field, value: Json) -> str:
    """« De 14 h à 18 h 30 »."""
    return said(value, time.written, "À", "De {} à {}")


def typed(field: Field, posted: Posted) -> Typed:
    return {f"{field.name}-{end}": first(posted, f"{field.name}-{end}") for end in ENDS}


def retype(field: Field, value: Json) -> Typed:
    known = value if isinstance(value, Mapping) else {}
    return {f"{field.name}-{end}": str(known.get(end, "")) for end in ENDS}
