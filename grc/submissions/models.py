"""The tables of drafts, submissions and everything that happens to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime

UNDECIDED = text("silence_on IS NOT NULL AND implied_on IS NULL AND phase IN ('received', 'examined', 'waiting')")
_IMPLICIT = text("kind LIKE 'implicit%'")
AWAITED = text("answered_at IS NULL AND overdue_at IS NULL")
WITHOUT_TERM = text("retained_until IS NULL AND phase IN ('decided', 'followed', 'closed')")
RETAINED = text("retained_until IS NOT NULL AND destruction_proposed_on IS NULL")
PROPOSED = text("destruction_proposed_on IS NOT NULL AND destroyed_at IS NULL")
"""The conditions of the partial indexes: SQLite uses them only for a query that repeats their very words."""


class Draft(SQLModel, table=True):
    """Answers not yet sent, held by a browser session or by an account; purged when it expires."""

    __table_args__ = (
        Index("ix_draft_citizen", "authority_id", "citizen_id"),
        Index("ix_draft_session", "authority_id", "session_id"),
        Index("ix_draft_expiry", "authority_id", "expires_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    public_id: str = Field(max_length=30, unique=True)
    procedure_id: int = Field(foreign_key="procedure.id", sa_type=BigKey)
    version_id: int = Field(foreign_key="procedure_version.id", sa_type=BigKey)
    session_id: int | None = Field(default=None, sa_type=BigKey)
    citizen_id: int | None = Field(default=None, foreign_key="citizen.id", sa_type=BigKey)
    code_hash: str | None = Field(default=None, max_length=64, unique=True)
    answers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)
    saved_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    submission_id: int | None = Field(default=None, sa_type=BigKey)
    """What it became: a resent POST finds it and gives the same confirmation."""
    sealed_code: str | None = Field(default=None, max_length=400)
    """The tracking code for the confirmation page, sealed, for an hour and for the session that filed."""
    unfinished: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """What was typed and is no valid answer yet: {page id: {name of input: text, or texts}}. Never a file."""
    notified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When a mail told that the draft is about to be deleted; None again once it is saved."""
    attacks_id: int | None = Field(default=None, foreign_key="decision.id", sa_type=BigKey)
    """The decision that this draft of a recours attacks."""
    link_id: int | None = Field(default=None, foreign_key="submission_link.id", sa_type=BigKey)
    """The link by which another demande led to this one."""
    channel: str = Field(default="online", max_length=20, sa_column_kwargs={"server_default": "online"})
    """"online", or how it reached the agent who types it: "desk", "telephone", "paper"."""
    agent_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """The agent who types it for a citizen."""
    stamped_on: date | None = None
    """The day on which the administration received it, where an agent types it."""
    helper: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """Who fills it in for the beneficiary; None: the person concerned."""


