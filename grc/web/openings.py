"""What the workflow opens on a demande to who looks at it."""

from __future__ import annotations

from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission, functions_of, may
from grc.submissions.queries import Whole
from grc.workflow import engine

_DECISIONS = frozenset({"accept", "refuse"})


def events_open_to(actor: AgentActor | Visitor, found: Whole) -> frozenset[str]:
    """The events that this person may cause now; who may not decide is offered no decision."""
    row = found.submission
    opened = engine.open_to(
        found.procedure.workflow, row.state, functions=functions_of(actor), context={"answers": row.answers}
    )
    names = frozenset(one.event for one in opened)
    if isinstance(actor, AgentActor) and not may(actor, Permission.SUBMISSION_DECIDE):
        return names - _DECISIONS
    return names
