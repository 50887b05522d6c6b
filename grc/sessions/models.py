"""The tables of browser sessions and of rate counters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class BrowserSession(SQLModel, table=True):
    """A session of one public ("citizen" or "agent") in one authority; the cookie's token is kept as a hash."""

    __tablename__ = "browser_session"
    __table_args__ = (Index("ix_browser_session_expiry", "authority_id", "expires_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    token_hash: str = Field(max_length=64, unique=True)
    public: str = Field(max_length=10)
    citizen_id: int | None = Field(default=None, foreign_key="citizen.id", sa_type=BigKey)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    shown_name: str = Field(default="", max_length=300)
    granted: list[int] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    """Submissions opened in this session by their tracking code, or filed in it."""
    sealed_id_token: str | None = Field(default=None)
    """What the provider's logout asks for."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    means: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    """How its person signed in (as in SignInRecord); "" for nobody."""
    acr: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    """The level that the provider vouched for."""
    device: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    second_factor_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a second factor was last given in it."""


class RateCounter(SQLModel, table=True):
    """Hits of one key in one fixed window, shared by every process."""

    __tablename__ = "rate_counter"

    key: str = Field(primary_key=True, max_length=64)
    """A keyed hash of limit and subject: no address is kept in clear."""
    window: int = Field(primary_key=True, sa_type=BigKey)
    """The second at which the window began."""
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    hits: int = 0


class SignInRecord(SQLModel, table=True):
    """A sign-in of a citizen or of an agent, opened or refused: when, how, with what; no token, no name, no address."""

    __tablename__ = "sign_in_record"
    __table_args__ = (
        Index("ix_sign_in_record_citizen", "authority_id", "citizen_id", "at"),
        Index("ix_sign_in_record_agent", "authority_id", "agent_id", "at"),
        Index("ix_sign_in_record_at", "authority_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    citizen_id: int | None = Field(default=None, foreign_key="citizen.id", sa_type=BigKey)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    at: datetime = Field(sa_type=UtcDateTime)
    means: str = Field(max_length=20)
    """"franceconnect", "proconnect", "password", "link" or "passkey"."""
    outcome: str = Field(max_length=40)
    """"opened", or the code of the refusal."""
    detail: str = Field(default="", max_length=120)
    """The provider's own error id, escaped; "" for none."""
    device: str = Field(default="", max_length=120)
    """The browser in words ("Firefox sous Linux"), never its whole header."""
