"""Adds, changes, closes and orders the items of a list; only what is over is deleted, because answers name items."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities.models import Authority
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.lists.models import ReferenceItem

MOST_ITEMS = 1000
"""As many items as a list may offer."""
MOST_KEPT = 3 * MOST_ITEMS
"""As many as it may have, closed ones included: those that bookings name stay."""

SLUG = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(-[a-z0-9]+)*")
RESERVED_SLUGS = frozenset({"creneaux", "nouveau"})
_STALE = "Cet élément a été modifié entre-temps. Relisez-le, puis recommencez."


@dataclass(frozen=True)
class Facts:
    """What a list says of an item. slug: its stable name when an import gives it, else it is made of `named`.

    named: words for the stable name, the label when "".
    """

    label: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    slug: str = ""
    named: str = ""


@dataclass(frozen=True)
class Imported:
    """How many items an import added, changed and closed. before: what those that it changed said, by slug."""

    added: int
    changed: int
    closed: int
    before: Mapping[str, Facts] = field(default_factory=dict)


def add(session: Session, source: str, facts: Facts, *, by: AgentActor, now: datetime) -> str:
    """Puts a new item at the end of the list and gives its slug; raises Invalid."""
    (slug,) = add_all(session, source, [facts], by=by, now=now)
    return slug


def add_all(session: Session, source: str, new: Sequence[Facts], *, by: AgentActor, now: datetime) -> list[str]:
    """Puts all these items at the end of the list, or none, and gives their slugs; raises Invalid."""
    require(by, Permission.LIST_CHANGE)
    there = _locked(session, by.authority_id, source)
    _refuse_many(there, len(new))
    for facts in new:
        _refuse_twin(facts.label, there)
        slug = _add(session, by.authority_id, source, facts, there, by_id=by.id, now=now).slug
        _note(session, source, slug, "added", by=by, now=now)
    return [each.slug for each in there[-len(new) :]]


def change(
    session: Session, source: str, slug: str, facts: Facts, *, revision: int, by: AgentActor, now: datetime
) -> None:
    """Says other things of an item; raises NotFound, Invalid, or Conflict when it is not what the agent saw."""
    require(by, Permission.LIST_CHANGE)
    there = _locked(session, by.authority_id, source)
    item = _seen(there, slug, revision)
    _refuse_twin(facts.label, [each for each in there if each is not item])
    _set(item, facts, by_id=by.id, now=now)
    _note(session, source, slug, "changed", by=by, now=now)


def set_open(
    session: Session, source: str, slug: str, *, is_open: bool, revision: int, by: AgentActor, now: datetime
) -> None:
    """Offers the item to citizens, or no longer; raises NotFound or Conflict."""
    require(by, Permission.LIST_CHANGE)
    there = _locked(session, by.authority_id, source)
    item = _seen(there, slug, revision)
    if is_open and not item.is_open:
        _refuse_many([each for each in there if each is not item], 1)
    item.is_open = is_open
    _mark(item, by_id=by.id, now=now)
    _note(session, source, slug, "opened" if is_open else "closed", by=by, now=now)


def put_away(
    session: Session,
    source: str,
    *,
    closed: Collection[str] = (),
    forgotten: Collection[str] = (),
    by: AgentActor,
    now: datetime,
) -> None:
    """Closes those of the items that are open and deletes others, by slug; one line of the journal for each act."""
    require(by, Permission.LIST_CHANGE)
    there = _locked(session, by.authority_id, source)
    ended = [each for each in there if each.is_open and each.slug in closed]
    gone = [each for each in there if each.slug in forgotten]
    for item in ended:
        item.is_open = False
        _mark(item, by_id=by.id, now=now)
    for item in gone:
        session.delete(item)
    session.flush()
    for count, done in ((len(ended), "closed"), (len(gone), "forgotten")):
        if count:
            data = {"done": done, "count": count}
            record(session, by.authority_id, JournalAct.LIST_CHANGED, ("list", source), by=by, now=now, data=data)


def move(session: Session, source: str, slug: str, *, up: bool, by: AgentActor, now: datetime) -> None:
    """Exchanges the item with the one before it (or after it); nothing at the ends. Raises NotFound."""
    require(by, Permission.LIST_CHANGE)
    there = _locked(session, by.authority_id, source)
    here = there.index(_found(there, slug))
    other = here - 1 if up else here + 1
    if 0 <= other < len(there):
        there[here], there[other] = there[other], there[here]
        _number(there)
        _mark(there[other], by_id=by.id, now=now)
        _note(session, source, slug, "moved", by=by, now=now)


def replace(session: Session, authority_id: int, source: str, items: Sequence[Facts], *, now: datetime) -> Imported:
    """Makes the list what an import says, in its order; items that it does not name are closed, never lost.

    An item is known by its slug when the import gives one, else by its label; one that a slug claims has no other line.
    """
    there = _locked(session, authority_id, source)
    claimed = {facts.slug for facts in items if facts.slug}
    before = {item.slug: Facts(item.label, item.attributes, item.slug) for item in there}
    kept = [_taken(session, authority_id, source, facts, there, claimed, now=now) for facts in items]
    named = {id(item) for item, _ in kept}
    rest = [item for item in there if id(item) not in named]
    closed = [item for item in rest if item.is_open]
    for item in closed:
        item.is_open = False
        _mark(item, by_id=None, now=now)
    _number([*(item for item, _ in kept), *rest])
    session.flush()
    acts = [act for _, act in kept]
    changed = {item.slug: before[item.slug] for item, act in kept if act == "changed"}
    return Imported(acts.count("added"), len(changed), len(closed), changed)


def _note(session: Session, source: str, slug: str, done: str, *, by: AgentActor, now: datetime) -> None:
    data = {"item": slug, "done": done}
    record(session, by.authority_id, JournalAct.LIST_CHANGED, ("list", source), by=by, now=now, data=data)


def _taken(
    session: Session,
    authority_id: int,
    source: str,
    facts: Facts,
    there: list[ReferenceItem],
    claimed: Collection[str],
    *,
    now: datetime,
) -> tuple[ReferenceItem, str]:
    """The item that an import names, new or as it says now, and what became of it."""
    if facts.slug:
        item = next((each for each in there if each.slug == facts.slug), None)
    else:
        item = next((each for each in there if each.label == facts.label and each.slug not in claimed), None)
    if item is None:
        slug = facts.slug or slug_of(facts.label, {*claimed, *(each.slug for each in there)})
        new = Facts(facts.label, facts.attributes, slug)
        return _add(session, authority_id, source, new, there, by_id=None, now=now), "added"
    if (item.label, item.attributes, item.is_open) == (facts.label, dict(facts.attributes), True):
        return item, "same"
    item.is_open = True
    _set(item, facts, by_id=None, now=now)
    return item, "changed"


def _locked(session: Session, authority_id: int, source: str) -> list[ReferenceItem]:
    """Every item of the list, in order; whoever changes a list of the authority meanwhile waits."""
    session.execute(select(Authority.id).where(Authority.id == authority_id).with_for_update(key_share=True))
    statement = (
        select(ReferenceItem)
        .where(ReferenceItem.authority_id == authority_id, ReferenceItem.source == source)
        .order_by(col(ReferenceItem.position), col(ReferenceItem.id))
    )
    return list(session.exec(statement))


def _found(there: Sequence[ReferenceItem], slug: str) -> ReferenceItem:
    found = next((each for each in there if each.slug == slug), None)
    if found is None:
        raise NotFound("Cet élément n’existe pas dans cette liste.")
    return found


def _seen(there: Sequence[ReferenceItem], slug: str, revision: int) -> ReferenceItem:
    found = _found(there, slug)
    if found.revision != revision:
        raise Conflict(_STALE)
    return found


def _refuse_many(there: Sequence[ReferenceItem], new: int) -> None:
    """Refuses new open items beside those; raises Invalid."""
    offered = sum(each.is_open for each in there)
    if offered + new > MOST_ITEMS:
        text = f"Une liste propose {MOST_ITEMS} éléments au plus, et celle-ci {offered}. Fermez-en d’abord."
    elif len(there) + new > MOST_KEPT:
        text = f"Cette liste garde {len(there)} éléments, fermés compris : pas plus de {MOST_KEPT}. Rouvrez-en."
    else:
        return
    raise Invalid(text, [Problem("label", "full", text)])


def _refuse_twin(label: str, others: Sequence[ReferenceItem]) -> None:
    if any(each.label.casefold() == label.casefold() for each in others):
        message = f"« {label} » est déjà dans la liste. Choisissez un autre nom."
        raise Invalid(message, [Problem("label", "taken", message)])


def _add(
    session: Session,
    authority_id: int,
    source: str,
    facts: Facts,
    there: list[ReferenceItem],
    *,
    by_id: int | None,
    now: datetime,
) -> ReferenceItem:
    item = ReferenceItem(
        authority_id=authority_id,
        source=source,
        slug=facts.slug or slug_of(facts.named or facts.label, {each.slug for each in there}),
        label=facts.label,
        attributes=dict(facts.attributes),
        position=len(there) + 1,
        changed_at=now,
        changed_by_id=by_id,
    )
    there.append(item)
    session.add(item)
    session.flush()
    return item


def _set(item: ReferenceItem, facts: Facts, *, by_id: int | None, now: datetime) -> None:
    item.label, item.attributes = facts.label, dict(facts.attributes)
    _mark(item, by_id=by_id, now=now)


def _mark(item: ReferenceItem, *, by_id: int | None, now: datetime) -> None:
    item.revision += 1
    item.changed_at, item.changed_by_id = now, by_id


def _number(there: Sequence[ReferenceItem]) -> None:
    for position, item in enumerate(there, start=1):
        if item.position != position:
            item.position = position


def slug_of(label: str, taken: Collection[str]) -> str:
    """A stable name made of the label, without accents, none of those taken: "salle-des-fetes-2"."""
    decomposed = unicodedata.normalize("NFKD", label.lower())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each)).replace("œ", "oe")
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "element"
    refused = RESERVED_SLUGS.union(taken)
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(refused) + 2))
    return next(name for name in names if name not in refused)
