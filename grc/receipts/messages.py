"""The mails that tell of a message in the thread: to the citizen with the agent's words, to the service without any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from grc.receipts import mentions
from grc.receipts.parts import AgentContact, ServiceContact


@dataclass(frozen=True)
class NewMessage:
    """A message of an agent to the citizen: its words, and how many files wait on the page (files are never mailed).

    agent: None for a message that the workflow posts by itself. Source: CRPA L111-2.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "new_message"

    reference: str
    authority: str
    procedure_title: str
    sent_at: datetime
    zone: str
    service: ServiceContact
    agent: AgentContact | None
    text: str
    files: int = 0

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what these facts lack; empty when all is there."""
        return (
            *mentions.absent(("texte du message", self.text or self.files)),
            *(() if self.agent is None else mentions.of_agent(self.agent)),
            *mentions.of_service(self.service),
        )


@dataclass(frozen=True)
class ServiceMessage:
    """To the service's mailbox: that the citizen wrote. No word of theirs, no name: only a link."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "service_message"

    reference: str
    authority: str
    procedure_title: str
    sent_at: datetime
    zone: str
    service_name: str
    files: int = 0
