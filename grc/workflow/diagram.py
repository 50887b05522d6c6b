"""A workflow drawn in text, for people who read it in a terminal or a review."""

from __future__ import annotations

from grc.workflow.definition import Action, State, Transition, Workflow


def as_text(workflow: Workflow) -> str:
    """One paragraph a state: its label, then an arrow for each way out with who may take it and what follows."""
    parts = [_state(workflow, state) for state in workflow.states.values()]
    if workflow.anywhere:
        parts.append("\n".join(["(partout)", *(_arrow(each) for each in workflow.anywhere)]))
    return "\n\n".join(parts) + "\n"


def _state(workflow: Workflow, state: State) -> str:
    marks = [
        mark
        for mark, holds in (
            ("départ", state.id == workflow.initial),
            ("attend l’usager", state.waiting),
            ("final", state.final),
        )
        if holds
    ]
    noted = f" ({', '.join(marks)})" if marks else ""
    entry = [f"  à l’entrée : {_names(state.entry)}"] if state.entry else []
    leaving = [f"  à la sortie : {_names(state.exit)}"] if state.exit else []
    head = f"{state.id} — {state.label}{noted}"
    return "\n".join([head, *entry, *leaving, *(_arrow(each) for each in state.transitions)])


def _arrow(transition: Transition) -> str:
    condition = f" [{transition.guard}]" if transition.guard else ""
    actions = f" / {_names(transition.actions)}" if transition.actions else ""
    who = ", ".join(transition.by)
    target = transition.target or "(reste)"
    return f"  {transition.event or 'aussitôt'}{condition} → {target} par {who}{actions}"


def _names(actions: tuple[Action, ...]) -> str:
    return ", ".join(each.name for each in actions)
