"""DT, DICT and ATU: the worked dates of the code de l’environnement (R554-22 ff)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.deadlines import holidays, parameters, works
from grc.deadlines.holidays import Place
from grc.deadlines.works import Declaration, HalfDay

FIGURES = parameters.in_force(date(2026, 6, 1))
HERE = Place.METROPOLE
DAYS = st.dates(date(2017, 1, 1), date(2060, 12, 31))

# Declaration, received, through the téléservice, measured on site, récépissé due.
TABLE: list[tuple[Declaration, str, bool, bool, str]] = [
    ("dict", "2027-04-28", True, False, "2027-05-07"),  # 1 and 6 May are not counted
    ("dict", "2027-04-28", False, False, "2027-05-10"),  # nor 8 May
    ("dt", "2027-06-01", True, False, "2027-06-10"),
    ("joint", "2027-06-01", True, False, "2027-06-10"),
    ("dt", "2027-06-01", False, False, "2027-06-16"),
    ("dt", "2027-06-01", True, True, "2027-06-25"),
    ("joint", "2027-06-01", False, True, "2027-07-01"),
    ("dt", "2027-04-28", True, False, "2027-05-10"),
]


@pytest.mark.law("R36")
@pytest.mark.parametrize(("declaration", "received", "online", "measured", "due"), TABLE, ids=str)
def test_the_answer_is_due_on_the_worked_date(
    declaration: Declaration, received: str, online: bool, measured: bool, due: str
) -> None:
    day = date.fromisoformat(received)
    found = works.answer(declaration, day, online=online, measured=measured, place=HERE, parameters=FIGURES)
    assert found.on.isoformat() == due


@pytest.mark.law("R36")
def test_the_holidays_that_are_not_counted_are_named() -> None:
    found = works.answer("dict", date(2027, 4, 28), online=False, place=HERE, parameters=FIGURES)
    assert [one.day for one in found.skipped] == [date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8)]


def test_only_a_projects_declaration_is_measured_on_site() -> None:
    with pytest.raises(ValueError, match="only"):
        works.answer("dict", date(2027, 4, 28), online=True, measured=True, place=HERE, parameters=FIGURES)


@pytest.mark.law("R36")
@given(DAYS, st.booleans(), st.sampled_from(list(Place)))
def test_every_day_counts_but_holidays(received_on: date, online: bool, place: Place) -> None:
    found = works.answer("dt", received_on, online=online, place=place, parameters=FIGURES)
    assert (found.on - received_on).days == found.period.length + len(found.skipped)
    assert holidays.find(place, found.on) is None


@pytest.mark.law("R36")
def test_a_reminder_is_answered_within_two_business_days() -> None:
    friday_before_whit_monday = date(2027, 5, 14)
    assert works.reminder_answer(friday_before_whit_monday, place=HERE, parameters=FIGURES).on == date(2027, 5, 19)


@pytest.mark.law("R36")
@pytest.mark.parametrize(
    ("starts", "answered"),
    [
        (HalfDay(date(2027, 6, 9), "morning"), HalfDay(date(2027, 6, 8), "morning")),
        (HalfDay(date(2027, 6, 9), "afternoon"), HalfDay(date(2027, 6, 8), "afternoon")),
        (HalfDay(date(2027, 6, 7), "morning"), HalfDay(date(2027, 6, 4), "morning")),  # over a week-end
        (HalfDay(date(2027, 6, 5), "afternoon"), HalfDay(date(2027, 6, 4), "morning")),  # works on a Saturday
        (HalfDay(date(2027, 5, 18), "morning"), HalfDay(date(2027, 5, 14), "morning")),  # over Whit Monday
    ],
    ids=str,
)
def test_urgent_works_are_answered_half_a_day_before(starts: HalfDay, answered: HalfDay) -> None:
    assert works.urgent_answer(starts, place=HERE) == answered


@pytest.mark.law("R36")
def test_urgent_works_are_asked_about_one_business_day_before() -> None:
    tuesday = date(2027, 5, 18)  # after Whit Monday
    assert works.is_asked_in_time(date(2027, 5, 14), tuesday, place=HERE, parameters=FIGURES)
    assert not works.is_asked_in_time(date(2027, 5, 15), tuesday, place=HERE, parameters=FIGURES)
