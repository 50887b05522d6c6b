"""What an authority states otherwise than the catalogue: read, judged id by id, and put on the catalogue's document."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grc.catalogue import loading, reading, slots, telling
from grc.catalogue.definition import Procedure
from grc.catalogue.slots import Place
from grc.conditions import Faults, mapping, suggestion
from grc.errors import Fault, Misconfigured

Json = Any
Overlay = Mapping[str, Mapping[str, Mapping[str, Json]]]
"""{id: {property: {"value": the authority's own, "over": the catalogue's when it was stated}}}."""
MOST_BYTES = 300_000
_LAST = ("hidden",)
_FEWEST_CHOICES = 2


@dataclass(frozen=True)
class Refusal:
    """Why one property of an overlay may not stand. name: of the property, "" for an id that is not one."""

    id: str
    name: str
    message: str
    advice: str = ""

    @property
    def fault(self) -> Fault:
        """The refusal as a fault: its place is the id, then the property."""
        return Fault(f"{self.id}#{self.name}" if self.name else self.id, self.message, self.advice)


def places_of(catalogue: Procedure) -> dict[str, Place]:
    """The ids of a catalogue's procedure and what may be overlaid; writing to their slots changes nothing of it."""
    return slots.of(_copy(catalogue), catalogue)


def parse(content: bytes | str, where: str) -> dict[str, Json]:
    """The object in a file or a text area; raises Misconfigured with every fault, the line of a slip included."""
    faults = Faults()
    if len(content) > MOST_BYTES:
        faults.add(where, "ce fichier est trop grand.", f"{MOST_BYTES // 1000} ko au plus.")
    document = None if faults else reading.parse_json(content, where, faults)
    if document is not None:
        reading.check(document, "overlay", where, faults)
    faults.raise_any()
    return document or {}


def stated(catalogue: Procedure, written: Mapping[str, Json]) -> dict[str, dict[str, dict[str, Json]]]:
    """The overlay of what a file says, each value with what the catalogue says now; what says the same is left out.

    written: {id: {property: value}}, or {"value", "over"} in the place of the value. Raises Misconfigured with a fault
    for each id, property or value that may not be overlaid, and where "over" is no longer what the catalogue says.
    """
    places = places_of(catalogue)
    found: dict[str, dict[str, dict[str, Json]]] = {}
    for identifier, properties in written.items():
        if identifier == "$schema":
            continue
        place = places.get(identifier)
        if place is None:
            found[identifier] = {}
        for name, said in mapping(properties).items():
            slot = place.slots.get(name) if place is not None else None
            now = None if slot is None else slot.value
            entry = dict(said) if isinstance(said, Mapping) else {"value": said}
            entry.setdefault("over", now)
            if slot is None or not same(entry["value"], now) or not same(entry["over"], now):
                found.setdefault(identifier, {})[name] = entry
    _raise(refusals(catalogue, found))
    return found


def refusals(catalogue: Procedure, overlay: Overlay) -> list[Refusal]:
    """Every reason why the overlay may not stand on the catalogue's procedure; [] when it may."""
    places = places_of(catalogue)
    found = [each for identifier in overlay for each in _refusals(places, identifier, overlay[identifier])]
    return [*found, *_too_few(places, overlay), *_unsaid(overlay)]


def _refusals(places: Mapping[str, Place], identifier: str, properties: Mapping[str, Any]) -> Iterator[Refusal]:
    place = places.get(identifier)
    if place is None:
        yield Refusal(identifier, "", "cet identifiant n’existe pas dans la démarche.", suggestion(identifier, places))
        return
    for name, entry in properties.items():
        slot = place.slots.get(name)
        if slot is None:
            advice = suggestion(name, place.slots)
            yield Refusal(identifier, name, f"« {name} » ne se surcharge pas ici.", advice)
        elif not same(entry["over"], slot.value):
            now, over = telling.quoted(slot.value, entry["over"])
            message = f"le catalogue dit maintenant {now}, et non plus {over}."
            yield Refusal(identifier, name, message, "Mettez la démarche à jour, et réglez ce conflit.")
        elif why := slot.refuses(entry["value"]):
            yield Refusal(identifier, name, why)


def _too_few(places: Mapping[str, Place], overlay: Overlay) -> Iterator[Refusal]:
    """A question between choices keeps two of them."""
    for identifier, place in places.items():
        order = place.slots.get("order")
        if order is None or _is_hidden(overlay, identifier):
            continue
        ids = [f"choice:{identifier.removeprefix('form:')}/{slots.written_choice(value)}" for value in order.value]
        hidden = [each for each in ids if _is_hidden(overlay, each)]
        if hidden and len(ids) - len(hidden) < _FEWEST_CHOICES:
            message = f"il ne resterait pas {_FEWEST_CHOICES} choix à « {place.title} »."
            yield Refusal(
                hidden[-1], "hidden", message, "Gardez-en un de plus, ou cachez la question si elle le permet."
            )


def _unsaid(overlay: Overlay) -> Iterator[Refusal]:
    """Another retention says by which text, and in words that people read."""
    said = mapping(overlay.get("procedure"))
    if "retention_months" in said and not {"retention_source", "retention_words"} <= said.keys():
        message = "une autre durée de conservation dit aussi le texte qui la fixe, et ce que les usagers en lisent."
        yield Refusal("procedure", "retention_months", message, "Changez les trois ensemble.")


def _is_hidden(overlay: Overlay, identifier: str) -> bool:
    return mapping(mapping(overlay.get(identifier)).get("hidden")).get("value") is True


def apply(catalogue: Procedure, overlay: Overlay) -> dict[str, Json]:
    """The catalogue's document with the overlay on it; raises Misconfigured with every refusal."""
    _raise(refusals(catalogue, overlay))
    document = _copy(catalogue)
    places = slots.of(document, catalogue)
    entries = [(places[each].slots[name], name, entry) for each in places for name, entry in _entries(overlay, each)]
    for slot, _, entry in sorted(entries, key=lambda one: one[1] in _LAST):
        slot.write(copy.deepcopy(entry["value"]))
    return document


def overlaid(catalogue: Procedure, overlay: Overlay) -> Procedure:
    """The procedure as the authority offers it, judged as an entry of the catalogue is; raises Misconfigured."""
    return loading.from_source(apply(catalogue, overlay)) if overlay else catalogue


def same(one: Json, other: Json) -> bool:
    """Whether two JSON values are the same; true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def count(overlay: Overlay | None) -> int:
    """How many properties it overlays."""
    return sum(len(properties) for properties in (overlay or {}).values())


def _entries(overlay: Overlay, identifier: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    yield from overlay.get(identifier, {}).items()


def _copy(catalogue: Procedure) -> dict[str, Json]:
    return copy.deepcopy(dict(catalogue.source))


def _raise(found: list[Refusal]) -> None:
    if found:
        raise Misconfigured(each.fault for each in found)
