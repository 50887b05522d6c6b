"""What tells the person helped that somebody filed for them, and later that the helper's access was cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from grc import clock
from grc.receipts import mentions
from grc.receipts.parts import ServiceContact


@dataclass(frozen=True)
class FiledForYou:
    """Who filed a demande for the person it concerns, in what quality, and how to object.

    It is no receipt: that one is sent beside it, without a word typed by a helper. helper, organisation: as declared,
    letters only (nothing in them makes a link); quality: in our words. addressee: the person's name (L111-3). code: the
    tracking code, on the letter of who has no address; secret, it is never kept with these facts.
    """

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "filed_for_you"

    reference: str
    authority: str
    procedure_title: str
    addressee: str
    helper: str
    quality: str
    organisation: str
    filed_at: datetime
    filed_on: date
    zone: str
    service: ServiceContact
    code: str = ""

    def missing_mentions(self) -> tuple[str, ...]:
        """The names in French of what these facts lack; a service without telephone holds no demande back."""
        return mentions.absent(("nom de l’aidant", self.helper))


def build(
    *,
    reference: str,
    authority: str,
    procedure_title: str,
    addressee: str,
    helper: str,
    quality: str,
    organisation: str,
    filed_at: datetime,
    zone: str,
    service: ServiceContact,
) -> FiledForYou:
    """The notice of a demande that a helper filed at that instant; zone: the authority's."""
    return FiledForYou(
        reference=reference,
        authority=authority,
        procedure_title=procedure_title,
        addressee=addressee,
        helper=helper,
        quality=quality,
        organisation=organisation,
        filed_at=filed_at,
        filed_on=clock.day_in(zone, filed_at),
        zone=zone,
        service=service,
    )