class Submission(SQLModel, table=True):
    """A request filed. Its answers never change; edits are revisions; its state is the workflow's."""

    __table_args__ = (
        UniqueConstraint("authority_id", "reference"),
        Index("ix_submission_inbox", "authority_id", "phase", "received_at", "id"),
        Index("ix_submission_citizen", "authority_id", "citizen_id", "received_at"),
        Index(
            "ix_submission_silence", "authority_id", "silence_on", sqlite_where=UNDECIDED, postgresql_where=UNDECIDED
        ),
        Index("ix_submission_ended", "authority_id", "id", sqlite_where=WITHOUT_TERM, postgresql_where=WITHOUT_TERM),
        Index(
            "ix_submission_retained",
            "authority_id",
            "retained_until",
            sqlite_where=RETAINED,
            postgresql_where=RETAINED,
        ),
        Index(
            "ix_submission_proposed",
            "authority_id",
            "procedure_id",
            "retained_until",
            sqlite_where=PROPOSED,
            postgresql_where=PROPOSED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    reference: str = Field(max_length=20)
    procedure_id: int = Field(foreign_key="procedure.id", sa_type=BigKey)
    version_id: int = Field(foreign_key="procedure_version.id", sa_type=BigKey)
    service_id: int = Field(foreign_key="service.id", sa_type=BigKey)
    citizen_id: int | None = Field(default=None, foreign_key="citizen.id", sa_type=BigKey)
    state: str = Field(max_length=60)
    phase: str = Field(max_length=20)
    """Of the state, for the inbox: see `phases`."""
    state_since: datetime = Field(sa_type=UtcDateTime)
    revision: int = 1
    """One more at each change; every form of an agent posts the one it saw."""
    channel: str = Field(default="online", max_length=20)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    first_received_on: date
    competent_received_on: date
    answers: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    answers_format: int = 1
    applicant_name: str = Field(max_length=300)
    contact_email: str = Field(max_length=254)
    """"" for a report without an address."""
    tracking_code_hash: str = Field(max_length=64, unique=True)
    silence_rule: str = Field(max_length=12)
    silence_on: date | None = None
    """The day on which silence becomes a decision, as last announced to the citizen."""
    silence_base_on: date | None = None
    implied_on: date | None = None
    """The day on which silence did decide, once recorded."""
    legal_parameters: str = Field(max_length=20)
    case_agent_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    is_report: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Its sender is not identified (R112-9-1): no receipt is owed, and silence decides nothing."""
    on_paper: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Its letters are printed and posted: no address, or the citizen refuses electronic answers (L112-14)."""
    edited: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """The answers after the citizen's last edit, of which the revision keeps before and after; None: as filed."""
    editable: list[str] | None = Field(default=None, sa_column=Column(Document))
    """The pages that the citizen may edit now; None: none."""
    labels: list[str] | None = Field(default=None, sa_column=Column(Document))
    variables: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """What the workflow's action `set` keeps, for its guards."""
    redirect: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """Where the workflow sends the citizen now: {"url", "label"}; None: nowhere."""
    transferred_from: str = Field(default="", max_length=300, sa_column_kwargs={"server_default": ""})
    """The administration first seised, which sent it on (L114-2), or ""."""
    retained_until: date | None = None
    """When its retention ends, from the end of its life on; destroyed only on a visa."""
    destruction_proposed_on: date | None = None
    entered_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """The agent who typed it for the citizen; None: filed by the citizen, or by a helper."""
    helper: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """Who filed it for the beneficiary, as declared; None: the person concerned."""
    destroyed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its answers and files were destroyed on a visa; hashes, dates and events stay."""

    @property
    def current_answers(self) -> dict[str, Any]:
        """The answers as filed, or as the citizen last edited them."""
        return self.answers if self.edited is None else self.edited

    @property
    def context(self) -> dict[str, Any]:
        """What the guards of a workflow read."""
        return {
            "answers": self.current_answers,
            "channel": self.channel,
            "labels": self.labels or [],
            "variables": self.variables or {},
        }


class Notice(SQLModel, table=True):
    """What a receipt or a letter states, as values, fixed in the transaction that caused it. Never changed."""

    __table_args__ = (UniqueConstraint("submission_id", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    name: str = Field(max_length=60)
    """Unique within the submission: "acknowledgement" (so never two), "decision:3"…"""
    kind: str = Field(max_length=40)
    facts: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)


class Event(SQLModel, table=True):
    """What happened: codes, ids and dates, never an answer or a name. Never changed."""

    __table_args__ = (UniqueConstraint("submission_id", "sequence"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    sequence: int
    """The revision of the submission that this event made."""
    kind: str = Field(max_length=60)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_kind: str = Field(max_length=10)
    actor_id: int | None = Field(default=None, sa_type=BigKey)
    state: str = Field(max_length=60)
    """The state after the event."""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Document, nullable=False))


class SubmissionRevision(SQLModel, table=True):
    """An edit: who, why, before, after. The answers as filed stay beside it."""

    __tablename__ = "submission_revision"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    actor_kind: str = Field(max_length=10)
    actor_id: int | None = Field(default=None, sa_type=BigKey)
    reason: str = Field(max_length=60)
    before: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    after: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))


class DocumentsRequest(SQLModel, table=True):
    """A notice of incompleteness (L114-5): what is missing, why, until when; answered when answered_at is set."""

    __tablename__ = "documents_request"
    __table_args__ = (
        Index("ix_documents_request_submission", "authority_id", "submission_id"),
        Index("ix_documents_request_awaited", "authority_id", "due_on", sqlite_where=AWAITED, postgresql_where=AWAITED),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    items: list[dict[str, Any]] = Field(sa_column=Column(Document, nullable=False))
    """Each {"field", "title", "reason", "indispensable", "required_by"}, RECEIVED_ON or UNPOSTED."""
    remark: str = Field(default="", max_length=2000)
    requested_at: datetime = Field(sa_type=UtcDateTime)
    requested_on: date
    """The day of requested_at; of a letter that stops the clock, the day it was posted."""
    due_on: date
    agent_id: int = Field(foreign_key="agent.id", sa_type=BigKey)
    silence_before_on: date | None = None
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_on: date | None = None
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    overdue_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was recorded that the documents had not come by due_on."""


class Decision(SQLModel, table=True):
    """A decision: of an agent, with the revision that it judged and its reasons (L211-2, L211-5), or of silence."""

    __table_args__ = (
        Index("ix_decision_submission", "authority_id", "submission_id"),
        Index("ux_decision_implicit", "submission_id", unique=True, sqlite_where=_IMPLICIT, postgresql_where=_IMPLICIT),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    outcome: str = Field(max_length=20)
    reasons: str = Field(default="", max_length=10000)
    judged_revision: int
    agent_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
    """None: silence decided."""
    decided_at: datetime = Field(sa_type=UtcDateTime)
    """When it was taken; of silence, when it was recorded (see born_on)."""
    notified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kind: str = Field(default="express", max_length=20, sa_column_kwargs={"server_default": "express"})
    """"express", "implicit_acceptance", "implicit_rejection" (one a submission, never two) or "withdrawal" (L242-1)."""
    born_on: date | None = None
    """The legal day on which silence decided."""
    replaces_id: int | None = Field(default=None, foreign_key="decision.id", sa_type=BigKey)
    """The decision that this one comes after and names (R14)."""
    corrects_id: int | None = Field(default=None, foreign_key="decision.id", sa_type=BigKey)
    """The decision whose text this one corrects."""
    letter: str = Field(default="", max_length=20000, sa_column_kwargs={"server_default": ""})
    """The letter as it was sent, in Markdown."""
    posted_on: date | None = None
    """The day a paper letter was posted."""
    first_consulted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the citizen first opened it; of effect in law only with their consent (L112-15)."""


class Task(SQLModel, table=True):
    """Something that an agent must see to: a mail that cannot be delivered, a receipt late."""

    __table_args__ = (Index("ix_task_open", "authority_id", "closed_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    kind: str = Field(max_length=40)
    outbox_id: int | None = Field(default=None, foreign_key="outbox_entry.id", sa_type=BigKey)
    notice_id: int | None = Field(default=None, foreign_key="notice.id", sa_type=BigKey)
    """The notice to print and post, for "print_letter"."""
    title: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    """The words of the workflow; "" for the kinds that this software names."""
    due_on: date | None = None
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by_id: int | None = Field(default=None, foreign_key="agent.id", sa_type=BigKey)
