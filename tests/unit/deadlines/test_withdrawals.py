"""An acceptance can be withdrawn for four months (L242-1)."""

from __future__ import annotations

from datetime import date

import pytest

from grc.deadlines import parameters, withdrawals
from grc.deadlines.holidays import Place

FIGURES = parameters.in_force(date(2026, 6, 1))


@pytest.mark.law("R28")
@pytest.mark.parametrize(
    ("decided", "last"),
    [
        ("2026-03-16", "2026-07-16"),
        ("2026-10-31", "2027-02-28"),  # February has no 31st; a Sunday, not moved
        ("2026-09-01", "2027-01-01"),  # a holiday, not moved
    ],
)
def test_the_last_day_to_withdraw_is_four_months_later(decided: str, last: str) -> None:
    day, last_on = date.fromisoformat(decided), date.fromisoformat(last)
    assert withdrawals.limit(day, place=Place.METROPOLE, parameters=FIGURES).on == last_on


@pytest.mark.law("R28")
@pytest.mark.parametrize(
    ("on", "may"), [("2026-03-15", False), ("2026-03-16", True), ("2026-07-16", True), ("2026-07-17", False)]
)
def test_nothing_is_withdrawn_after_the_last_day(on: str, may: bool) -> None:
    found = withdrawals.may_withdraw(
        date(2026, 3, 16), date.fromisoformat(on), place=Place.METROPOLE, parameters=FIGURES
    )
    assert found is may
