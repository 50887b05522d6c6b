"""The tables of authorities, services, agents and identity clients."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class Authority(SQLModel, table=True):
    """A commune, an intercommunality or the syndicate: a tenant of the installation."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    slug: str = Field(unique=True, max_length=60)
    domain: str | None = Field(default=None, unique=True, max_length=253)
    kind: str = Field(max_length=20)
    """"municipality", "intermunicipality" or "syndicate"."""
    name: str = Field(max_length=200)
    siret: str = Field(default="", max_length=14)
    zone: str = Field(default="Europe/Paris", max_length=60)
    holidays: str = Field(default="metropole", max_length=40)
    """The place whose public holidays count (a key of grc.deadlines.holidays)."""
    colour: str = Field(default="#1f5f8b", max_length=7)
    logo: str = Field(default="", max_length=200)
    """A file under static/, or empty."""
    email: str = Field(default="", max_length=254)
    telephone: str = Field(default="", max_length=30)
    postal_address: list[str] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    hours: str = Field(default="", max_length=300)
    sender_address: str = Field(max_length=254)
    """The address from which receipts leave, published in the modalités d'utilisation (R112-11-3)."""
    data_protection_contact: str = Field(default="", max_length=254)
    texts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)


class Service(SQLModel, table=True):
    """A service of an authority, with what every receipt must say of it (R112-11-1 2°)."""

    __table_args__ = (UniqueConstraint("authority_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    slug: str = Field(max_length=60)
    name: str = Field(max_length=200)
    email: str = Field(default="", max_length=254)
    telephone: str = Field(default="", max_length=30)
    postal_address: list[str] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    hours: str = Field(default="", max_length=300)


class Agent(SQLModel, table=True):
    """An agent of an authority, with a local account."""

    __table_args__ = (UniqueConstraint("authority_id", "email"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    service_id: int | None = Field(default=None, foreign_key="service.id", sa_type=BigKey)
    email: str = Field(max_length=254)
    given_name: str = Field(max_length=100)
    family_name: str = Field(max_length=100)
    capacity: str = Field(max_length=200)
    role: str = Field(max_length=20)
    password_hash: str = Field(max_length=200)
    is_active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class IdentityClient(SQLModel, table=True):
    """An authority's registration at an identity provider; the secret is sealed under GRC_SECRET_KEY."""

    __tablename__ = "identity_client"
    __table_args__ = (Index("ix_identity_client_authority", "authority_id", "provider", unique=True),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    provider: str = Field(max_length=20)
    issuer: str = Field(max_length=300)
    client_id: str = Field(max_length=200)
    sealed_secret: str = Field(max_length=600)
    algorithm: str = Field(default="ES256", max_length=10)
