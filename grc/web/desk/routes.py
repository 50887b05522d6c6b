"""The routes of desk entry: the citizen's handlers, for an agent, under the agents' addresses."""

from __future__ import annotations

from starlette.requests import Request

from grc.access.actors import AgentActor, Visitor, at_desk
from grc.access.permissions import Permission, require
from grc.web.citizen import drafts, files, filing, helping
from grc.web.desk import entries, filed, paper
from grc.web.platform import Platform, Tenant
from grc.web.site import Site, signed_in_agent


async def typing_agent(request: Request, platform: Platform, tenant: Tenant) -> Visitor:
    """Admits an agent who may file for a citizen, with the agent's own session."""
    agent = await signed_in_agent(request, platform, tenant)
    require(agent, Permission.SUBMISSION_FILE)
    return at_desk(agent)


agents: Site[AgentActor] = Site("agent", admits=signed_in_agent)
site: Site[Visitor] = Site("desk", admits=typing_agent)

routes = [
    agents.page("/agents/saisies", entries.show),
    agents.action("/agents/saisies", entries.begin),
    agents.page("/agents/demandes-papier", paper.show),
    agents.action("/agents/demandes-papier", paper.create),
    site.page("/agents/saisies/{draft}/suite", drafts.resume),
    site.page("/agents/saisies/{draft}/verification", filing.check),
    site.action("/agents/saisies/{draft}/envoi", filing.send),
    site.page("/agents/saisies/{draft}/confirmation", filed.confirm),
    site.page("/agents/saisies/{draft}/code", filed.show_code),
    site.page("/agents/saisies/{draft}/aide", helping.show),
    site.action("/agents/saisies/{draft}/aide", helping.declare),
    site.action("/agents/saisies/{draft}/suppression", drafts.discard),
    site.action("/agents/saisies/{draft}/fichiers/{file}/suppression", drafts.remove_file),
    site.action("/agents/saisies/{draft}/{page}/fichiers", files.send),
    site.page("/agents/saisies/{draft}/{page}", drafts.show_page),
    site.action("/agents/saisies/{draft}/{page}", drafts.save_page),
]
