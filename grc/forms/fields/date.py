"""A known date, typed in three inputs: day, month (3, 03, mars) and year."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

from grc.forms import messages
from grc.forms.days import MONTHS, in_words
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first

Json = Any

PARTS = ("day", "month", "year")
_SHORTEST = {"juin": 4, "juillet": 4}
_LONGEST_MONTH = 20
_SHAPES = {"day": re.compile(r"[0-9]{1,2}"), "month": re.compile(r"[0-9]{1,2}"), "year": re.compile(r"[1-9][0-9]{3}")}
_HIGHEST = {"day": 31, "month": 12, "year": 9999}


def parse(field: Field, posted: Posted) -> Parsed:
    """The day as "YYYY-MM-DD". The code of a problem names the faulty part (day, month, year), or "date" for all."""
    raw = {part: first(posted, f"{field.name}-{part}") for part in PARTS}
    if not any(text.strip() for text in raw.values()):
        return NOTHING
    numbers = {part: number(part, text) for part, text in raw.items()}
    faulty = [part for part in PARTS if numbers[part] is None]
    if faulty:
        return Parsed(problems=(messages.problem(field, faulty[0] if len(faulty) < 3 else "date"),))
    try:
        day = datetime.date(numbers["year"] or 0, numbers["month"] or 0, numbers["day"] or 0)
    except ValueError:
        return Parsed(problems=(messages.problem(field, "date"),))
    return Parsed(day.isoformat())


def number(part: str, text: str) -> int | None:
    """The number typed for a part, None when it is missing or cannot be one."""
    plain = "".join(text.split())
    if part == "day" and plain.lower() == "1er":
        return 1
    if not _SHAPES[part].fullmatch(plain):
        return _month_named(plain) if part == "month" else None
    return int(plain) if 1 <= int(plain) <= _HIGHEST[part] else None


def _month_named(text: str) -> int | None:
    """The month whose French name begins so, case and accents apart: mars, févr., AOUT."""
    word = _plain(text).rstrip(".") if len(text) <= _LONGEST_MONTH else ""
    for position, name in enumerate(MONTHS, start=1):
        if len(word) >= _SHORTEST.get(name, 3) and _plain(name).startswith(word):
            return position
    return None


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def cell(field: Field, value: Json) -> str:
    """In ISO 8601."""
    return str(value)


def display(field: Field, value: Json) -> str:
    try:
        return in_words(datetime.date.fromisoformat(value))
    except (TypeError, ValueError):
        return str(value)


def typed(field: Field, posted: Posted) -> Typed:
    return {f"{field.name}-{part}": first(posted, f"{field.name}-{part}") for part in PARTS}


def retype(field: Field, value: Json) -> Typed:
    """Without leading zeros, as one writes."""
    parts = str(value).split("-")
    shown = [part.lstrip("0") for part in reversed(parts)] if len(parts) == 3 else ["", "", ""]
    return {f"{field.name}-{part}": text for part, text in zip(PARTS, shown, strict=True)}
