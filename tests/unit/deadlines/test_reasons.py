"""The reasons of an implicit rejection (L232-4)."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines import parameters, reasons
from grc.deadlines.appeals import appeal_period
from grc.deadlines.holidays import Place

HERE = Place.METROPOLE
FIGURES = parameters.in_force(date(2026, 6, 1))
REJECTION = appeal_period(date(2026, 8, 31), 2, place=HERE)
"""Last day of appeal: 2 November 2026."""


@pytest.mark.law("R27")
def test_reasons_are_due_one_month_after_they_are_asked_for() -> None:
    assert reasons.due(date(2027, 1, 31), place=HERE, parameters=FIGURES).on == date(2027, 2, 28)


@pytest.mark.law("R27")
@pytest.mark.parametrize(
    ("asked", "owed"), [("2026-08-30", False), ("2026-08-31", True), ("2026-11-02", True), ("2026-11-03", False)]
)
def test_reasons_are_owed_to_who_asks_within_the_time_to_appeal(asked: str, owed: bool) -> None:
    assert reasons.are_owed(date.fromisoformat(asked), REJECTION) is owed


@pytest.mark.law("R27")
@pytest.mark.parametrize(
    ("asked", "given", "last_on"),
    [
        ("2026-10-20", "2026-11-18", "2027-01-19"),
        ("2026-10-20", None, None),  # not given: the period has no end
        ("2026-11-03", "2026-11-18", "2026-11-02"),  # asked too late
        ("2026-08-31", "2026-08-31", "2026-11-02"),
    ],
)
def test_the_appeal_runs_to_two_months_after_they_are_given(asked: str, given: str | None, last_on: str | None) -> None:
    given_on = date.fromisoformat(given) if given else None
    period = reasons.appeal_after(date.fromisoformat(asked), given_on, REJECTION, place=HERE, parameters=FIGURES)
    assert (period.last_on.isoformat() if period else None) == last_on


def test_the_longer_period_names_its_article() -> None:
    period = reasons.appeal_after(date(2026, 10, 20), date(2026, 11, 18), REJECTION, place=HERE, parameters=FIGURES)
    assert period is not None
    assert period.articles == ("CRPA art. L232-4",)
