"""What is kept of a report: who wrote is not identified, so nothing is acknowledged and no period runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.deadlines import parameters
from grc.receipts.parts import ServiceContact


@dataclass(frozen=True)
class ReportNotice:
    """A report as it came: no mail of its own, but the tracking code where an address was given.

    received_at: instant, UTC; received_on: the same in the authority's zone. silence: never any.
    Source: CRPA L112-8, R112-9-1 (without identification there is no saisine), L112-11 (a receipt is owed for one).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "report"
    silence: ClassVar[None] = None

    reference: str
    authority: str
    procedure_title: str
    received_at: datetime
    received_on: date
    zone: str
    service: ServiceContact
    parameters: str


def build(
    *, reference: str, authority: str, procedure_title: str, received_at: datetime, zone: str, service: ServiceContact
) -> ReportNotice:
    """The report received at that instant."""
    received_on = clock.day_in(zone, received_at)
    return ReportNotice(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_at=received_at,
        received_on=received_on,
        zone=zone,
        service=service,
        parameters=parameters.in_force(received_on).version,
    )
