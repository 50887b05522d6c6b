"""A period of each unit, from any day."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.deadlines.business_days import after
from grc.deadlines.holidays import Place, find
from grc.deadlines.periods import Period, Unit, add_months, term

DAYS = st.dates(date(2017, 1, 1), date(2060, 12, 31))
PLACES = st.sampled_from(list(Place))
ASKED = ("Règlement",)


@pytest.mark.law("R11")
@given(DAYS, st.integers(0, 48))
def test_months_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    last = calendar.monthrange(later.year, later.month)[1]
    assert later.day == min(day.day, last)


@pytest.mark.parametrize(
    ("length", "unit", "on", "skipped"),
    [
        (7, "day", "2027-05-05", []),
        (7, "day_without_holidays", "2027-05-07", ["2027-05-01", "2027-05-06"]),
        (7, "business_day", "2027-05-10", ["2027-05-06"]),  # 1 May is a Saturday: a week-end already
        (2, "month", "2027-06-28", []),
    ],
)
def test_each_unit_counts_its_own_days(length: int, unit: Unit, on: str, skipped: list[str]) -> None:
    found = term("clock", Period(length, unit), date(2027, 4, 28), place=Place.METROPOLE, articles=ASKED)
    assert found.on.isoformat() == on
    assert [one.day.isoformat() for one in found.skipped] == skipped
    assert (found.since, found.articles, found.shortened) == (date(2027, 4, 28), ASKED, False)


def test_a_month_too_short_says_so() -> None:
    found = term("clock", Period(1, "month"), date(2027, 1, 31), place=Place.METROPOLE, articles=())
    assert (found.on, found.shortened) == (date(2027, 2, 28), True)


@given(DAYS, st.integers(1, 40), PLACES)
def test_business_days_are_those_of_the_receipts(day: date, length: int, place: Place) -> None:
    assert term("clock", Period(length, "business_day"), day, place=place, articles=()).on == after(
        day, length, place=place
    )


@given(DAYS, st.integers(1, 40), PLACES)
def test_days_without_holidays_pass_over_every_holiday(day: date, length: int, place: Place) -> None:
    found = term("clock", Period(length, "day_without_holidays"), day, place=place, articles=())
    passed = [day + timedelta(days=n) for n in range(1, (found.on - day).days + 1)]
    assert [one.day for one in found.skipped] == [one for one in passed if find(place, one) is not None]


def test_a_period_lasts_at_least_a_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Period(0, "month")
