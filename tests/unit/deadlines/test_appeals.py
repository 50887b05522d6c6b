"""The last day of appeal: franc, and moved to a jour ouvré."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.deadlines import parameters
from grc.deadlines.appeals import Override, after_rejection, appeal_period, mediation, overridden
from grc.deadlines.business_days import is_business_day
from grc.deadlines.holidays import Place

FIGURES = parameters.in_force(date(2026, 6, 1))
BEFORE = parameters.in_force(date(2026, 5, 27))


@pytest.mark.law("R12")
@given(st.dates(date(2017, 1, 1), date(2060, 1, 1)), st.integers(1, 6), st.sampled_from(list(Place)))
def test_an_appeal_ends_on_a_business_day_never_before_the_franc_day(born_on: date, months: int, place: Place) -> None:
    period = appeal_period(born_on, months, place=place)
    assert period.franc_on == period.month_later_on + timedelta(days=1)
    assert period.last_on >= period.franc_on
    assert is_business_day(period.last_on, place=place)
    skipped = (period.franc_on + timedelta(days=n) for n in range((period.last_on - period.franc_on).days))
    assert not any(is_business_day(day, place=place) for day in skipped)


@pytest.mark.law("R12")
@pytest.mark.parametrize(
    ("notified_on", "last_on"),
    [
        (None, date(2017, 10, 24)),
        (date(2017, 8, 23), date(2017, 10, 24)),
        (date(2017, 10, 24), date(2017, 12, 26)),  # the last day: 25 December is a holiday
        (date(2017, 10, 25), date(2017, 10, 24)),  # too late: it only confirms
        (date(2017, 8, 22), date(2017, 10, 24)),  # before silence decided: no implicit rejection to replace
    ],
)
def test_an_express_rejection_in_time_starts_the_period_again(notified_on: date | None, last_on: date) -> None:
    assert after_rejection(date(2017, 8, 23), notified_on, 2, place=Place.METROPOLE).last_on == last_on


@pytest.mark.law("R12")
def test_an_agent_lengthens_the_period_after_a_mediation_and_says_why() -> None:
    period = appeal_period(date(2026, 8, 30), 2, place=Place.METROPOLE)
    override = mediation(date(2027, 1, 15), "Médiation engagée le 3 octobre 2026", parameters=FIGURES)
    longer = overridden(period, override)
    assert (longer.last_on, longer.franc_on) == (date(2027, 1, 15), period.franc_on)
    assert longer.override == override
    assert override.articles == ("CRPA art. L421-3",)
    assert mediation(date(2027, 1, 15), "Accord", parameters=BEFORE).articles == ()


def test_an_agents_day_may_be_that_of_the_law() -> None:
    period = appeal_period(date(2026, 8, 30), 2, place=Place.METROPOLE)
    assert overridden(period, Override(period.last_on, "Vérifié")).last_on == period.last_on


def test_an_agent_neither_shortens_the_period_nor_keeps_silent_about_why() -> None:
    period = appeal_period(date(2026, 8, 30), 2, place=Place.METROPOLE)
    with pytest.raises(ValueError, match="never shorten"):
        overridden(period, Override(period.last_on - timedelta(days=1), "Erreur"))
    with pytest.raises(ValueError, match="says why"):
        Override(period.last_on, "  ")
