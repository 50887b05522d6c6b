"""The tables of what outlives the answers: visas of elimination, destructions, and the figures of each month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class Visa(SQLModel, table=True):
    """A visa of elimination of the archives (code du patrimoine L212-2, L212-3): of one list, or standing.

    The row of a list is made when the list is drawn up, before the archives answer: recorded_at is then None, and
    nothing of it may be destroyed.
    """

    __table_args__ = (Index("ix_visa_authority", "authority_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    procedure_slug: str = Field(max_length=80)
    number: str = Field(default="", max_length=100)
    """As the archives wrote it; "" while they have not answered."""
    granted_by: str = Field(default="", max_length=200)
    granted_on: date | None = None
    until_on: date | None = None
    """The last day of a standing visa; None: until it is withdrawn."""
    listed: list[Any] | None = Field(default=None, sa_column=Column(Document))
    """The lines of the list, each {"reference", "version", "first_on", "last_on", "kept_until", "files", "bytes"}; None
    for a standing visa."""
    sha256: str = Field(default="", max_length=64)
    """Of the list as the archives saw it, byte for byte; "" for a standing visa."""
    made_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    made_at: datetime = Field(sa_type=UtcDateTime)
    """When the list was drawn up, or the standing visa recorded."""
    recorded_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the visa was recorded; None: the list waits for it."""
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the visa, or the list that waited for one, was withdrawn."""
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When everything that could be destroyed of its list was."""


class Destruction(SQLModel, table=True):
    """That what a demande held was destroyed, on which visa; the hashes of it. Never changed, never deleted.

    Two rows for a demande, in time: its answers and files, then its receipts and letters.
    """

    __table_args__ = (
        UniqueConstraint("submission_id", "stage"),
        Index("ix_destruction_due", "authority_id", "stage", "receipts_until"),
        Index("ix_destruction_visa", "authority_id", "visa_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    stage: str = Field(max_length=10)
    """"answers", or "receipts": what went."""
    reference: str = Field(max_length=20)
    visa_id: int = Field(foreign_key="visa.id", sa_type=BigKey)
    answers_sha256: str = Field(default="", max_length=64)
    """Of the answers as filed, in their canonical spelling; "" for receipts."""
    files: list[Any] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    """The SHA-256 of each file, or of each mail."""
    receipts_until: date
    """The last day on which its receipts and letters are kept."""
    destroyed_at: datetime = Field(sa_type=UtcDateTime)


class Figure(SQLModel, table=True):
    """What an authority's demandes add up to in one month: counts only, for its syndicate's statistics."""

    __table_args__ = (UniqueConstraint("authority_id", "month"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    month: str = Field(max_length=7)
    counts: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    computed_at: datetime = Field(sa_type=UtcDateTime)
