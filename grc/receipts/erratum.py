"""The erratum of a decision: which one, what was wrong in it, the right text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.receipts import mentions, sentences
from grc.receipts.decision import Outcome
from grc.receipts.parts import AgentContact, Appeal, AppealTerms, NamedDecision, ServiceContact


@dataclass(frozen=True)
class Erratum:
    """A decision corrected. corrects: the one that was wrong. wrong: what it said; right: what it must be read as.

    outcome: of the decision as corrected; a refusal states its appeals again, whose time starts anew. reasons: of a
    refusal, compulsory. Source: CRPA L211-5, L111-2; CJA R421-5.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "erratum"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    corrects: NamedDecision
    outcome: Outcome
    wrong: str
    right: str
    reasons: str
    corrected_at: datetime
    corrected_on: date
    zone: str
    service: ServiceContact
    agent: AgentContact
    appeals: tuple[Appeal, ...]
    addressee: str = ""

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack; empty when all is there."""
        return (
            *mentions.absent(("ce qui était inexact", self.wrong), ("texte exact", self.right)),
            *(mentions.of_refusal(self.reasons, self.appeals) if self.outcome == "refused" else ()),
            *mentions.of_agent(self.agent),
            *mentions.of_service(self.service),
        )


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_on: date,
    corrects: NamedDecision,
    outcome: Outcome,
    wrong: str,
    right: str,
    corrected_at: datetime,
    zone: str,
    service: ServiceContact,
    agent: AgentContact,
    appeal_terms: Sequence[AppealTerms],
    reasons: str = "",
    addressee: str = "",
) -> Erratum:
    """The erratum sent at that instant."""
    return Erratum(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=received_on,
        corrects=corrects,
        outcome=outcome,
        wrong=wrong,
        right=right,
        reasons=reasons,
        corrected_at=corrected_at,
        corrected_on=clock.day_in(zone, corrected_at),
        zone=zone,
        service=service,
        agent=agent,
        appeals=sentences.appeals_after_correction(appeal_terms) if outcome == "refused" else (),
        addressee=addressee,
    )
