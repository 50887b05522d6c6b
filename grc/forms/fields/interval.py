"""From one day to another, both included: three inputs for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grc.errors import Problem
from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields import date
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed

Json = Any

ENDS = ("start", "end")
PARTS = tuple(f"{end}-{part}" for end in ENDS for part in date.PARTS)


def parse(field: Field, posted: Posted) -> Parsed:
    """{"start", "end"} as "YYYY-MM-DD". The code of a problem names the faulty end and part: "start-month", "end"."""
    return both(field, {end: date.parse(_side(field, end), posted) for end in ENDS})


def both(field: Field, read: Mapping[str, Parsed]) -> Parsed:
    """The interval of its two ends as they were read; the end never comes before the start."""
    if all(each == NOTHING for each in read.values()):
        return NOTHING
    problems = [problem for end, parsed in read.items() for problem in _told(field, end, parsed)]
    if problems:
        return Parsed(problems=messages.joined(problems))
    value = {end: parsed.value for end, parsed in read.items()}
    if not in_order(field.kind, value):
        return Parsed(problems=(messages.problem(field, "order"),))
    return Parsed(value)


def in_order(kind: str, value: Mapping[str, str]) -> bool:
    """Whether the end comes after the start; a single day is an interval, a single hour is not."""
    return value["start"] < value["end"] or (kind == "interval" and value["start"] == value["end"])


def _told(field: Field, end: str, parsed: Parsed) -> Sequence[Problem]:
    if parsed == NOTHING:
        return (messages.problem(field, end),)
    return [messages.problem(field, _code(end, problem.code)) for problem in parsed.problems]


def _code(end: str, code: str) -> str:
    return f"{end}-{code}" if f"{end}-{code}" in PARTS else f"{end}-wrong"


def display(field: Field, value: Json) -> str:
    """« Du 1er mars 2026 au 4 mars 2026 », a single day once."""
    return said(value, lambda end: date.display(field, end), "Le", "Du {} au {}")


def said(value: Json, write: Callable[[Json], str], alone: str, pair: str) -> str:
    """The two ends in a sentence, one when they are equal; any other JSON value as its text."""
    if not isinstance(value, Mapping) or not all(isinstance(value.get(end), str) for end in ENDS):
        return str(value)
    if value["start"] == value["end"]:
        return f"{alone} {write(value['start'])}"
    return pair.format(write(value["start"]), write(value["end"]))


def cell(field: Field, value: Json) -> str:
    """As ISO 8601 writes an interval: "2026-03-01/2026-03-04"."""
    return "/".join(str(value.get(end, "")) for end in ENDS) if isinstance(value, Mapping) else str(value)


def typed(field: Field, posted: Posted) -> Typed:
    return {name: text for end in ENDS for name, text in date.typed(_side(field, end), posted).items()}


def retype(field: Field, value: Json) -> Typed:
    known = value if isinstance(value, Mapping) else {}
    return {name: text for end in ENDS for name, text in date.retype(_side(field, end), known.get(end, "")).items()}


def _side(field: Field, end: str) -> Field:
    """One end as a date of its own."""
    return replace(field, name=f"{field.name}-{end}", kind="date")
