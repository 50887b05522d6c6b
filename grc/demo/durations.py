"""How long things take in a workflow, in days, roughly: enough to know when to begin so that they end in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from grc.catalogue.definition import Procedure
from grc.submissions import timers
from grc.workflow import structure
from grc.workflow.definition import AFTER, FILED, Clock

ANSWER_WITHIN = 21
"""Days that agents leave for documents."""
AHEAD = 12
"""Days that agents leave until an appointment or what else they announce."""
_UNKNOWN = 25
_OF_UNIT = {"day": 1.0, "business_day": 1.6, "day_without_holidays": 1.6, "month": 30.6}
FOREVER = 10_000.0


def of_period(period: int, unit: str) -> float:
    """The length of a period."""
    return period * _OF_UNIT[unit]


def until(procedure: Procedure, event: str, answers: Mapping[str, Any], now: datetime) -> float:
    """How long the system waits before it raises that event, from where it begins to count."""
    workflow, name = procedure.workflow, event.partition(".")[2]
    if event.startswith(AFTER):
        return (timers.later(now, workflow.delays[name], zone="UTC") - now).days
    if event == "clock.silence":
        rule = procedure.silence_for(answers)
        return of_period(rule.period, rule.unit) if rule.rule != "none" else FOREVER
    if event == "clock.documents":
        return ANSWER_WITHIN + 1
    clock = workflow.clocks.get(name)
    if clock is not None and clock.to:
        return AHEAD if clock.start != FILED else FOREVER  # what is chosen from a list is still to come
    return _UNKNOWN if clock is None else _of_clock(clock) + (_after(procedure, clock) if clock.after else 0)


def stays(procedure: Procedure, state: str, answers: Mapping[str, Any], *, lasted: float, now: datetime) -> float:
    """How long a demande may stay in that state before time moves it on. lasted: since it was filed."""
    workflow = procedure.workflow
    found = [FOREVER]
    for each in structure.exits(workflow, workflow.state(state)):
        if each.target in (None, state) or "system" not in each.by or "." not in each.event:
            continue
        length = until(procedure, each.event, answers, now) - 1
        is_from_there = each.event.startswith(AFTER) or (length < FOREVER - 1 and _is_announced(procedure, each.event))
        found.append(length if is_from_there else length - lasted)
    rule = procedure.silence_for(answers)
    if rule.rule != "none" and workflow.state(state).phase not in ("decided", "closed"):
        found.append(of_period(rule.period, rule.unit) - 2 - lasted)
    return max(min(found), 0.0)


def _of_clock(clock: Clock) -> float:
    return of_period(clock.period, clock.unit) + 1 if clock.period and clock.unit in _OF_UNIT else _UNKNOWN


def _after(procedure: Procedure, clock: Clock) -> float:
    return _of_clock(procedure.workflow.clocks[clock.after])


def _is_announced(procedure: Procedure, event: str) -> bool:
    """Whether that clock runs to what agents have announced."""
    clock = procedure.workflow.clocks.get(event.partition(".")[2])
    return clock is not None and bool(clock.to)
