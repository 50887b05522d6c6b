"""What differs between two parts of a document that have no words of their own: each rule with both its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from grc.catalogue import telling

Json = Any
Path = tuple[str | int, ...]
_SILENT = ("properties", "items", "meta", "elements", "options", "detail")
_WORDS = {
    "actions": "ce qui suit",
    "appointed": "le rendez-vous tient",
    "appointment": "rendez-vous",
    "before": "combien de temps avant",
    "by": "par qui",
    "clocks": "délais",
    "condition": "condition",
    "effect": "effet",
    "format": "forme",
    "guard": "condition",
    "max": "maximum",
    "maxItems": "nombre le plus grand",
    "maxLength": "longueur la plus grande",
    "maximum": "maximum",
    "message": "message",
    "min": "minimum",
    "minItems": "nombre le plus petit",
    "minLength": "longueur la plus petite",
    "minimum": "minimum",
    "months": "mois",
    "on": "actions",
    "pattern": "forme",
    "period": "période",
    "phase": "phase",
    "rule": "montré si",
    "target": "étape suivante",
    "uncertain": "discuté",
    "unit": "unité",
    "within": "place",
}
"""What is most often read; other names are those of the formats."""


def differing(before: Json, after: Json) -> tuple[str, str]:
    """What each says that the other does not, a line for each value, named by its way in the document.

    A sentence needs no name. Never two empty texts where both differ.
    """
    old, new = dict(_of(before)), dict(_of(after))
    if old.keys() == new.keys():
        keys = [key for key in old if _kind(old[key]) != _kind(new[key])]
        return _lines({key: old[key] for key in keys}), _lines({key: new[key] for key in keys})
    mine, theirs = (Counter(_line(key, value) for key, value in each.items()) for each in (old, new))
    gone, come = ("\n".join((one - other).elements()) for one, other in ((mine, theirs), (theirs, mine)))
    return (gone, come) if gone or come else (_lines(old), _lines(new))


def _of(node: Json, way: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Each value with its way; what is empty is a value too."""
    each: Any = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    if not each:
        yield way, node
    for key, value in each:
        yield from _of(value, (*way, key))


def _kind(value: Json) -> tuple[str, Json]:
    """The value, true being no 1."""
    return type(value).__name__, value


def _lines(found: Mapping[Path, Json]) -> str:
    return "\n".join(_line(key, value) for key, value in found.items())


def _line(way: Path, value: Json) -> str:
    said = telling.text(value if value not in ({}, []) else None)
    if isinstance(value, str) and " " in value:
        return said
    named = [_WORDS.get(step, step) for step in way if isinstance(step, str) and step and step not in _SILENT]
    return f"{', '.join(named)}\u00a0: {said}" if named else said
