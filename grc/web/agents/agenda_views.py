"""What the pages of the agenda show, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grc.forms.definition import Field
from grc.web.frame import Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class Taken:
    """Something taken. state: for what, in words. href: of its demande, or "". give_back: address of a POST, or ""."""

    when: str
    title: str
    state: str
    href: str = ""
    give_back: str = ""


@dataclass(frozen=True)
class AgendaPage:
    """A month of one list. before, after: pairs of a title and an address. fields: of what an agent may keep, or ().

    lost: things that say that they are part of what the list does not have: label, and what they say.
    """

    title: str
    month: str
    before: tuple[str, str]
    after: tuple[str, str]
    taken: Sequence[Taken]
    back: str
    lost: Sequence[tuple[str, str]] = ()
    action: str = ""
    fields: Sequence[Field] = ()
    typed: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    problems: Problems = NO_PROBLEM
    anchors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AgendasPage:
    """Every list of which a published procedure lends the things: pairs of a title and an address."""

    rows: Sequence[tuple[str, str]]
