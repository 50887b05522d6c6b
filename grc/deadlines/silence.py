"""When silence becomes a decision, with every step that leads to the date."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from grc.deadlines.periods import add_months
from grc.deadlines.suspensions import Suspension

Kind = Literal["acceptance", "rejection", "none"]
Unit = Literal["month", "day"]
StepCode = Literal["received", "period", "month_end", "not_moved", "suspended", "restarted", "waiting", "too_late"]


@dataclass(frozen=True)
class SilenceRule:
    """What silence means for a demande, and after how long. kind "none": silence decides nothing (a déclaration)."""

    kind: Kind
    period: int = 2
    unit: Unit = "month"

    def __post_init__(self) -> None:
        if self.period < 1 and self.kind != "none":
            raise ValueError("a period of silence lasts at least one day")


@dataclass(frozen=True)
class Step:
    """One step of a reckoning: the date it gives (`on`), the day it counts from, its articles.

    since: the start of the period; the sending of a notice; for "restarted" the arrival of the last document.
    until: for "suspended" the day the clock runs again, and `days` how many days that adds; else the same as `on`.
    """

    code: StepCode
    since: date
    until: date
    on: date
    articles: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True)
class Reckoning:
    """A date of implicit decision (None: none can arise as things stand) and the steps that lead to it."""

    rule: SilenceRule
    due_on: date | None
    steps: tuple[Step, ...]


def implicit_decision_date(rule: SilenceRule, received_on: date, suspensions: Sequence[Suspension] = ()) -> date | None:
    """The day on which silence becomes a decision: same day of the month, not franc, not moved off a Sunday.

    received_on: local day on which this rule starts its clock (see `clock_starts_on`).
    Rejection: suspended at the latest until the deadline set (L114-5 al. 3). Acceptance: None until the file is
    complete, then the whole period again (L114-5 al. 2). Rule "none": None.
    Source: CRPA L231-1, L231-4 (two months), L231-6 (other period), L114-3 (start), L114-5 (incomplete file);
    quantième: CE 3 December 2018, n° 417292.
    """
    return reckon(rule, received_on, suspensions).due_on


def clock_starts_on(rule: SilenceRule, *, first_received_on: date, competent_received_on: date | None) -> date | None:
    """The local day the clock starts: for rejection where first received, even by an incompetent authority.

    For acceptance only where competent: None until then. Source: CRPA L114-3 al. 1 (rejection), al. 2 (acceptance).
    """
    return competent_received_on if rule.kind == "acceptance" else first_received_on


def last_day_to_notify(due_on: date) -> date:
    """The last day on which an express decision must be notified to come before the implicit one.

    Source: CRPA L112-12 (notification before the period expires).
    """
    return due_on - timedelta(days=1)


def is_forestalled(born_on: date, told_on: date | None) -> bool:
    """Whether a decision comes before silence decides on that day: it was notified the day before at the latest.

    told_on: the local day of its notification; None while nobody was notified: silence decides all the same.
    Source: CRPA L231-1, L231-4, L112-12.
    """
    return told_on is not None and told_on <= last_day_to_notify(born_on)


def reckon(rule: SilenceRule, received_on: date, suspensions: Sequence[Suspension] = ()) -> Reckoning:
    """The implicit decision date with its steps; the law is that of `implicit_decision_date`.

    A notice sent on the day of the implicit decision or later comes too late and changes nothing.
    """
    if rule.kind == "none":
        return Reckoning(rule, None, ())
    in_order = sorted(suspensions, key=lambda one: one.noticed_on)
    start = Step("received", received_on, received_on, received_on, ("CRPA art. L114-3",))
    period = _period(rule, received_on)
    walk = _restarted if rule.kind == "acceptance" else _suspended
    due_on, steps = walk(rule, period.on, in_order)
    if due_on is not None and due_on.weekday() >= calendar.SATURDAY:
        steps.append(Step("not_moved", due_on, due_on, due_on))
    return Reckoning(rule, due_on, (start, period, *steps))


def _period(rule: SilenceRule, start: date) -> Step:
    article = "CRPA art. L231-1" if rule.kind == "acceptance" else "CRPA art. L231-4"
    if (rule.period, rule.unit) != (2, "month"):
        article = "CRPA art. L231-6"
    end = start + timedelta(days=rule.period) if rule.unit == "day" else add_months(start, rule.period)
    clamped = rule.unit == "month" and end.day != start.day
    return Step("month_end" if clamped else "period", start, end, end, (article,))


def _suspended(_: SilenceRule, base: date, suspensions: Sequence[Suspension]) -> tuple[date | None, list[Step]]:
    """Rejection: each suspension adds its days, days that two of them share only once (L114-5 al. 3)."""
    due_on, counted_until, steps = base, date.min, list[Step]()
    for one in suspensions:
        if one.noticed_on >= due_on:
            steps.append(Step("too_late", one.noticed_on, due_on, due_on, ("CRPA art. L114-5",)))
            continue
        start, counted_until = max(one.noticed_on, counted_until), max(one.ended_on, counted_until)
        days = (counted_until - start).days
        due_on += timedelta(days=days)
        steps.append(Step("suspended", one.noticed_on, one.ended_on, due_on, ("CRPA art. L114-5 al. 3",), days))
    return due_on, steps


def _restarted(rule: SilenceRule, base: date, suspensions: Sequence[Suspension]) -> tuple[date | None, list[Step]]:
    """Acceptance: the whole period again once every request is answered, from the last arrival (L114-5 al. 2)."""
    due_on, complete_on, steps = base, date.min, list[Step]()
    for one in suspensions:
        if one.noticed_on >= due_on:
            steps.append(Step("too_late", one.noticed_on, due_on, due_on, ("CRPA art. L114-5",)))
        elif one.completed_on is None:
            steps.append(Step("waiting", one.noticed_on, one.deadline_on, one.deadline_on, ("CRPA art. L114-5 al. 2",)))
            return None, steps
        else:
            complete_on = max(complete_on, one.completed_on)
            due_on = _period(rule, complete_on).on
            steps.append(Step("restarted", complete_on, due_on, due_on, ("CRPA art. L114-5 al. 2",)))
    return due_on, steps
