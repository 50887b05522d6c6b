"""The engine of workflows: every step that the catalogue's workflows allow, beside a bare look-up in a dictionary."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grc import resources
from grc.catalogue import loading
from grc.errors import TransitionRefused
from grc.notifications.emails import MESSAGES
from grc.workflow import engine
from grc.workflow.definition import FUNCTIONS, Workflow

_CONTEXT: Mapping[str, Any] = {"answers": {}, "channel": "online", "variables": {}, "labels": []}
Possible = tuple[Workflow, str, str]
"""A workflow, a state and an event that is open in it."""


@dataclass(frozen=True)
class Engine:
    """Steps a second, round by round: ours, what is open, and a dictionary's. steps, workflows: how many."""

    steps: int
    workflows: int
    stepped: Sequence[float]
    opened: Sequence[float]
    looked_up: Sequence[float]

    def slower(self) -> float:
        """How many times longer than the dictionary a step takes: median, round by round."""
        return statistics.median(bare / ours for ours, bare in zip(self.stepped, self.looked_up, strict=True))


def measure(rounds: int, times: int) -> Engine:
    """Every possible step of the catalogue in turn, so many times a round; a first round is not counted."""
    possible, workflows = _possible()
    acts = _acts(possible)
    rates: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 1):
        for name, act in acts.items():
            rate = _rate(act, len(possible), times)
            if number:
                rates[name].append(rate)
    return Engine(len(possible), workflows, **rates)


def _acts(possible: Sequence[Possible]) -> dict[str, Callable[[], None]]:
    """What is timed, each once for every possible step."""
    table = {(id(flow), state, event): (flow, state, event) for flow, state, event in possible}
    keys = list(table)

    def step() -> None:
        for flow, state, event in possible:
            engine.step(flow, state, event, functions=FUNCTIONS, context=_CONTEXT)

    def opened() -> None:
        for flow, state, _ in possible:
            engine.open_to(flow, state, functions=FUNCTIONS, context=_CONTEXT)

    def look_up() -> None:
        for key in keys:
            table[key]

    return {"stepped": step, "opened": opened, "looked_up": look_up}


def _possible() -> tuple[list[Possible], int]:
    """Every state of every workflow of the catalogue with each event that its guards leave open, and the workflows."""
    found = loading.load_folder(resources.folder("form_catalogue"), messages=MESSAGES)
    flows = [procedure.workflow for procedure in found]
    every = [
        (flow, state, each.event)
        for flow in flows
        for state in flow.states
        for each in engine.open_to(flow, state, functions=FUNCTIONS, context=_CONTEXT)
    ]
    return [one for one in every if _is_possible(*one)], len(flows)


def _is_possible(flow: Workflow, state: str, event: str) -> bool:
    try:
        engine.step(flow, state, event, functions=FUNCTIONS, context=_CONTEXT)
    except TransitionRefused:
        return False
    return True


def _rate(act: Callable[[], None], steps: int, times: int) -> float:
    """Steps a second of processor time."""
    started = time.process_time_ns()
    for _ in range(times):
        act()
    return steps * times / ((time.process_time_ns() - started) / 1e9)
