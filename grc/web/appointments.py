"""The appointment of a demande on its pages, and the calendar file that agendas read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.errors import NotFound
from grc.notifications import ics
from grc.receipts import Appointment, wording
from grc.submissions import appointments, queries
from grc.submissions.queries import Whole
from grc.web import downloads
from grc.web.visit import A, Visit

FILE = "rendez-vous.ics"
"""The last part of the address of the calendar file."""


@dataclass(frozen=True)
class Fixed:
    """An appointment in words. hours: « de 14 h 30 à 15 h 00 ». place: or "". file: address of the calendar file."""

    day: date
    hours: str
    place: str
    is_past: bool
    file: str


def of(visit: Visit[A], found: Whole, *, page: str) -> Fixed | None:
    """The appointment that stands, None without one. page: the address of the demande for this reader."""
    fixed = _standing(visit, found)
    if fixed is None:
        return None
    zone = visit.authority.zone
    return Fixed(
        day=clock.day_in(zone, fixed.starts_at),
        hours=wording.hours(fixed.starts_at, fixed.ends_at, zone),
        place=wording.plain(fixed.place),
        is_past=(fixed.ends_at or fixed.starts_at) <= visit.now,
        file=f"{page}/{FILE}",
    )


async def as_file(visit: Visit[A]) -> Response:
    """The calendar file of the appointment; raises NotFound where none stands. It names nobody."""
    if isinstance(visit.actor, AgentActor):
        require(visit.actor, Permission.SUBMISSION_READ)
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    fixed = _standing(visit, found)
    if fixed is None:
        raise NotFound("Aucun rendez-vous n’est fixé pour cette demande.")
    row = found.submission
    event = ics.Event(
        key=f"{visit.authority.slug}/{row.reference}",
        sequence=row.revision,
        changed_at=found.events[-1].at,
        fixed=fixed,
        summary=f"{found.procedure.title} – {visit.authority.name}",
        description=f"Demande {row.reference}",
    )
    headers = downloads.headers(f"rendez-vous-{row.reference}.ics")
    return Response(ics.written(event), media_type="text/calendar; charset=utf-8", headers=headers)


def _standing(visit: Visit[A], found: Whole) -> Appointment | None:
    return appointments.standing(found.submission, found.procedure, found.context, visit.authority.zone)
