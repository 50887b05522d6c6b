"""Numbers as people write them, and as JSON keeps them: exact, with a comma for people."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

Json = Any

MOST_DIGITS = 15
"""Digits that a JSON number keeps exactly wherever it is read."""
MOST_DECIMALS = 6

_WRITTEN = re.compile(r"([+-]?)([0-9]{1,12})?(?:[.,]([0-9]{1,20}))?")
_EURO = re.compile(r"(?:€|eur|euros?)$", re.IGNORECASE)
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-"})


def read(text: str) -> Decimal | None:
    """The number that a person wrote, with a comma or a point, spaces anywhere; None when it is not one.

    At most twelve digits before the comma. « 1.234,50 » is not guessed at.
    """
    found = _WRITTEN.fullmatch("".join(text.split()).translate(_MINUS))
    if found is None or (found[2] is None and found[3] is None):
        return None
    return Decimal(f"{found[1]}{found[2] or '0'}.{found[3] or '0'}")


def read_euros(text: str) -> Decimal | None:
    """The amount in euros that a person wrote, its sign left out or not; None when it is not one."""
    return read(_EURO.sub("", "".join(text.split())))


def decimals(number: Decimal) -> int:
    """How many figures stand after the comma, zeros at the end apart."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def as_json(number: Decimal) -> int | float:
    """The JSON number that prints the same figures; exact up to fifteen of them."""
    return int(number) if number == number.to_integral_value() else float(number)


def in_french(value: Json) -> str:
    """« 1 234,5 », narrow no-break spaces between thousands; any other JSON value as its text."""
    number = exact(value)
    if number is None:
        return str(value)
    return _grouped(format(number.normalize(), ",f"))


def euros(cents: Json) -> str:
    """« 1 234,50 € » for a whole number of cents; any other JSON value as its text."""
    number = exact(cents)
    if number is None or not isinstance(cents, int):
        return str(cents)
    return f"{_grouped(format(number / 100, ',.2f'))}\u00a0€"


def plain(value: Json) -> str:
    """The number with a point and no space, for programs: "1234.5"."""
    number = exact(value)
    return str(value) if number is None else format(number.normalize() if number % 1 else number, "f")


def exact(value: Json) -> Decimal | None:
    """The JSON number as it is printed, None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) < 10**18 else None
    number = Decimal(repr(value))
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


def _grouped(text: str) -> str:
    return text.replace(",", "\u202f").replace(".", ",")
