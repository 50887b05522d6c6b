"""The table of what is taken, from when to when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, UtcDateTime


class Booking(SQLModel, table=True):
    """So many of an item, taken for a demande or kept by an agent. Deleted when it is given back."""

    __table_args__ = (
        Index("ix_booking_item", "authority_id", "source", "item", "ends_at"),
        Index("ix_booking_submission", "authority_id", "submission_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int | None = Field(default=None, foreign_key="submission.id", sa_type=BigKey)
    """None for what an agent keeps without a demande."""
    source: str = Field(max_length=60)
    """The list of the item, as forms name it ("rooms")."""
    item: str = Field(max_length=60)
    """The item, by its slug."""
    quantity: int = 1
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    """The first instant after it."""
    is_firm: bool = True
    """False for an option: kept, not yet decided."""
    reason: str = Field(default="", max_length=200)
    """Why an agent keeps it, without a demande."""
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """None when the demande took it as it was filed."""
