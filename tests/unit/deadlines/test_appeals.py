"""The last day of appeal: franc, and moved to a jour ouvré."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.deadlines.appeals import appeal_period, last_day_of_appeal
from grc.deadlines.business_days import is_business_day
from grc.deadlines.holidays import Place


@pytest.mark.law("R12")
@pytest.mark.parametrize(
    ("born_on", "last_on"),
    [
        (date(2017, 8, 23), date(2017, 10, 24)),  # CE 3 December 2018, n° 417292
        (date(2026, 8, 30), date(2026, 11, 2)),  # 31 October is a Saturday, 1 November a holiday
        (date(2026, 9, 30), date(2026, 12, 1)),
        (date(2027, 2, 28), date(2027, 4, 29)),
        (date(2028, 2, 29), date(2028, 5, 2)),  # 30 April is a Sunday, 1 May a holiday
        (date(2027, 3, 31), date(2027, 6, 1)),
        (date(2028, 4, 29), date(2028, 6, 30)),
        (date(2026, 12, 25), date(2027, 2, 26)),
    ],
)
def test_the_last_day_of_appeal_is_that_of_the_worked_dates(born_on: date, last_on: date) -> None:
    assert last_day_of_appeal(born_on, place=Place.METROPOLE) == last_on


@pytest.mark.law("R12")
@given(st.dates(date(2017, 1, 1), date(2060, 1, 1)), st.integers(1, 6), st.sampled_from(list(Place)))
def test_an_appeal_ends_on_a_business_day_never_before_the_franc_day(born_on: date, months: int, place: Place) -> None:
    period = appeal_period(born_on, months, place=place)
    assert period.franc_on == period.month_later_on + timedelta(days=1)
    assert period.last_on >= period.franc_on
    assert is_business_day(period.last_on, place=place)
    skipped = (period.franc_on + timedelta(days=n) for n in range((period.last_on - period.franc_on).days))
    assert not any(is_business_day(day, place=place) for day in skipped)
