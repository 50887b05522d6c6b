"""The table of the lists that agents keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class ReferenceItem(SQLModel, table=True):
    """An item of a list. Closed, not deleted, because answers name it; a past slot that nobody took is (ADR 0042)."""

    __tablename__ = "reference_item"
    __table_args__ = (
        UniqueConstraint("authority_id", "source", "slug"),
        Index("ix_reference_item_order", "authority_id", "source", "position"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    source: str = Field(max_length=60)
    """The list, as forms name it ("rooms")."""
    slug: str = Field(max_length=60)
    """What answers keep of the item; it never changes."""
    label: str = Field(max_length=200)
    attributes: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    position: int
    is_open: bool = True
    revision: int = 1
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """The agent who last changed it; None: the operator, or an import."""
