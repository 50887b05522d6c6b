"""A refusal that nobody was notified of in time: silence has accepted the demande, whatever was signed before.

What is known of a letter comes late (an agent notes its posting afterwards), so that a refusal still on its way opens a
task and no more; once it is known to have left too late, the acceptance is recorded and told.
Source: CRPA L231-1 (silence), L112-12 (a decision is notified before the period expires), L232-3, L242-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import System
from grc.authorities import queries as authorities
from grc.deadlines import silence
from grc.receipts import wording
from grc.submissions import apart, implied, naming, phases
from grc.submissions.acts import Act
from grc.submissions.effects.agents import TASK
from grc.submissions.models import Decision, Submission, Task
from grc.submissions.notices import PRINT_LETTER

NAME = "refusal_late"
"""The task of a refusal that had not left on the day of silence: closed by what is known of it since."""
_UNSENT = (PRINT_LETTER, "mail_undelivered")
"""The tasks of what has not left, or has come back."""
_AT_ONCE = 200


def comes_too_late(row: Submission, decided: Sequence[Decision], zone: str) -> bool:
    """Whether a refusal leaves silence to accept, from its printed day on: it was not notified the day before.

    decided: the decisions of the demande, in order. One answer for pages, the attestation and the sweep.
    """
    last, born_on = naming.standing(decided), row.silence_on
    if row.silence_rule != "acceptance" or born_on is None or row.is_report or last is None:
        return False
    told = (naming.notified_on(one, zone) for one in decided)
    is_refused = (last.kind, last.outcome) == ("express", "refused")
    return is_refused and not any(silence.is_forestalled(born_on, day) for day in told)


def judge(session: Session, authority_id: int, as_of: datetime) -> int:
    """How many refusals were judged: their task opened, closed as they had left in time, or their acceptance recorded.

    At most 200 a call; safe to run twice.
    """
    authority = authorities.authority(session, authority_id)
    today = clock.day_in(authority.zone, as_of)
    statement = (
        select(Submission)
        .where(*doubtful(authority_id, today))
        .order_by(col(Submission.silence_on), col(Submission.id))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )

    def one(row: Submission) -> bool:
        return _judge(Act(session, authority, row, by=System(authority_id), now=as_of))

    return apart.each(session, session.execute(statement).scalars().all(), one)


def doubtful(authority_id: Any, today: date) -> tuple[Any, ...]:
    """The refusals that have not left on the day of silence, and those that have since their task was opened.

    Without `IN` of a list: it is prepared.
    """
    watched = or_(*(col(Task.kind) == kind for kind in (*_UNSENT, NAME)))
    mine = (col(Task.authority_id) == authority_id, col(Task.closed_at).is_(None))
    asked = select(col(Task.submission_id)).where(*mine, watched)
    is_told, is_noted = _is_told(), _has_task()
    return (
        col(Submission.authority_id) == authority_id,
        col(Submission.id).in_(asked),
        col(Submission.silence_rule) == "acceptance",
        col(Submission.silence_on) <= today,
        col(Submission.implied_on).is_(None),
        col(Submission.is_report).is_(False),
        or_(*(col(Submission.phase) == phase for phase in phases.ENDED)),
        or_(and_(~is_told, ~is_noted, _is_refused()), and_(is_told, _has_task(col(Task.closed_at).is_(None)))),
    )


def watch(session: Session, decision: Decision, *, now: datetime) -> None:
    """Opens the task of a refusal that has just been notified too late, once."""
    row = session.get_one(Submission, decision.submission_id)
    if (decision.kind, decision.outcome, row.silence_rule) != ("express", "refused", "acceptance"):
        return
    authority = authorities.authority(session, row.authority_id)
    act = Act(session, authority, row, by=System(authority.id), now=now)
    if row.implied_on is None and act.is_decided_by_silence() and _comes_too_late(act):
        _open(act)


def _judge(act: Act) -> bool:
    """False where nothing was to be done yet."""
    row, is_late = act.submission, _comes_too_late(act)
    if not _is_open(act):
        return is_late and _open(act)
    if is_late and row.silence_on == act.today():
        return False
    session, still = act.session, (*_mine(act), col(Task.closed_at).is_(None))
    session.execute(update(Task).where(*still).values(closed_at=act.now))
    if is_late:
        implied.record(act)
        assert row.silence_on is not None  # noqa: S101 - comes_too_late
        title = f"Acceptée par le silence le {wording.short_date(row.silence_on)}, avant son refus : laisser ou retirer"
        _add(act, TASK, title=title)
    return True


def _comes_too_late(act: Act) -> bool:
    mine = (col(Decision.authority_id) == act.authority.id, col(Decision.submission_id) == act.id)
    decided = act.session.execute(select(Decision).where(*mine).order_by(col(Decision.id))).scalars().all()
    return comes_too_late(act.submission, decided, act.authority.zone)


def _open(act: Act) -> bool:
    """True: the task is there."""
    if not _is_open(act):
        _add(act, NAME, due_on=act.submission.silence_on)
    return True


def _add(act: Act, kind: str, **values: Any) -> None:
    owner: dict[str, Any] = {"authority_id": act.authority.id, "submission_id": act.id}
    act.session.add(Task(**owner, kind=kind, opened_at=act.now, **values))


def _is_open(act: Act) -> bool:
    statement = select(col(Task.id)).where(*_mine(act), col(Task.closed_at).is_(None))
    return act.session.execute(statement).first() is not None


def _mine(act: Act) -> tuple[ColumnElement[bool], ...]:
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    return (*mine, col(Task.kind) == NAME)


def _has_task(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (col(Task.authority_id) == col(Submission.authority_id), col(Task.submission_id) == col(Submission.id))
    return exists().where(*mine, col(Task.kind) == NAME, *conditions)


def _is_refused() -> ColumnElement[bool]:
    return _decision(col(Decision.outcome) == "refused")


def _is_told() -> ColumnElement[bool]:
    return _decision(or_(col(Decision.notified_at).is_not(None), col(Decision.posted_on).is_not(None)))


def _decision(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a decision in words of that demande is so."""
    table = Decision
    mine = (col(table.authority_id) == col(Submission.authority_id), col(table.submission_id) == col(Submission.id))
    return exists().where(*mine, col(table.kind) == "express", condition)
