"""Jours ouvrés and the delays of receipts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.deadlines import business_days
from grc.deadlines.holidays import Place

DAYS = st.dates(date(2017, 1, 1), date(2060, 12, 31))
PLACES = st.sampled_from(list(Place))


@pytest.mark.law("R3")
@given(DAYS, st.integers(1, 30), PLACES)
def test_the_day_of_reception_is_never_counted_and_each_business_day_counts_once(
    day: date, count: int, place: Place
) -> None:
    end = business_days.after(day, count, place=place)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(business_days.is_business_day(one, place=place) for one in between) == count
    assert business_days.is_business_day(end, place=place)


@given(DAYS, PLACES)
def test_the_first_business_day_is_the_day_itself_when_it_is_one(day: date, place: Place) -> None:
    found = business_days.first_business_day(day, place=place)
    assert found >= day
    assert (found == day) == business_days.is_business_day(day, place=place)


@given(DAYS, st.integers(1, 30), PLACES)
def test_so_many_business_days_before_come_back_to_the_same_day(day: date, count: int, place: Place) -> None:
    start = business_days.first_business_day(day, place=place)
    assert business_days.before(business_days.after(start, count, place=place), count, place=place) == start


def test_no_delay_is_shorter_than_a_day() -> None:
    with pytest.raises(ValueError, match="at least one"):
        business_days.after(date(2026, 1, 5), 0, place=Place.METROPOLE)
    with pytest.raises(ValueError, match="at least one"):
        business_days.before(date(2026, 1, 5), 0, place=Place.METROPOLE)
