"""What is told and given of a decision that silence made: the notice to the citizen, the attestation of L232-3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from grc import clock
from grc.errors import Invalid
from grc.receipts import mentions, sentences
from grc.receipts.parts import AgentContact, Appeal, AppealTerms, ServiceContact


@dataclass(frozen=True)
class ImpliedDecisionNotice:
    """That silence has decided, on which day, and what can be done now.

    rule: "acceptance" (the attestation can be asked) or "rejection" (how to contest, and that the reasons can be
    asked). source: the text of the rule. agent: who is in charge, None while nobody is.
    Source: CRPA L231-1, L231-4, L232-3, L232-4; CJA R421-5.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "implied_decision"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    rule: Literal["acceptance", "rejection"]
    born_on: date
    source: str
    told_at: datetime
    told_on: date
    zone: str
    service: ServiceContact
    agent: AgentContact | None
    appeals: tuple[Appeal, ...]
    addressee: str = ""

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack; empty when all is there."""
        return (
            *mentions.absent(("source légale de la règle de silence", self.source)),
            *(mentions.of_appeals(self.appeals) if self.rule == "rejection" else ()),
            *mentions.of_service(self.service),
        )


@dataclass(frozen=True)
class ImpliedAcceptanceAttestation:
    """The attestation that silence accepted a demande: when it was received, when it was accepted.

    received_on: the day from which the clock ran. source: the text that makes silence an acceptance. asked_on: the day
    the attestation was asked for. holder: nom de famille and first names, or the organisation. Source: CRPA L232-3.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "attestation"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    accepted_on: date
    asked_on: date
    issued_at: datetime
    issued_on: date
    zone: str
    source: str
    holder: str
    service: ServiceContact
    agent: AgentContact

    @property
    def addressee(self) -> str:
        return self.holder

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack; empty when all is there."""
        return (
            *mentions.absent(
                ("nom de la personne", self.holder),
                ("source légale de la règle de silence", self.source),
            ),
            *mentions.of_agent(self.agent),
            *mentions.of_service(self.service),
        )


def notice(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_on: date,
    rule: Literal["acceptance", "rejection"],
    born_on: date,
    source: str,
    told_at: datetime,
    zone: str,
    service: ServiceContact,
    agent: AgentContact | None = None,
    appeal_terms: Sequence[AppealTerms] = (),
    addressee: str = "",
) -> ImpliedDecisionNotice:
    """The notice of the decision that silence made on `born_on`; appeals are stated for a rejection."""
    return ImpliedDecisionNotice(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=received_on,
        rule=rule,
        born_on=born_on,
        source=source,
        told_at=told_at,
        told_on=clock.day_in(zone, told_at),
        zone=zone,
        service=service,
        agent=agent,
        appeals=sentences.appeals_after_silence(appeal_terms) if rule == "rejection" else (),
        addressee=addressee,
    )


def attestation(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_on: date,
    accepted_on: date,
    asked_on: date,
    issued_at: datetime,
    zone: str,
    source: str,
    holder: str,
    service: ServiceContact,
    agent: AgentContact,
) -> ImpliedAcceptanceAttestation:
    """The attestation made at that instant; raises Invalid before the day on which silence accepts (CRPA L232-3)."""
    issued_on = clock.day_in(zone, issued_at)
    if issued_on < accepted_on:
        raise Invalid("Le silence n’a pas encore accepté cette demande : l’attestation ne peut pas être délivrée.")
    return ImpliedAcceptanceAttestation(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=received_on,
        accepted_on=accepted_on,
        asked_on=asked_on,
        issued_at=issued_at,
        issued_on=issued_on,
        zone=zone,
        source=source,
        holder=holder,
        service=service,
        agent=agent,
    )
