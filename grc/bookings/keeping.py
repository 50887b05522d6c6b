"""What agents keep of a thing without a demande: a communal event, works, an association's evening every week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.bookings import availability, commands, queries, words
from grc.bookings.models import Booking
from grc.bookings.wanted import Span
from grc.catalogue.definition import Takes
from grc.errors import Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record

MOST_WEEKS = 52
_TOO_LONG = "Plus de sept jours de suite ne se répètent pas chaque semaine. Gardez-les une fois, ou moins de jours."
PAST_KEPT = timedelta(days=365)
"""How long what an agent kept is remembered once it is over: its reason is free text."""


@dataclass(frozen=True)
class Kept:
    """What to keep, why, and for how many weeks in all, on the same days of each."""

    item: str
    span: Span
    reason: str
    quantity: int = 1
    weeks: int = 1


def keep(session: Session, takes: Takes, source: str, wanted: Kept, zone: str, *, by: AgentActor, now: datetime) -> int:
    """Keeps it every week, or not at all; gives how many times. Raises Invalid with the days that are taken."""
    require(by, Permission.LIST_CHANGE)
    commands.lock(session, by.authority_id, source)
    thing = queries.things(session, by.authority_id, takes, source).get(wanted.item)
    if thing is None:
        raise NotFound("Cet élément n’existe pas dans cette liste.")
    spans = [wanted.span.later(7 * week, zone) for week in range(wanted.weeks)]
    if len(spans) > 1 and spans[0].meets(spans[1]):
        raise Invalid("", [Problem("weeks", "day", _TOO_LONG)])
    wide = [availability.widened(each, takes.margin_days, zone) for each in spans]
    whole = replace(wide[0], ends_at=wide[-1].ends_at)
    taken = queries.taken_of(session, by.authority_id, source, {thing.item, *thing.apart}, whole)
    stands = queries.against(thing, taken, firm_only=False)
    free = [availability.left(each, stands, thing.stock) >= wanted.quantity for each in wide]
    busy = [each for each, is_free in zip(spans, free, strict=True) if not is_free]
    if busy:
        raise Invalid("", [Problem("item", queries.TAKEN, _refusal(thing.label, busy, zone))])
    rows = [
        Booking(
            authority_id=by.authority_id,
            source=source,
            item=thing.item,
            quantity=wanted.quantity,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            is_firm=True,
            reason=wanted.reason,
            made_at=now,
            made_by_id=by.id,
        )
        for span in spans
    ]
    session.add_all(rows)
    session.flush()
    _note(session, rows[0], len(rows), zone, by=by, now=now)
    return len(rows)


def give_back(session: Session, source: str, key: int, zone: str, *, by: AgentActor, now: datetime) -> None:
    """Gives back what an agent kept; raises NotFound for anything else, a demande's booking among it."""
    require(by, Permission.LIST_CHANGE)
    mine = (Booking.authority_id == by.authority_id, Booking.source == source, Booking.id == key)
    row = session.exec(select(Booking).where(*mine)).one_or_none()
    if row is None or row.submission_id is not None:
        raise NotFound("Cette réservation n’existe plus.")
    session.delete(row)
    session.flush()
    _note(session, row, -1, zone, by=by, now=now)


def purge(session: Session, authority_id: int, *, now: datetime) -> int:
    """Forgets what agents kept that has long been over; gives how many."""
    mine = (col(Booking.authority_id) == authority_id, col(Booking.submission_id).is_(None))
    gone = session.execute(delete(Booking).where(*mine, col(Booking.ends_at) < now - PAST_KEPT))
    return int(getattr(gone, "rowcount", 0))


def _refusal(label: str, busy: Iterable[Span], zone: str) -> str:
    days = ", ".join(words.when(each, zone) for each in list(busy)[:5])
    return f"« {label} » est déjà pris {days}. Choisissez d’autres jours : rien n’est gardé."


def _note(session: Session, row: Booking, count: int, zone: str, *, by: AgentActor, now: datetime) -> None:
    """count: how many times it is kept from now on, -1 when it is given back."""
    first_on = clock.day_in(zone, row.starts_at)
    data = {"item": row.item, "kept": count, "first_on": first_on.isoformat(), "booking": row.id}
    record(session, by.authority_id, JournalAct.LIST_CHANGED, ("list", row.source), by=by, now=now, data=data)
