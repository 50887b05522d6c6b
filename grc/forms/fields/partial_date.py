"""A date of which only the year may be known, typed in three inputs like a date: day and month may stay empty."""

from __future__ import annotations

import datetime
from typing import Any

from grc.forms import messages
from grc.forms.days import MONTHS, in_words
from grc.forms.definition import Field
from grc.forms.fields import date
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.formats import FORMATS

Json = Any

PARTS = date.PARTS
typed = date.typed


def parse(field: Field, posted: Posted) -> Parsed:
    """ "1957", "1992-11" or "1992-11-03". A day without its month is a problem of the month."""
    raw = {part: first(posted, f"{field.name}-{part}").strip() for part in PARTS}
    if not any(raw.values()):
        return NOTHING
    numbers = {part: date.number(part, text) for part, text in raw.items() if text}
    faulty = [part for part, number in numbers.items() if number is None]
    faulty += [part for part in _missing(raw) if part not in faulty]
    if faulty:
        return Parsed(problems=(messages.problem(field, faulty[0] if len(faulty) < 3 else "date"),))
    day = "-".join(f"{numbers[part]:0{width}}" for part, width in _WIDTHS.items() if part in numbers)
    if not FORMATS["partial-date"].holds(day):
        return Parsed(problems=(messages.problem(field, "date"),))
    return Parsed(day)


_WIDTHS = {"year": 4, "month": 2, "day": 2}


def _missing(raw: dict[str, str]) -> list[str]:
    needed = ("month", "year") if raw["day"] else ("year",)
    return [part for part in needed if not raw[part]]


def display(field: Field, value: Json) -> str:
    """« 1957 », « novembre 1992 », « 3 novembre 1992 »; any other JSON value as its text."""
    if not isinstance(value, str) or not FORMATS["partial-date"].holds(value):
        return str(value)
    year, *rest = value.split("-")
    if len(rest) == 2:
        return in_words(datetime.date.fromisoformat(value))
    return f"{MONTHS[int(rest[0]) - 1]}\u00a0{year}" if rest else year


def cell(field: Field, value: Json) -> str:
    """In ISO 8601, as far as it is known."""
    return str(value)


def retype(field: Field, value: Json) -> Typed:
    """Without leading zeros, as one writes."""
    known = isinstance(value, str) and FORMATS["partial-date"].holds(value)
    parts = [*(str(value).split("-") if known else ()), "", "", ""][:3]
    return {f"{field.name}-{part}": text.lstrip("0") for part, text in zip(_WIDTHS, parts, strict=True)}
