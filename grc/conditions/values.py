"""What expressions compute with: three-valued logic, arithmetic that gives none for none, and the filters."""

from __future__ import annotations

import calendar
import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Value = Any
"""None, bool, Decimal, str, or an answer's list or object, which can only be counted, joined or searched."""

_MAX_TEXT = 10_000
_ZERO = Decimal(0)
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def imported(value: Value) -> Value:
    """An answer as a value: numbers become Decimal, dates become "YYYY-MM-DD"; the rest stays."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return _finite(Decimal(str(value)))
    return value.isoformat() if isinstance(value, date) else value


def truth(value: Value) -> bool | None:
    """True, False, or None when the value is none: an empty text, list or object and zero are false."""
    return None if value is None else bool(value)


def conjunction(left: Value, right: Value) -> bool | None:
    """False if one side is; else none if one side is; else true."""
    sides = (truth(left), truth(right))
    return False if False in sides else None if None in sides else True


def disjunction(left: Value, right: Value) -> bool | None:
    """True if one side is; else none if one side is; else false."""
    sides = (truth(left), truth(right))
    return True if True in sides else None if None in sides else False


def negation(value: Value) -> bool | None:
    """The contrary; of none, none."""
    known = truth(value)
    return None if known is None else not known


def equal(left: Value, right: Value) -> bool:
    """Same type and same value: none equals none alone, true is not 1."""
    return _comparable(left) == _comparable(right)


def _comparable(value: Value) -> tuple[str, Value]:
    return ("number" if isinstance(value, Decimal) else type(value).__name__, value)


def ordered(compare: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool | None]:
    """The comparison of two numbers or two texts (dates are texts that sort); none for anything else."""

    def result(left: Value, right: Value) -> bool | None:
        for kind in (Decimal, str):
            if isinstance(left, kind) and isinstance(right, kind):
                return compare(left, right)
        return None

    return result


def member(needle: Value, items: Value) -> bool | None:
    """Whether a list holds the value; none when there is no list."""
    if not isinstance(items, list | tuple):
        return None
    return any(equal(needle, imported(each)) for each in items)


def not_member(needle: Value, items: Value) -> bool | None:
    """The contrary of membership; none when there is no list."""
    return negation(member(needle, items))


def arithmetic(compute: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Value, Value], Decimal | None]:
    """The operation on two numbers; none for none, for what is no number, and where there is no result (1 / 0)."""

    def result(left: Value, right: Value) -> Decimal | None:
        if not isinstance(left, Decimal) or not isinstance(right, Decimal):
            return None
        try:
            return _finite(compute(left, right))
        except ArithmeticError:
            return None

    return result


def _finite(number: Decimal) -> Decimal | None:
    return number if number.is_finite() else None


OPERATORS: Mapping[str, Callable[[Value, Value], Value]] = {
    "eq": equal,
    "ne": lambda left, right: not equal(left, right),
    "lt": ordered(operator.lt),
    "lteq": ordered(operator.le),
    "gt": ordered(operator.gt),
    "gteq": ordered(operator.ge),
    "in": member,
    "notin": not_member,
    "And": conjunction,
    "Or": disjunction,
    "Add": arithmetic(operator.add),
    "Sub": arithmetic(operator.sub),
    "Mul": arithmetic(operator.mul),
    "Div": arithmetic(operator.truediv),
}


def as_text(value: Value) -> str:
    """The value as people read it; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes_no(value) or ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f").replace(".", ",")
    if isinstance(value, list | tuple):
        return join(value) or ""
    return str(value)[:_MAX_TEXT]


def default(value: Value, other: Value) -> Value:
    """Another value in place of none or of an empty text."""
    return other if value is None or value == "" else value


def length(value: Value) -> Decimal | None:
    """How many characters or items."""
    return Decimal(len(value)) if isinstance(value, str | list | tuple | Mapping) else None


def join(value: Value, separator: Value = ", ") -> str | None:
    """The items one after the other."""
    if not isinstance(value, list | tuple):
        return None
    return str(separator).join(as_text(imported(each)) for each in value)[:_MAX_TEXT]


def lower(value: Value) -> str | None:
    """In small letters."""
    return value.lower() if isinstance(value, str) else None


def decimal(value: Value) -> Decimal | None:
    """The number that a text spells, with a comma or a point."""
    if isinstance(value, str) and len(value) <= 40:
        try:
            return _finite(Decimal(value.strip().replace(",", ".")))
        except ArithmeticError:
            return None
    return value if isinstance(value, Decimal) else None


