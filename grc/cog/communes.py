"""Communes by name and by code. The list is made from a package by `make vendor`, and read at the first question."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from grc import resources
from grc.cog.folding import fold
from grc.errors import Fault, Misconfigured

FOLDER = "vendor/cog"
_LONGEST_QUESTION = 200
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_NUMBER = re.compile(r"[0-9]{1,5}|2[ab]")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:er|e|eme)")
_DIVIDED = {"paris": 20, "lyon": 9, "marseille": 16}
"""Cities whose births are recorded by arrondissement, and how many they have."""


@dataclass(frozen=True)
class Commune:
    """A commune, or a part of one that was a commune. now: name of today's commune, "" when it is itself.

    department: its name, "" where there is none (overseas collectivities have theirs).
    """

    code: str
    name: str
    now: str = ""
    department: str = ""
    population: int = 0

    @property
    def label(self) -> str:
        """The name with the number that tells homonyms apart; typed again, it finds the same commune."""
        return f"{self.name} ({department_of(self.code)})"

    @property
    def key(self) -> str:
        """What names it alone: a merged commune may have left its code to the new one, so the name is in it."""
        return f"{self.code} {self.name}"


@dataclass(frozen=True)
class _Index:
    """lines: sorted by folded name; each "folded, code, name, now, population". by_code: number of the line."""

    lines: tuple[str, ...]
    by_code: Mapping[str, int]
    departments: Mapping[str, str]

    def commune(self, line: str) -> Commune:
        _, code, name, now, population = line.split("\t")
        return Commune(code, name, now, self.departments.get(department_of(code), ""), int(population or 0))


def department_of(code: str) -> str:
    """The number of the department: "35", "2A", "974"."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def find(text: str, limit: int = 8) -> list[Commune]:
    """Communes whose name begins with these words, then those that hold them, the most peopled first."""
    asked, number = _asked(text)
    if len(asked) < 2 or limit < 1:
        return []
    index = _index()
    first = _best(index, _beginning(index, asked), number, limit)
    if len(first) == limit:
        return first
    inside = (line for line in index.lines if f" {asked}" in line[: line.index("\t")])
    known = {each.key for each in first}
    more = (each for each in _best(index, inside, number, limit) if each.key not in known)
    return [*first, *more][:limit]


def named(text: str) -> tuple[Commune, ...]:
    """The communes of exactly that name, the most peopled first; a department's number after it chooses among them."""
    asked, number = _asked(text)
    if not asked:
        return ()
    index = _index()
    same = (line for line in _beginning(index, asked + "\t"))
    return tuple(_best(index, same, number, 100))


def of_key(key: str) -> Commune | None:
    """The commune of a key that this module gave."""
    code, _, name = key.partition(" ")
    return next((each for each in named(name) if each.code == code and each.name == name), None)


def of_code(code: str) -> Commune | None:
    """Today's commune of that code, else the former one."""
    index = _index()
    place = index.by_code.get(code)
    return None if place is None else index.commune(index.lines[place])


def _asked(text: str) -> tuple[str, str]:
    """The folded name that is sought, and the beginning of its code when a department or a postal code was typed."""
    text = text[:_LONGEST_QUESTION]
    bracketed = " ".join(_IN_BRACKETS.findall(text))
    words = fold(_IN_BRACKETS.sub(" ", text)).split()
    every = [*words, *fold(bracketed).split()]
    if arrondissement := _arrondissement(every):
        return arrondissement, ""
    numbers = [word for word in every if _NUMBER.fullmatch(word)]
    name = " ".join(word for word in words if not _NUMBER.fullmatch(word))
    return name, _department(numbers[-1]) if numbers else ""


def _arrondissement(words: list[str]) -> str:
    """The folded name of the arrondissement that "paris 12", "paris 12e" or "75012 paris" means, "" for none."""
    city = [word for word in words if word in _DIVIDED]
    numbers = [each[1] if (each := _ORDINAL.fullmatch(word)) else word for word in words if word not in _DIVIDED]
    if "marseille" in city and "13" in words:  # its department, as in the label of the whole city
        return ""
    if len(city) != 1 or len(numbers) != 1 or not (rank := _rank(city[0], numbers[0])):
        return ""
    return f"{city[0]} {rank}{'er' if rank == 1 else 'e'} arrondissement"


def _rank(city: str, number: str) -> int:
    """Which arrondissement "12" or "75012" means; 0 for none."""
    rank = int(number[-2:]) if _NUMBER.fullmatch(number) and number.isdigit() and len(number) in (1, 2, 5) else 0
    return rank if 1 <= rank <= _DIVIDED[city] else 0


def _department(number: str) -> str:
    """How the codes of that department or postal code begin; Corsica's postal codes begin with 20."""
    if number[:2] == "20":
        return "2"
    wide = number[:2] in {"97", "98"}
    return number[:3].upper() if wide else number[:2].upper()


def _beginning(index: _Index, asked: str) -> Iterator[str]:
    place = bisect_left(index.lines, asked)
    while place < len(index.lines) and index.lines[place].startswith(asked):
        yield index.lines[place]
        place += 1


def _best(index: _Index, lines: Iterator[str], number: str, limit: int) -> list[Commune]:
    """At most so many of these lines: the name that is whole before those that go on, then by population."""
    kept = ((int(line.rsplit("\t", 1)[1] or 0), line) for line in lines if line.split("\t")[1].startswith(number))
    return [index.commune(line) for _, line in heapq.nlargest(limit, kept, key=lambda pair: pair[0])]


@lru_cache(maxsize=1)
def _index() -> _Index:
    """The lists in memory (some 8 MB); raises Misconfigured when they were not made."""
    folder = resources.folder("static") / FOLDER
    try:
        rows = (folder / "communes.tsv").read_text(encoding="utf-8").splitlines()
        departments = (folder / "departments.tsv").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        fault = Fault("static/vendor/cog", "la liste des communes manque.", "Lancez « make vendor ».")
        raise Misconfigured([fault]) from error
    lines = tuple(sorted(f"{fold(row.split(chr(9))[1])}\t{row}" for row in rows))
    by_code: dict[str, int] = {}
    for place, line in enumerate(lines):
        _, code, _, now, _ = line.split("\t")
        if code not in by_code or not now:
            by_code[code] = place
    return _Index(lines, by_code, dict(_pair(row) for row in departments))


def _pair(row: str) -> tuple[str, str]:
    code, name = row.split("\t")
    return code, name
