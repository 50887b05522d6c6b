"""The notice of an express decision: what was decided, why, by whom, and how to contest it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from grc import clock
from grc.receipts import mentions, sentences
from grc.receipts.parts import AgentContact, Appeal, AppealTerms, ReplacedDecision, ServiceContact

Outcome = Literal["accepted", "refused"]


@dataclass(frozen=True)
class DecisionNotice:
    """An express decision as its addressee reads it.

    reasons: the agent's words, compulsory for a refusal. appeals: stated for a refusal. replaces: the decision that
    silence, or an agent, had made before. addressee: the person's nom de famille and first names; "" leaves it out.
    letter: the authority's own text in Markdown, its variables already replaced; what the law wants stands after it.
    Source: CRPA L211-2, L211-5 (reasons), L111-2 (agent), L111-3 (nom de famille); CJA R421-5 (appeals, else the time
    limit is not opposable).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "decision"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    decided_at: datetime
    decided_on: date
    zone: str
    outcome: Outcome
    reasons: str
    service: ServiceContact
    agent: AgentContact
    appeals: tuple[Appeal, ...]
    replaces: ReplacedDecision | None = None
    addressee: str = ""
    letter: str = ""

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and this decision lacks; empty when all is there."""
        unfavourable = () if self.outcome == "accepted" else mentions.of_refusal(self.reasons, self.appeals)
        return (*unfavourable, *mentions.of_agent(self.agent), *mentions.of_service(self.service))


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_on: date,
    decided_at: datetime,
    zone: str,
    outcome: Outcome,
    reasons: str,
    service: ServiceContact,
    agent: AgentContact,
    appeal_terms: Sequence[AppealTerms],
    replaces: ReplacedDecision | None = None,
    addressee: str = "",
    letter: str = "",
) -> DecisionNotice:
    """The notice of a decision taken at that instant; its legal day is that of the zone."""
    return DecisionNotice(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=received_on,
        decided_at=decided_at,
        decided_on=clock.day_in(zone, decided_at),
        zone=zone,
        outcome=outcome,
        reasons=reasons,
        service=service,
        agent=agent,
        appeals=sentences.appeals_after_decision(appeal_terms) if outcome == "refused" else (),
        replaces=replaces,
        addressee=addressee,
        letter=letter,
    )
