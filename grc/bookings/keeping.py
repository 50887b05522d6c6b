"""What agents keep of a thing without a demande: a communal event, works, an association's evening every week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, select

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
    whole = replace(spans[0], ends_at=spans[-1].ends_at)
    taken = queries.taken_of(session, by.authority_id, source, {thing.item, *thing.apart}, whole)
    stands = queries.against(thing, taken, firm_only=False)
    busy = [each for each in spans if availability.left(each, stands, thing.stock) < wanted.quantity]
    if busy:
        raise Invalid("", [Problem("item", queries.TAKEN, _refusal(thing.label, busy, zone))])
    for span in spans:
        session.add(
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
        )
    session.flush()
    _note(session, source, thing.item, len(spans), by=by, now=now)
    return len(spans)


def give_back(session: Session, source: str, key: int, *, by: AgentActor, now: datetime) -> None:
    """Gives back what an agent kept; raises NotFound for anything else, a demande's booking among it."""
    require(by, Permission.LIST_CHANGE)
    mine = (Booking.authority_id == by.authority_id, Booking.source == source, Booking.id == key)
    row = session.exec(select(Booking).where(*mine)).one_or_none()
    if row is None or row.submission_id is not None:
        raise NotFound("Cette réservation n’existe plus.")
    session.delete(row)
    session.flush()
    _note(session, source, row.item, -1, by=by, now=now)


def _refusal(label: str, busy: Iterable[Span], zone: str) -> str:
    days = ", ".join(words.when(each, zone) for each in list(busy)[:5])
    return f"« {label} » est déjà pris {days}. Choisissez d’autres jours : rien n’est gardé."


def _note(session: Session, source: str, item: str, count: int, *, by: AgentActor, now: datetime) -> None:
    data = {"item": item, "kept": count}
    record(session, by.authority_id, JournalAct.LIST_CHANGED, ("list", source), by=by, now=now, data=data)
