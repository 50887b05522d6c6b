"""What the workflow opens on a demande to who looks at it."""

from __future__ import annotations

from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission, functions_of, may
from grc.submissions.queries import Whole
from grc.workflow import engine
from grc.workflow.definition import Transition

_DECISIONS = frozenset({"accept", "refuse"})
_NOTIFIED = _DECISIONS | {"request_documents"}


def open_to(actor: AgentActor | Visitor, found: Whole) -> tuple[Transition, ...]:
    """The transitions that this person may take now, in the order of the workflow.

    Who may not decide is offered no decision; nobody is offered one that nobody could receive: a report has neither
    address nor name, while any other demande has a postal address.
    """
    row = found.submission
    opened = engine.open_to(found.procedure.workflow, row.state, functions=functions_of(actor), context=found.context)
    closed = frozenset() if row.contact_email or not row.is_report else _NOTIFIED
    if isinstance(actor, AgentActor) and not may(actor, Permission.SUBMISSION_DECIDE):
        closed |= _DECISIONS
    return tuple(one for one in opened if one.event not in closed)


def events_open_to(actor: AgentActor | Visitor, found: Whole) -> frozenset[str]:
    """The events of the same."""
    return frozenset(one.event for one in open_to(actor, found))
