"""What an agent's browser meets on the simulator: the choice of an agent, the level required, errors, logout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import RedirectResponse, Response

from grc.demo.franceconnect.authorize import back_to
from grc.demo.franceconnect.browser import Browser
from grc.demo.franceconnect.identities import Identity
from grc.demo.franceconnect.peer import Login
from grc.demo.proconnect import authorize
from grc.demo.proconnect.agents import AGENTS, AgentIdentity
from grc.demo.proconnect.authorize import AgentLogin

_LEVEL_REFUSED = ("access_denied", "requested ACRs could not be satisfied")


class AgentBrowser(Browser):
    """The pages of ProConnect."""

    name = "proconnect"
    people: Sequence[Identity] = AGENTS
    templates = "proconnect/"
    failures: Mapping[str, tuple[str, str]] = {**Browser.failures, "one_factor": _LEVEL_REFUSED}

    def read(self, params: Iterable[tuple[str, str]]) -> Login:
        return authorize.read(params, self._settings)

    def _signed_in(self, login: Login, identity: Identity) -> Response:
        """Back to the client, unless the agent has no level that the client requires."""
        level = identity.acr if isinstance(identity, AgentIdentity) else ""
        levels = login.levels if isinstance(login, AgentLogin) else frozenset()
        if "acr.refused" in self._peer.faults or (levels and level not in levels):
            back = back_to(login.redirect_uri, self._error(*_LEVEL_REFUSED, login.state))
            return RedirectResponse(back, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        return super()._signed_in(login, identity)
