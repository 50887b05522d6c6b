"""The accusé d’enregistrement électronique (AEE), sent at once when the full receipt can't be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.deadlines import business_days, parameters
from grc.deadlines.holidays import Place


@dataclass(frozen=True)
class RegistrationReceipt:
    """The date of reception, and by when the full acknowledgement follows; nothing that could be read as one.

    Source: CRPA R112-11-2 al. 1 (date of reception), al. 2 (the acknowledgement within 10 jours ouvrés).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "registration"

    reference: str
    authority: str
    procedure_title: str
    received_at: datetime
    received_on: date
    zone: str
    acknowledgement_due_on: date
    parameters: str


def build(
    *, reference: str, authority: str, procedure_title: str, received_at: datetime, zone: str, place: Place
) -> RegistrationReceipt:
    """The registration of an envoi received at that instant; zone and place (holidays) are the authority's."""
    received_on = clock.day_in(zone, received_at)
    figures = parameters.in_force(received_on)
    return RegistrationReceipt(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        received_at=received_at,
        received_on=received_on,
        zone=zone,
        acknowledgement_due_on=business_days.acknowledgement_due_on(received_on, place=place, parameters=figures),
        parameters=figures.version,
    )
