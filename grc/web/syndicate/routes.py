"""The routes of the syndicate, for its agents, under /agents/syndicat."""

from __future__ import annotations

from grc.access.actors import AgentActor
from grc.web.site import Site, signed_in_agent
from grc.web.syndicate import commune, communes, exports

site: Site[AgentActor] = Site("agent", admits=signed_in_agent)

routes = [
    site.page("/agents/syndicat", communes.show),
    site.page("/agents/syndicat/chiffres.csv", exports.as_csv),
    site.page("/agents/syndicat/communes/{slug}", commune.show),
    site.page("/agents/syndicat/communes/{slug}/chiffres.csv", exports.commune_as_csv),
]
