"""A new version of the catalogue under an authority's overlay: what goes on by itself, and what is to be settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session, col, select

from grc.catalogue import overlaying, shelf, telling
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure
from grc.catalogue.overlaying import Overlay, same
from grc.catalogue.slots import Place
from grc.errors import Fault, Misconfigured

Json = Any
Choice = Literal["keep", "take"]
"""keep: the authority's own words stay, over what the catalogue says now; take: the catalogue's stand."""


@dataclass(frozen=True)
class Conflict:
    """One property that no longer stands by itself. ours: the authority's value; over: the catalogue's at that time.

    theirs: the catalogue's value now, None when it says nothing or when the id is gone. why: what happened, in French.
    """

    id: str
    name: str
    title: str
    ours: Json
    over: Json
    theirs: Json
    why: str
    may_keep: bool = True

    @property
    def key(self) -> str:
        """How it is named: the id, then the property."""
        return f"{self.id}#{self.name}"

    @property
    def fault(self) -> Fault:
        """The conflict as a fault: the id and both values, around all that differs."""
        ours, theirs = telling.quoted(self.ours, self.theirs)
        values = f"la vôtre : {ours} ; celle du catalogue : {theirs}."
        advice = "Gardez la vôtre (keep) ou prenez l’autre (take)." if self.may_keep else "Renoncez à la vôtre (take)."
        return Fault(self.key, f"{self.why} Valeurs, {values}", advice)


@dataclass(frozen=True)
class Merged:
    """The overlay for the new version, without what is still in conflict; agreed: what the catalogue now says too."""

    overlay: Overlay
    conflicts: tuple[Conflict, ...]
    agreed: tuple[str, ...] = ()


def merge(catalogue: Procedure, overlay: Overlay, settled: Mapping[str, Choice] | None = None) -> Merged:
    """What of an overlay stands on a new version of the catalogue.

    settled: what is done about conflicts, by id or by « id#property ». Raises Misconfigured for one that names none.
    """
    places = overlaying.places_of(catalogue)
    left: dict[str, dict[str, Mapping[str, Json]]] = {}
    conflicts, agreed, used = [], [], set[str]()
    for identifier, name, entry in _each(overlay):
        place = places.get(identifier)
        slot = None if place is None else place.slots.get(name)
        if slot is not None and same(slot.value, entry["value"]) and not same(slot.value, entry["over"]):
            agreed.append(f"{identifier}#{name}")
            continue
        conflict = _conflict(place, identifier, name, entry)
        if conflict is None:
            left.setdefault(identifier, {})[name] = entry
            continue
        choice, by = _choice(conflict, settled or {})
        used |= by
        if choice == "keep" and conflict.may_keep:
            left.setdefault(identifier, {})[name] = {"value": entry["value"], "over": conflict.theirs}
        elif choice != "take":
            conflicts.append(conflict)
    _check_settled(settled or {}, used)
    return Merged(left, tuple(conflicts), tuple(agreed))


@dataclass(frozen=True)
class Waiting:
    """The installed procedures of an authority that have another version in the catalogue, by slug.

    conflicting: those whose overlay is in conflict with it.
    """

    slugs: Sequence[str]
    conflicting: Sequence[str]


def waiting(session: Session, authority_id: int) -> Waiting:
    """What waits for an update in this authority; raises Misconfigured when the catalogue has faults."""
    entries, digests = shelf.entries(), shelf.digests()
    statement = select(InstalledProcedure.slug, InstalledProcedure.catalogue_sha256, InstalledProcedure.overlay).where(
        InstalledProcedure.authority_id == authority_id, col(InstalledProcedure.version_id).is_not(None)
    )
    rows = session.exec(statement.order_by(col(InstalledProcedure.slug)))
    behind = {slug: overlay or {} for slug, digest, overlay in rows if digest != digests.get(slug, digest)}
    conflicting = [slug for slug, overlay in behind.items() if merge(entries[slug], overlay).conflicts]
    return Waiting(list(behind), conflicting)


def _each(overlay: Overlay) -> Iterator[tuple[str, str, Mapping[str, Json]]]:
    for identifier, properties in overlay.items():
        for name, entry in properties.items():
            yield identifier, name, entry


def _conflict(place: Place | None, identifier: str, name: str, entry: Mapping[str, Json]) -> Conflict | None:
    ours, over = entry["value"], entry["over"]
    slot = None if place is None else place.slots.get(name)
    title = identifier if place is None else f"{place.what} « {place.title} »"
    if slot is None:
        why = "Le catalogue ne l’a plus."
        return Conflict(identifier, name, title, ours, over, None, why, may_keep=False)
    refused = slot.refuses(ours)
    if refused:
        why = f"Le catalogue ne le permet plus : {refused}"
        return Conflict(identifier, name, title, ours, over, slot.value, why, may_keep=False)
    if same(slot.value, over):
        return None
    return Conflict(identifier, name, title, ours, over, slot.value, "Le catalogue a changé ce que vous aviez changé.")


def _choice(conflict: Conflict, settled: Mapping[str, Choice]) -> tuple[Choice | None, set[str]]:
    """What was settled of the conflict, by its own key first, and the keys that say so."""
    named = [key for key in (conflict.key, conflict.id) if key in settled]
    return (settled[named[0]] if named else None), set(named)


def _check_settled(settled: Mapping[str, Choice], used: set[str]) -> None:
    idle = [key for key in settled if key not in used]
    if idle:
        raise Misconfigured(Fault(key, "rien n’est en conflit sous ce nom.", "Ôtez-le.") for key in idle)
