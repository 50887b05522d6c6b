"""The workflow of a procedure, for agents: drawn, and as tables that say the same."""

from __future__ import annotations

from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.errors import NotFound
from grc.web.agents import workflow_views as views
from grc.web.framing import agent_frame
from grc.web.visit import Visit
from grc.workflow import drawing, words

_LONGEST_KEY = 15


async def show(visit: Visit[AgentActor]) -> Response:
    """The workflow of the published version, or of the one that `version` names; `etat` is the state to mark."""
    require(visit.actor, Permission.SUBMISSION_READ)
    version = visit.query.get("version", "")
    procedure: Procedure = await visit.read(_procedure, visit.path["slug"], version)
    page = page_of(procedure, current=visit.query.get("etat", ""), back=visit.links.agents())
    return visit.page("agents/workflow.html", frame=agent_frame(visit), page=page)


def page_of(procedure: Procedure, *, current: str, back: str) -> views.WorkflowPage:
    """What the page shows. current: the state to mark, or ""."""
    workflow = procedure.workflow
    return views.WorkflowPage(
        title=procedure.title,
        label=workflow.label,
        description=workflow.description,
        drawing=Markup(drawing.as_svg(workflow, current=current)),  # noqa: S704 - every text in it is escaped
        states=[
            views.WorkflowState(state.label, words.PHASE_WORDS[state.phase], state.citizen_sentence, name == current)
            for name, state in workflow.states.items()
        ],
        ways=drawing.ways(workflow),
        clocks=[(each.label, words.clock(workflow, each), each.source) for each in workflow.clocks.values()],
        back=back,
    )


def _procedure(session: Session, slug: str, version: str, *, by: AgentActor) -> Procedure:
    """The published version, or that of this number in the database, of this procedure; raises NotFound."""
    if not version:
        return catalogue.published(session, by.authority_id, slug).procedure
    wanted = int(version) if version.isascii() and version.isdigit() and len(version) <= _LONGEST_KEY else 0
    found = catalogue.version(session, by.authority_id, wanted)
    if found.slug != slug:
        raise NotFound("Cette version de la démarche n’existe pas.")
    return found