def money(value: Value) -> str | None:
    """An amount in cents as euros: « 1 234,50 € »."""
    if not isinstance(value, Decimal):
        return None
    try:
        text = format((value / 100).quantize(Decimal("0.01")), ",.2f")
    except ArithmeticError:
        return None
    return text.replace(",", "\u202f").replace(".", ",") + "\u00a0€"


def yes_no(value: Value) -> str | None:
    """« oui » or « non »."""
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else None


def in_words(value: Value) -> str | None:
    """A date in words: « 1er mars 2026 »."""
    day = _day(value)
    if day is None:
        return None
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{_MONTHS[day.month - 1]}\u00a0{day.year}"


def add_days(value: Value, count: Value) -> str | None:
    """The date so many calendar days later (earlier when negative)."""
    day = _day(value)
    if day is None or not isinstance(count, Decimal) or abs(count) > 100_000 or count % 1:
        return None
    try:
        return (day + timedelta(days=int(count))).isoformat()
    except OverflowError:
        return None


def add_months(value: Value, count: Value) -> str | None:
    """The same day so many months later, the month's last day when it has no such day."""
    day = _day(value)
    if day is None or not isinstance(count, Decimal) or abs(count) > 12_000 or count % 1:
        return None
    months = day.year * 12 + day.month - 1 + int(count)
    if not 12 <= months < 12 * 10_000:
        return None
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])).isoformat()


def add_years(value: Value, count: Value) -> str | None:
    """The same day so many years later; 29 February becomes 28 when there is none."""
    return add_months(value, count * 12) if isinstance(count, Decimal) and abs(count) <= 1_000 else None


def days_until(value: Value, other: Value) -> Decimal | None:
    """How many days from the first date to the second, negative when it is earlier."""
    first, second = _day(value), _day(other)
    return None if first is None or second is None else Decimal((second - first).days)


def years_until(value: Value, other: Value) -> Decimal | None:
    """How many whole years from the first date to the second: an age on that day."""
    first, second = _day(value), _day(other)
    if first is None or second is None:
        return None
    return Decimal(second.year - first.year - ((second.month, second.day) < (first.month, first.day)))


def rounded(value: Value, places: Value = _ZERO) -> Decimal | None:
    """The number with so many decimals (none unless told), halves away from zero, as amounts are rounded in France."""
    if not isinstance(value, Decimal) or not isinstance(places, Decimal) or not 0 <= places <= 6 or places % 1:
        return None
    try:
        return value.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)
    except ArithmeticError:
        return None


def mapped(value: Value, name: Value) -> list[Value] | None:
    """That answer of each item of a repeated group, none where it is absent."""
    if not isinstance(value, list | tuple) or not isinstance(name, str):
        return None
    return [imported(each.get(name)) if isinstance(each, Mapping) else None for each in value]


def total(value: Value, name: Value = None) -> Decimal | None:
    """The sum of a list's numbers, or of one answer of each item; absent ones count for nothing, none for no list."""
    items = value if name is None else mapped(value, name)
    if not isinstance(items, list | tuple):
        return None
    try:
        return sum((each for each in map(imported, items) if isinstance(each, Decimal)), Decimal(0))
    except ArithmeticError:
        return None


def extreme(choose: Callable[..., Value]) -> Callable[[Value], Value]:
    """The least or the greatest of a list of numbers or of texts (dates), absent ones apart; none for anything else."""

    def result(value: Value) -> Value:
        items = [each for each in map(imported, value) if each is not None] if isinstance(value, list | tuple) else []
        same = any(all(isinstance(each, kind) for each in items) for kind in (Decimal, str))
        return choose(items) if items and same else None

    return result


def _day(value: Value) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


FILTERS: Mapping[str, tuple[Callable[..., Value], int, int]] = {
    "default": (default, 1, 1),
    "length": (length, 0, 0),
    "join": (join, 0, 1),
    "lower": (lower, 0, 0),
    "decimal": (decimal, 0, 0),
    "money": (money, 0, 0),
    "yes_no": (yes_no, 0, 0),
    "date": (in_words, 0, 0),
    "add_days": (add_days, 1, 1),
    "add_months": (add_months, 1, 1),
    "add_years": (add_years, 1, 1),
    "days_until": (days_until, 1, 1),
    "years_until": (years_until, 1, 1),
    "round": (rounded, 0, 1),
    "map": (mapped, 1, 1),
    "sum": (total, 0, 1),
    "min": (extreme(min), 0, 0),
    "max": (extreme(max), 0, 0),
}
"""Name → the function, and how few and how many arguments it takes beside the value."""
