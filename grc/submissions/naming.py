"""Which decision stands, how another act names it, when its appeal runs: of rows alone, without an act under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from grc import clock
from grc.deadlines import parameters
from grc.deadlines.appeals import AppealPeriod, appeal_period
from grc.deadlines.holidays import Place
from grc.receipts.parts import DecisionKind, NamedDecision
from grc.submissions.models import Decision, Submission

_KINDS: dict[tuple[str, str], DecisionKind] = {
    ("express", "accepted"): "acceptance",
    ("express", "refused"): "refusal",
    ("implicit_acceptance", "accepted"): "implicit_acceptance",
    ("implicit_rejection", "refused"): "implicit_rejection",
    ("withdrawal", "refused"): "withdrawal",
}


def standing(decisions: Sequence[Decision]) -> Decision | None:
    """The decision in force: the last that is no correction of another; None before any."""
    return next((one for one in reversed(decisions) if one.corrects_id is None), None)


def taken_on(decision: Decision, zone: str) -> date:
    """The legal day of a decision: when it was taken, or when silence made it."""
    return decision.born_on or clock.day_in(zone, decision.decided_at)


def notified_on(decision: Decision, zone: str) -> date | None:
    """The day from which its appeal runs: birth, posting or mail taken by its server; None while it has not left."""
    if decision.born_on is not None or decision.posted_on is not None:
        return decision.born_on or decision.posted_on
    return None if decision.notified_at is None else clock.day_in(zone, decision.notified_at)


def named(decision: Decision, zone: str, *, reference: str = "") -> NamedDecision:
    """The decision as another act names it. reference: of its demande, where that is another one."""
    return NamedDecision(_KINDS[decision.kind, decision.outcome], taken_on(decision, zone), reference)


def time_to_appeal(row: Submission, decision: Decision, *, zone: str, holidays: str) -> AppealPeriod | None:
    """The time to go to court against it, by the figures of its demande; None while it is not notified."""
    started_on = notified_on(decision, zone)
    if started_on is None:
        return None
    months = parameters.of_version(row.legal_parameters).appeal_months
    return appeal_period(started_on, months, place=Place(holidays))
