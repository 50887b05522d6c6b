"""What is taken of the things that a procedure lends, and what of a demande cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlmodel import Session, col, or_, select

from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.bookings import availability, wanted, words
from grc.bookings.availability import Taken
from grc.bookings.models import Booking
from grc.bookings.wanted import Span, Wanted
from grc.catalogue.definition import Procedure, Takes, When
from grc.errors import Problem
from grc.forms.definition import Item, Page
from grc.forms.pruning import prune
from grc.lists import queries as lists
from grc.lists.models import ReferenceItem

TAKEN = "taken"
"""The code of the problem of what is not free."""
_HORIZON_DAYS = 7 * availability.WEEKS


@dataclass(frozen=True)
class Thing:
    """An item as it is lent. stock: how many there are. apart: what it is part of, and what is part of it.

    lost: what it says that it is part of, where the list has no such thing.
    """

    item: str
    label: str
    stock: int
    is_open: bool
    apart: frozenset[str]
    lost: str = ""


@dataclass(frozen=True)
class Standing:
    """A thing that a demande asks for. is_firm: what it holds of it, an option when False, None for nothing.

    label: "" where the answers do not say what. when: in words, "" for ever. refused: why it cannot be taken now, ""
    when it can.
    """

    label: str
    quantity: int
    when: str
    is_firm: bool | None
    refused: str


def things(session: Session, authority_id: int, takes: Takes, source: str) -> dict[str, Thing]:
    """Everything of the list, closed items too, by slug."""
    mine = (ReferenceItem.authority_id == authority_id, ReferenceItem.source == source)
    rows = session.exec(select(ReferenceItem).where(*mine).order_by(col(ReferenceItem.position))).all()
    said = {row.slug: str(row.attributes.get(takes.part_of) or "").strip() for row in rows} if takes.part_of else {}
    names = {row.label.casefold(): row.slug for row in rows} | {row.slug: row.slug for row in rows}
    within = {slug: names.get(text.casefold(), "") for slug, text in said.items()}
    return {
        row.slug: Thing(
            row.slug,
            row.label,
            _stock(takes, row),
            row.is_open,
            _apart(row.slug, within),
            "" if within.get(row.slug) else said.get(row.slug, ""),
        )
        for row in rows
    }


def taken_of(
    session: Session, authority_id: int, source: str, items: Collection[str], span: Span, *, but: int | None = None
) -> dict[str, list[Taken]]:
    """What meets the span, by item. but: the submission whose own bookings do not count."""
    statement = select(Booking).where(
        Booking.authority_id == authority_id,
        Booking.source == source,
        col(Booking.item).in_(sorted(items)),
        col(Booking.ends_at) > span.starts_at,
        col(Booking.starts_at) < span.ends_at,
        *([or_(col(Booking.submission_id).is_(None), col(Booking.submission_id) != but)] if but is not None else []),
    )
    found: dict[str, list[Taken]] = {}
    for row in session.exec(statement):
        found.setdefault(row.item, []).append(Taken(Span(row.starts_at, row.ends_at), row.quantity, row.is_firm))
    return found


def problems(
    session: Session,
    authority_id: int,
    procedure: Procedure,
    answers: Mapping[str, Any],
    zone: str,
    *,
    page: Page | None = None,
    but: int | None = None,
    firm_only: bool = True,
) -> list[Problem]:
    """What these answers ask for and is not free, at the question that chose it, with what is free instead.

    page: only if one of its questions is concerned. but: the demande whose own bookings do not count. firm_only: an
    option of another demande is no hindrance, for it may be given back.
    """
    takes = procedure.takes
    if takes is None or (page is not None and not wanted.is_asked_on(takes, frozenset(f.name for f in page.fields))):
        return []
    if name := wanted.beyond(takes, answers):
        return [Problem(name, "day", words.BEYOND)]
    asked = wanted.of_answers(procedure, answers, zone)
    refused = _refused(session, authority_id, takes, asked, zone, but=but, firm_only=firm_only)
    return [Problem(one.field, TAKEN, message) for one, message in refused]


def on_page(
    session: Session,
    authority: AuthorityView,
    procedure: Procedure,
    page: Page,
    answers: Mapping[str, Any],
    as_of: date,
    now: datetime,
    *,
    by: Visitor,
) -> list[Problem]:
    """What filing would refuse of a page of the form, at a question of this page; what is hidden now takes nothing.

    A page of days that comes before that of the things says nothing of them: theirs will.
    """
    asked = prune(procedure.form, answers, as_of=as_of)
    found = too_late(procedure, asked, authority.zone, by=by, now=now)
    if not found and binds(procedure, by):
        firm_only = not procedure.takes_at_once
        found = problems(session, authority.id, procedure, asked, authority.zone, page=page, firm_only=firm_only)
    return _on(page, procedure, asked, found)


def too_late(procedure: Procedure, asked: Mapping[str, Any], zone: str, *, by: Visitor, now: datetime) -> list[Problem]:
    """What these answers choose and is over, or has begun by its hours; nothing for agents, who note it late.

    A week that has begun still has days to come: `until` says when it is too late for that.
    """
    takes = procedure.takes
    if by.agent is not None or takes is None or takes.when is None:
        return []
    begun = (one for one in wanted.of_answers(procedure, asked, zone) if one.span.ends_at <= now or _begins(one, now))
    return [Problem(one.field, TAKEN, words.begun(one.label)) for one in begun]


def _begins(one: Wanted, now: datetime) -> bool:
    return not one.span.is_days and one.span.starts_at <= now


def _on(page: Page, procedure: Procedure, asked: Mapping[str, Any], found: list[Problem]) -> list[Problem]:
    """The problems at the things themselves, or at their days where the things were chosen on a page before."""
    here, takes = {field.name for field in page.fields}, procedure.takes
    if takes is None or all(each.field in here for each in found):
        return found
    order = [each.id for each in procedure.form.pages]
    first = next(each.id for each in procedure.form.pages if any(f.name == found[0].field for f in each.fields))
    if order.index(first) > order.index(page.id):
        return []
    at = wanted.said_at(takes, asked)
    return [replace(each, field=at if at in here else "") for each in found]


def binds(procedure: Procedure, by: Visitor) -> bool:
    """Whether what is taken keeps a demande from being filed.

    At the desk only where filing takes: a letter that came is registered, with its receipt and its clock (L112-3).
    Nothing does where there is a waiting list.
    """
    if procedure.takes is not None and procedure.takes.waiting:
        return False
    return by.agent is None or procedure.takes_at_once


def offered(
    session: Session, authority_id: int, procedure: Procedure, *, but: int | None = None
) -> dict[str, tuple[Item, ...]]:
    """By source, what the form may offer now of the authority's lists: nothing that is full for good, or lacks its day.

    but: the demande that may keep what it holds.
    """
    found = lists.of_authority(session, authority_id, procedure.form.sources)
    takes = procedure.takes
    if takes is None or takes.days:
        return found
    source = takes.source_in(procedure.form)
    known = things(session, authority_id, takes, source)
    near = {name for item in found[source] if item.id in known for name in (item.id, *known[item.id].apart)}
    taken = taken_of(session, authority_id, source, near, Span(*wanted.ALWAYS), but=but)
    stands = {name: against(known[name], taken, firm_only=not procedure.takes_at_once) for name in near}
    free = {name: availability.never_taken(stands[name], known[name].stock) for name in near}
    shown = [item for item in found[source] if free.get(item.id) or takes.waiting]
    if takes.when:
        shown = [item for item in shown if wanted.of_item(takes.when, item.attributes, "UTC") is not None]
        shown.sort(key=partial(_moment, takes.when))
    return {**found, source: tuple(replace(item, note=words.left(free.get(item.id, 0))) for item in shown)}


def _refused(
    session: Session,
    authority_id: int,
    takes: Takes,
    asked: Sequence[Wanted],
    zone: str,
    *,
    but: int | None,
    firm_only: bool,
) -> Iterable[tuple[Wanted, str]]:
    """Each item that is not free, with what to say of it; rows of one item count together."""
    if not asked:
        return
    known = things(session, authority_id, takes, asked[0].source)
    if not takes.days:
        yield from _full(session, authority_id, takes, known, asked, but=but, firm_only=firm_only)
        return
    span = availability.widened(asked[0].span, takes.margin_days, zone)
    horizon = replace(span, ends_at=span.later(_HORIZON_DAYS, zone).ends_at)
    taken = taken_of(session, authority_id, asked[0].source, known, horizon, but=but)
    stands = {name: against(thing, taken, firm_only=firm_only) for name, thing in known.items()}
    free = {name: availability.left(span, stands[name], thing.stock) for name, thing in known.items()}
    for one in _summed(asked):
        if free.get(one.item, one.quantity) >= one.quantity:
            continue  # what the list has no more, the form says itself
        others = [each.label for each in known.values() if each.is_open and free[each.item] >= one.quantity]
        others = [] if takes.stock else others  # a hall may do for another, a bench not for a table
        stock, mine = known[one.item].stock, stands[one.item]
        weeks = availability.other_weeks(span, mine, stock, one.quantity, zone)
        days = [one.span.later(7 * week, zone) for week in weeks]
        yield one, words.taken(one, free[one.item], zone, others=others, days=days)


def _full(
    session: Session,
    authority_id: int,
    takes: Takes,
    known: Mapping[str, Thing],
    asked: Sequence[Wanted],
    *,
    but: int | None,
    firm_only: bool,
) -> Iterable[tuple[Wanted, str]]:
    """The same of places: an item is what it is, whatever its days, and what is taken of it is taken."""
    wide = known if not takes.when else {one.item for one in asked} & known.keys()
    taken = taken_of(session, authority_id, asked[0].source, wide, Span(*wanted.ALWAYS), but=but)
    stands = {name: against(known[name], taken, firm_only=firm_only) for name in wide}
    free = {name: availability.never_taken(stands[name], known[name].stock) for name in wide}
    for one in _summed(asked):
        if free.get(one.item, one.quantity) < one.quantity:
            others = [known[name].label for name in free if known[name].is_open and free[name] >= one.quantity]
            yield one, words.full(one, free[one.item], [] if takes.when else others)


def _moment(when: When, item: Item) -> tuple[str, str]:
    """What puts items in the order of their days and hours."""
    return str(item.attributes.get(when.first) or ""), str(item.attributes.get(when.start) or "")


def _summed(asked: Sequence[Wanted]) -> Iterable[Wanted]:
    """One line for each item, in the order of the first."""
    found: dict[str, Wanted] = {}
    for one in asked:
        before = found.get(one.item)
        found[one.item] = one if before is None else replace(before, quantity=before.quantity + one.quantity)
    return found.values()


def against(thing: Thing, taken: Mapping[str, Sequence[Taken]], *, firm_only: bool) -> list[Taken]:
    """What stands against taking this thing: its own bookings, and those of what it is part of or holds."""
    own = list(taken.get(thing.item, ()))
    near = [replace(each, is_whole=True) for name in thing.apart for each in taken.get(name, ())]
    return [each for each in (*own, *near) if each.is_firm or not firm_only]


def standing(
    session: Session, authority_id: int, submission_id: int, procedure: Procedure, answers: Mapping[str, Any], zone: str
) -> list[Standing]:
    """Each thing that a demande asks for, with what it holds of it, or why it cannot; [] where nothing is lent."""
    takes, asked = procedure.takes, wanted.of_answers(procedure, answers, zone)
    if takes is None:
        return []
    rows = of_submission(session, authority_id, submission_id)
    if not asked:
        return _unsaid(session, authority_id, procedure, answers, rows, zone)
    held = {row.item: row for row in rows}
    told = _refused(session, authority_id, takes, asked, zone, but=submission_id, firm_only=False)
    refused = {one.item: message for one, message in told}
    return [
        _as_held(one.label, held[one.item], rows, zone)
        if one.item in held
        else Standing(one.label, one.quantity, words.when(one.span, zone), None, refused.get(one.item, ""))
        for one in _summed(asked)
    ]


def _as_held(label: str, row: Booking, rows: Sequence[Booking], zone: str) -> Standing:
    """What is held of an item, which may be other days or fewer than what is asked."""
    quantity = sum(each.quantity for each in rows if each.item == row.item)
    span = wanted.as_days(Span(row.starts_at, row.ends_at), zone)
    return Standing(label, quantity, words.when(span, zone), row.is_firm, "")


def _unsaid(
    session: Session,
    authority_id: int,
    procedure: Procedure,
    answers: Mapping[str, Any],
    rows: Sequence[Booking],
    zone: str,
) -> list[Standing]:
    """What a demande holds whose answers, on scanned pages, do not say what it asks for."""
    takes = procedure.takes
    if takes is None or not wanted.is_unsaid(procedure, answers):
        return []
    known = things(session, authority_id, takes, takes.source_in(procedure.form))
    return [_as_held(known[row.item].label if row.item in known else row.item, row, [row], zone) for row in rows] or [
        Standing("", 1, "", None, words.unsaid(has_days=bool(takes.days)))
    ]


def of_submission(session: Session, authority_id: int, submission_id: int) -> list[Booking]:
    """What the demande holds, in order."""
    mine = (Booking.authority_id == authority_id, Booking.submission_id == submission_id)
    return list(session.exec(select(Booking).where(*mine).order_by(col(Booking.id))))


def _stock(takes: Takes, row: ReferenceItem) -> int:
    """How many there are: one, where the procedure does not count them; none where nobody has said how many."""
    if not takes.stock:
        return 1
    number = row.attributes.get(takes.stock)
    return number if isinstance(number, int) else 0


def _apart(slug: str, within: Mapping[str, str]) -> frozenset[str]:
    """What an item is part of, at any depth, and all that is part of it."""
    return frozenset({*_above(slug, within), *(each for each in within if slug in _above(each, within))} - {slug})


def _above(slug: str, within: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    while (parent := within.get(slug, "")) and parent not in found:
        found.append(parent)
        slug = parent
    return found
