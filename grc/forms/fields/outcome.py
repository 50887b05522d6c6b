"""What reading one posted field can give: a value, nothing at all, or a problem to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from grc.errors import Problem
from grc.forms.definition import Field

Json = Any
Posted = Mapping[str, Sequence[str]]
"""What came with the form: for each input's name, its values in order."""
Typed = dict[str, str | list[str]]
"""What to show again in each input, exactly as it was typed."""


@dataclass(frozen=True)
class Parsed:
    """value: None when nothing was answered. problems: not empty when what was typed cannot be understood."""

    value: Json = None
    problems: tuple[Problem, ...] = ()


NOTHING = Parsed()


class Kind(Protocol):
    """What each module of this package offers."""

    def parse(self, field: Field, posted: Posted) -> Parsed:
        """The value behind what was posted; its schema is checked elsewhere."""

    def display(self, field: Field, value: Json) -> str:
        """The value as people read it, in French; any JSON value is accepted."""

    def cell(self, field: Field, value: Json) -> str:
        """The value as a table has it: ISO dates, "12.34", "oui", labels; any JSON value is accepted."""

    def typed(self, field: Field, posted: Posted) -> Typed:
        """What was posted, to be shown again."""

    def retype(self, field: Field, value: Json) -> Typed:
        """What to show in the inputs for a value that is stored."""


def first(posted: Posted, name: str) -> str:
    """The first value of an input, "" when there is none."""
    values = posted.get(name)
    return values[0] if values else ""
