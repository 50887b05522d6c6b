"""The tables of things to send and of what was sent, byte for byte."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, UtcDateTime

_PENDING = text("state = 'pending'")
_DEAD = text("state = 'dead'")


class OutboxEntry(SQLModel, table=True):
    """One thing to send. state: "pending", "sent", "dropped" (nobody waits for it any more), "dead" (given up, shown to
    operators and agents) or "abandoned" (given up, and an operator has seen it).
    """

    __tablename__ = "outbox_entry"
    __table_args__ = (
        Index("ix_outbox_due", "due_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_outbox_waiting", "authority_id", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_outbox_dead", "created_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
        Index("ix_outbox_submission", "authority_id", "submission_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int | None = Field(default=None, foreign_key="submission.id", sa_type=BigKey)
    notice_id: int | None = Field(default=None, foreign_key="notice.id", sa_type=BigKey)
    draft_id: int | None = Field(default=None, sa_type=BigKey)
    """Of a mail about a draft, which has neither submission nor notice; the draft may be gone before the mail."""
    channel: str = Field(default="mail", max_length=10, sa_column_kwargs={"server_default": "mail"})
    """"mail", or "http" for a call to another system."""
    kind: str = Field(max_length=30)
    """What to make of the notice: itself, or a mail that follows from it (tracking code, word to the service, copy)."""
    recipient: str = Field(max_length=20)
    """"citizen", "service", "agent:<id>" or "answer": the address itself is read when the bytes are frozen."""
    answer: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    """The name of the answer that holds the address, for "answer"."""
    state: str = Field(default="pending", max_length=10)
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    """When it may be taken; a worker that takes it moves this to the end of its lease."""
    tries: int = 0
    lease_holder: str | None = Field(default=None, max_length=60)
    last_fault: str = Field(default="", max_length=300)
    """The last answer of the SMTP server or the kind of failure; never an address."""
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When an operator had it tried again: the hours after which it is given up count from then."""
    sealed_secret: str | None = Field(default=None, max_length=400)
    """A tracking code on its way, sealed; emptied once sent."""


class Message(SQLModel, table=True):
    """A mail frozen before it is first sent: a repeat is byte-identical, with the same Message-ID."""

    __table_args__ = (Index("ix_message_submission", "authority_id", "submission_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int | None = Field(default=None, foreign_key="submission.id", sa_type=BigKey)
    notice_id: int | None = Field(default=None, foreign_key="notice.id", sa_type=BigKey)
    draft_id: int | None = Field(default=None, sa_type=BigKey)
    outbox_id: int = Field(foreign_key="outbox_entry.id", unique=True, sa_type=BigKey)
    to_address: str = Field(max_length=254)
    from_address: str = Field(max_length=254)
    message_id: str = Field(max_length=200, unique=True)
    sha256: str = Field(max_length=64)
    raw: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """The exact bytes; emptied after sending where they hold a secret (the hash stays)."""
    has_letter: bool = False
    frozen_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    smtp_code: int | None = None
    smtp_answer: str = Field(default="", max_length=500)
    bounced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    bounce_code: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    """The status of a delivery report that said the mail came back ("5.1.1"), or ""."""


class WorkerSign(SQLModel, table=True):
    """The last sign of life of a worker, for operators."""

    __tablename__ = "worker_sign"

    holder: str = Field(primary_key=True, max_length=60)
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class SweepRun(SQLModel, table=True):
    """The last passage of a sweep, for operators. done: how many things it did; fault: "" or the kind of failure."""

    __tablename__ = "sweep_run"

    name: str = Field(primary_key=True, max_length=40)
    as_of: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done: int = 0
    fault: str = Field(default="", max_length=200)
