"""What the simulated ProConnect is told beforehand: its clients, its scopes, its levels, its durations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grc import clock
from grc.demo.franceconnect.registry import Client, Settings

SCOPES = {
    "openid": ("sub",),
    "given_name": ("given_name",),
    "usual_name": ("usual_name",),
    "email": ("email",),
    "uid": ("uid",),
    "siret": ("siret",),
    "siren": ("siren",),
    "idp_id": ("idp_id",),
    "idp_acr": ("idp_acr",),
    "phone": ("phone_number",),
    "organizational_unit": ("organizational_unit",),
    "belonging_population": ("belonging_population",),
    "roles": ("roles",),
    "organization_label": ("organization_label",),
    "amr": ("amr",),
}
"""There is no `profile` and no `family_name`."""
LEVELS = ("eidas0", "eidas0-mfa", "eidas1", "eidas1-mfa", "eidas2", "eidas3")


@dataclass(frozen=True)
class AgentClient(Client):
    """A service for agents, as registered. signed_userinfo: False for a client without an algorithm for it: plain JSON.

    requires_pkce: stricter than ProConnect, so that a client that forgets it is seen.
    """

    scopes: frozenset[str] = frozenset(SCOPES)
    signed_userinfo: bool = True
    requires_pkce: bool = True


def settings(
    issuer: str, clients: tuple[AgentClient, ...], *, now: Callable[[], datetime] = clock.now, **changes: Any
) -> Settings:
    """ProConnect's durations: a code lasts a minute, tokens an hour, a session twelve."""
    durations = {"code_seconds": 60, "grant_seconds": 3600, "token_seconds": 3600, "session_seconds": 12 * 3600}
    return Settings(issuer=issuer, clients=clients, now=now, **{**durations, **changes})
