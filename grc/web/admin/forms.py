"""The forms of administration as values: what is asked, what was typed, what was seen when the page was shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from grc.authorities.merging import Meanwhile
from grc.errors import Invalid, Problem
from grc.web.bodies import Posted
from grc.web.frame import Problems

NO_PROBLEM = Problems()
SEEN = "seen."
"""Before the name of a field, in a hidden input: the value that the form showed at first."""

Kind = Literal["text", "email", "telephone", "address", "web", "day", "choice", "long", "heading"]


@dataclass(frozen=True)
class Choice:
    """An option of a list."""

    value: str
    label: str


@dataclass(frozen=True)
class Ask:
    """One thing that a form asks. size: a class of govuk-frontend. kind "heading": only a title over what follows."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    required: bool = False
    size: str = "govuk-!-width-two-thirds"
    options: Sequence[Choice] = ()
    autocomplete: str = "off"


@dataclass(frozen=True)
class FormPage:
    """A form of administration. typed: what its inputs hold; seen: what is stored, or was when it was shown.

    intro: sentences before it. title: of the page, h1 too. back: the page before, with its name.
    """

    title: str
    action: str
    back: str
    back_text: str
    asks: Sequence[Ask]
    typed: Mapping[str, str]
    seen: Mapping[str, str] = field(default_factory=dict)
    intro: Sequence[str] = ()
    button: str = "Enregistrer"
    problems: Problems = NO_PROBLEM


def typed(posted: Posted, asks: Sequence[Ask]) -> dict[str, str]:
    """What was typed for each thing asked, without what surrounds it; lines end as everywhere else here."""
    return {one.name: _plain(posted.text(one.name)) for one in asks if one.kind != "heading"}


def seen(posted: Posted, asks: Sequence[Ask]) -> dict[str, str]:
    """What the form had shown at first for each thing asked."""
    return {one.name: _plain(posted.text(SEEN + one.name)) for one in asks if one.kind != "heading"}


def _plain(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n"))


@dataclass(frozen=True)
class Again:
    """A form that was not accepted, to be shown again. seen: None for what is stored now."""

    code: int
    typed: Mapping[str, str]
    seen: Mapping[str, str] | None
    problems: Sequence[Problem]


def again(error: Invalid | Meanwhile, typed: Mapping[str, str], seen: Mapping[str, str]) -> Again:
    """What to show again: 422 with what was typed; 409 with both, where somebody else changed the same field."""
    if isinstance(error, Meanwhile):
        return Again(409, error.values, None, error.problems)
    return Again(422, typed, seen, error.problems or (Problem("", "refused", error.message),))
