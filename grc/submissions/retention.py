"""How long a demande is kept, and the lists of what may be destroyed: proposed here, destroyed on a visa only.

A demande that is open is never proposed, nor one that an open recours attacks, nor one of which what was granted still
runs (`ongoing` in its workflow), nor one whose decision nobody was notified of: its term recedes each time it is looked
at. Receipts and letters are kept on their own term, for they prove the delays of appeal: one year beyond the last day
of appeal, which a recours that has ended made later.
Source: GDPR art. 5 (1) e; code du patrimoine L212-2, L212-3 (visa); CRPA L112-12 (why receipts are kept).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from grc import clock
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.bookings.models import Booking
from grc.bookings.wanted import ALWAYS
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Appeal, Procedure
from grc.deadlines import administrative_appeals, appeals, parameters, reasons
from grc.deadlines.holidays import Place
from grc.deadlines.periods import add_months
from grc.submissions import apart, beside, naming, phases
from grc.submissions.beside import Lodged
from grc.submissions.events import Kind
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import RETAINED, WITHOUT_TERM, Decision, Event, Submission

RECEIPTS_KEPT_MONTHS = 12
"""Receipts and letters, beyond the last day of appeal."""
_APPEAL_MONTHS = 2
_AT_ONCE = 200


@dataclass(frozen=True)
class Term:
    """Until when a demande that has ended is kept, all days local.

    ended_on: when it was decided or closed; the day of asking while what was granted still runs. appeal_until: the last
    day of appeal against its last decision, None where there is none. answers_until, receipts_until: the last day on
    which these are kept.
    """

    ended_on: date
    appeal_until: date | None
    answers_until: date
    receipts_until: date


@dataclass(frozen=True)
class Proposal:
    """A line of the list for the visa; nothing of it names a person."""

    reference: str
    procedure: str
    term: Term
    months: int
    basis: str
    source: str
    proposed_on: date


def term(procedure: Procedure, row: Submission, ends: Sequence[date], *, authority: AuthorityView, today: date) -> Term:
    """Until when this demande, which has ended, is kept: its procedure's period, and never less than the appeals.

    ends: the last day of appeal of each of its decisions.
    """
    runs = procedure.workflow.state(row.state).ongoing
    ended_on = today if runs else clock.day_in(authority.zone, row.state_since)
    kept = procedure.retention_in(row.state)
    since = row.first_received_on if kept.since == "request" and not runs else ended_on
    appeal_until = max(ends, default=None)
    closed_on = ended_on if appeal_until is None else max(ended_on, appeal_until)
    return Term(
        ended_on=ended_on,
        appeal_until=appeal_until,
        answers_until=max(add_months(since, kept.months), closed_on),
        receipts_until=add_months(closed_on, RECEIPTS_KEPT_MONTHS),
    )


@dataclass(frozen=True)
class _Contested:
    """What makes the time to appeal longer. recours: against the demande's decisions. *_on: when the reasons were."""

    recours: Sequence[Lodged]
    asked_on: date | None
    given_on: date | None


def _last_of_appeal(
    row: Submission, ways: Sequence[Appeal], one: Decision, known: _Contested, *, authority: AuthorityView, today: date
) -> date:
    """The last day of appeal against a decision, with the recours and the reasons that lengthened it.

    A decision that nobody was notified of, or whose reasons are still owed, counts from the day of asking: its time
    never ends. Source: CJA R421-1, R421-5; CRPA L411-2, L232-4.
    """
    figures, place = parameters.of_version(row.legal_parameters), Place(authority.holidays)
    started_on = naming.notified_on(one, authority.zone) or today
    period = appeals.appeal_period(started_on, _months_of_appeal(ways, row.legal_parameters), place=place)
    if all(way.kind != "cada" for way in ways):
        mine = [each.counted for each in known.recours if each.decision_id == one.id]
        period = administrative_appeals.appeal_after(mine, period, place=place, parameters=figures)
    if one.kind != "implicit_rejection" or known.asked_on is None:
        return period.last_on
    given_on = known.given_on or today
    longer = reasons.appeal_after(
        known.asked_on, given_on, period, place=place, parameters=figures, born_on=one.born_on
    )
    return (longer or period).last_on


def _months_of_appeal(ways: Sequence[Appeal], legal_parameters: str) -> int:
    """How long a decision may be contested: the longest way; with the CADA, its time, its silence, then the court's.

    Source: CRPA R343-1, R343-5.
    """
    longest = max((each.delay_months for each in ways), default=_APPEAL_MONTHS)
    first = max((each.delay_months for each in ways if each.kind == "cada"), default=None)
    if first is None:
        return longest
    court = max((each.delay_months for each in ways if each.kind == "contentieux"), default=_APPEAL_MONTHS)
    return first + parameters.of_version(legal_parameters).commission_silence_months + court


