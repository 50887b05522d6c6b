"""What the workflow opens on a demande to who looks at it."""

from __future__ import annotations

from grc.access.actors import AgentActor, Visitor
from grc.submissions import openings
from grc.submissions.queries import Whole
from grc.workflow.definition import Transition


def open_to(actor: AgentActor | Visitor, found: Whole) -> tuple[Transition, ...]:
    """The transitions that this person may take now, in the order of the workflow.

    Documents cannot be asked for where the procedure knows of none.
    """
    taken = openings.open_to(actor, found.procedure.workflow, found.submission, found.context)
    return taken if found.procedure.pieces else tuple(each for each in taken if each.event != "request_documents")


def withdrawing(actor: AgentActor | Visitor, found: Whole) -> Transition | None:
    """The way out that the citizen may take now, in the words of the workflow; None where there is none."""
    return next((each for each in open_to(actor, found) if each.event == "withdraw"), None)


def events_open_to(actor: AgentActor | Visitor, found: Whole) -> frozenset[str]:
    """The events of the same."""
    return frozenset(one.event for one in open_to(actor, found))
