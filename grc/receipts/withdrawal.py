"""The withdrawal of an acceptance, express or born of silence, within four months (CRPA L242-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.errors import Invalid
from grc.receipts import mentions, sentences
from grc.receipts.parts import AgentContact, Appeal, AppealTerms, NamedDecision, ServiceContact


@dataclass(frozen=True)
class AcceptanceWithdrawn:
    """That an acceptance is withdrawn, why it was illegal, by whom, and how to contest it.

    withdraws: the acceptance. reasons: in law and in fact. heard_on: the day the person was asked for observations.
    at_holder_request: the holder asked for it: no limit of time then (L242-4).
    Source: CRPA L242-1 (illegal, four months), L211-2 (reasons), L121-1 (observations), L111-2; CJA R421-5.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "acceptance_withdrawn"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    withdraws: NamedDecision
    withdrawn_at: datetime
    withdrawn_on: date
    zone: str
    reasons: str
    service: ServiceContact
    agent: AgentContact
    appeals: tuple[Appeal, ...]
    heard_on: date | None = None
    at_holder_request: bool = False
    addressee: str = ""

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack; empty when all is there."""
        return (
            *mentions.of_refusal(self.reasons, self.appeals),
            *mentions.of_agent(self.agent),
            *mentions.of_service(self.service),
        )


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_on: date,
    withdraws: NamedDecision,
    last_on: date,
    withdrawn_at: datetime,
    zone: str,
    reasons: str,
    service: ServiceContact,
    agent: AgentContact,
    appeal_terms: Sequence[AppealTerms],
    heard_on: date | None = None,
    at_holder_request: bool = False,
    addressee: str = "",
) -> AcceptanceWithdrawn:
    """The withdrawal made at that instant.

    last_on: the last day of the four months, by `grc.deadlines`. Raises Invalid after it, unless the holder asks, and
    for what is no acceptance (CRPA L242-1, L242-4).
    """
    withdrawn_on = clock.day_in(zone, withdrawn_at)
    if withdraws.kind not in ("acceptance", "implicit_acceptance"):
        raise Invalid("Seule une acceptation peut être retirée.")
    if withdrawn_on > last_on and not at_holder_request:
        raise Invalid("Le délai de quatre mois est passé : cette acceptation ne peut plus être retirée (CRPA L242-1).")
    return AcceptanceWithdrawn(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=received_on,
        withdraws=withdraws,
        withdrawn_at=withdrawn_at,
        withdrawn_on=withdrawn_on,
        zone=zone,
        reasons=reasons,
        service=service,
        agent=agent,
        appeals=sentences.appeals_after_decision(appeal_terms),
        heard_on=heard_on,
        at_holder_request=at_holder_request,
        addressee=addressee,
    )
