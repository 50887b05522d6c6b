"""What the workflow opens on a submission to an actor: one answer, for pages and commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.access.actors import Actor, AgentActor
from grc.access.permissions import Permission, functions_of, may
from grc.submissions import phases
from grc.submissions.models import Submission
from grc.workflow import engine
from grc.workflow.definition import Transition, Workflow

_DECISIONS = frozenset({"accept", "refuse"})
_NOTIFIED = _DECISIONS | {"request_documents"}


def open_to(actor: Actor, workflow: Workflow, row: Submission, context: Mapping[str, Any]) -> tuple[Transition, ...]:
    """The transitions that this actor may take now, in the order of the workflow. context: what guards read.

    Who may not decide is offered no decision; nobody is offered one that nobody could receive: a report has neither
    address nor name, while any other demande has a postal address. Nothing is open on a demande that was sent on.
    """
    if phases.is_sent_on(workflow, row.state, row.phase):
        return ()
    opened = engine.open_to(workflow, row.state, functions=functions_of(actor, row), context=context)
    closed = frozenset() if row.contact_email or not row.is_report else _NOTIFIED
    if isinstance(actor, AgentActor) and not may(actor, Permission.SUBMISSION_DECIDE, row):
        closed |= _DECISIONS
    return tuple(one for one in opened if one.event not in closed)


def transition(
    actor: Actor, workflow: Workflow, row: Submission, context: Mapping[str, Any], event: str
) -> Transition | None:
    """The one that the event would take, None when it is not open to this actor."""
    return next((one for one in open_to(actor, workflow, row, context) if one.event == event), None)
