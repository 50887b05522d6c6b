"""The notices that tell what happened to a demande, without deciding it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from grc.receipts.acknowledgement import Acknowledgement
from grc.receipts.parts import AgentContact, Appointment, ServiceContact, Silence

StateChange = Literal["taken_charge", "documents_received", "withdrawn", "state_changed", "reminder"]


@dataclass(frozen=True)
class StateNotice:
    """A change of state told to the citizen; after documents, with the recomputed date (CRPA L114-5, L111-2).

    state, sentence: those of the workflow, for "state_changed". note: the agent's words to the citizen.
    appointment: the one that stands, for "state_changed" and "reminder".
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "state"

    reference: str
    authority: str
    procedure_title: str
    change: StateChange
    received_on: date
    changed_at: datetime
    zone: str
    service: ServiceContact
    agent: AgentContact | None = None
    silence: Silence | None = None
    state: str = ""
    sentence: str = ""
    note: str = ""
    appointment: Appointment | None = None


@dataclass(frozen=True)
class ServiceUpdate:
    """To the service's mailbox: the new state of a demande. No personal data, only a link."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "service_update"

    reference: str
    authority: str
    procedure_title: str
    state: str
    changed_at: datetime
    zone: str
    service_name: str


@dataclass(frozen=True)
class ReceiptCopy:
    """The same receipt again, to a corrected address: its facts and its date of reception do not change."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "receipt_copy"

    receipt: Acknowledgement
    copied_at: datetime


@dataclass(frozen=True)
class TrackingCodeNotice:
    """The tracking code, in a mail or on a letter of its own. Secret: keep its JSON only until the mail has left.

    is_report: the mail says that no receipt follows and no period runs. issued_on: the day of the letter, whose facts
    are kept without the code; issued_at, its instant. None for a mail.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "tracking_code"

    reference: str
    authority: str
    procedure_title: str
    code: str
    service: ServiceContact
    is_report: bool = False
    issued_at: datetime | None = None
    issued_on: date | None = None


@dataclass(frozen=True)
class NewSubmissionNotice:
    """To the service's mailbox: that a demande came in and by when to answer. No personal data, only a link.

    answer_before: the implicit decision date, before which an express decision must be notified (CRPA L112-12).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "new_submission"

    reference: str
    authority: str
    procedure_title: str
    received_at: datetime
    zone: str
    service_name: str
    answer_before: date | None = None
    is_report: bool = False
