"""Collecting what an author must mend, all of it at once, with the word that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from grc.errors import Fault, Misconfigured


class Faults:
    """A list of faults that grows while a document is read, then is raised whole."""

    def __init__(self) -> None:
        self._found: dict[Fault, None] = {}

    def add(self, where: str, message: str, suggestion: str = "") -> None:
        """One more fault; the same one twice counts once."""
        self._found[Fault(where, message, suggestion)] = None

    def unknown(self, where: str, message: str, word: str, known: Iterable[str]) -> None:
        """A name that is not one of the known ones: suggests the nearest, else lists them when they are few."""
        self.add(where, message, suggestion(word, known))

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)

    def raise_any(self) -> None:
        """Raises Misconfigured with every fault, if there is one."""
        if self._found:
            raise Misconfigured(self._found)


def suggestion(word: str, known: Iterable[str]) -> str:
    """« Vouliez-vous dire … ? », or the list of what is known when nothing is near and there are at most eight."""
    names = sorted(set(known))
    near = difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)
    if near:
        return f"Vouliez-vous dire « {near[0]} » ?"
    if 0 < len(names) <= 8:
        return f"Noms connus : {', '.join(names)}."
    return ""
