"""The routes of administration, for agents, under /agents/administration."""

from __future__ import annotations

from grc.access.actors import AgentActor
from grc.web.admin import home
from grc.web.site import Site, signed_in_agent

site: Site[AgentActor] = Site("agent", admits=signed_in_agent)

routes = [
    site.page("/agents/administration", home.show),
]
