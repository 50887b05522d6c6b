"""The erratum of a decision: its text is corrected, its outcome stays; another outcome is another decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlmodel import Session

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import Erratum
from grc.receipts import erratum as letters
from grc.submissions import decisions, notices
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Submission
from grc.submissions.queries import find, find_for_change

LONGEST = 5000


@dataclass(frozen=True)
class Correction:
    """What an agent posts. wrong: what the decision said; right: what it must be read as; revision: the one seen."""

    wrong: str
    right: str
    revision: int


def correctable(decided: Sequence[Decision]) -> Decision | None:
    """The express decision in force, whose text may be corrected; None without one (silence wrote nothing)."""
    found = decisions.standing(decided)
    return found if found is not None and found.kind == "express" else None


def correct(
    session: Session, authority: AuthorityView, reference: str, made: Correction, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, its decision corrected by a row of its own and a letter; its state stays.

    Raises Conflict without an express decision, Invalid while what was wrong or what is right is not said.
    """
    row = find_for_change(session, authority, by, reference, revision=made.revision, to=Permission.SUBMISSION_DECIDE)
    act = Act(session, authority, row, by=by, now=now)
    facts, corrected = _facts(act, made)
    decision = Decision(
        authority_id=authority.id,
        submission_id=act.id,
        outcome=corrected.outcome,
        reasons=facts.right,
        judged_revision=made.revision,
        agent_id=by.id,
        decided_at=now,
        corrects_id=corrected.id,
    )
    session.add(decision)
    session.flush()
    act.record(Kind.CORRECTED, {"decision": decision.id, "corrects": corrected.id})
    notices.tell(session, row, facts, now=now)
    return row


def preview(
    session: Session, authority: AuthorityView, reference: str, made: Correction, *, by: AgentActor, now: datetime
) -> Erratum:
    """What `correct` would tell the citizen; changes nothing."""
    return _facts(
        Act(session, authority, find(session, by, reference, to=Permission.SUBMISSION_DECIDE), by=by, now=now), made
    )[0]


def _facts(act: Act, made: Correction) -> tuple[Erratum, Decision]:
    found = correctable(decisions.all_of(act))
    if found is None:
        raise Conflict("Cette demande n’a pas de décision écrite à corriger.")
    wrong, right = made.wrong.strip(), made.right.strip()
    problems = [
        Problem(field, "required" if not text else "too_long", message)
        for field, text, message in (
            ("wrong", wrong, "Recopiez le passage inexact de la décision."),
            ("right", right, "Écrivez le texte exact, qui le remplace."),
        )
        if not text or len(text) > LONGEST
    ]
    if problems:
        raise Invalid("La correction est incomplète.", problems)
    letter = letters.build(
        **decisions.common(act),
        corrects=decisions.named(found, act.authority.zone),
        outcome=cast(Literal["accepted", "refused"], found.outcome),
        wrong=wrong,
        right=right,
        reasons=found.reasons.replace(wrong, right),
        corrected_at=act.now,
        agent=act.actor_contact(),
        appeal_terms=act.procedure.appeal_for(act.submission.answers),
    )
    return letter, found
