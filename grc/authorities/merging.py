"""What two people changed at once: what was seen, what was typed and what is stored become one, field by field."""

from __future__ import annotations

from collections.abc import Mapping

from grc.errors import Conflict, Problem

Values = Mapping[str, str]
"""What a form shows of something stored, by name of field."""


class Meanwhile(Conflict):
    """Somebody changed the same field since the page was shown; each problem gives what is stored.

    values: what to show again: what was typed where both changed, and elsewhere what either changed.
    """

    def __init__(self, problems: list[Problem], values: Values) -> None:
        super().__init__("Quelqu’un a changé cette page entre-temps. Comparez, puis enregistrez à nouveau.")
        self.problems, self.values = tuple(problems), values


def merged(*, seen: Values, typed: Values, stored: Values, labels: Mapping[str, str]) -> dict[str, str]:
    """The values to store, for each name of `labels`: what was typed where the person changed it, else what is stored.

    seen: what the form showed at first. labels: how people name each field. Raises Meanwhile where somebody else
    changed the same field to something else.
    """
    values, problems = {}, []
    for name, label in labels.items():
        before, mine, now = seen.get(name, ""), typed.get(name, ""), stored.get(name, "")
        if mine not in (before, now) and now != before:
            problems.append(Problem(name, "stale", _told(label, now)))
        values[name] = now if mine == before else mine
    if problems:
        raise Meanwhile(problems, values)
    return values


def changed(values: Values, stored: Values) -> list[str]:
    """The names of the fields that differ, in order: what the journal keeps of a change."""
    return [name for name, value in values.items() if value != stored.get(name, "")]


def _told(label: str, now: str) -> str:
    there = "est maintenant vide" if not now else "est maintenant «\u00a0" + now.replace("\n", ", ") + "\u00a0»"
    return f"Quelqu’un a changé ce champ entre-temps\u00a0: {label} {there}. Gardez l’un ou l’autre, puis enregistrez."
