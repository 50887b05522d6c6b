"""Overlays of the room's booking, invented by hypothesis, and the procedure of the catalogue that they lie on."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from grc.catalogue import overlaying, shelf
from grc.catalogue.definition import Procedure

Chosen = dict[tuple[str, str], str]
"""What is stated, by id and property."""


def room() -> Procedure:
    """The catalogue's booking of a room."""
    return shelf.entry("reservation-salle")


@cache
def _words() -> list[tuple[str, str]]:
    return [
        (identifier, name)
        for identifier, place in overlaying.places_of(room()).items()
        for name, slot in place.slots.items()
        if slot.kind in ("label", "text", "hint")
    ]


def chosen() -> st.SearchStrategy[Chosen]:
    """Words for a few ids, of the kinds that are words."""
    words = st.text("abcdé ’", min_size=1, max_size=20).map(lambda text: f"x{text}")
    return st.deferred(lambda: st.dictionaries(st.sampled_from(_words()), words, max_size=6))


def plain(text: object) -> str:
    """The text with ordinary spaces, whoever typeset it."""
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def stated(words: Chosen) -> dict[str, Any]:
    """The overlay that says so."""
    written: dict[str, dict[str, str]] = {}
    for (identifier, name), value in words.items():
        written.setdefault(identifier, {})[name] = value
    return overlaying.stated(room(), written)
