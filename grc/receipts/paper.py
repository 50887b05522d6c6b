"""The accusé de réception of what did not come electronically: a letter of its own, with the mentions of R112-5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from grc import clock
from grc.deadlines import parameters
from grc.errors import Invalid
from grc.receipts import mentions, sentences
from grc.receipts.acknowledgement import silence_from
from grc.receipts.parts import (
    AgentContact,
    Appeal,
    AppealTerms,
    Exemption,
    Incomplete,
    NamedDecision,
    ServiceContact,
    Silence,
    SilenceTerms,
)

PaperChannel = Literal["paper", "desk", "telephone"]
_SHORT_PERIOD_DAYS = 15


@dataclass(frozen=True)
class PaperReceipt:
    """What the receipt of a paper demande states. received_on: the day of the stamp, in the authority's zone.

    issued_at: when the letter was made; the day of reception is what counts. addressee: the person's nom de famille and
    first names (L111-3). agent None: nobody has taken charge yet of what another administration sent on. attacked: the
    decision that a recours attacks. Other fields are those of `Acknowledgement`.
    Source: CRPA L112-3, R112-5 (1°, 2°, last al.), L111-2, L114-2, L411-3 (recours).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "paper_receipt"

    reference: str
    authority: str
    procedure_title: str
    channel: PaperChannel
    received_on: date
    issued_at: datetime
    issued_on: date
    zone: str
    service: ServiceContact
    agent: AgentContact | None
    silence: Silence | None
    appeals: tuple[Appeal, ...]
    parameters: str
    addressee: str = ""
    incomplete: Incomplete | None = None
    transferred_from: str = ""
    attacked: NamedDecision | None = None
    first_received_on: date | None = None

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what the law wants and these facts lack: the postal address is compulsory here."""
        return (
            *mentions.absent(("adresse postale du service", self.service.postal_address)),
            *mentions.of_service(self.service),
            *(() if self.agent is None else mentions.of_agent(self.agent)),
            *mentions.of_silence(self.silence, self.appeals),
            *mentions.of_incomplete(self.incomplete),
        )


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    channel: PaperChannel,
    received_on: date,
    issued_at: datetime,
    zone: str,
    service: ServiceContact,
    agent: AgentContact | None,
    silence_terms: SilenceTerms,
    appeal_terms: Sequence[AppealTerms] = (),
    first_received_on: date | None = None,
    addressee: str = "",
    transferred_from: str = "",
    incomplete: Incomplete | None = None,
    attacked: NamedDecision | None = None,
) -> PaperReceipt:
    """The receipt of a demande that the competent service stamped on `received_on`.

    first_received_on: the day an incompetent administration was seised (L114-3). Raises Invalid when the letter would
    be made before the demande was received.
    """
    issued_on = clock.day_in(zone, issued_at)
    if received_on > issued_on:
        raise Invalid("La date de réception est dans l’avenir : corrigez-la.")
    stated = silence_from(silence_terms, first_received_on or received_on, received_on)
    rejection = stated is not None and stated.rule == "rejection"
    return PaperReceipt(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        channel=channel,
        received_on=received_on,
        issued_at=issued_at,
        issued_on=issued_on,
        zone=zone,
        service=service,
        agent=agent,
        silence=stated,
        appeals=sentences.appeals_after_silence(appeal_terms) if rejection else (),
        parameters=parameters.in_force(received_on).version,
        addressee=addressee,
        incomplete=incomplete,
        transferred_from=transferred_from,
        attacked=attacked,
        first_received_on=first_received_on,
    )


def require_exemption(exemption: Exemption, terms: SilenceTerms, *, is_appeal: bool = False) -> None:
    """Raises Invalid when R112-4 does not allow to leave this paper demande without a receipt.

    terms: its rule of silence. is_appeal: a recours, which keeps its receipt (L411-3). The reason is compulsory: it is
    all that shows why no receipt was made, when the time limits of appeal are discussed (L112-6).
    """
    if is_appeal:
        raise Invalid("Un recours reçoit toujours un accusé de réception (CRPA art. L411-3).")
    if not exemption.reason.strip():
        raise Invalid("Indiquez pourquoi aucun accusé de réception n’est dû.")
    days = terms.period * 30 if terms.unit == "month" else terms.period
    if exemption.ground == "short_period" and (terms.rule == "none" or days > _SHORT_PERIOD_DAYS):
        raise Invalid("Le silence ne décide pas dans les quinze jours : l’accusé de réception est dû.")
