"""The tables of the journal: what happened, its place in the chain, and the seals. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class JournalEntry(SQLModel, table=True):
    """One access or act of administration: ids, codes and dates, never an answer nor a name."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_at", "authority_id", "at", "id"),
        Index("ix_journal_entry_order", "authority_id", "id"),
        Index("ix_journal_entry_subject", "authority_id", "subject_kind", "subject"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_kind: str = Field(max_length=10)
    """"agent", "citizen", "system", "operator" (the machine's command) or "key" (a program, by its API key)."""
    actor_id: int | None = Field(default=None, sa_type=BigKey)
    act: str = Field(max_length=60)
    subject_kind: str = Field(max_length=30)
    subject: str = Field(max_length=80)
    """What it was done to: a reference, a slug or a number."""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))


class JournalLink(SQLModel, table=True):
    """The place of an entry in the chain of its authority and month, given by the worker."""

    __tablename__ = "journal_link"
    __table_args__ = (
        UniqueConstraint("authority_id", "month", "position"),
        Index("ix_journal_link_entry", "authority_id", "entry_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    entry_id: int = Field(sa_type=BigKey, unique=True)
    month: str = Field(max_length=7)
    """"2026-11": of its linking, in UTC."""
    position: int = Field(sa_type=BigKey)
    """From 1 in each month."""
    hash: str = Field(max_length=64)
    """SHA-256 of the hash before it and the entry's canonical spelling."""


class JournalSeal(SQLModel, table=True):
    """The head of a chain at an instant, signed with the installation's key; stays when its segment is purged."""

    __tablename__ = "journal_seal"
    __table_args__ = (UniqueConstraint("authority_id", "month", "position"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    month: str = Field(max_length=7)
    position: int = Field(sa_type=BigKey)
    hash: str = Field(max_length=64)
    """Of the link at that position."""
    before: str = Field(max_length=64)
    """Digest of the seal before it, hence of all of them: none can be taken away unseen."""
    signature: str = Field(max_length=64)
    sealed_at: datetime = Field(sa_type=UtcDateTime)
