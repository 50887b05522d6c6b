"""Holidays by place, against an independent calendar."""

from __future__ import annotations

from datetime import date

import holidays as oracle
import pytest

from grc.deadlines import holidays
from grc.deadlines.holidays import Place

YEARS = range(2016, 2061)
# The place, its subdivision in the oracle, and the names that the oracle adds by local usage, not by the law.
PLACES = [
    (Place.METROPOLE, None, ()),
    (Place.ALSACE_MOSELLE_GOOD_FRIDAY, "57", ()),
    (Place.ALSACE_MOSELLE, "6AE", ("Vendredi saint",)),
    (Place.GUADELOUPE, "971", ("Vendredi saint", "Mi-Carême", "Fête de Victor Schoelcher")),
    (Place.MARTINIQUE, "972", ("Vendredi saint", "Fête de Victor Schoelcher")),
    (Place.GUYANE, "973", ()),
    (Place.LA_REUNION, "974", ()),
    (Place.MAYOTTE, "976", ()),
    (Place.SAINT_BARTHELEMY, "BL", ()),
    (Place.SAINT_PIERRE_ET_MIQUELON, "PM", ()),
]


@pytest.mark.law("R3")
@pytest.mark.parametrize(("place", "subdivision", "usages"), PLACES, ids=str)
def test_days_are_those_of_an_independent_calendar(place: Place, subdivision: str, usages: tuple[str, ...]) -> None:
    for year in YEARS:
        theirs = oracle.country_holidays("FR", subdiv=subdivision, years=year, language="fr")
        expected = {day for day in theirs if any(name not in usages for name in theirs.get_list(day))}
        assert {holiday.day for holiday in holidays.of_year(place, year)} == expected


@pytest.mark.law("R3")
def test_saint_martin_follows_the_code_where_the_calendars_follow_usage() -> None:
    assert holidays.find(Place.SAINT_MARTIN, date(2026, 5, 27)) is not None
    assert holidays.find(Place.SAINT_MARTIN, date(2026, 5, 28)) is None


@pytest.mark.law("R3")
@pytest.mark.parametrize(
    ("place", "day", "article"),
    [
        (Place.METROPOLE, date(2027, 3, 29), "C. trav. L3133-1"),
        (Place.ALSACE_MOSELLE, date(2026, 12, 26), "C. trav. L3134-13"),
        (Place.ALSACE_MOSELLE_GOOD_FRIDAY, date(2027, 3, 26), "C. trav. L3134-13"),
        (Place.MAYOTTE, date(2026, 4, 27), "C. trav. L3422-2"),
        (Place.SAINT_BARTHELEMY, date(2026, 10, 9), "C. trav. L3422-2"),
    ],
)
def test_a_holiday_names_its_article(place: Place, day: date, article: str) -> None:
    found = holidays.find(place, day)
    assert found is not None
    assert found.article == article


def test_good_friday_is_kept_only_where_the_commune_says_so() -> None:
    assert holidays.find(Place.ALSACE_MOSELLE, date(2027, 3, 26)) is None
    assert holidays.find(Place.METROPOLE, date(2027, 3, 26)) is None


def test_two_holidays_on_one_day_are_both_listed_in_order() -> None:
    days = [holiday.day for holiday in holidays.of_year(Place.METROPOLE, 2008)]
    assert days.count(date(2008, 5, 1)) == 2
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("year", "day"), [(2000, date(2000, 4, 23)), (2019, date(2019, 4, 21)), (2038, date(2038, 4, 25))]
)
def test_easter(year: int, day: date) -> None:
    assert holidays.easter(year) == day
