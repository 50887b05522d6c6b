"""Recours gracieux and hiérarchique: what silence makes of them, and how they interrupt the time to go to court."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from grc.deadlines.appeals import AppealPeriod, appeal_period
from grc.deadlines.holidays import Place
from grc.deadlines.parameters import Parameters
from grc.deadlines.periods import Period, Term, term

_INTERRUPTION = ("CRPA art. L411-2", "CJA art. R421-1 et R421-2")


@dataclass(frozen=True)
class AdministrativeAppeal:
    """A recours against one decision: when it was lodged, and the local day an express rejection was notified.

    lodged_on: sending or reception, the text does not say which; the day that the agent records counts.
    """

    kind: Literal["gracieux", "hierarchique"]
    lodged_on: date
    rejected_on: date | None = None

    def __post_init__(self) -> None:
        if self.rejected_on is not None and self.rejected_on < self.lodged_on:
            raise ValueError("an appeal can't be rejected before it is lodged")


def silence(lodged_on: date, *, place: Place, parameters: Parameters) -> Term:
    """The day on which silence rejects an administrative appeal: two months, de quantième à quantième, not moved.

    Source: CRPA L411-7, L231-4 2°.
    """
    period = Period(parameters.administrative_appeal_silence_months, "month")
    return term("appeal_silence", period, lodged_on, place=place, articles=("CRPA art. L411-7 et L231-4 2°",))


def interrupting(appeals: Iterable[AdministrativeAppeal], period: AppealPeriod) -> tuple[AdministrativeAppeal, ...]:
    """Those that interrupt the time to go to court: the first of each kind, lodged before it ends, in order.

    Source: CRPA L411-2 al. 1 (within the period) and al. 2 (one gracieux and one hiérarchique, each once).
    """
    found: dict[str, AdministrativeAppeal] = {}
    for one in sorted(appeals, key=lambda each: each.lodged_on):
        if period.started_on <= one.lodged_on <= period.last_on:
            found.setdefault(one.kind, one)
    return tuple(found.values())


def appeal_after(
    appeals: Sequence[AdministrativeAppeal], period: AppealPeriod, *, place: Place, parameters: Parameters
) -> AppealPeriod:
    """The time to go to court once administrative appeals were lodged: whole again from the last of their rejections.

    A rejection is express (its notification) or made by silence, whichever comes first; an express one notified after
    that silence, before the new period ends, starts it once more. Without an appeal that interrupts: the same period.
    Source: CRPA L411-2; CJA R421-2 al. 2.
    """
    counted = interrupting(appeals, period)
    if not counted:
        return period
    rejections = [_rejected(one, place=place, parameters=parameters) for one in counted]
    again = appeal_period(max(rejections), parameters.appeal_months, place=place, articles=_INTERRUPTION)
    for one in sorted(one.rejected_on for one in counted if one.rejected_on is not None):
        if again.started_on < one <= again.last_on:
            again = appeal_period(one, parameters.appeal_months, place=place, articles=_INTERRUPTION)
    return again


def _rejected(appeal: AdministrativeAppeal, *, place: Place, parameters: Parameters) -> date:
    born_on = silence(appeal.lodged_on, place=place, parameters=parameters).on
    return born_on if appeal.rejected_on is None else min(appeal.rejected_on, born_on)
