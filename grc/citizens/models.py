"""The tables of citizens' accounts and of sign-ins under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime

LOCAL = "local"
"""The issuer of accounts that no identity provider vouches for."""
OPEN_LOCAL = text("issuer = 'local' AND closed_at IS NULL")


class Citizen(SQLModel, table=True):
    """An account in one authority: key (authority, issuer, subject), never the e-mail.

    A local account has the issuer LOCAL and a random subject; its address is unique among the open local accounts.
    """

    __table_args__ = (
        UniqueConstraint("authority_id", "issuer", "subject"),
        Index(
            "ux_citizen_local",
            "authority_id",
            "email",
            unique=True,
            sqlite_where=OPEN_LOCAL,
            postgresql_where=OPEN_LOCAL,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    identity: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    """The pivot identity as last received, refreshed at each sign-in."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    signed_in_at: datetime = Field(sa_type=UtcDateTime)
    email: str = Field(default="", max_length=254, sa_column_kwargs={"server_default": ""})
    """The address that the person confirmed, in lower case; "" where none is."""
    password_hash: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    """Of a local account that has one; "" for the others."""
    profile: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """What the person lets new forms start from, by role of question; None without consent."""
    profile_consented_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    merged_into_id: int | None = Field(default=None, foreign_key="citizen.id", sa_type=BigKey)
    """The account of the same person to which an agent, with proof, attached this one."""


class SignIn(SQLModel, table=True):
    """A sign-in begun at a provider and not yet back: one use, thirty minutes, tied to one browser session."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_session", "authority_id", "session_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    session_id: int = Field(sa_type=BigKey)
    provider: str = Field(max_length=20)
    state_hash: str = Field(max_length=64, unique=True)
    sealed_nonce: str = Field(max_length=1200)
    """Issuer, nonce, PKCE verifier and whether the return must name its issuer, one a line."""
    next_path: str = Field(max_length=500)
    started_at: datetime = Field(sa_type=UtcDateTime)


class EmailLink(SQLModel, table=True):
    """A link sent by e-mail, of one use: to sign in, to choose a password, to confirm an address."""

    __tablename__ = "email_link"
    __table_args__ = (Index("ix_email_link_expiry", "authority_id", "expires_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    citizen_id: int | None = Field(default=None, foreign_key="citizen.id", sa_type=BigKey)
    """None for an account that is opened by this link."""
    session_id: int | None = Field(default=None, sa_type=BigKey)
    """The browser session that asked for it."""
    purpose: str = Field(max_length=20)
    """"sign_in", "old_address" and "new_address" (a change needs both), or "unused": a word that opens nothing."""
    token_hash: str = Field(max_length=64, unique=True)
    email: str = Field(max_length=254)
    """The address that the link confirms."""
    pair_id: int | None = Field(default=None, sa_type=BigKey)
    """The other half of a change of address."""
    next_path: str = Field(default="", max_length=500)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outbox_id: int | None = Field(default=None, sa_type=BigKey)
    """Its mail, which is forgotten with it."""
