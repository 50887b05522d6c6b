"""What the system does to a submission without a person: a timer that is due, the end of a call, an outside signal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import System
from grc.authorities.views import AuthorityView
from grc.submissions import apart, phases, timers
from grc.submissions.acts import Act
from grc.submissions.exchange_models import Timer
from grc.submissions.models import Submission, Task
from grc.submissions.timers import CLOCK, WARNING

DEADLINE = "deadline"
"""The kind of the tasks that a clock opens for agents."""


def fire(session: Session, authority: AuthorityView, timer: Timer, *, as_of: datetime) -> bool:
    """Whether the timer did something: it is due, nobody fired it before, and its submission was not being changed.

    A clock that comes due, or whose warning does, opens a task for agents, unless it runs to an appointment; then the
    workflow hears the event, if some transition waits for it: one that none takes changes nothing more. Safe to call
    twice.
    """
    row = session.execute(
        select(Submission)
        .where(col(Submission.authority_id) == authority.id, col(Submission.id) == timer.submission_id)
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if row is None:
        return False
    session.refresh(timer)
    if timer.state != "running" or timer.due_at > as_of:
        return False
    timer.state, timer.ended_at = "fired", as_of
    session.add(timer)
    session.flush()
    act = Act(session, authority, row, by=System(authority.id), now=as_of)
    if timer.event.startswith((CLOCK, WARNING)):
        _open_task(act, timer)
    if not timer.event.startswith(WARNING):
        act.hear(timers.heard(timer), {"timer": timer.id})
    session.flush()
    return True


def fire_due(session: Session, authority: AuthorityView, *, as_of: datetime) -> int:
    """How many timers of the authority did something: at most 200 a call, the oldest first."""
    due = timers.due(session, authority.id, as_of)
    return apart.each(session, due, lambda timer: fire(session, authority, timer, as_of=as_of))


def _open_task(act: Act, timer: Timer) -> None:
    """The task of a clock, once for its warning and its end; none once the demande is closed."""
    name = timer.event.partition(".")[2]
    declared = act.procedure.workflow.clocks.get(name)
    if declared is None or act.submission.phase == phases.ENDED[-1]:
        return
    if any(task.title == declared.label for task in _open_tasks(act)):
        return
    act.session.add(
        Task(
            authority_id=act.authority.id,
            submission_id=act.id,
            kind=DEADLINE,
            title=declared.label,
            due_on=_due_on(act, name),
            opened_at=act.now,
        )
    )


def _due_on(act: Act, name: str) -> date | None:
    """The last day of a clock, None when it is not running."""
    found = timers.of_submission(act.session, act.authority.id, act.id)
    ends = [each for each in found if each.event == CLOCK + name]
    return timers.due_on(ends[-1], act.authority.zone) if ends else None


def _open_tasks(act: Act) -> list[Task]:
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    statement = select(Task).where(*mine, col(Task.kind) == DEADLINE, col(Task.closed_at).is_(None))
    return list(act.session.execute(statement).scalars())
