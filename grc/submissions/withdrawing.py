"""The withdrawal of an acceptance, express or born of silence: because it is illegal, within four months.

Source: CRPA L242-1 (illegal, four months), L242-3 and L242-4 (at the holder's request).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.deadlines import parameters, withdrawals
from grc.deadlines.holidays import Place
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import AcceptanceWithdrawn, wording
from grc.receipts import withdrawal as letters
from grc.submissions import decisions, implied, notices
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Submission
from grc.submissions.queries import find, find_for_change
from grc.workflow.definition import Workflow
from grc.workflow.engine import Step

EVENT = "acceptance_withdrawn"
LONGEST = 10_000
ACCEPTANCES = frozenset({("express", "accepted"), ("implicit_acceptance", "accepted")})


@dataclass(frozen=True)
class Withdrawal:
    """What an agent posts. heard_on: the day the person was asked for observations, None when they were not.

    at_holder_request: the holder asked for it: no limit of time then. revision: the one they judged.
    """

    reasons: str
    heard_on: date | None
    at_holder_request: bool
    revision: int


def acceptance(decided: Sequence[Decision]) -> Decision | None:
    """The acceptance in force, None without one."""
    found = decisions.standing(decided)
    return found if found is not None and (found.kind, found.outcome) in ACCEPTANCES else None


def last_day(row: Submission, decided: Sequence[Decision], *, zone: str, holidays: str) -> date:
    """The last day of the four months (L242-1), from the acceptance that gave the right: a later one only confirms it.

    decided: the decisions of the demande, in order; the one in force accepts it.
    """
    figures, first = parameters.of_version(row.legal_parameters), decided[-1]
    for one in reversed(decided):
        if one.corrects_id is None and (one.kind, one.outcome) not in ACCEPTANCES:
            break
        first = first if one.corrects_id is not None else one
    return withdrawals.limit(decisions.taken_on(first, zone), place=Place(holidays), parameters=figures).on


def withdraw(
    session: Session, authority: AuthorityView, reference: str, made: Withdrawal, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, its acceptance withdrawn: a decision that names it, and a letter with reasons and appeals.

    Raises Conflict after four months, unless the holder asks, and where nothing was accepted; Invalid without reasons.
    """
    row = find_for_change(session, authority, by, reference, revision=made.revision, to=Permission.SUBMISSION_DECIDE)
    act = Act(session, authority, row, by=by, now=now)
    if implied.is_due(authority, row, now):  # the day is over and no sweep has passed yet
        implied.settle(act)
    facts, withdrawn = _facts(act, made)
    decision = Decision(
        authority_id=authority.id,
        submission_id=act.id,
        kind="withdrawal",
        outcome="refused",
        reasons=facts.reasons,
        judged_revision=made.revision,
        agent_id=by.id,
        decided_at=now,
        replaces_id=withdrawn.id,
    )
    session.add(decision)
    session.flush()
    data = {"decision": decision.id, "withdraws": withdrawn.id, "judged_revision": made.revision}
    target = refused_state(act.procedure.workflow)
    if target is None:
        act.record(Kind.ACCEPTANCE_WITHDRAWN, data)
    else:
        act.take(Step(target, entered=target != row.state), EVENT, Kind.ACCEPTANCE_WITHDRAWN, data)
    act.give_back()
    notices.tell(session, row, facts, now=now)
    return row


def preview(
    session: Session, authority: AuthorityView, reference: str, made: Withdrawal, *, by: AgentActor, now: datetime
) -> AcceptanceWithdrawn:
    """What `withdraw` would tell the citizen; changes nothing."""
    act = Act(session, authority, find(session, by, reference, to=Permission.SUBMISSION_DECIDE), by=by, now=now)
    return notices.whole(_facts(act, made)[0])


def refused_state(workflow: Workflow) -> str | None:
    """Where a refusal leads: the state of a demande whose acceptance is withdrawn; None where the workflow has none."""
    found = (each.target for each in workflow.transitions if each.event == "refuse" and each.target)
    return next(found, None)


def _facts(act: Act, made: Withdrawal) -> tuple[AcceptanceWithdrawn, Decision]:
    decided = decisions.all_of(act)
    found = acceptance(decided)
    if found is None:
        raise Conflict("Cette demande n’a pas d’acceptation à retirer.")
    last_on = last_day(act.submission, decided, zone=act.authority.zone, holidays=act.authority.holidays)
    if act.today() > last_on and not made.at_holder_request:
        raise Conflict(too_late(last_on))
    _check(made, act.today())
    letter = letters.build(
        **decisions.common(act),
        withdraws=decisions.named(found, act.authority.zone),
        last_on=last_on,
        withdrawn_at=act.now,
        reasons=made.reasons.strip(),
        agent=act.actor_contact(),
        appeal_terms=act.procedure.appeal_for(act.submission.answers),
        heard_on=made.heard_on,
        at_holder_request=made.at_holder_request,
    )
    return letter, found


def too_late(last_on: date) -> str:
    """Why an acceptance stands for good, with the article."""
    day = wording.short_date(last_on)
    return (
        f"Cette acceptation ne peut plus être retirée : le délai de quatre mois a pris fin le {day} (article L242-1)."
    )


def _check(made: Withdrawal, today: date) -> None:
    problems = []
    if not made.reasons.strip():
        problems.append(Problem("reasons", "required", "Écrivez pourquoi l’acceptation est illégale : faits et règle."))
    elif len(made.reasons) > LONGEST:
        problems.append(Problem("reasons", "too_long", f"Raccourcissez les motifs à {LONGEST} caractères."))
    if made.heard_on is not None and made.heard_on > today:
        problems.append(Problem("heard_on", "x-max", "Saisissez une date passée, ou laissez la date vide."))
    if problems:
        raise Invalid("Le retrait est incomplet.", problems)
