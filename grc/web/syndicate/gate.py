"""What answers at a syndicate's address: its agents' pages and what the law has it state; nobody files there."""

from __future__ import annotations

from grc.errors import NotFound
from grc.submissions.figures import SYNDICATE
from grc.web.platform import Tenant

HOME = "/agents/syndicat"
_STATED = ("/modalites", "/accessibilite", "/mentions-legales", "/donnees-personnelles", "/aide", "/securite")
_OPEN = (
    *("/agents/connexion", "/agents/proconnect", "/agents/deconnexion", "/agents/compte"),
    *("/agents/collegues", "/agents/identites", "/agents/administration", HOME),
)


def led_away(tenant: Tenant, path: str) -> str | None:
    """Where the syndicate's own doors lead instead, None where the page is shown.

    Raises NotFound for the pages of communes: no form, no demande, no API of theirs answers here.
    """
    if tenant.authority.kind != SYNDICATE:
        return None
    inside = path.removeprefix(tenant.root).rstrip("/")
    if inside in ("", "/agents"):
        return f"{tenant.root}{HOME}"
    if inside in _STATED or any(inside == one or inside.startswith(f"{one}/") for one in _OPEN):
        return None
    raise NotFound("Cette adresse n’existe pas chez le syndicat. Les démarches sont sur le site de chaque commune.")
