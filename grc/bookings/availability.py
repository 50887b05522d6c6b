"""Whether so many of a thing are free, and when: arithmetic on spans, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from grc.bookings.wanted import Span

WEEKS = 8
"""How far other days are looked for."""


@dataclass(frozen=True)
class Taken:
    """So many of an item for a span. is_firm: not an option. is_whole: of a hall that it is a part of, or holds."""

    span: Span
    quantity: int
    is_firm: bool = True
    is_whole: bool = False


def most_taken(span: Span, taken: Iterable[Taken], stock: int) -> int:
    """The most that is taken together at one instant of the span; what is part of something taken is taken whole."""
    near = [each for each in taken if each.span.meets(span)]
    instants = {span.starts_at, *(each.span.starts_at for each in near if each.span.starts_at > span.starts_at)}
    return max((_at(instant, near, stock) for instant in instants), default=0)


def left(span: Span, taken: Iterable[Taken], stock: int) -> int:
    """How many are free during the whole span."""
    return max(stock - most_taken(span, taken, stock), 0)


def never_taken(taken: Iterable[Taken], stock: int) -> int:
    """How many places are free of what is one thing, whenever it is: each taking counts, whatever its span."""
    return max(stock - sum(stock if each.is_whole else each.quantity for each in taken), 0)


def widened(span: Span, days: int, zone: str) -> Span:
    """The span with so many days of the zone kept free before and after: the time to bring back and to check."""
    return Span(span.later(-days, zone).starts_at, span.later(days, zone).ends_at, span.is_days)


def other_weeks(
    span: Span, taken: Sequence[Taken], stock: int, quantity: int, zone: str, *, most: int = 2
) -> list[int]:
    """In how many weeks the same days are free, at most so many answers."""
    later = ((week, span.later(7 * week, zone)) for week in range(1, WEEKS + 1))
    return [week for week, each in later if left(each, taken, stock) >= quantity][:most]


def _at(instant: datetime, near: Sequence[Taken], stock: int) -> int:
    return sum(
        stock if each.is_whole else each.quantity for each in near if each.span.starts_at <= instant < each.span.ends_at
    )
