"""The reasons of an implicit rejection, given because the person asked for them (CRPA L232-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.receipts import mentions, sentences
from grc.receipts.parts import AgentContact, Appeal, AppealTerms, ServiceContact


@dataclass(frozen=True)
class ReasonsGiven:
    """Why silence refused, and the appeals, whose time starts on the day these reasons are received.

    rejected_on: birth of the implicit rejection. asked_on: the day the reasons were asked, within the time of appeal.
    Source: CRPA L232-4 (reasons within a month, two more months to contest), L211-5 (in law and in fact), L111-2.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "reasons"

    reference: str
    authority: str
    procedure_title: str
    received_on: date
    rejected_on: date
    asked_on: date
    given_at: datetime
    given_on: date
    zone: str
    reasons: str
    service: ServiceContact
    agent: AgentContact
    appeals: tuple[Appeal, ...]
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
    rejected_on: date,
    asked_on: date,
    given_at: datetime,
    zone: str,
    reasons: str,
    service: ServiceContact,
    agent: AgentContact,
    appeal_terms: Sequence[AppealTerms],
    addressee: str = "",
) -> ReasonsGiven:
    """The reasons sent at that instant."""
    return ReasonsGiven(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_on=received_on,
        rejected_on=rejected_on,
        asked_on=asked_on,
        given_at=given_at,
        given_on=clock.day_in(zone, given_at),
        zone=zone,
        reasons=reasons,
        service=service,
        agent=agent,
        appeals=sentences.appeals_after_reasons(appeal_terms),
        addressee=addressee,
    )
