"""The decisions of a demande, of agents and of silence: which one stands, which one another names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from grc import clock
from grc.receipts.parts import DecisionKind, NamedDecision
from grc.submissions.acts import Act
from grc.submissions.models import Decision

_KINDS: dict[tuple[str, str], DecisionKind] = {
    ("express", "accepted"): "acceptance",
    ("express", "refused"): "refusal",
    ("implicit_acceptance", "accepted"): "implicit_acceptance",
    ("implicit_rejection", "refused"): "implicit_rejection",
    ("withdrawal", "refused"): "withdrawal",
}


def all_of(act: Act) -> list[Decision]:
    """Every decision of the demande, in the order recorded."""
    mine = (col(Decision.authority_id) == act.authority.id, col(Decision.submission_id) == act.id)
    return list(act.session.execute(select(Decision).where(*mine).order_by(col(Decision.id))).scalars())


def standing(decisions: Sequence[Decision]) -> Decision | None:
    """The decision in force: the last that is no correction of another; None before any."""
    return next((one for one in reversed(decisions) if one.corrects_id is None), None)


def replaced(act: Act) -> int | None:
    """The key of the implied rejection that an express decision comes after (R14), None without one."""
    return next((one.id for one in all_of(act) if one.kind == "implicit_rejection"), None)


def taken_on(decision: Decision, zone: str) -> date:
    """The legal day of a decision: when it was taken, or when silence made it."""
    return decision.born_on or clock.day_in(zone, decision.decided_at)


def named(decision: Decision, zone: str, *, reference: str = "") -> NamedDecision:
    """The decision as another act names it. reference: of its demande, where that is another one."""
    return NamedDecision(_KINDS[decision.kind, decision.outcome], taken_on(decision, zone), reference)