def set_terms(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many demandes that have ended were given their term: at most 200 a call."""
    authority = authorities.authority(session, authority_id)
    statement = select(Submission).where(*without_term(authority_id)).order_by(col(Submission.id))
    rows = session.execute(statement.limit(_AT_ONCE).with_for_update(skip_locked=True)).scalars().all()
    today = clock.day_in(authority.zone, as_of)

    def set_term(row: Submission) -> None:
        row.retained_until = term_of(session, authority, row, today).answers_until
        session.add(row)

    return apart.each(session, rows, set_term)


def without_term(authority_id: Any) -> tuple[Any, ...]:
    """The demandes that have ended and were given no term."""
    return col(Submission.authority_id) == authority_id, WITHOUT_TERM


def past_term(authority_id: Any, today: date) -> tuple[Any, ...]:
    """The demandes whose term has passed, not yet proposed for destruction, those linked with an open one included."""
    return col(Submission.authority_id) == authority_id, RETAINED, col(Submission.retained_until) < today


def propose(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many demandes whose term has passed were looked at: proposed for destruction, or given another term.

    The term is reckoned again first: a demande that was reopened has none, one decided again has a later one. At most
    200 a call; a demande linked with an open one (a recours) waits for its end.
    """
    authority = authorities.authority(session, authority_id)
    today = clock.day_in(authority.zone, as_of)
    statement = (
        select(Submission)
        .where(*past_term(authority_id, today), ~linked_with_an_open_one())
        .order_by(col(Submission.retained_until), col(Submission.id))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True, of=Submission)
    )
    rows = session.execute(statement).scalars().all()

    def judge(row: Submission) -> None:
        _judge(session, authority, row, today)
        session.add(row)

    return apart.each(session, rows, judge)


def proposals(session: Session, authority_id: int) -> Iterator[Proposal]:
    """The list of what may be destroyed, the oldest term first."""
    authority = authorities.authority(session, authority_id)
    statement = (
        select(Submission)
        .where(
            col(Submission.authority_id) == authority_id,
            col(Submission.destruction_proposed_on).is_not(None),
            col(Submission.destroyed_at).is_(None),
            col(Submission.phase).in_(phases.ENDED),
        )
        .order_by(col(Submission.retained_until), col(Submission.id))
    )
    for row in session.execute(statement).scalars():
        procedure = catalogue.version(session, authority_id, row.version_id)
        assert row.destruction_proposed_on is not None  # noqa: S101 - selected so
        kept = procedure.retention_in(row.state)
        yield Proposal(
            reference=row.reference,
            procedure=procedure.title,
            term=term_of(session, authority, row, row.destruction_proposed_on),
            months=kept.months,
            basis=kept.basis,
            source=kept.source,
            proposed_on=row.destruction_proposed_on,
        )


def _judge(session: Session, authority: AuthorityView, row: Submission, today: date) -> None:
    if row.phase not in phases.ENDED:
        row.retained_until = None
        return
    row.retained_until = term_of(session, authority, row, today).answers_until
    if row.retained_until < today:
        row.destruction_proposed_on = today


def term_of(session: Session, authority: AuthorityView, row: Submission, today: date) -> Term:
    """Until when this demande, which has ended, is kept, by its version, its decisions and what it holds.

    What it holds for a time counts from the last day of it: nothing is given back before the event.
    """
    mine = (col(Decision.authority_id) == authority.id, col(Decision.submission_id) == row.id)
    decisions = session.execute(select(Decision).where(*mine).order_by(col(Decision.id))).scalars().all()
    procedure = catalogue.version(session, authority.id, row.version_id)
    known, ways = _contested(session, authority, row), procedure.appeal_for(row.answers)
    ends = [_last_of_appeal(row, ways, one, known, authority=authority, today=today) for one in decisions]
    found = term(procedure, row, ends, authority=authority, today=today)
    theirs = (col(Booking.authority_id) == authority.id, col(Booking.submission_id) == row.id)
    until = select(func.max(col(Booking.ends_at))).where(*theirs, col(Booking.ends_at) < ALWAYS[1])
    if (held_until := session.execute(until).scalar_one()) is None:
        return found
    last = clock.day_in(authority.zone, held_until - timedelta(microseconds=1))
    kept = add_months(last, procedure.retention_in(row.state).months)
    return replace(found, answers_until=max(found.answers_until, kept))


def _contested(session: Session, authority: AuthorityView, row: Submission) -> _Contested:
    mine = (col(Event.authority_id) == authority.id, col(Event.submission_id) == row.id)
    wanted = col(Event.kind).in_([Kind.REASONS_ASKED, Kind.REASONS_GIVEN])
    statement = select(col(Event.kind), col(Event.at)).where(*mine, wanted).order_by(col(Event.sequence))
    days = {kind: clock.day_in(authority.zone, at) for kind, at in session.execute(statement).all()}
    recours = beside.recours(session, row, authority.zone)
    return _Contested(recours, days.get(Kind.REASONS_ASKED), days.get(Kind.REASONS_GIVEN))


def linked_with_an_open_one() -> ColumnElement[bool]:
    """Whether another demande, open, is linked with this one: a recours against it above all."""
    other = aliased(Submission)
    ends = (
        (col(SubmissionLink.from_id) == col(Submission.id)) & (col(SubmissionLink.to_id) == col(other.id)),
        (col(SubmissionLink.to_id) == col(Submission.id)) & (col(SubmissionLink.from_id) == col(other.id)),
    )
    return exists().where(
        col(SubmissionLink.authority_id) == col(Submission.authority_id),
        or_(*ends),
        col(other.phase).in_(phases.OPEN),
    )
