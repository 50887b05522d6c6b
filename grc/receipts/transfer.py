"""The notice of a demande sent on to the competent administration (CRPA L114-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.deadlines.silence import SilenceRule, reckon
from grc.deadlines.suspensions import Suspension
from grc.receipts import mentions, statements
from grc.receipts.acknowledgement import stated_silence
from grc.receipts.parts import (
    Administration,
    AgentContact,
    ServiceContact,
    Silence,
    SilenceTerms,
    rule_of,
)


@dataclass(frozen=True)
class TransferNotice:
    """That a demande was sent on, to whom, on which day, and which clock runs from when. The person has nothing to do.

    received_on: first reception, which the demande keeps. silence: the date of a rejection, whose clock is not moved;
    None for the other rules. service, agent: of the authority that sends it on. addressee: nom de famille, first names.
    Source: CRPA L114-2 (notice), L114-3 (clocks), L114-4 (who acknowledges), L111-2 (agent).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "transfer"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    transferred_at: datetime
    transferred_on: date
    zone: str
    service: ServiceContact
    agent: AgentContact
    to: Administration
    silence: Silence | None
    rule: tuple[str, ...]
    note: str = ""
    addressee: str = ""

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack; empty when all is there."""
        reachable = self.to.postal_address or self.to.email or self.to.telephone
        return (
            *mentions.absent(
                ("nom de l’administration compétente", self.to.name),
                ("coordonnées de l’administration compétente", reachable),
            ),
            *mentions.of_agent(self.agent),
            *mentions.of_service(self.service),
        )


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    first_received_on: date,
    transferred_at: datetime,
    zone: str,
    service: ServiceContact,
    agent: AgentContact,
    to: Administration,
    silence_terms: SilenceTerms,
    suspensions: Sequence[Suspension] = (),
    note: str = "",
    addressee: str = "",
    has_receipt: bool = True,
    was_waiting: bool = False,
) -> TransferNotice:
    """The notice sent at that instant. silence_terms: the rule that the sending authority stated for this demande.

    has_receipt: False for a report, which is owed no receipt and has no date. was_waiting: documents were awaited.
    """
    rule = rule_of(silence_terms) if has_receipt else SilenceRule("none")
    silence = None
    if rule.kind == "rejection":
        silence = stated_silence(silence_terms, reckon(rule, first_received_on, suspensions))
    return TransferNotice(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=first_received_on,
        transferred_at=transferred_at,
        transferred_on=clock.day_in(zone, transferred_at),
        zone=zone,
        service=service,
        agent=agent,
        to=to,
        silence=silence,
        rule=statements.transferred(
            rule.kind, first_received_on, silence, has_receipt=has_receipt, was_waiting=was_waiting
        ),
        note=note,
        addressee=addressee,
    )
