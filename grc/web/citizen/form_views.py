"""What a step of the form shows, as frozen values.

Addresses are strings made by the routes; "" means that the act is not open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from grc.errors import Problem
from grc.forms.definition import Field
from grc.forms.fields import input_of
from grc.forms.rows import Row
from grc.web.frame import PlaceLinks, Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class SentFile:
    """A document already on the server. href: to read it, or "". remove: address of a POST, or "".

    hindrance: why nobody can read it (the antivirus), or "".
    """

    id: str
    name: str
    size: int
    href: str = ""
    remove: str = ""
    hindrance: str = ""


@dataclass(frozen=True)
class SentPage:
    """The files of one question, for the script that sends them. problem: of the file just sent, or None."""

    field: Field
    files: Sequence[SentFile]
    problem: Problem | None = None


@dataclass(frozen=True)
class FieldGroup:
    """The fields that are visible now, under a heading that may be empty."""

    title: str
    fields: Sequence[Field]
    texts: Sequence[str] = ()


@dataclass(frozen=True)
class Rows:
    """The rows of a repeated question. title: of one item. redraws: names on which others of the same row depend."""

    title: str
    rows: Sequence[Row]
    fewest: int
    most: int
    redraws: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FormPage:
    """A step of the form.

    typed: what to show in the inputs, by name of input. redraws: names of the fields on which others of the page
    depend. files: documents already sent, by name of field. action: address of the POST, whose `then` says which
    button was pressed: "continue", "later" (save and resume later) or "redraw" (show the questions that follow).
    locked: what FranceConnect told and nobody may change here, in words, by name of field. remarks: what to say
    under a question whose answer FranceConnect told and may have wrong. profile: address of a POST
    that fills empty answers with those of the account's last demande, "" when there are none; profile_page: this page.
    is_helped: a helper fills it in, for whom "vous" is the person helped.
    focus: where a change of rows leads, "children.1" for that row, "children" for the button that adds one; said: what
    it did, for those who do not see it.
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
    repeated: Mapping[str, Rows] = field(default_factory=dict)
    locked: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    places: PlaceLinks | None = None
    back: str = ""
    back_text: str = "Étape précédente"
    saved_at: datetime | None = None
    profile: str = ""
    profile_page: str = ""
    is_helped: bool = False
    focus: str = ""
    said: str = ""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field of the page, in order."""
        return tuple(each for group in self.groups for each in group.fields)

    @cached_property
    def alone(self) -> bool:
        """One question that opens no other and nothing else, so that its label is the heading of the page."""
        if len(self.fields) != 1 or self.redraws or any(group.title or group.texts for group in self.groups):
            return False
        only = self.fields[0]
        if only.computed is not None or only.form is not None:
            return False
        return only.kind not in ("statement", "file") and only.name not in self.locked

    @property
    def is_live(self) -> bool:
        """A change redraws something of the page."""
        return bool(self.redraws or self.repeated)

    @cached_property
    def all_required(self) -> bool:
        """No question may be left empty."""
        return all(each.required for each in self.asked)

    @property
    def all_optional(self) -> bool:
        """Every question may be left empty."""
        return not any(each.required for each in self.asked)

    @cached_property
    def asked(self) -> tuple[Field, ...]:
        """Every question shown, those of rows included, what is worked out left out."""
        inner = (each for found in self.repeated.values() for row in found.rows for each in row.fields)
        return tuple(each for each in (*self.fields, *inner) if each.computed is None)

    @property
    def anchors(self) -> Mapping[str, str]:
        """For each problem, the id of the input to correct."""
        inner = (each for found in self.repeated.values() for row in found.rows for each in row.fields)
        kinds = {each.name: each for each in (*self.fields, *inner)}
        return {each.field: _anchor(kinds.get(each.field), each) for each in self.problems.all}

    @property
    def has_files(self) -> bool:
        """Documents are sent from here."""
        return any(each.kind == "file" for each in self.fields)


def _anchor(asked: Field | None, problem: Problem) -> str:
    """The id of the input that a problem is about: the faulty part of the question, else the first."""
    return problem.field if asked is None else input_of(asked, problem)
