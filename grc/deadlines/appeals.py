"""The last day to appeal to the administrative court: for agents and archives, never printed on a receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from grc.deadlines.business_days import first_business_day
from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import add_months

_ARTICLES = ("CJA art. R421-1 et R421-2",)


@dataclass(frozen=True)
class Override:
    """The last day of appeal as an agent sets it, and why: a mediation that was engaged, or another reason.

    articles: what allows it, when the law says so. Raises ValueError without a reason.
    """

    last_on: date
    reason: str
    articles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("an agent who sets the last day of appeal says why")


@dataclass(frozen=True)
class AppealPeriod:
    """How the last day of appeal is reached: same day of a later month, one day more (franc), moved if not ouvré.

    override: what an agent put in the place of that day, which is then `last_on`.
    """

    started_on: date
    months: int
    month_later_on: date
    franc_on: date
    last_on: date
    articles: tuple[str, ...] = _ARTICLES
    override: Override | None = None


def appeal_period(
    started_on: date, months: int, *, place: Place, articles: tuple[str, ...] = _ARTICLES
) -> AppealPeriod:
    """The time to appeal from the birth of an implicit rejection, or from the notification of an express decision.

    The period is franc (one day more) and, when it ends on a Saturday, a Sunday or a holiday, runs until the next
    jour ouvré. Source: CJA R421-1, R421-2; CE 3 December 2018, n° 417292; CE 19 September 2014, n° 362568.
    """
    month_later_on = add_months(started_on, months)
    franc_on = month_later_on + timedelta(days=1)
    last_on = first_business_day(franc_on, place=place)
    return AppealPeriod(started_on, months, month_later_on, franc_on, last_on, articles)


def last_day_of_appeal(started_on: date, months: int = 2, *, place: Place) -> date:
    """The last day on which an appeal is receivable; the law is that of `appeal_period`."""
    return appeal_period(started_on, months, place=place).last_on


def after_rejection(born_on: date, notified_on: date | None, months: int, *, place: Place) -> AppealPeriod:
    """The time to appeal against an implicit rejection that an express one followed, or not.

    notified_on: when the express rejection was notified, or None. Notified before the period ends, it starts it again;
    later it only confirms, and changes nothing. Source: CJA R421-2 al. 2.
    """
    period = appeal_period(born_on, months, place=place)
    if notified_on is None or not born_on < notified_on <= period.last_on:
        return period
    return appeal_period(notified_on, months, place=place)


def mediation(last_on: date, reason: str, *, parameters: Parameters) -> Override:
    """The last day of appeal that follows from a mediation, as the agent reckons it, with the text in force then.

    Engaging a mediation interrupts the period since 28 May 2026; when it ends and starts again is a fact that only the
    agent knows. Source: CRPA L421-3 (loi 2026-403).
    """
    return Override(last_on, reason, ("CRPA art. L421-3",) if parameters.mediation_interrupts_appeal else ())


def overridden(period: AppealPeriod, override: Override) -> AppealPeriod:
    """The period that ends on the agent's day; raises ValueError when it would end sooner than the law lets it."""
    if override.last_on < period.last_on:
        raise ValueError("an agent may lengthen the time to appeal, never shorten it")
    return replace(period, last_on=override.last_on, override=override)
