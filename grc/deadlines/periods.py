"""A period of time as a text writes it, how it runs from a day, and the date it gives."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from grc.deadlines import holidays
from grc.deadlines.business_days import is_business_day
from grc.deadlines.holidays import Holiday, Place

Unit = Literal["day", "business_day", "day_without_holidays", "month"]
Code = Literal[
    "registration",
    "acknowledgement",
    "withdrawal",
    "reasons",
    "appeal_silence",
    "documents_access",
    "commission_referral",
    "commission_silence",
    "project_answer",
    "start_answer",
    "works_reminder",
    "registered_letter",
    "third_party_letter",
    "clock",
]
"""Which rule sets a date; "clock" is one that a workflow declares."""


@dataclass(frozen=True)
class Period:
    """So many days, jours ouvrés (Monday to Friday), days without public holidays, or months."""

    length: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError("a period lasts at least one day")


@dataclass(frozen=True)
class Term:
    """A date that a rule sets, and how it was reached.

    since: the day that starts the period, itself never counted. on: its last day. skipped: the public holidays that
    were passed over, in order. shortened: the last month has no day of that number. articles: of the rule.
    """

    code: Code
    period: Period
    since: date
    on: date
    articles: tuple[str, ...]
    skipped: tuple[Holiday, ...] = ()
    shortened: bool = False


def term(code: Code, period: Period, since: date, *, place: Place, articles: tuple[str, ...]) -> Term:
    """The date that a period gives from that day on, in a place whose holidays count.

    Days count from the day after `since`. Months go de quantième à quantième: the same day of the month, else its last
    one. The end is never moved off a Sunday or a holiday: only what the unit leaves out is left out.
    """
    if period.unit == "month":
        end = add_months(since, period.length)
        return Term(code, period, since, end, articles, shortened=end.day != since.day)
    day, left, skipped = since, period.length, list[Holiday]()
    while left:
        day += timedelta(days=1)
        holiday = holidays.find(place, day)
        if _counts(day, period.unit, place):
            left -= 1
        elif holiday is not None and (period.unit != "business_day" or day.weekday() < calendar.SATURDAY):
            skipped.append(holiday)
    return Term(code, period, since, day, articles, tuple(skipped))


def add_months(day: date, months: int) -> date:
    """The same day of the month that many months later, else the last day of that month (de quantième à quantième)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _counts(day: date, unit: Unit, place: Place) -> bool:
    if unit == "business_day":
        return is_business_day(day, place=place)
    return unit == "day" or holidays.find(place, day) is None
