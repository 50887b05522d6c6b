"""A procedure as one frozen value: what it is, for whom, under which rules, with its form and its workflow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from grc.conditions import guarded
from grc.forms.definition import Field, Form
from grc.forms.fields import listed
from grc.forms.formats import fast_validator
from grc.workflow.definition import Workflow

Json = Any
DESK_CHANNELS = ("desk", "telephone", "paper")
"""How a demande reaches the agent who types it."""
BOOK, RELEASE = "book", "release"
"""The actions that take what `takes` names, and give it back."""
FORMAT = 1
"""Number of the format of `document`; a reader of an older one upgrades it first."""


@dataclass(frozen=True)
class SilenceItem:
    """What silence becomes after a period. condition: a schema on the answers, None for the last item of the list.

    uncertain: the law is not settled; the authority confirms before it publishes. note: why, never for citizens. when:
    the condition in a few words, for the page where people begin ("Pour un document"), or "".
    Source: CRPA L231-1, L231-4 to L231-6.
    """

    rule: Literal["acceptance", "rejection", "none"]
    period: int
    unit: Literal["month", "day"]
    source: str
    uncertain: bool = False
    condition: Mapping[str, Json] | None = None
    note: str = ""
    when: str = ""


@dataclass(frozen=True)
class Appeal:
    """One way to contest a decision of this procedure. condition: a schema on the answers, None for the ordinary ways.

    cada: the commission on access to administrative documents, which comes before the court (CRPA L342-1).
    """

    kind: Literal["gracieux", "hierarchique", "cada", "contentieux"]
    to: str
    delay_months: int
    source: str
    uncertain: bool = False
    note: str = ""
    condition: Mapping[str, Json] | None = None


@dataclass(frozen=True)
class Piece:
    """A document that a text requires (CRPA L114-5). field: name of its file field."""

    field: str
    title: str
    required_by: str
    indispensable: bool


@dataclass(frozen=True)
class RetentionCase:
    """Another period for what has ended in that state of the workflow."""

    state: str
    months: int
    source: str
    basis: str


@dataclass(frozen=True)
class Retention:
    """How long the answers are kept, and by which text. since: the day from which the months count.

    "request": when it was received; "end": when it was decided or closed. cases: where the state makes it another.
    """

    months: int
    source: str
    basis: str
    since: Literal["request", "end"] = "end"
    cases: tuple[RetentionCase, ...] = ()

    @property
    def longest(self) -> int:
        """The months of what is kept longest."""
        return max(self.months, *(each.months for each in self.cases), 0)


@dataclass(frozen=True)
class Notice:
    """What the person is told of the use of the data (GDPR art. 13); controller and officer are the authority's."""

    purpose: str
    legal_basis: str
    recipients: str
    retention_text: str
    rights: str
    obligation: str
    transfers: str = ""
    automated_decision: str = ""


@dataclass(frozen=True)
class Dpia:
    """Whether an impact assessment is needed (GDPR art. 35), and why: what the author of the procedure found."""

    needed: Literal["yes", "no", "to-assess"]
    why: str


@dataclass(frozen=True)
class When:
    """The attributes of an item that say when it is: days from first to last, or one day's hours from start to end.

    Each a name, "" where the item has no such thing.
    """

    first: str
    last: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class Takes:
    """What a demande takes of the things of a list: which answer says what, by its name.

    rows: the repeated group of which each row chooses one; item and quantity are then relative to it. days: the answers
    that say when, the first one that is given holds; none for a place taken for good. hours: from when to when of one
    day. stock: the attribute of an item that says how many there are, "" for one. part_of: the one that names a bigger
    item. margin_days: kept free before and after. when: the attributes of the item that say when it is, None where it
    has no days of its own. waiting: what is full is offered still, for a place on a waiting list.
    """

    item: str
    rows: str = ""
    quantity: str = ""
    days: tuple[str, ...] = ()
    hours: str = ""
    stock: str = ""
    part_of: str = ""
    margin_days: int = 0
    when: When | None = None
    waiting: bool = False

    def field_in(self, form: Form) -> Field:
        """The question that chooses the item; raises KeyError."""
        group = form.field(self.rows).form if self.rows else form
        if group is None:
            raise KeyError(self.rows)
        return group.field(self.item)

    def source_in(self, form: Form) -> str:
        """The list of which it chooses."""
        return listed.source_of(self.field_in(form))


