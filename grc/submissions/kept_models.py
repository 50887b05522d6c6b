"""The tables of what outlives the answers: visas of elimination, destructions, and the figures of each month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class Visa(SQLModel, table=True):
    """A visa of elimination of the archives (code du patrimoine L212-2, L212-3): for one list, or standing."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    number: str = Field(max_length=100)
    """As the archives wrote it."""
    granted_by: str = Field(max_length=200)
    granted_on: date
    procedure_slug: str = Field(default="", max_length=80)
    """A standing visa: of this procedure; "" for a visa of one list."""
    until_on: date | None = None
    """The last day of a standing visa; None: until it is withdrawn."""
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    listed: list[str] | None = Field(default=None, sa_column=Column(Document))
    """The demandes of the list; None for a standing visa."""
    sha256: str = Field(max_length=64)
    """Of the list as the archives saw it."""
    recorded_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class Destruction(SQLModel, table=True):
    """That the answers and files of a demande were destroyed, on which visa; their hashes."""

    __table_args__ = (Index("ix_destruction_at", "authority_id", "destroyed_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", unique=True, sa_type=BigKey)
    reference: str = Field(max_length=20)
    visa_id: int = Field(foreign_key="visa.id", sa_type=BigKey)
    answers_sha256: str = Field(max_length=64)
    files: list[Any] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    """The SHA-256 of each file."""
    receipts_until: date | None = None
    """The last day on which its receipts and letters are kept; None once they are gone too."""
    destroyed_at: datetime = Field(sa_type=UtcDateTime)


class Figure(SQLModel, table=True):
    """What an authority's demandes add up to in one month: counts only, for its syndicate's statistics."""

    __table_args__ = (UniqueConstraint("authority_id", "month"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    month: str = Field(max_length=7)
    counts: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    computed_at: datetime = Field(sa_type=UtcDateTime)
