"""What is wrong with a workflow as a whole: states out of reach, dead ends, loops that never rest, names of no use."""

from __future__ import annotations

from collections.abc import Mapping

from grc.conditions import Faults
from grc.workflow.definition import ALWAYS, State, Transition, Workflow

OPEN_PHASES = ("received", "examined")
"""Where a submission still awaits its decision: such a state must lead somewhere."""


def check(workflow: Workflow, *, where: str, faults: Faults) -> None:
    """Faults, each naming its state; a workflow whose initial state is unknown is not walked."""
    if workflow.initial not in workflow.states:
        return
    reached = reachable(workflow)
    for name, state in workflow.states.items():
        place = f"{where}/states/{name}"
        if name not in reached:
            advice = "Ajoutez une transition qui y mène, ou ôtez-le."
            faults.add(place, f"aucun chemin ne mène à l’état « {name} ».", advice)
        if state.final and state.transitions:
            faults.add(place, f"l’état final « {name} » a des transitions.", 'Ôtez-les, ou ôtez "type": "final".')
        if state.phase in OPEN_PHASES and not state.final and not exits(workflow, state):
            faults.add(place, f"rien ne sort de l’état « {name} ».", 'Ajoutez une transition, ou "type": "final".')
    for circle in _restless(workflow):
        faults.add(where, f"« always » tourne en rond : {circle}.", "Ajoutez une condition (« guard »).")


def reachable(workflow: Workflow) -> frozenset[str]:
    """The states to which some path of transitions leads from the initial one, guards apart."""
    found: set[str] = set()
    waiting = [workflow.initial]
    while waiting:
        name = waiting.pop()
        if name in found or name not in workflow.states:
            continue
        found.add(name)
        waiting.extend(each.target for each in exits(workflow, workflow.states[name]) if each.target is not None)
    return frozenset(found)


def exits(workflow: Workflow, state: State) -> tuple[Transition, ...]:
    """The transitions that may be taken from a state, its own first; none from a final one."""
    return () if state.final else (*state.transitions, *workflow.anywhere)


def _restless(workflow: Workflow) -> tuple[str, ...]:
    """The circles made only of `always` without a guard: they would never come to rest."""
    following: Mapping[str, str] = {
        name: target
        for name, state in workflow.states.items()
        if (
            target := next((each.target for each in state.transitions if each.event == ALWAYS and not each.guard), None)
        )
    }
    circles: set[str] = set()
    for start in following:
        path = [start]
        while (name := following.get(path[-1])) and name not in path:
            path.append(name)
        if name == start and start == min(path):
            circles.add(" → ".join([*path, start]))
    return tuple(sorted(circles))
