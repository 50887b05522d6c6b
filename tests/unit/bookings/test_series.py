"""Slots by the dozen: equal parts of the same hours, each week, but on closed days."""

from __future__ import annotations

import itertools
from datetime import date, time

import pytest

from grc.bookings import series
from grc.bookings.series import Series
from grc.catalogue.definition import When
from grc.lists.commands import slug_of

WHEN = When("day", "", "start", "end")
FRIDAYS = Series("Permanence du maire", date(2027, 4, 30), time(9), time(10), 30, weeks=3, attributes={"places": 1})


@pytest.mark.parametrize(
    ("start", "end", "minutes", "count"),
    [
        (time(9), time(12), 30, 6),
        (time(9), time(9, 20), 20, 1),
        (time(9), time(9, 19), 20, 0),
        (time(9), time(10, 10), 30, 2),
        (time(10), time(9), 30, 0),
        (time(22), time(23, 59), 60, 1),
        (time(0), time(23, 59), 5, 287),
    ],
)
def test_a_day_is_cut_in_equal_parts_that_never_pass_its_end(start: time, end: time, minutes: int, count: int) -> None:
    found = series.parts(Series("x", date(2027, 4, 30), start, end, minutes))
    assert len(found) == count
    assert all(one[1] == other[0] for one, other in itertools.pairwise(found))
    assert all(start <= one < other <= end for one, other in found)


def test_each_slot_says_its_day_and_hour_in_words_and_for_the_program() -> None:
    found = list(series.slots(FRIDAYS, WHEN, lambda day: day == date(2027, 5, 7)))
    assert [each.label for each in found] == [
        "Permanence du maire, vendredi 30 avril 2027 à 9 h",
        "Permanence du maire, vendredi 30 avril 2027 à 9 h 30",
        "Permanence du maire, vendredi 14 mai 2027 à 9 h",
        "Permanence du maire, vendredi 14 mai 2027 à 9 h 30",
    ]
    slugs = [slug_of(each.named, ()) for each in found[:2]]
    assert slugs == ["2027-04-30-09-00-permanence-du-maire", "2027-04-30-09-30-permanence-du-maire"]
    assert dict(found[1].attributes) == {"places": 1, "day": "2027-04-30", "start": "09:30", "end": "10:00"}


@pytest.mark.parametrize(
    ("when", "attributes", "past"),
    [
        (WHEN, {"day": "2027-04-29"}, True),
        (WHEN, {"day": "2027-04-30"}, False),
        (WHEN, {}, False),
        (When("a", "b"), {"a": "2027-04-01", "b": "2027-04-30"}, False),
        (None, {"day": "2027-04-29"}, False),
    ],
)
def test_what_is_past_has_no_day_to_come(when: When | None, attributes: dict[str, str], past: bool) -> None:
    assert series.is_past(when, attributes, date(2027, 4, 30)) is past
