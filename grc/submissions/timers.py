"""Timers: started by the entry of a state or by a named event, stopped by what ends them, fired by the sweep.

A timer counts from its event, never from the last change. "after.<delay>" lives as long as its state; "clock.<name>"
and its warning outlive states. "appointment.<name>" is a clock that runs to the appointment: it moves with it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import clock
from grc.deadlines import periods
from grc.deadlines.holidays import Place
from grc.deadlines.periods import Period, Unit
from grc.submissions import appointments
from grc.submissions.exchange_models import RUNNING, Timer
from grc.submissions.models import Task
from grc.workflow import structure
from grc.workflow.definition import AFTER, FILED, Clock, Workflow
from grc.workflow.extras import DURATION

if TYPE_CHECKING:
    from grc.submissions.acts import Act

CLOCK, WARNING, APPOINTED = "clock.", "warning.", "appointment."
"""What the events of timers begin with, beside AFTER: a due date, the word given before it, one of the appointment."""


def counts(workflow: Workflow) -> bool:
    """Whether anything in the workflow is timed."""
    return bool(workflow.delays or workflow.clocks)


def follow(act: Act, event: str, *, entered: bool) -> None:
    """Stops and starts what this event, and the state it led to, stop and start."""
    workflow = act.procedure.workflow
    if not counts(workflow):
        return
    state = workflow.state(act.submission.state)
    if not structure.exits(workflow, state):
        _stop(act, _running(act))
        return
    if entered:
        _stop(act, [each for each in _running(act) if each.event.startswith(AFTER)])
        for delay in dict.fromkeys(each.event for each in state.transitions if each.event.startswith(AFTER)):
            length = workflow.delays[delay.removeprefix(AFTER)]
            _start(act, delay, later(act.now, length, zone=act.authority.zone))
    for each in workflow.clocks.values():
        _follow_clock(act, each, event)
    follow_appointment(act)


def follow_appointment(act: Act) -> None:
    """Starts again what runs to an appointment that has moved since."""
    ahead = [each for each in act.procedure.workflow.clocks.values() if each.to]
    if not ahead:
        return
    running = {each.event: each for each in _running(act)}
    for each in ahead:
        timer = running.get(APPOINTED + each.name)
        at = _before_appointment(act, each)
        if timer is not None and at != timer.due_at:
            _stop(act, [timer])
            _start_ahead(act, each, at)


def heard(timer: Timer) -> str:
    """The event that the workflow hears when the timer is over."""
    event = timer.event
    return CLOCK + event.removeprefix(APPOINTED) if event.startswith(APPOINTED) else event


def _before_appointment(act: Act, each: Clock) -> datetime | None:
    """The instant to which that clock runs, past or to come; None without an appointment."""
    fixed = appointments.read(act.procedure, act.context(), act.authority.zone)
    if fixed is None:
        return None
    return earlier(fixed.starts_at, each.before, zone=act.authority.zone) if each.before else fixed.starts_at


def _start_ahead(act: Act, each: Clock, at: datetime | None) -> None:
    """Starts a clock of the appointment, unless its instant is past."""
    if at is not None and at > act.now:
        _start(act, APPOINTED + each.name, at)


def _follow_clock(act: Act, each: Clock, event: str) -> None:
    if event in (each.start, *each.stops):
        mine = {family + each.name for family in (CLOCK, WARNING, APPOINTED)}
        _stop(act, [one for one in _running(act) if one.event in mine])
        _close_tasks(act, each)
    if event != each.start or not act.procedure.workflow.runs(each, act.context()):
        return
    if each.to:
        _start_ahead(act, each, _before_appointment(act, each))
        return
    last = last_day(act, each)
    over = _midnight(last + timedelta(days=1), act.authority.zone)
    _start(act, CLOCK + each.name, over)
    if each.warn:
        _start(act, WARNING + each.name, max(earlier(over, each.warn, zone=act.authority.zone), act.now))


def last_day(act: Act, each: Clock) -> date:
    """The last day of a clock that starts now.

    It counts from the day of receipt for FILED, from the last day of the clock that it comes after, else from today.
    """
    since = act.submission.competent_received_on if each.start == FILED else act.today()
    if each.after:
        since = last_day(act, act.procedure.workflow.clocks[each.after])
    period = Period(each.period, cast(Unit, each.unit))
    return periods.term("clock", period, since, place=Place(act.authority.holidays), articles=(each.source,)).on


def due_on(timer: Timer, zone: str) -> date:
    """The last day that a clock leaves: it is over when the next one begins."""
    return last_day_before(timer.due_at, zone)


def last_day_before(over: datetime, zone: str) -> date:
    """The last day that a clock leaves which is over at that instant, a midnight there."""
    return clock.day_in(zone, over) - timedelta(days=1)


def of_submission(session: Session, authority_id: int, submission_id: int) -> list[Timer]:
    """The timers of a submission, in the order started."""
    mine = (col(Timer.authority_id) == authority_id, col(Timer.submission_id) == submission_id)
    return list(session.execute(select(Timer).where(*mine).order_by(col(Timer.id))).scalars())


def over(authority_id: Any, as_of: datetime) -> tuple[Any, ...]:
    """The running timers whose time has come."""
    return col(Timer.authority_id) == authority_id, RUNNING, col(Timer.due_at) <= as_of


def due(session: Session, authority_id: int, as_of: datetime, *, limit: int = 200) -> list[Timer]:
    """The running timers whose time has come, the oldest first, locked; another sweep's are left to it."""
    statement = select(Timer).where(*over(authority_id, as_of)).order_by(col(Timer.due_at), col(Timer.id)).limit(limit)
    return list(session.execute(statement.with_for_update(skip_locked=True)).scalars())


