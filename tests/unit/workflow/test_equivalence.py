"""The engine against XState v5 under Node: random definitions of the subset, random events, the same at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from grc.errors import Misconfigured, TransitionRefused
from grc.workflow import assigning, engine, parsing
from grc.workflow.definition import FUNCTIONS, Workflow
from tests.support import campaign, xstate

Json = Any
FLAGS, DELAYS = ("often", "seldom", "late"), ("short", "long")
GUARDS = {**{name: name for name in FLAGS}, "kept": "variables.kept"}
SET = {"keep": "often", "forget": "seldom", "copy": "variables.kept"}
"""Actions that change what guards read, and what each puts in the variable."""
ACTIONS = (*(f"act_{letter}" for letter in "abcdef"), *SET)
EVENTS = ("go", "back", "clock.silence", "signal.paid")
STATES = ("first", "second", "third", "fourth", "fifth")
NUMBER = campaign.size(300, 6000)


@pytest.fixture(scope="module")
def reference() -> Iterator[xstate.Reference]:
    with xstate.running() as process:
        yield process


names = st.lists(st.sampled_from(ACTIONS), max_size=3)


@st.composite
def transitions(draw: st.DrawFn, targets: Sequence[str], *, moves: bool = False, sure: bool = True) -> dict[str, Json]:
    """One candidate. moves: with a target always. sure: perhaps without a guard."""
    written: dict[str, Json] = {"meta": {"by": ["system"], "id": str(draw(st.integers(0, 10**9)))}}
    if moves or draw(st.integers(0, 3)):
        written["target"] = draw(st.sampled_from(targets))
    if not sure or draw(st.booleans()):
        written["guard"] = draw(st.sampled_from(sorted(GUARDS)))
    if actions := draw(names):
        written["actions"] = actions[0] if len(actions) == 1 else actions
    return written


def candidates(targets: Sequence[str], *, sure: bool = True) -> st.SearchStrategy[Json]:
    one = transitions(targets, sure=sure)
    return one | st.lists(one, min_size=1, max_size=3)


def tables(keys: Sequence[str], targets: Sequence[str]) -> st.SearchStrategy[dict[str, Json]]:
    return st.dictionaries(st.sampled_from(keys), candidates(targets), max_size=len(keys))


@st.composite
def states(draw: st.DrawFn, targets: Sequence[str]) -> dict[str, Json]:
    written: dict[str, Json] = {"meta": {"label": "L", "sentence": "S.", "phase": "decided"}, "entry": draw(names)}
    if not draw(st.integers(0, 6)):
        return {**written, "type": "final"}
    written.update(exit=draw(names), on=draw(tables(EVENTS, targets)), after=draw(tables(DELAYS, targets)))
    if draw(st.booleans()):
        written["always"] = draw(candidates(targets, sure=not draw(st.integers(0, 3))))
    return written


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Json]:
    """A definition of the subset, with only the states that some path reaches."""
    known = STATES[: draw(st.integers(1, len(STATES)))]
    document: dict[str, Json] = {
        "id": "random",
        "initial": draw(st.sampled_from(known)),
        "meta": {"label": "L"},
        "states": {name: draw(states(known)) for name in known},
        "on": draw(tables(EVENTS, [f".{name}" for name in known])),
        "guards": GUARDS,
        "delays": dict.fromkeys(DELAYS, "P1D"),
        "actions": {
            name: {"type": "set", "name": "kept", "value": SET[name]} if name in SET else {"type": "transfer"}
            for name in ACTIONS
        },
    }
    reached = _reached(document)
    document["states"] = {name: state for name, state in document["states"].items() if name in reached}
    if not any(state.get("type") != "final" for state in document["states"].values()):
        document["on"] = {}
    return document


def _reached(document: Mapping[str, Json]) -> set[str]:
    found, waiting = set[str](), [document["initial"]]
    while waiting:
        name = waiting.pop()
        state = document["states"][name]
        if name in found:
            continue
        found.add(name)
        if state.get("type") != "final":
            tables = (state["on"], state["after"], {"": state.get("always", [])}, document["on"])
            written = [each for table in tables for value in table.values() for each in _listed(value)]
            waiting += [each["target"].removeprefix(".") for each in written if "target" in each]
    return found


def _listed(written: Json) -> list[Json]:
    return written if isinstance(written, list) else [written]


happenings = st.fixed_dictionaries(
    {
        "event": st.sampled_from([*EVENTS, *EVENTS, *(f"after.{delay}" for delay in DELAYS), "nothing"]),
        "flags": st.fixed_dictionaries({name: st.booleans() for name in FLAGS}),
    }
)


def ours(workflow: Workflow, steps: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """What the engine does at each step, in the words of the reference."""
    told: list[dict[str, Json]] = []
    state, timers, variables = "", dict[str, int](), dict[str, Json]()
    for number, each in enumerate(steps):
        try:
            context = {**each["flags"], "variables": variables}
            done = _next(workflow, state, each["event"], context, is_first=number == 0)
        except TransitionRefused:
            return [*told, {"error": "loop"}]
        state = done.state
        for action in done.actions:
            variables = assigning.after(action, {**context, "variables": variables})["variables"]
        if done.entered:
            waited = [one.event for one in workflow.states[state].transitions if one.event.startswith("after.")]
            timers = {event.removeprefix("after."): number for event in waited}
        told.append({"state": state, "actions": [one.name for one in done.actions], "timers": dict(timers)})
    return told


def _next(workflow: Workflow, state: str, event: str, context: Mapping[str, Json], *, is_first: bool) -> engine.Step:
    """The step of an event that is open; of one that is not, what follows at once from the facts that changed."""
    if is_first:
        return engine.initial(workflow, context)
    if any(one.event == event for one in engine.open_to(workflow, state, functions=FUNCTIONS, context=context)):
        return engine.step(workflow, state, event, functions=FUNCTIONS, context=context)
    return engine.settle(workflow, state, context)


@pytest.mark.campaign
@settings(
    max_examples=NUMBER,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
@given(document=definitions(), steps=st.lists(happenings, min_size=1, max_size=12))
def test_the_engine_does_what_xstate_does(
    reference: xstate.Reference, document: dict[str, Json], steps: list[dict[str, Json]]
) -> None:
    try:
        workflow = parsing.parse(document, where="random", names=[*FLAGS, "variables.kept"])
    except Misconfigured as refused:
        assert "tourne en rond" in str(refused)
        assume(condition=False)
    assert ours(workflow, steps) == reference.follow(document, steps)
