"""Days, days known in part, and what lies between two days or two hours: how they are read from what people type."""

from __future__ import annotations

from typing import Any

import pytest

from grc.forms.fields import KINDS
from tests.unit.forms.test_fields import a_field, read


@pytest.mark.parametrize(
    ("day", "month", "year", "value"),
    [
        ("27", "3", "1987", "1987-03-27"),
        (" 27 ", "03", " 1987", "1987-03-27"),
        ("1er", "Mars", "1987", "1987-03-01"),
        ("1", "févr.", "2024", "2024-02-01"),
        ("1", "FEVRIER", "2024", "2024-02-01"),
        ("14", "juil", "1989", "1989-07-14"),
        ("14", "aoüt", "1989", "1989-08-14"),
        ("", "", "", None),
        ("", "3", "1987", "!day"),
        ("32", "3", "1987", "!day"),
        ("27", "", "1987", "!month"),
        ("27", "13", "1987", "!month"),
        ("27", "ju", "1987", "!month"),
        ("27", "3", "87", "!year"),
        ("27", "3", "", "!year"),
        ("x", "y", "z", "!date"),
        ("30", "2", "1987", "!date"),
        ("٣", "3", "1987", "!day"),
    ],
)
def test_dates_are_read_as_people_write_them(day: str, month: str, year: str, value: Any) -> None:
    assert read("date", {"f-day": [day], "f-month": [month], "f-year": [year]}) == value


@pytest.mark.parametrize(
    ("day", "month", "year", "value"),
    [
        ("", "", "1957", "1957"),
        ("", "11", "1992", "1992-11"),
        ("", "nov.", "1992", "1992-11"),
        ("3", "11", "1992", "1992-11-03"),
        ("1er", "mars", "1992", "1992-03-01"),
        ("", "", "", None),
        ("3", "", "1992", "!month"),
        ("3", "11", "", "!year"),
        ("", "11", "", "!year"),
        ("", "", "92", "!year"),
        ("", "13", "1992", "!month"),
        ("32", "11", "1992", "!day"),
        ("31", "11", "1992", "!date"),
        ("x", "y", "z", "!date"),
    ],
)
def test_a_date_may_be_known_in_part(day: str, month: str, year: str, value: Any) -> None:
    assert read("partial_date", {"f-day": [day], "f-month": [month], "f-year": [year]}) == value


def dates(start: str, end: str) -> dict[str, list[str]]:
    """What is posted for "3 4 2027" and "5 4 2027"."""
    ends = (("start", start), ("end", end))
    parts = ("day", "month", "year")
    return {f"f-{side}-{part}": [one] for side, day in ends for part, one in zip(parts, day.split("/"), strict=True)}


@pytest.mark.parametrize(
    ("start", "end", "value"),
    [
        ("3/4/2027", "5/avril/2027", {"start": "2027-04-03", "end": "2027-04-05"}),
        ("3/4/2027", "3/4/2027", {"start": "2027-04-03", "end": "2027-04-03"}),
        ("//", "//", None),
        ("3/4/2027", "2/4/2027", "!order"),
        ("31/12/2027", "1/1/2027", "!order"),
        ("//", "5/4/2027", "!start"),
        ("3/4/2027", "//", "!end"),
        ("3/13/2027", "5/4/2027", "!start-month"),
        ("3/4/2027", "5/4/27", "!end-year"),
        ("30/2/2027", "5/4/2027", "!start-wrong"),
        ("3/4/2027", "31/4/2027", "!end-wrong"),
    ],
)
def test_an_interval_of_days_is_read_end_by_end(start: str, end: str, value: Any) -> None:
    assert read("interval", dates(start, end)) == value


@pytest.mark.parametrize(
    ("start", "end", "value"),
    [
        ("14h", "18h30", {"start": "14:00", "end": "18:30"}),
        ("", " ", None),
        ("18h", "14h", "!order"),
        ("14h", "14:00", "!order"),
        ("", "14h", "!start"),
        ("14h", "", "!end"),
        ("9h5", "14h", "!start-wrong"),
        ("9h", "25h", "!end-wrong"),
    ],
)
def test_an_interval_of_hours_is_read_end_by_end(start: str, end: str, value: Any) -> None:
    assert read("hours", {"f-start": [start], "f-end": [end]}) == value


def test_both_ends_of_an_interval_are_told_at_once() -> None:
    parsed = KINDS["hours"].parse(a_field("hours"), {"f-start": ["9h5"], "f-end": ["soir"]})
    (problem,) = parsed.problems
    assert problem.code == "start-wrong"
    assert "heure de début" in problem.message
    assert "heure de fin" in problem.message
