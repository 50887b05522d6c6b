"""The routes of administration, for agents, under /agents/administration."""

from __future__ import annotations

from grc.access.actors import AgentActor
from grc.web.admin import (
    absences,
    authority,
    closures,
    guests,
    home,
    journal,
    look,
    rights,
    roles,
    services,
    statements,
)
from grc.web.site import Site, signed_in_agent

site: Site[AgentActor] = Site("agent", admits=signed_in_agent)

routes = [
    site.page("/agents/administration", home.show),
    site.page("/agents/administration/roles", roles.show),
    site.page("/agents/collegues/{agent}/droits", rights.show),
    site.action("/agents/collegues/{agent}/droits", rights.grant),
    site.action("/agents/collegues/{agent}/droits/{right}/retrait", rights.take_back),
    site.page("/agents/collegues/{agent}/absences", absences.show),
    site.action("/agents/collegues/{agent}/absences", absences.state),
    site.action("/agents/collegues/{agent}/absences/{absence}/annulation", absences.cancel),
    site.page("/agents/compte/absence", absences.show_own),
    site.action("/agents/compte/absence", absences.state_own),
    site.action("/agents/compte/absence/{absence}/annulation", absences.cancel_own),
    site.page("/agents/administration/collectivite", authority.show),
    site.action("/agents/administration/collectivite", authority.change),
    site.page("/agents/administration/apparence", look.show),
    site.action("/agents/administration/apparence", look.choose),
    site.action("/agents/administration/apparence/logo", look.send_logo),
    site.action("/agents/administration/apparence/logo/retrait", look.remove_logo),
    site.page("/agents/administration/declarations", statements.index),
    site.page("/agents/administration/declarations/{statement}", statements.show),
    site.action("/agents/administration/declarations/{statement}", statements.change),
    site.page("/agents/administration/services", services.index),
    site.page("/agents/administration/services/nouveau", services.show_new),
    site.action("/agents/administration/services/nouveau", services.add),
    site.page("/agents/administration/services/{service}", services.show),
    site.action("/agents/administration/services/{service}", services.change),
    site.action("/agents/administration/services/{service}/fermeture", services.close),
    site.action("/agents/administration/services/{service}/reouverture", services.reopen),
    site.page("/agents/administration/journal", journal.show),
    site.page("/agents/administration/journal.csv", journal.as_csv),
    site.page("/agents/administration/acces-du-syndicat", guests.index),
    site.page("/agents/administration/acces-du-syndicat/nouveau", guests.show_new),
    site.action("/agents/administration/acces-du-syndicat/nouveau", guests.admit),
    site.action("/agents/administration/acces-du-syndicat/{guest}/fin", guests.end),
    site.page("/agents/administration/fermetures", closures.index),
    site.action("/agents/administration/fermetures", closures.state),
    site.action("/agents/administration/fermetures/{closure}/retrait", closures.remove),
]
