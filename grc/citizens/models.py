"""The tables of citizens' accounts and of sign-ins under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class Citizen(SQLModel, table=True):
    """An account in one authority: key (authority, issuer, subject), never the e-mail."""

    __table_args__ = (UniqueConstraint("authority_id", "issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    identity: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    """The pivot identity as last received, refreshed at each sign-in."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    signed_in_at: datetime = Field(sa_type=UtcDateTime)


class SignIn(SQLModel, table=True):
    """A sign-in begun at a provider and not yet back: one use, thirty minutes, tied to one browser session."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_session", "authority_id", "session_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    session_id: int = Field(sa_type=BigKey)
    provider: str = Field(max_length=20)
    state_hash: str = Field(max_length=64, unique=True)
    sealed_nonce: str = Field(max_length=400)
    next_path: str = Field(max_length=500)
    started_at: datetime = Field(sa_type=UtcDateTime)
