"""What a demande wants to take, read from its answers: which items, how many, from when to when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from grc.catalogue.definition import Procedure, Takes, When
from grc.conditions import mapping, value_at
from grc.forms import journey
from grc.forms.definition import Field
from grc.forms.fields import listed
from grc.forms.formats import FORMATS

Json = Any
ALWAYS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
"""The span of what has no days: a place of a list, taken once and for all."""

_YEARS = (1900, 9900)


@dataclass(frozen=True)
class Span:
    """From an instant to the first one after it. is_days: it counts whole days."""

    starts_at: datetime
    ends_at: datetime
    is_days: bool = False

    def meets(self, other: Span) -> bool:
        """Whether they have an instant in common."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def later(self, days: int, zone: str) -> Span:
        """The same, so many days later by the clocks of the zone."""
        return Span(_later(self.starts_at, days, zone), _later(self.ends_at, days, zone), self.is_days)


@dataclass(frozen=True)
class Wanted:
    """So many of an item, for a span. field: the question that chose it, or the group of its row."""

    field: str
    source: str
    item: str
    label: str
    quantity: int
    span: Span


def of_answers(procedure: Procedure, answers: Mapping[str, Json], zone: str) -> list[Wanted]:
    """What these answers want to take; nothing while the item or the days are not said."""
    takes = procedure.takes
    if takes is None:
        return []
    if takes.when:
        return list(_each(procedure, takes, answers, None, zone))
    span = None if beyond(takes, answers) else _span(takes, answers, zone)
    return [] if span is None else list(_each(procedure, takes, answers, span, zone))


def of_item(when: When, item: Mapping[str, Json], zone: str) -> Span | None:
    """When an item is that has its own days, as a list or an answer says it; None where it does not say."""
    first = _day(item.get(when.first))
    last = (_day(item.get(when.last)) if when.last else None) or first
    if first is None or last is None or last < first:
        return None
    if not when.start:
        return whole_days(first, last, zone)
    start, end = (_hour(item.get(name)) for name in (when.start, when.end))
    return hours(first, start, end, zone) if start is not None and end is not None and start < end else None


def chooses_undated(procedure: Procedure, answers: Mapping[str, Json], zone: str) -> str:
    """The question of which the answer is an item that does not say when it is, though it should; "" for none."""
    takes = procedure.takes
    if takes is None or takes.when is None:
        return ""
    rows = value_at(answers, (takes.rows,)) or () if takes.rows else (answers,)
    path = tuple(takes.item.split("."))
    chosen = [mapping(value_at(mapping(row), path)) for row in rows]
    undated = any(each.get("id") and of_item(takes.when, each, zone) is None for each in chosen)
    return (takes.rows or takes.item) if undated else ""


def beyond(takes: Takes, answers: Mapping[str, Json]) -> str:
    """The question whose day no calendar of ours can hold, "" when all is well."""
    name, said = _said(takes, answers)
    days = said.values() if isinstance(said, Mapping) else [said]
    return name if any(isinstance(each, str) and not is_within(date.fromisoformat(each)) for each in days) else ""


def said_at(takes: Takes, answers: Mapping[str, Json]) -> str:
    """The question that says when, "" while none does."""
    return _said(takes, answers)[0]


def is_within(day: date) -> bool:
    """Whether a day leaves room for margins, for weeks after it and for every zone."""
    return _YEARS[0] <= day.year <= _YEARS[1]


def is_unsaid(procedure: Procedure, answers: Mapping[str, Json]) -> bool:
    """Whether these answers lack one that had to be given: they are on scanned pages, and nobody judged them."""
    form = procedure.form.at_desk
    shown = (each for page in form.pages for each in journey.visible_fields(form, page, answers))
    return any(each.required and value_at(answers, each.path) in (None, "", [], {}) for each in shown)


def is_asked_on(takes: Takes, names: frozenset[str]) -> bool:
    """Whether one of these questions says which item, when or how many."""
    return any(name in names for name in (takes.rows or takes.item, takes.hours, takes.quantity, *takes.days) if name)


def whole_days(first: date, last: date, zone: str) -> Span:
    """From the first day to the end of the last, by the clocks of the zone."""
    return Span(_at(first, time(), zone), _at(last + timedelta(days=1), time(), zone), is_days=True)


def as_days(span: Span, zone: str) -> Span:
    """The span, told as whole days if it begins and ends at midnight by the clocks of the zone."""
    ends = (each.astimezone(ZoneInfo(zone)) for each in (span.starts_at, span.ends_at))
    return Span(span.starts_at, span.ends_at, is_days=all(each.time() == time() for each in ends))


def hours(day: date, start: time, end: time, zone: str) -> Span:
    """Of one day, from an hour to another."""
    return Span(_at(day, start, zone), _at(day, end, zone))


def _each(
    procedure: Procedure, takes: Takes, answers: Mapping[str, Json], span: Span | None, zone: str
) -> Iterator[Wanted]:
    """span: None where each item has its own."""
    if not takes.rows:
        yield from _one(procedure.form.field(takes.item), takes, answers, span, zone)
        return
    group = procedure.form.field(takes.rows)
    assert group.form is not None  # noqa: S101 - checked when the catalogue was read
    for row in value_at(answers, group.path) or ():
        yield from _one(group.form.field(takes.item), takes, mapping(row), span, zone)


def _one(field: Field, takes: Takes, said: Mapping[str, Json], span: Span | None, zone: str) -> Iterator[Wanted]:
    chosen = mapping(value_at(said, field.path))
    quantity = value_at(said, tuple(takes.quantity.split("."))) if takes.quantity else 1
    if takes.when:
        span = of_item(takes.when, chosen, zone)
    if span is not None and chosen.get("id") and isinstance(quantity, int) and quantity > 0:
        label = str(chosen.get("label", ""))
        yield Wanted(takes.rows or takes.item, listed.source_of(field), str(chosen["id"]), label, quantity, span)


def _span(takes: Takes, answers: Mapping[str, Json], zone: str) -> Span | None:
    """When it is wanted: the first of the days that is said, with the hours if they are asked of one day."""
    if not takes.days:
        return Span(*ALWAYS)
    _, said = _said(takes, answers)
    if isinstance(said, Mapping):
        return whole_days(date.fromisoformat(said["start"]), date.fromisoformat(said["end"]), zone)
    if not isinstance(said, str):
        return None
    day, between = date.fromisoformat(said), value_at(answers, tuple(takes.hours.split("."))) if takes.hours else None
    if isinstance(between, Mapping):
        return hours(day, time.fromisoformat(between["start"]), time.fromisoformat(between["end"]), zone)
    return whole_days(day, day, zone)


def _said(takes: Takes, answers: Mapping[str, Json]) -> tuple[str, Json]:
    """The first of the questions about days that has an answer, and its answer."""
    found = ((name, value_at(answers, tuple(name.split(".")))) for name in takes.days)
    return next(((name, value) for name, value in found if value), ("", None))


def _day(written: Json) -> date | None:
    """The day of an attribute; None for what an older list, or another's, has there in words, or beyond calendars."""
    if not isinstance(written, str) or not FORMATS["date"].holds(written):
        return None
    day = date.fromisoformat(written)
    return day if is_within(day) else None


def _hour(written: Json) -> time | None:
    known = isinstance(written, str) and FORMATS["hour-minute"].holds(written)
    return time.fromisoformat(written) if known else None


def _at(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def _later(instant: datetime, days: int, zone: str) -> datetime:
    local = instant.astimezone(ZoneInfo(zone))
    return _at(local.date() + timedelta(days=days), local.time(), zone)
