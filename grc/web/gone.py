"""What is left to show of a demande whose content was destroyed on a visa of the archives: to people and to agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from grc import clock
from grc.access.actors import Actor
from grc.authorities.views import AuthorityView
from grc.errors import NotFound
from grc.submissions import destroying, events
from grc.submissions.destroying import Gone
from grc.submissions.queries import Whole


@dataclass(frozen=True)
class Letter:
    """A receipt or a letter that stays. href: "" where there is nothing to open."""

    title: str
    at: datetime
    href: str


@dataclass(frozen=True)
class GonePage:
    """A demande without its content. receipts_on: when receipts and letters went too, None while they stay.

    visa: its number, who gave it and when; history: when and what, newest first.
    """

    reference: str
    title: str
    state: str
    received_on: date
    destroyed_on: date
    visa: str
    receipts_until: date
    receipts_on: date | None
    letters: Sequence[Letter]
    history: Sequence[tuple[datetime, str]]
    back: str = ""


def page(authority: AuthorityView, found: Whole, gone: Gone, letters: Sequence[Letter], *, back: str = "") -> GonePage:
    """The page of that demande. letters: those that the reader may open."""
    row, zone, visa = found.submission, authority.zone, gone.visa
    return GonePage(
        reference=row.reference,
        title=found.procedure.title,
        state=found.procedure.workflow.state(row.state).label,
        received_on=row.first_received_on,
        destroyed_on=clock.day_in(zone, gone.answers_at),
        visa=f"{visa.number}, du {visa.granted_on:%d/%m/%Y}, donné par {visa.granted_by}",
        receipts_until=gone.receipts_until,
        receipts_on=None if gone.receipts_at is None else clock.day_in(zone, gone.receipts_at),
        letters=letters,
        history=[
            (clock.local(zone, event.at), events.told(event, found.state_at(event).label))
            for event in reversed(found.events)
            if event.kind not in events.PRIVATE
        ],
        back=back,
    )


def look(session: Session, found: Whole, *, by: Actor) -> Gone:
    """What was destroyed of a demande within reach, of which something was; raises NotFound."""
    gone = destroying.of(session, found.submission.authority_id, found.submission.id or 0)
    if gone is None:
        raise NotFound("Rien de cette demande n’est détruit.")
    return gone