def later(instant: datetime, length: str, *, zone: str) -> datetime:
    """The instant that many years, months, weeks, days, then hours and minutes later.

    Days and longer count on the calendar of the zone, at the same hour of its clocks; months clamp to their last day.
    Raises ValueError for what is no ISO 8601 duration of these units.
    """
    return _moved(instant, length, zone, 1)


def earlier(instant: datetime, length: str, *, zone: str) -> datetime:
    """The same, before."""
    return _moved(instant, length, zone, -1)


def _moved(instant: datetime, length: str, zone: str, sign: int) -> datetime:
    read = DURATION.fullmatch(length)
    if read is None:
        raise ValueError(f"{length!r} is no duration")
    parts = {name: int(number or 0) for name, number in read.groupdict().items()}
    local = clock.local(zone, instant)
    day = periods.add_months(local.date(), sign * (12 * parts["years"] + parts["months"]))
    day += sign * timedelta(weeks=parts["weeks"], days=parts["days"])
    moved = datetime.combine(day, local.time(), ZoneInfo(zone)).astimezone(instant.tzinfo)
    return moved + sign * timedelta(hours=parts["hours"], minutes=parts["minutes"])


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def _running(act: Act) -> list[Timer]:
    found = of_submission(act.session, act.authority.id, act.id)
    return [each for each in found if each.state == "running"]


def _start(act: Act, event: str, due_at: datetime) -> None:
    timer = Timer(
        authority_id=act.authority.id,
        submission_id=act.id,
        event=event,
        started_at=act.now,
        started_at_revision=act.submission.revision,
        due_at=due_at,
    )
    act.session.add(timer)
    act.session.flush()


def _stop(act: Act, timers: Collection[Timer]) -> None:
    if timers:
        stopped = update(Timer).where(col(Timer.authority_id) == act.authority.id)
        keys = [each.id for each in timers]
        act.session.execute(stopped.where(col(Timer.id).in_(keys)).values(state="stopped", ended_at=act.now))


def _close_tasks(act: Act, each: Clock) -> None:
    """What agents were told of this clock is done, or counts anew."""
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    of_clock = (col(Task.kind) == "deadline", col(Task.title) == each.label, col(Task.closed_at).is_(None))
    act.session.execute(update(Task).where(*mine, *of_clock).values(closed_at=act.now))
