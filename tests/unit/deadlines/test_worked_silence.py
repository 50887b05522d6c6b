"""The table of when silence decides and until when one may appeal (CE n° 417292 and n° 362568), row by row."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines.appeals import appeal_period, last_day_of_appeal
from grc.deadlines.holidays import Place
from grc.deadlines.silence import SilenceRule, implicit_decision_date

# Received, implicit decision, last day of appeal. Dates of December and of the end of months are the hard ones.
TABLE = [
    ("2017-06-23", "2017-08-23", "2017-10-24"),  # CE 3 December 2018, n° 417292, commune de Saint-Pierre
    ("2026-06-30", "2026-08-30", "2026-11-02"),  # a Sunday, not moved; 31 October is a Saturday, 1 November a holiday
    ("2026-07-31", "2026-09-30", "2026-12-01"),  # September has no 31st
    ("2026-12-30", "2027-02-28", "2027-04-29"),  # a Sunday; February has no 30th
    ("2026-12-31", "2027-02-28", "2027-04-29"),
    ("2027-12-29", "2028-02-29", "2028-05-02"),  # leap year; 30 April is a Sunday, 1 May a holiday
    ("2027-12-30", "2028-02-29", "2028-05-02"),
    ("2027-12-31", "2028-02-29", "2028-05-02"),
    ("2027-01-31", "2027-03-31", "2027-06-01"),
    ("2028-02-29", "2028-04-29", "2028-06-30"),  # a Saturday
    ("2026-10-25", "2026-12-25", "2027-02-26"),  # the day the clocks change; a holiday, not moved
]
ROWS = [tuple(map(date.fromisoformat, row)) for row in TABLE]


@pytest.mark.law("R11")
@pytest.mark.parametrize("kind", ["rejection", "acceptance"])
@pytest.mark.parametrize(("received_on", "decided_on", "_"), ROWS, ids=str)
def test_silence_decides_on_the_same_day_of_the_month(kind: str, received_on: date, decided_on: date, _: date) -> None:
    assert implicit_decision_date(SilenceRule(kind), received_on) == decided_on  # type: ignore[arg-type]


@pytest.mark.law("R12")
@pytest.mark.parametrize(("_", "born_on", "last_on"), ROWS, ids=str)
def test_the_last_day_of_appeal_is_that_of_the_table(_: date, born_on: date, last_on: date) -> None:
    assert last_day_of_appeal(born_on, place=Place.METROPOLE) == last_on
    assert appeal_period(born_on, 2, place=Place.METROPOLE).last_on == last_on
