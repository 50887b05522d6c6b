"""The pure engine: what an event does in a state, and which transitions are open to whom.

It does what XState v5 does with the same definition, the same state and the same guards: tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grc.errors import TransitionRefused
from grc.workflow.assigning import ASSIGNING, after
from grc.workflow.definition import ALWAYS, Action, State, Transition, Workflow

_MOST_STEPS = 100


@dataclass(frozen=True)
class Step:
    """Where it ends, what has to be done in order, and the transition that was asked for (None when none was).

    entered: whether that state was entered on the way, even from itself: its delays (`after`) then count anew, and
    those of the state before count no more.
    """

    state: str
    actions: tuple[Action, ...] = ()
    transition: Transition | None = None
    entered: bool = False


def initial(workflow: Workflow, context: Mapping[str, Any] | None = None) -> Step:
    """The first state with its entry actions, then what follows at once."""
    first = workflow.states[workflow.initial]
    return _settled(workflow, Step(first.id, first.entry, entered=True), context or {})


def settle(workflow: Workflow, state: str, context: Mapping[str, Any]) -> Step:
    """What follows at once (`always`) without an event, after the facts that guards read have changed.

    Raises KeyError for a state that the workflow does not have.
    """
    return _settled(workflow, Step(workflow.states[state].id), context)


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
    return _settled(workflow, _taken(workflow, Step(state, transition=chosen), chosen), context)


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


def _taken(workflow: Workflow, source: Step, transition: Transition) -> Step:
    """The step before, and this transition: exit, its actions, entry.

    A state that goes to itself is neither left nor entered. The root leaves the state where it stands and enters the
    target, the same state too.
    """
    target = transition.target
    if target is None or target == transition.source:
        return replace(source, actions=(*source.actions, *transition.actions))
    left, entered = workflow.states[source.state], workflow.states[target]
    actions = (*source.actions, *left.exit, *transition.actions, *entered.entry)
    return replace(source, state=target, actions=actions, entered=True)


def _settled(workflow: Workflow, step_taken: Step, context: Mapping[str, Any]) -> Step:
    """The step with all that follows at once (`always`); a circle that the guards leave open stops after a while.

    Guards read what the actions before them have set. An `always` that stays where it is and sets nothing acts once,
    and the step rests.
    """
    context = _assigned(step_taken.actions, context)
    for _ in range(_MOST_STEPS):
        state = workflow.states[step_taken.state]
        following = next((each for each in _enabled(workflow, state, context) if each.event == ALWAYS), None)
        if following is None:
            return step_taken
        done = len(step_taken.actions)
        step_taken = _taken(workflow, step_taken, following)
        new = step_taken.actions[done:]
        if following.target in (None, state.id) and not any(each.type in ASSIGNING for each in new):
            return step_taken
        context = _assigned(new, context)
    raise TransitionRefused("Le circuit de cette demande ne s’arrête pas. Prévenez l’administrateur.")


def _assigned(actions: tuple[Action, ...], context: Mapping[str, Any]) -> Mapping[str, Any]:
    for each in actions:
        context = after(each, context)
    return context
