"""Which decision stands, how another act names it, when its appeal runs: of rows alone, without an act under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from grc import clock
from grc.deadlines import administrative_appeals, parameters
from grc.deadlines.administrative_appeals import AdministrativeAppeal
from grc.deadlines.appeals import AppealPeriod, appeal_period
from grc.deadlines.holidays import Place
from grc.receipts import timeline
from grc.receipts.parts import AppealTerms, DecisionKind, NamedDecision
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
    return decision.born_on or told_on(decision.posted_on, decision.notified_at, zone)


def told_on(posted_on: date | None, notified_at: datetime | None, zone: str) -> date | None:
    """The legal day of the notification of an express decision: its posting, else its mail; None while it has none."""
    if posted_on is not None or notified_at is None:
        return posted_on
    return clock.day_in(zone, notified_at)


def named(decision: Decision, zone: str, *, reference: str = "") -> NamedDecision:
    """The decision as another act names it. reference: of its demande, where that is another one."""
    return NamedDecision(_KINDS[decision.kind, decision.outcome], taken_on(decision, zone), reference)


def time_to_appeal(
    row: Submission,
    decision: Decision,
    ways: Sequence[AppealTerms],
    recours: Sequence[AdministrativeAppeal] = (),
    *,
    zone: str,
    holidays: str,
) -> AppealPeriod | None:
    """The time to go to court against it, by the figures of its demande; None while it is not notified.

    ways: those of its procedure. recours: those against this decision, which make the time whole again (L411-2).
    """
    started_on = notified_on(decision, zone)
    if started_on is None:
        return None
    figures, place = parameters.of_version(row.legal_parameters), Place(holidays)
    period = appeal_period(started_on, timeline.months_to_court(ways, figures), place=place)
    return administrative_appeals.appeal_after(recours, period, place=place, parameters=figures)
