"""The tables of what goes between citizens, agents and other systems: thread, timers, links, calls, agents' forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime

RUNNING = text("state = 'running'")


class ThreadEntry(SQLModel, table=True):
    """One entry of the thread: what people write to each other, what agents note for themselves, what is automatic."""

    __tablename__ = "thread_entry"
    __table_args__ = (Index("ix_thread_entry_submission", "authority_id", "submission_id", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(max_length=10)
    """"message" (of a person, to the other side), "note" (agents only), "automatic" (of the workflow)."""
    author_kind: str = Field(max_length=10)
    author_id: int | None = Field(default=None, sa_type=BigKey)
    text: str = Field(max_length=10000)
    event_sequence: int | None = None
    """The revision that the event of this entry made, where it made one."""


class Timer(SQLModel, table=True):
    """A delay that runs: since a state was entered ("after.<delay>"), since a named event ("clock.<name>").

    Or to the appointment ("appointment.<name of a clock>").
    """

    __table_args__ = (
        Index("ix_timer_due", "authority_id", "due_at", sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_timer_submission", "authority_id", "submission_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    event: str = Field(max_length=60)
    """What the sweep raises when it is due; see `timers.heard`."""
    started_at: datetime = Field(sa_type=UtcDateTime)
    started_at_revision: int
    """Of the submission: the event from which it counts, never the last change."""
    due_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default="running", max_length=10)
    """"running", "fired" or "stopped"."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SubmissionLink(SQLModel, table=True):
    """That one submission follows from another: an appeal, a linked demande, a transfer (L114-2)."""

    __tablename__ = "submission_link"
    __table_args__ = (
        Index("ix_submission_link_from", "authority_id", "from_id"),
        Index("ix_submission_link_to", "authority_id", "to_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    kind: str = Field(max_length=20)
    """"appeal", "linked" or "transfer"."""
    from_id: int | None = Field(default=None, foreign_key="submission.id", sa_type=BigKey)
    """None for a demande that another administration sent on: see other_*."""
    to_id: int | None = Field(default=None, foreign_key="submission.id", sa_type=BigKey)
    """None when it went to another authority (see other_*), or while the linked demande is not made yet."""
    decision_id: int | None = Field(default=None, foreign_key="decision.id", sa_type=BigKey)
    """The decision that an appeal attacks."""
    other_authority_id: int | None = Field(default=None, sa_type=BigKey)
    other_name: str = Field(default="", max_length=300)
    other_reference: str = Field(default="", max_length=60)
    """Of the demande elsewhere; of a linked one not made yet, the procedure."""
    at: datetime = Field(sa_type=UtcDateTime)


class Endpoint(SQLModel, table=True):
    """Another system that workflows call or that signals back, under a name that procedures use."""

    __table_args__ = (UniqueConstraint("authority_id", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    name: str = Field(max_length=60)
    url: str = Field(max_length=500)
    sealed_secret: str = Field(max_length=600)


class HttpCall(SQLModel, table=True):
    """A call to an endpoint: its bytes frozen before the first attempt, its answer kept."""

    __tablename__ = "http_call"
    __table_args__ = (Index("ix_http_call_submission", "authority_id", "submission_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    outbox_id: int = Field(foreign_key="outbox_entry.id", unique=True, sa_type=BigKey)
    name: str = Field(max_length=60)
    endpoint: str = Field(max_length=60)
    body: str
    status_code: int | None = None
    response: str = Field(default="", max_length=20000)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReceivedSignal(SQLModel, table=True):
    """A signal of another system that was acted on: sent again, it does nothing more."""

    __tablename__ = "received_signal"
    __table_args__ = (UniqueConstraint("authority_id", "endpoint", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    endpoint: str = Field(max_length=60)
    key: str = Field(max_length=100)
    """Chosen by who sends it, the same for each repeat."""
    name: str = Field(max_length=60)
    sha256: str = Field(max_length=64)
    """Of its bytes: the same key with other bytes is refused."""
    at: datetime = Field(sa_type=UtcDateTime)


class AgentAnswers(SQLModel, table=True):
    """What an agent answered to a form of the workflow; one row each time it is filled."""

    __tablename__ = "agent_answers"
    __table_args__ = (Index("ix_agent_answers_submission", "authority_id", "submission_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    form: str = Field(max_length=60)
    answers: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    at: datetime = Field(sa_type=UtcDateTime)
    agent_id: int = Field(foreign_key="agent.id", sa_type=BigKey)
