"""The reasons of an implicit rejection: owed to who asks in time, and what they do to the time to appeal."""

from __future__ import annotations

from datetime import date

from grc.deadlines.appeals import AppealPeriod, appeal_period
from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Period, Term, term

_ARTICLES = ("CRPA art. L232-4",)


def are_owed(asked_on: date, appeal: AppealPeriod, *, born_on: date | None = None) -> bool:
    """Whether reasons asked on that day are owed: from the birth of the rejection to the last day of appeal.

    born_on: that birth, where a recours has interrupted the period, which then starts later; None: it starts there.
    Source: CRPA L232-4 (request made within the time to appeal).
    """
    return (born_on or appeal.started_on) <= asked_on <= appeal.last_on


def due(asked_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The last day to give the reasons: one month after they are asked for, de quantième à quantième.

    Source: CRPA L232-4.
    """
    return term("reasons", Period(parameters.reasons_months, "month"), asked_on, place=place, articles=_ARTICLES)


def appeal_after(
    asked_on: date,
    given_on: date | None,
    appeal: AppealPeriod,
    *,
    place: Place,
    parameters: Parameters,
    born_on: date | None = None,
) -> AppealPeriod | None:
    """The time to appeal once reasons were asked for: until two months after they are given, counted as any appeal.

    given_on: the day they were communicated, None while they are not: the period then has no end, hence None. Reasons
    asked too late, or whose two months end before the first period does, leave that one as it is. Source: CRPA L232-4.
    """
    if not are_owed(asked_on, appeal, born_on=born_on):
        return appeal
    if given_on is None:
        return None
    again = appeal_period(given_on, parameters.reasons_appeal_months, place=place, articles=_ARTICLES)
    return max(appeal, again, key=lambda one: one.last_on)
