"""The last day to appeal to the administrative court: for agents and archives, never printed on a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from grc.deadlines.business_days import first_business_day
from grc.deadlines.holidays import Place
from grc.deadlines.silence import add_months


@dataclass(frozen=True)
class AppealPeriod:
    """How the last day of appeal is reached: same day of a later month, one day more (franc), moved if not ouvré."""

    started_on: date
    months: int
    month_later_on: date
    franc_on: date
    last_on: date


def appeal_period(started_on: date, months: int, *, place: Place) -> AppealPeriod:
    """The time to appeal from the birth of an implicit rejection, or from the notification of an express decision.

    The period is franc (one day more) and, when it ends on a Saturday, a Sunday or a holiday, runs until the next
    jour ouvré. Source: CJA R421-1, R421-2; CE 3 December 2018, n° 417292; CE 19 September 2014, n° 362568.
    """
    month_later_on = add_months(started_on, months)
    franc_on = month_later_on + timedelta(days=1)
    return AppealPeriod(started_on, months, month_later_on, franc_on, first_business_day(franc_on, place=place))


def last_day_of_appeal(started_on: date, months: int = 2, *, place: Place) -> date:
    """The last day on which an appeal is receivable; the law is that of `appeal_period`."""
    return appeal_period(started_on, months, place=place).last_on
