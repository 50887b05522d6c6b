"""The tables of programs that file and of those that are told: deposits by key, webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime

WAITING = text("state = 'waiting'")


class ApiDeposit(SQLModel, table=True):
    """A demande filed by a program: the same idempotency key gives the same answer, without filing again."""

    __tablename__ = "api_deposit"
    __table_args__ = (
        UniqueConstraint("authority_id", "api_key_id", "key_hash"),
        Index("ix_api_deposit_at", "authority_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    api_key_id: int = Field(foreign_key="api_key.id", sa_type=BigKey)
    key_hash: str = Field(max_length=64)
    body_sha256: str = Field(max_length=64)
    """The same key with another body is refused."""
    submission_id: int | None = Field(default=None, foreign_key="submission.id", sa_type=BigKey)
    sealed_code: str | None = Field(default=None, max_length=400)
    """The tracking code, for a repeat of the same call within an hour; emptied after."""
    at: datetime = Field(sa_type=UtcDateTime)


class Webhook(SQLModel, table=True):
    """An address of another program that is told of what happens to demandes."""

    __table_args__ = (Index("ix_webhook_authority", "authority_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    name: str = Field(max_length=100)
    url: str = Field(max_length=500)
    sealed_secret: str = Field(max_length=600)
    kinds: list[str] | None = Field(default=None, sa_column=Column(Document))
    """Kinds of events that it is told; None: all that citizens may know."""
    procedures: list[str] | None = Field(default=None, sa_column=Column(Document))
    """Slugs; None: every procedure that is not sensitive."""
    is_active: bool = True
    """False: what happens waits until it is told again."""
    created_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    created_at: datetime = Field(sa_type=UtcDateTime)
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when nothing has been taken; None: the last try was."""
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease_holder: str = Field(default="", max_length=32)
    """The worker that tells it now: one at a time, so that order holds."""


class WebhookDelivery(SQLModel, table=True):
    """One event to tell to one webhook, in the order of these rows; its body is made of the event, which never changes.

    Ids, codes and dates only: the worker claims them from across authorities.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "submission_id", "sequence"),
        Index("ix_webhook_delivery_order", "webhook_id", "state", "id"),
        Index("ix_webhook_delivery_waiting", "webhook_id", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    webhook_id: int = Field(foreign_key="webhook.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    sequence: int = Field(sa_type=BigKey)
    """Of the event in its submission."""
    kind: str = Field(max_length=60)
    state: str = Field(max_length=20)
    """"waiting", "delivered" or "abandoned"."""
    tries: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    status_code: int | None = None
    """Of the last try; None when nothing answered."""
    fault: str = Field(default="", max_length=200)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    log: list[Any] | None = Field(default=None, sa_column=Column(Document))
    """Every try: {"at", "status", "fault"}."""
