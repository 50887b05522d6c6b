"""Reminders: of a draft, which is no demande yet, and of the documents that a demande waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.errors import Invalid
from grc.receipts import mentions
from grc.receipts.documents import DocumentsRequested
from grc.receipts.parts import AgentContact, MissingDocument, ServiceContact


@dataclass(frozen=True)
class DraftExpiring:
    """That a draft is about to be deleted, and on which day. No answer, no name: only the procedure."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "draft_expiring"

    authority: str
    procedure_title: str
    saved_on: date
    deleted_on: date


@dataclass(frozen=True)
class DocumentsReminder:
    """A request for documents again, before its deadline: nothing of it moves.

    items: what is still missing. deadline_on, rule: those of the request, unchanged. requested_on: its day.
    Source: CRPA L114-5 (the list, the deadline, the rule), L111-2 (agent).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "documents_reminder"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    requested_on: date
    reminded_at: datetime
    reminded_on: date
    zone: str
    service: ServiceContact
    agent: AgentContact
    items: tuple[MissingDocument, ...]
    deadline_on: date
    rule: tuple[str, ...]

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack; empty when all is there."""
        return (
            *mentions.of_pieces((item.required_by for item in self.items), self.rule),
            *mentions.of_agent(self.agent),
            *mentions.of_service(self.service),
        )


def of_documents(
    request: DocumentsRequested, *, reminded_at: datetime, missing: Sequence[MissingDocument] | None = None
) -> DocumentsReminder:
    """The reminder of this request, sent at that instant. missing: what has not come yet; None: all of it.

    Raises Invalid after the deadline, when reminding would promise what the law does not give.
    """
    reminded_on = clock.day_in(request.zone, reminded_at)
    if reminded_on > request.deadline_on:
        raise Invalid("La date limite est passée : il est trop tard pour la rappeler.")
    return DocumentsReminder(
        reference=request.reference,
        authority=request.authority,
        procedure_title=request.procedure_title,
        received_on=request.received_on,
        requested_on=request.noticed_on,
        reminded_at=reminded_at,
        reminded_on=reminded_on,
        zone=request.zone,
        service=request.service,
        agent=request.agent,
        items=request.items if missing is None else tuple(missing),
        deadline_on=request.deadline_on,
        rule=request.rule,
    )