@dataclass(frozen=True, eq=False)
class Procedure:
    """One procedure. document: all of it as one JSON document, blocks expanded: what is stored and hashed.

    agent_forms: those of its workflow, by name, each of one page. source: the catalogue's document, before its
    parameters are written out: what an authority overlays; empty for a version that is read again. sensitive: open to
    the agents alone who are granted it by name. opens_on, closes_on: the first and the last day of filing, None without
    one; closed: the other way to ask on other days, or "".
    """

    slug: str
    title: str
    description: str
    audience: str
    category: str
    keywords: tuple[str, ...]
    who: tuple[str, ...]
    prepare: tuple[str, ...]
    minutes: int
    price: str
    target_delay: str
    service: str
    reference_template: str
    franceconnect: Literal["offered", "none"]
    identification: Literal["required", "optional"]
    silence: tuple[SilenceItem, ...]
    appeal: tuple[Appeal, ...]
    pieces: tuple[Piece, ...]
    retention: Retention
    notice: Notice
    form: Form
    workflow: Workflow
    agent_forms: Mapping[str, Form]
    document: Mapping[str, Json] = field(repr=False)
    letters: Mapping[str, str] = field(default_factory=dict, repr=False)
    source: Mapping[str, Json] = field(default_factory=dict, repr=False)
    sensitive: bool = False
    opens_on: date | None = None
    closes_on: date | None = None
    closed: str = ""
    dpia: Dpia | None = None
    takes: Takes | None = None

    @cached_property
    def takes_at_once(self) -> bool:
        """Whether what it takes is taken as it is filed, not when an agent decides."""
        first = self.workflow.state(self.workflow.initial)
        return any(each.type == BOOK for each in first.entry)

    def is_open_on(self, day: date) -> bool:
        """Whether the procedure may be started that day, by its own dates."""
        return (self.opens_on is None or self.opens_on <= day) and (self.closes_on is None or day <= self.closes_on)

    def entered_by(self, channel: str) -> Procedure:
        """The procedure with the form of that channel: at the desk an agent fills it."""
        return self._at_desk if channel in DESK_CHANNELS else self

    @cached_property
    def _at_desk(self) -> Procedure:
        return replace(self, form=self.form.at_desk)

    def silence_for(self, answers: Mapping[str, Json]) -> SilenceItem:
        """The first rule of silence whose condition these answers meet; the last one has none."""
        return next(each for each in self.silence if each.condition is None or _meets(each.condition, answers))

    def appeal_for(self, answers: Mapping[str, Json]) -> tuple[Appeal, ...]:
        """The ways to contest a decision on these answers: those whose condition they meet, else the ordinary ones."""
        own = tuple(each for each in self.appeal if each.condition is not None and _meets(each.condition, answers))
        return own or tuple(each for each in self.appeal if each.condition is None)

    def retention_in(self, state: str) -> Retention:
        """How long the answers are kept once the demande has ended in that state: its own case, else the rule."""
        found = next((each for each in self.retention.cases if each.state == state), None)
        if found is None:
            return self.retention
        return replace(self.retention, months=found.months, source=found.source, basis=found.basis)


def _meets(condition: Mapping[str, Json], answers: Mapping[str, Json]) -> bool:
    """Whether the answers meet the schema; an absent answer makes it false."""
    return guarded(fast_validator(with_presence(condition)))(answers)


def with_presence(schema: Json) -> Json:
    """The schema with every property it speaks of required, at each step: an absent answer is false."""
    if isinstance(schema, list):
        return [with_presence(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    result = {
        key: {name: with_presence(each) for name, each in value.items()}
        if key == "properties"
        else with_presence(value)
        for key, value in schema.items()
        if key not in ("const", "enum")
    }
    result.update({key: schema[key] for key in ("const", "enum") if key in schema})
    if isinstance(schema.get("properties"), Mapping):
        result["type"] = "object"
        result["required"] = sorted({*schema.get("required", ()), *schema["properties"]})
    return result


def canonical(document: Json) -> bytes:
    """The one spelling of a JSON document: keys sorted, no space, UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256(document: Json) -> str:
    """The hash of a document's canonical spelling, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()
