"""Until when a decision that created rights, an acceptance above all, may be withdrawn because it is illegal."""

from __future__ import annotations

from datetime import date

from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Period, Term, term


def limit(decided_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The last day to withdraw an illegal acceptance of the authority's own motion: four months after it was taken.

    decided_on: the day the decision was taken, or that an implicit one was born; not its notification. The months go
    de quantième à quantième, the period is neither franc nor moved off a Sunday: the law says neither, and of two
    readings this one ends first, which protects who holds the acceptance. A withdrawal that the holder asks for has
    no such limit. Source: CRPA L242-1; at the holder's demand: L242-3, L242-4.
    """
    period = Period(parameters.withdrawal_months, "month")
    return term("withdrawal", period, decided_on, place=place, articles=("CRPA art. L242-1",))


def may_withdraw(decided_on: date, on: date, *, place: Place, parameters: Parameters) -> bool:
    """Whether that local day still lets the authority withdraw the acceptance, if it is illegal (CRPA L242-1)."""
    return decided_on <= on <= limit(decided_on, place=place, parameters=parameters).on
