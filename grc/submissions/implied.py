"""Decisions that silence makes: recorded once, told, and left behind by the workflow only where it says so.

Source: CRPA L231-1 (acceptance), L231-4 (rejection), L232-2; the printed day belongs to the authority whole, so the
decision is recorded from 00:00 of the day after it, in the authority's own time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import object_session
from sqlmodel import Session, col

from grc import clock, receipts
from grc.access.actors import System
from grc.access.permissions import functions_of
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.receipts import implied as notices_of_silence
from grc.submissions import apart, envois, notices, openings, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import UNDECIDED, Decision, Submission
from grc.workflow import engine

EVENT = "clock.silence"
"""What a workflow may handle at its root; where it does not, the state stays: silence ends no workflow."""

UNTOLD = (
    "L’avis de la décision née du silence n’a pas pu partir complet : il manque des coordonnées au service. "
    "Complétez-les, puis écrivez à l’usager."
)
"""The task of agents for a notice that lacks a mention."""
_AT_ONCE = 200
_OUTCOMES = {"acceptance": "accepted", "rejection": "refused"}


def record_implied(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many implied decisions were recorded: at most 200 a call, the oldest first; 0 once none is left.

    Safe to run twice, and beside others: a demande that somebody else is changing waits for the next passage, and the
    database refuses a second implied decision. A report never has one, nor a demande whose acceptance waits for
    documents: neither has a date (L114-5 al. 2).
    """
    authority = authorities.authority(session, authority_id)
    today = clock.day_in(authority.zone, as_of)

    def one(row: Submission) -> None:
        settle_if_due(Act(session, authority, row, by=System(authority_id), now=as_of))

    return apart.each(session, _due(session, authority_id, today), one)


def undecided(authority_id: Any, today: date) -> tuple[Any, ...]:
    """The demandes that silence has decided, without anybody having recorded it yet."""
    return (
        col(Submission.authority_id) == authority_id,
        UNDECIDED,
        col(Submission.silence_on) < today,
        col(Submission.is_report).is_(False),
        ~_decided(authority_id, col(Submission.id)),
    )


def is_due(authority: AuthorityView, row: Submission, at: datetime) -> bool:
    """Whether silence has decided this demande, without anybody having recorded it yet.

    An express decision leaves nothing for silence to decide, whatever the phase of its state.
    """
    return row.silence_on is not None and clock.day_in(authority.zone, at) > row.silence_on and _is_left(row)


def _is_left(row: Submission) -> bool:
    """Whether nobody has decided this demande nor ended it, and nothing of silence is recorded."""
    return row.implied_on is None and not row.is_report and row.phase in phases.OPEN and not _is_decided(row)


def _decided(authority_id: Any, submission_id: Any) -> ColumnElement[bool]:
    """Whether a decision was taken on that demande, in words: an acceptance, a refusal or a withdrawal."""
    mine = (col(Decision.authority_id) == authority_id, col(Decision.submission_id) == submission_id)
    return exists().where(*mine)


def _is_decided(row: Submission) -> bool:
    session = object_session(row)
    assert session is not None  # noqa: S101 - whoever asks holds the demande
    return bool(session.execute(select(_decided(row.authority_id, row.id))).scalar_one())


def settle_if_due(act: Act) -> None:
    """Records what silence has decided and no sweep has recorded yet, and tells the citizen; else nothing."""
    if is_due(act.authority, act.submission, act.now):
        record(act)


def record(act: Act) -> None:
    """Records what silence has decided, and tells the citizen."""
    _tell(act, settle(act))


def settle_before(act: Act, event: str) -> None:
    """Records the acceptance that is born today before an event that ends the demande, and tells the citizen.

    The printed day belongs to the authority whole to say yes; it may not end the demande as if nothing were born.
    Raises TransitionRefused for an event that is not open. Source: CRPA L231-1, L242-1.
    """
    if act.is_accepted_by_silence() and _is_left(act.submission) and _ends(act, event):
        record(act)


def _ends(act: Act, event: str) -> bool:
    workflow, row = act.procedure.workflow, act.submission
    step = engine.step(workflow, row.state, event, functions=functions_of(act.by, row), context=act.context())
    return phases.of_state(workflow, step.state) not in phases.OPEN


def settle(act: Act) -> Decision:
    """The decision that silence made of a demande for which `is_due` holds, with its event, now recorded.

    The workflow takes `clock.silence` where it handles it; a workflow that cannot take it keeps its state: the fact of
    law does not depend on it.
    """
    row, system = act.submission, System(act.authority.id)
    assert row.silence_on is not None  # noqa: S101 - is_due
    decision = Decision(
        authority_id=act.authority.id,
        submission_id=act.id,
        kind=f"implicit_{row.silence_rule}",
        outcome=_OUTCOMES[row.silence_rule],
        judged_revision=row.revision,
        decided_at=act.now,
        born_on=row.silence_on,
    )
    act.session.add(decision)
    row.implied_on = row.silence_on
    act.session.flush()
    data = {"decision": decision.id, "rule": row.silence_rule, "born_on": row.silence_on}
    silent = Act(act.session, act.authority, row, by=system, now=act.now)
    if _is_handled(silent):
        silent.perform(silent.advance(EVENT, Kind.IMPLIED, data), {})
    else:
        silent.record(Kind.IMPLIED, data)
    if decision.outcome == "refused":
        silent.give_back()
    return decision


def notice_of(act: Act, born_on: date) -> receipts.ImpliedDecisionNotice:
    """What the citizen is told of it: what can be done now."""
    row, terms = act.submission, act.procedure.silence_for(act.submission.answers)
    return notices_of_silence.notice(
        reference=row.reference,
        authority=act.authority.name,
        procedure_title=act.procedure.title,
        received_on=row.first_received_on,
        rule=cast(Literal["acceptance", "rejection"], row.silence_rule),
        born_on=born_on,
        source=terms.source,
        told_at=act.now,
        zone=act.authority.zone,
        service=act.service_contact,
        agent=act.case_agent(),
        appeal_terms=act.procedure.appeal_for(row.answers),
        addressee=row.applicant_name,
    )


def _due(session: Session, authority_id: int, today: date) -> list[Submission]:
    statement = (
        select(Submission)
        .where(*undecided(authority_id, today))
        .order_by(col(Submission.silence_on), col(Submission.id))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return list(session.execute(statement).scalars())


def _is_handled(act: Act) -> bool:
    found = openings.transition(act.by, act.procedure.workflow, act.submission, act.context(), EVENT)
    return found is not None


def _tell(act: Act, decision: Decision) -> None:
    """Tells the citizen; a notice that lacks a mention keeps no decision from being born: it is a task for agents."""
    assert decision.born_on is not None  # noqa: S101 - settle
    told = notice_of(act, decision.born_on)
    if told.missing_mentions():
        envois.owe(act, UNTOLD)
    else:
        notices.tell(act.session, act.submission, told, now=act.now)
