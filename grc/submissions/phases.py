"""Where a submission stands for inboxes and lists: the phase of its state, and what that phase does not say."""

from __future__ import annotations

from grc.workflow.definition import State, Workflow

OPEN = ("received", "examined", "waiting")
"""The last: documents are awaited from the citizen."""
ENDED = ("decided", "followed", "closed")
"""The second: decided, and agents have more to do: works, a visit, a delivery. What runs by itself is "decided"."""


def of_state(workflow: Workflow, state: str) -> str:
    """The phase of that state; raises KeyError for an unknown one."""
    found = workflow.state(state)
    if found.waiting:
        return "waiting"
    return "followed" if found.phase == "decided" and not found.ongoing and _is_left(found) else found.phase


def told(phase: str) -> str:
    """The phase as other programs are told: what agents still do of a decided demande is theirs."""
    return "decided" if phase == "followed" else phase


def is_sent_on(workflow: Workflow, state: str, phase: str) -> bool:
    """Whether the demande is closed in a state that is not: sent on to another administration, nothing opens here."""
    return phase == ENDED[-1] and of_state(workflow, state) in OPEN


def _is_left(state: State) -> bool:
    """Whether an agent leads somewhere else from there."""
    ways = (each for each in state.transitions if each.target not in (None, state.id))
    return any(set(each.by) - {"citizen"} for each in ways)
