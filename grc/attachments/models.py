"""The table of attachments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, false
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, UtcDateTime


class Attachment(SQLModel, table=True):
    """A file received: of a draft until it is sent, of a submission afterwards. Its bytes are in the store."""

    __table_args__ = (
        Index("ix_attachment_draft", "authority_id", "draft_id"),
        Index("ix_attachment_submission", "authority_id", "submission_id"),
        Index("ix_attachment_scan", "authority_id", "scan_due_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    public_id: str = Field(max_length=30, unique=True)
    draft_id: int | None = Field(default=None, foreign_key="draft.id", sa_type=BigKey)
    submission_id: int | None = Field(default=None, foreign_key="submission.id", sa_type=BigKey)
    field: str = Field(max_length=200)
    """The dotted name of the answer, or "" for a piece added later."""
    documents_request_id: int | None = Field(default=None, foreign_key="documents_request.id", sa_type=BigKey)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=100)
    size_bytes: int
    sha256: str = Field(max_length=64)
    key: str = Field(max_length=200)
    received_at: datetime = Field(sa_type=UtcDateTime)
    scan: str = Field(default="none", max_length=10, sa_column_kwargs={"server_default": "none"})
    """What the antivirus said: "none" where there was none, "pending", "clean" or "infected"."""
    scan_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When to scan it, or to destroy its bytes; None when nothing is left to do."""
    scan_tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    scan_found: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": ""})
    """The name of the signature that matched."""
    thread_entry_id: int | None = Field(default=None, foreign_key="thread_entry.id", sa_type=BigKey)
    """The message that it came with."""
    sender: str = Field(default="citizen", max_length=10, sa_column_kwargs={"server_default": "citizen"})
    """"citizen" or "agent"."""
    is_private: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether only agents see it: it came with a private note."""
