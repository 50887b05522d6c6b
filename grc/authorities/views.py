"""Authorities and services as pages and rules read them: frozen, cached, without a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grc.authorities.models import Authority, Service


@dataclass(frozen=True)
class AuthorityView:
    """An authority as one request sees it."""

    id: int
    slug: str
    domain: str | None
    kind: str
    name: str
    zone: str
    holidays: str
    colour: str
    logo: str
    email: str
    telephone: str
    postal_address: tuple[str, ...]
    hours: str
    sender_address: str
    data_protection_contact: str
    texts: Mapping[str, Any]
    embed_sites: tuple[str, ...] = ()
    """Origins that may show its forms in a frame."""

    @property
    def address_lines(self) -> tuple[str, ...]:
        """Where to write: the name first, unless the address already begins with it ("Mairie de Tilleul")."""
        lines = self.postal_address
        return lines if lines and self.name in lines[0] else (self.name, *lines)


@dataclass(frozen=True)
class ServiceView:
    """A service as receipts and pages name it."""

    id: int
    slug: str
    name: str
    email: str
    telephone: str
    postal_address: tuple[str, ...]
    hours: str
    closed_at: datetime | None = None
    """Since when nothing new may be given to it."""


def authority_view(row: Authority) -> AuthorityView:
    """The frozen view of a stored authority."""
    names = AuthorityView.__dataclass_fields__
    values = {name: getattr(row, name) for name in names}
    lists = {"postal_address": tuple(row.postal_address), "embed_sites": tuple(row.embed_sites or ())}
    return AuthorityView(**{**values, **lists})


def service_view(row: Service) -> ServiceView:
    """The frozen view of a stored service."""
    names = ServiceView.__dataclass_fields__
    values = {name: getattr(row, name) for name in names}
    return ServiceView(**{**values, "postal_address": tuple(row.postal_address)})
