"""What a step of the form shows, as frozen values.

Addresses are strings made by the routes; "" means that the act is not open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grc.errors import Problem
from grc.forms.definition import Field
from grc.web.frame import Problems

NO_PROBLEM = Problems()

_DATE_PARTS = ("day", "month", "year")


@dataclass(frozen=True)
class SentFile:
    """A document already on the server. href: to read it, or "". remove: address of a POST, or ""."""

    id: str
    name: str
    size: int
    href: str = ""
    remove: str = ""


@dataclass(frozen=True)
class FieldGroup:
    """The fields that are visible now, under a heading that may be empty."""

    title: str
    fields: Sequence[Field]
    texts: Sequence[str] = ()


@dataclass(frozen=True)
class FormPage:
    """A step of the form.

    typed: what to show in the inputs, by name of input. redraws: names of the fields on which others of the page
    depend. files: documents already sent, by name of field. action: address of the POST, whose `then` says which
    button was pressed: "continue", "later" (save and resume later) or "redraw" (show the questions that follow).
    locked: what FranceConnect told and nobody may change here, in words, by name of field.
    """

    procedure: str
    title: str
    step: int
    steps: int
    action: str
    groups: Sequence[FieldGroup]
    typed: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    problems: Problems = NO_PROBLEM
    files: Mapping[str, Sequence[SentFile]] = field(default_factory=dict)
    redraws: frozenset[str] = frozenset()
    locked: Mapping[str, str] = field(default_factory=dict)
    back: str = ""
    back_text: str = "Étape précédente"
    saved_at: datetime | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field of the page, in order."""
        return tuple(each for group in self.groups for each in group.fields)

    @property
    def alone(self) -> bool:
        """One question and nothing else, so that its label is the heading of the page."""
        if len(self.fields) != 1 or any(group.title or group.texts for group in self.groups):
            return False
        return self.fields[0].kind not in ("statement", "file") and self.fields[0].name not in self.locked

    @property
    def all_required(self) -> bool:
        """No question may be left empty."""
        return all(each.required for each in self.fields)

    @property
    def anchors(self) -> Mapping[str, str]:
        """For each problem, the id of the input to correct."""
        kinds = {each.name: each for each in self.fields}
        return {each.field: _anchor(kinds.get(each.field), each) for each in self.problems.all}

    @property
    def has_files(self) -> bool:
        """Documents are sent from here."""
        return any(each.kind == "file" for each in self.fields)


def _anchor(asked: Field | None, problem: Problem) -> str:
    """The id of the input that a problem is about: the faulty part of a date or an address, else the first."""
    if asked is None or asked.kind not in ("date", "address"):
        return problem.field
    parts = _DATE_PARTS if asked.kind == "date" else tuple(part["name"] for part in asked.options["parts"])
    return f"{problem.field}-{problem.code if problem.code in parts else parts[0]}"
