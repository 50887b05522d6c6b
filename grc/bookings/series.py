"""Slots by the dozen: the same hours of one day, cut in equal parts, every week, but when the town hall is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, select

from grc import clock
from grc.access.actors import AgentActor
from grc.authorities import closures
from grc.authorities.views import AuthorityView
from grc.bookings import wanted, words
from grc.bookings.models import Booking
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Takes, When
from grc.deadlines import holidays
from grc.deadlines.holidays import Place
from grc.errors import Invalid, NotFound, Problem
from grc.forms.definition import Form
from grc.forms.fields import listed
from grc.lists import commands
from grc.lists.commands import Facts
from grc.lists.models import ReferenceItem
from grc.receipts.wording import NBSP, long_date

MOST = 200
"""As many slots as may be made at once."""
MOST_WEEKS = 52
FORGOTTEN = timedelta(days=30)
"""How long a past slot stays in the list that no booking names; what one names stays as long as it does."""
SHORTEST, LONGEST = 5, 480
"""Of a slot, in minutes."""


@dataclass(frozen=True)
class Series:
    """From an hour to another of a day and of the same day of the next weeks. name: what each slot is called first.

    attributes: what else the list says of each.
    """

    name: str
    first_on: date
    start: time
    end: time
    minutes: int
    weeks: int = 1
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """How many slots were added, and the days that were left out."""

    slots: int
    closed: tuple[date, ...]


def days(series: Series) -> tuple[date, ...]:
    """The day of each week."""
    return tuple(series.first_on + timedelta(weeks=week) for week in range(series.weeks))


def parts(series: Series) -> tuple[tuple[time, time], ...]:
    """The hours of each slot of a day; what is left at the end is too short for one."""
    length, first = timedelta(minutes=series.minutes), datetime.combine(series.first_on, series.start)
    count = max((datetime.combine(series.first_on, series.end) - first) // length, 0)
    return tuple(((first + number * length).time(), (first + (number + 1) * length).time()) for number in range(count))


def slots(series: Series, when: When, is_closed: Callable[[date], bool]) -> Iterator[Facts]:
    """The items of the list, day by day."""
    for day in days(series):
        if is_closed(day):
            continue
        for start, end in parts(series):
            told = {when.first: day.isoformat(), when.start: _written(start), when.end: _written(end)}
            attributes = {**series.attributes, **told}
            yield Facts(_label(series.name, day, start), attributes, named=named(when, series.name, attributes))


def make(
    session: Session, authority: AuthorityView, source: str, series: Series, *, by: AgentActor, now: datetime
) -> Made:
    """Adds every slot to the list, or none; closes those of past days, forgets those past that no booking names.

    A day that is a public holiday or on which the authority is closed has none. Raises Invalid: no slot, too many, a
    year that no calendar holds, or one that the list has already; NotFound for a list of other things.
    """
    if not wanted.is_within(series.first_on):
        raise Invalid(words.BEYOND, [Problem("first_on", "day", words.BEYOND)])
    takes = takes_of(session, source, by=by)
    if takes is None or takes.when is None or not takes.when.start:
        raise NotFound("Les éléments de cette liste n’ont pas d’heures.")
    when = takes.when
    shut = [each for each in closures.from_day(session, authority.id, series.first_on) if each.service_id is None]
    place = Place(authority.holidays)

    def is_closed(day: date) -> bool:
        return holidays.find(place, day) is not None or any(each.first_on <= day <= each.last_on for each in shut)

    found = list(slots(series, when, is_closed))
    if not found:
        text = "Aucun créneau ne tient dans ces heures, ou la mairie est fermée ces jours-là. Vérifiez-les."
        raise Invalid(text, [Problem("start", "none", text)])
    if len(found) > MOST:
        text = f"Cela ferait {len(found)} créneaux. Créez-en {MOST} au plus à la fois\u00a0: moins de semaines."
        raise Invalid(text, [Problem("weeks", "many", text)])
    _put_away(session, source, when, clock.day_in(authority.zone, now), by=by, now=now)
    commands.add_all(session, source, found, by=by, now=now)
    return Made(len(found), tuple(day for day in days(series) if is_closed(day)))


def takes_of(session: Session, source: str, *, by: AgentActor) -> Takes | None:
    """How a published procedure takes the items of a list that say when they are; None where none does."""
    return next((takes for takes, _ in _dated(session, by.authority_id, source)), None)


def telling(session: Session, authority_id: int, source: str) -> frozenset[str]:
    """The attributes that whoever has taken an item must know when they change: its day, its hours, words of place.

    None of a list whose items have no days: a hall is told by the days that the demande says.
    """
    found: set[str] = set()
    for takes, form in _dated(session, authority_id, source):
        choices = takes.field_in(form).schema["x-choices"]
        known = {name for name, schema in listed.attributes_of(choices).items() if _is_told(schema)}
        found |= (known - {choices.get("until")}) | set(_days(takes))
    return frozenset(found - {""})


def _days(takes: Takes) -> tuple[str, ...]:
    return (takes.when.first, takes.when.last) if takes.when else ()


def _is_told(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" and not schema.get("x-internal")


def _dated(session: Session, authority_id: int, source: str) -> Iterator[tuple[Takes, Form]]:
    """How published procedures take the items of a list that say when they are, and their forms."""
    for each in catalogue.all_published(session, authority_id):
        takes, form = each.procedure.takes, each.procedure.form
        if takes is not None and takes.when and takes.source_in(form) == source:
            yield takes, form


def moment(when: When, attributes: Mapping[str, Any]) -> tuple[str, str]:
    """What puts items in the order of their days and hours, as the public sees them."""
    return str(attributes.get(when.first) or ""), str(attributes.get(when.start) or "")


def is_past(when: When | None, attributes: Mapping[str, Any], today: date) -> bool:
    """Whether the last day of an item is over; never of one without days."""
    last = attributes.get(when.last or when.first) if when else None
    return bool(last) and str(last) < today.isoformat()


def named(when: When | None, name: str, attributes: Mapping[str, Any]) -> str:
    """The words of which the slug of an item is made: its day and hour first, so that it never comes back."""
    said = (attributes.get(each) for each in (when.first, when.start) if each) if when else ()
    return " ".join([*(str(each) for each in said if each), name])


def _put_away(session: Session, source: str, when: When, today: date, *, by: AgentActor, now: datetime) -> None:
    mine = (ReferenceItem.authority_id == by.authority_id, ReferenceItem.source == source)
    rows = session.exec(select(ReferenceItem.slug, ReferenceItem.attributes).where(*mine)).all()
    theirs = (Booking.authority_id == by.authority_id, Booking.source == source)
    booked = set(session.exec(select(Booking.item).where(*theirs).distinct()))
    past = {slug for slug, attributes in rows if is_past(when, attributes, today)}
    old = {slug for slug, attributes in rows if is_past(when, attributes, today - FORGOTTEN)} - booked
    commands.put_away(session, source, closed=past - old, forgotten=old, by=by, now=now)


def _label(name: str, day: date, start: time) -> str:
    """« Permanence, mardi 12 janvier 2027 à 14 h 30 »."""
    minutes = f" {start.minute:02}" if start.minute else ""
    return f"{name}, {long_date(day)} à {start.hour} h{minutes}".replace(NBSP, " ")


def _written(hour: time) -> str:
    return hour.isoformat("minutes")
