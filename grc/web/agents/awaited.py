"""The way to the page where documents that came otherwise are noted."""

from __future__ import annotations

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.submissions.queries import Whole
from grc.web.agents import views
from grc.web.visit import Visit

PAGE = "pieces-recues"
"""What its address ends with."""


def act_of(visit: Visit[AgentActor], found: Whole) -> list[views.Act]:
    """Its button, while documents are awaited, for who may handle the demande."""
    if found.open_request is None or found.submission.phase != "waiting":
        return []
    if not may(visit.actor, Permission.SUBMISSION_HANDLE, found.submission):
        return []
    return [views.Act("Noter des pièces reçues", visit.links.agent_submission(found.submission.reference, PAGE))]
