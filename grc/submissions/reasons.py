"""The reasons of an implied rejection: asked for within the time to appeal, given within a month.

Source: CRPA L232-4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.deadlines import parameters
from grc.deadlines import reasons as periods
from grc.deadlines.holidays import Place
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import ReasonsGiven
from grc.receipts import reasons as letters
from grc.submissions import appeals, decisions, implied, notices
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Submission, Task
from grc.submissions.queries import find, find_for_change

OWED = "reasons_owed"
LONGEST = 10_000
_NOTHING = "Cette demande n’a pas de refus implicite dont les motifs puissent être demandés."
_TOO_LATE = "Le délai pour demander les motifs est passé : c’est celui du recours (article L232-4)."


@dataclass(frozen=True)
class Answer:
    """What an agent posts: the reasons, and the revision they saw."""

    reasons: str
    revision: int


def ask(session: Session, authority: AuthorityView, reference: str, *, by: Visitor, now: datetime) -> Submission:
    """The submission, its reasons owed within a month; a second time changes nothing.

    Raises Conflict for a demande that silence did not refuse, and once the time to appeal is over.
    """
    row = find_for_change(session, authority, by, reference, revision=None)
    act = Act(session, authority, row, by=by, now=now)
    if implied.is_due(authority, row, now):  # the day is over and no sweep has passed yet
        implied.settle(act)
    rejection = decisions.standing(decisions.all_of(act))
    if rejection is None or rejection.kind != "implicit_rejection":
        raise Conflict(_NOTHING)
    if decisions.events_of(act, Kind.REASONS_ASKED):
        return row
    period = appeals.time_to_appeal(session, row, rejection, zone=authority.zone, holidays=authority.holidays)
    if period is None or not periods.are_owed(act.today(), period, born_on=rejection.born_on):
        raise Conflict(_TOO_LATE)
    figures = parameters.of_version(row.legal_parameters)
    due_on = periods.due(act.today(), place=Place(authority.holidays), parameters=figures).on
    session.add(Task(authority_id=authority.id, submission_id=act.id, kind=OWED, due_on=due_on, opened_at=now))
    act.record(Kind.REASONS_ASKED, {"decision": rejection.id, "due_on": due_on})
    return row


def give(
    session: Session, authority: AuthorityView, reference: str, made: Answer, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, its reasons sent; raises Invalid without any, Conflict when none are owed."""
    row = find_for_change(session, authority, by, reference, revision=made.revision, to=Permission.SUBMISSION_DECIDE)
    act = Act(session, authority, row, by=by, now=now)
    facts = _facts(act, made.reasons)
    act.record(Kind.REASONS_GIVEN, {"decision": _rejection(act).id})
    notices.tell(session, row, facts, now=now)
    still = (*_owed(act), col(Task.closed_at).is_(None))
    session.execute(update(Task).where(*still).values(closed_at=now, closed_by_id=by.id))
    return row


def preview(
    session: Session, authority: AuthorityView, reference: str, made: Answer, *, by: AgentActor, now: datetime
) -> ReasonsGiven:
    """What `give` would tell the citizen; changes nothing."""
    act = Act(session, authority, find(session, by, reference, to=Permission.SUBMISSION_DECIDE), by=by, now=now)
    return notices.whole(_facts(act, made.reasons))


def asked_on(act: Act) -> date | None:
    """The day they were asked for, None when they were not."""
    asked = decisions.events_of(act, Kind.REASONS_ASKED)
    return act.day_of(asked[0].at) if asked else None


def _facts(act: Act, words: str) -> ReasonsGiven:
    day = asked_on(act)
    is_open = act.session.execute(select(col(Task.id)).where(*_owed(act), col(Task.closed_at).is_(None))).first()
    if day is None or is_open is None:
        raise Conflict("L’usager n’a pas demandé les motifs, ou ils lui ont été donnés.")
    words = words.strip()
    problem = None
    if not words:
        problem = Problem("reasons", "required", "Écrivez les motifs du refus : les faits, puis la règle appliquée.")
    elif len(words) > LONGEST:
        problem = Problem("reasons", "too_long", f"Raccourcissez les motifs à {LONGEST} caractères.")
    if problem:
        raise Invalid("Il manque les motifs.", [problem])
    return letters.build(
        **decisions.common(act),
        rejected_on=decisions.taken_on(_rejection(act), act.authority.zone),
        asked_on=day,
        given_at=act.now,
        reasons=words,
        agent=act.actor_contact(),
        appeal_terms=act.procedure.appeal_for(act.submission.answers),
    )


def _rejection(act: Act) -> Decision:
    return next(one for one in decisions.all_of(act) if one.kind == "implicit_rejection")


def _owed(act: Act) -> tuple[ColumnElement[bool], ...]:
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    return (*mine, col(Task.kind) == OWED)
