"""The pure engine: what an event does in a state, and which transitions are open to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grc.errors import TransitionRefused
from grc.workflow.definition import ALWAYS, Action, State, Transition, Workflow

_MOST_STEPS = 100


@dataclass(frozen=True)
class Step:
    """Where it ends, what has to be done in order, and the transition that was asked for (None at the start)."""

    state: str
    actions: tuple[Action, ...] = ()
    transition: Transition | None = None


def initial(workflow: Workflow, context: Mapping[str, Any] | None = None) -> Step:
    """The first state with its entry actions, then what follows at once."""
    first = workflow.states[workflow.initial]
    return _settled(workflow, Step(first.id, first.entry), context or {})


def step(
    workflow: Workflow,
    state: str,
    event: str,
    *,
    functions: frozenset[str],
    context: Mapping[str, Any],
) -> Step:
    """What the event does; raises TransitionRefused when this state, these functions or the guards do not allow it.

    functions: those of the actor. context: what guards read ({"answers": …, "submission": …}).
    """
    source = workflow.states.get(state)
    if source is None:
        raise TransitionRefused("Cette demande est dans un état que ce circuit ne connaît plus.")
    chosen = next((each for each in _enabled(workflow, source, context) if each.event == event != ALWAYS), None)
    if chosen is None:
        raise TransitionRefused(f"Cette action n’est pas possible quand la demande est « {source.label} ».")
    if not functions & frozenset(chosen.by):
        raise TransitionRefused(f"« {chosen.label or event} » ne fait pas partie de vos fonctions.")
    return _settled(workflow, _taken(workflow, source, chosen), context)


def open_to(
    workflow: Workflow, state: str, *, functions: frozenset[str], context: Mapping[str, Any]
) -> tuple[Transition, ...]:
    """The transitions that `step` would accept now from an actor of these functions, one for each event, in order."""
    source = workflow.states.get(state)
    if source is None:
        return ()
    first: dict[str, Transition] = {}
    for each in _enabled(workflow, source, context):
        first.setdefault(each.event, each)
    return tuple(each for each in first.values() if each.event != ALWAYS and functions & frozenset(each.by))


def _enabled(workflow: Workflow, state: State, context: Mapping[str, Any]) -> Iterator[Transition]:
    """The transitions whose guard holds, the state's own before those of the root; none from a final state."""
    if not state.final:
        for each in (*state.transitions, *workflow.anywhere):
            if each.guard is None or workflow.guards[each.guard].holds(context):
                yield each


def _taken(workflow: Workflow, source: State, transition: Transition) -> Step:
    """Exit, transition, entry, in the order of XState; a transition to the same state neither leaves nor enters it."""
    target = transition.target
    if target is None or target == source.id:
        return Step(source.id, transition.actions, transition)
    actions = (*source.exit, *transition.actions, *workflow.states[target].entry)
    return Step(target, actions, transition)


def _settled(workflow: Workflow, step_taken: Step, context: Mapping[str, Any]) -> Step:
    """The step with all that follows at once (`always`); a circle that the guards leave open stops after a while."""
    for _ in range(_MOST_STEPS):
        state = workflow.states[step_taken.state]
        following = next((each for each in _enabled(workflow, state, context) if each.event == ALWAYS), None)
        if following is None or following.target in (None, state.id):
            return step_taken
        after = _taken(workflow, state, following)
        step_taken = Step(after.state, (*step_taken.actions, *after.actions), step_taken.transition)
    raise TransitionRefused("Le circuit de cette demande ne s’arrête pas. Prévenez l’administrateur.")
