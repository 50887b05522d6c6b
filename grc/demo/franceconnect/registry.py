"""What the simulated provider is told beforehand: its address, its clients, its durations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from grc import clock

SCOPES = {
    "openid": ("sub",),
    "profile": ("given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"),
    "birth": ("birthplace", "birthcountry"),
    "identite_pivot": (
        "given_name",
        "given_name_array",
        "family_name",
        "birthdate",
        "gender",
        "birthplace",
        "birthcountry",
    ),
    "gender": ("gender",),
    "birthdate": ("birthdate",),
    "birthplace": ("birthplace",),
    "birthcountry": ("birthcountry",),
    "given_name": ("given_name", "given_name_array"),
    "family_name": ("family_name",),
    "email": ("email",),
    "preferred_username": ("preferred_username",),
    "idp_birthdate": ("idp_birthdate",),
    "idp_id": ("idp_id",),
    "amr": ("amr",),
}


@dataclass(frozen=True)
class Client:
    """A service provider as registered. entity: services of one entity receive the same sub for a person.

    redirect_uris are compared byte for byte. scopes: those of the habilitation. algorithm: of both signed tokens.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset({"openid", "identite_pivot", "email", "preferred_username", "idp_birthdate"})
    algorithm: str = "ES256"
    entity: str = ""
    name: str = "Service de démonstration"


@dataclass(frozen=True)
class Settings:
    """The simulator's own settings; seconds are FranceConnect's. slow_seconds: how late a slowed answer comes."""

    issuer: str
    clients: tuple[Client, ...]
    code_seconds: int = 30
    grant_seconds: int = 30
    token_seconds: int = 60
    interaction_seconds: int = 1800
    session_seconds: int = 1800
    slow_seconds: float = 20.0
    now: Callable[[], datetime] = clock.now

    @property
    def base(self) -> str:
        """The path of the issuer, under which every address stands ("/api/v2")."""
        return urlsplit(self.issuer).path.rstrip("/")

    def client(self, client_id: str) -> Client | None:
        """The registered client of this id."""
        return next((client for client in self.clients if client.client_id == client_id), None)
