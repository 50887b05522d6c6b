"""The accusé de réception of an envoi that is no demande: a message, documents sent later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.receipts import mentions, wording
from grc.receipts.parts import ServiceContact


@dataclass(frozen=True)
class EnvoiReceipt:
    """That an envoi came, when, and which service has it; nothing of what it says, no name of a file.

    what: in generic words ("votre message", "vos 2 documents"). Source: CRPA L112-11 al. 1 (one for every envoi),
    R112-11-1 1° and 2° (the date of reception, the service and how to reach it: what follows silence is not for it).
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "envoi"

    reference: str
    authority: str
    procedure_title: str
    what: str
    received_at: datetime
    received_on: date
    zone: str
    service: ServiceContact

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what these facts lack; empty when all is there. Source: CRPA R112-11-1."""
        return (*mentions.absent(("objet de l’envoi", self.what)), *mentions.of_service(self.service))


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    received_at: datetime,
    zone: str,
    service: ServiceContact,
    is_message: bool = False,
    files: int = 0,
) -> EnvoiReceipt:
    """The receipt of a message, of so many files, or of both, that came at that instant; zone: the authority's."""
    return EnvoiReceipt(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        what=_what(is_message, files),
        received_at=received_at,
        received_on=clock.day_in(zone, received_at),
        zone=zone,
        service=service,
    )


def _what(is_message: bool, files: int) -> str:
    """What came, as "nous avons reçu" goes on; "" for nothing."""
    several = f"{files}{wording.NBSP}documents"
    if not is_message:
        return "" if not files else "votre document" if files == 1 else f"vos {several}"
    return "votre message" + ("" if not files else f" et {'un document' if files == 1 else several}")
