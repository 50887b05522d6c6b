"""Where a submission stands for inboxes and lists: the phase of its state, or "waiting" for the citizen's documents."""

from __future__ import annotations

from grc.workflow.definition import Workflow

OPEN = ("received", "examined", "waiting")
ENDED = ("decided", "closed")


def of_state(workflow: Workflow, state: str) -> str:
    """The phase of that state; raises KeyError for an unknown one."""
    found = workflow.state(state)
    return "waiting" if found.waiting else found.phase


def is_sent_on(workflow: Workflow, state: str, phase: str) -> bool:
    """Whether the demande is closed in a state that is not: sent on to another administration, nothing opens here."""
    return phase == ENDED[-1] and of_state(workflow, state) in OPEN
