"""The accusé de réception électronique: every mention of the law as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.deadlines import parameters, silence
from grc.receipts import explanations, mentions, sentences
from grc.receipts.parts import (
    AgentContact,
    Appeal,
    AppealTerms,
    Incomplete,
    NamedDecision,
    ServiceContact,
    Silence,
    SilenceTerms,
    rule_of,
)


@dataclass(frozen=True)
class Acknowledgement:
    """What the accusé de réception states. Computed in the filing transaction, stored, then only rendered.

    received_at: instant, UTC; received_on: the same in the authority's zone. silence None: the envoi is not a
    demande on which silence decides (mentions 1 to 4 only). agent None: nobody has taken charge yet.
    transferred_from: the administration that sent the demande on (L114-2), or "". parameters: version of the figures.
    attacked: the decision that a recours gracieux or hiérarchique attacks (L411-2, L411-3); None for other demandes.
    first_received_on: the day the administration first seised received it (L114-3); None where that is this one.
    Source: CRPA L112-11, R112-11-1, R112-11-4, L111-2, L114-2.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "acknowledgement"

    reference: str
    authority: str
    procedure_title: str
    received_at: datetime
    received_on: date
    zone: str
    service: ServiceContact
    agent: AgentContact | None
    silence: Silence | None
    appeals: tuple[Appeal, ...]
    parameters: str
    incomplete: Incomplete | None = None
    transferred_from: str = ""
    attacked: NamedDecision | None = None
    first_received_on: date | None = None

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of the mentions that the law wants and that these facts lack; empty when all are there.

        Source: CRPA R112-11-1 (1° to 2°, al. 4 and 5), R112-11-4; numbers are those of the list of mentions.
        """
        return (
            *mentions.absent(
                ("numéro de la demande", self.reference),
                ("nom de l’autorité", self.authority),
                ("objet de la demande", self.procedure_title),
            ),
            *mentions.of_service(self.service),
            *mentions.of_silence(self.silence, self.appeals),
            *mentions.of_incomplete(self.incomplete),
        )


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_at: datetime,
    zone: str,
    service: ServiceContact,
    silence_terms: SilenceTerms,
    appeal_terms: Sequence[AppealTerms] = (),
    agent: AgentContact | None = None,
    first_received_on: date | None = None,
    transferred_from: str = "",
    incomplete: Incomplete | None = None,
    attacked: NamedDecision | None = None,
) -> Acknowledgement:
    """The acknowledgement of a demande received at that instant by the competent authority.

    zone: the authority's, which makes the legal day. silence_terms: the procedure's rule for these answers.
    first_received_on: the local day an incompetent administration was seised, when it sent the demande on: the clock
    of rejection starts there, that of acceptance at `received_at` (CRPA L114-3). Appeals are stated for rejection only.
    """
    received_on = clock.day_in(zone, received_at)
    stated = silence_from(silence_terms, first_received_on or received_on, received_on)
    rejection = stated is not None and stated.rule == "rejection"
    return Acknowledgement(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_at=received_at,
        received_on=received_on,
        zone=zone,
        service=service,
        agent=agent,
        silence=stated,
        appeals=sentences.appeals_after_silence(appeal_terms) if rejection else (),
        parameters=parameters.in_force(received_on).version,
        incomplete=incomplete,
        transferred_from=transferred_from,
        attacked=attacked,
        first_received_on=first_received_on,
    )


def silence_from(terms: SilenceTerms, first_received_on: date, received_on: date) -> Silence | None:
    """What silence becomes by these terms, whose clock starts at the first or at the competent reception (L114-3)."""
    rule = rule_of(terms)
    starts_on = silence.clock_starts_on(rule, first_received_on=first_received_on, competent_received_on=received_on)
    return stated_silence(terms, silence.reckon(rule, starts_on or received_on))


def stated_silence(terms: SilenceTerms, reckoning: silence.Reckoning) -> Silence | None:
    """A reckoned date as a receipt or notice states it; None when silence decides nothing, or not yet."""
    if terms.rule == "none" or reckoning.due_on is None:
        return None
    return Silence(terms.rule, reckoning.due_on, terms.source, explanations.of_silence(reckoning, source=terms.source))
