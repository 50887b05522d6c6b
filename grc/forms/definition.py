"""A form as frozen values: pages of groups of fields, and the JSON Schema that says what a valid answer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from grc.conditions import Expression, Rule, value_at

Json = Any
Answers = dict[str, Json]
"""Nested objects of JSON values: {"applicant": {"email": …}}."""

KINDS = (
    "text",
    "longtext",
    "email",
    "phone",
    "integer",
    "yes_no",
    "choice",
    "choices",
    "date",
    "number",
    "money",
    "time",
    "partial_date",
    "interval",
    "hours",
    "identifier",
    "address",
    "commune",
    "place",
    "file",
    "statement",
    "listed",
)


@dataclass(frozen=True)
class Choice:
    """One value to choose. value is what is stored and its stable id; title and hint are what people read."""

    value: str | int | bool
    title: str
    hint: str = ""


@dataclass(frozen=True)
class Item:
    """One line of a list that agents keep: a room, a school. attributes: JSON values by name, as the list has them.

    note: what is to be known of it now, which no answer keeps ("3 places"). is_kept: an answer already given names it
    so: it stays on offer, whatever its list says now.
    """

    id: str
    label: str
    attributes: Mapping[str, Json] = field(default_factory=dict)
    note: str = ""
    is_kept: bool = False


Lists = Mapping[str, Sequence[Item]]
"""The lists that agents keep, open lines only, by name."""


@dataclass(frozen=True)
class Check:
    """Something that must be true of several answers. message: what to do when it is false.

    at: name of the answer that the message stands beside.
    """

    expression: Expression
    message: str
    at: str


@dataclass(frozen=True)
class Field:
    """One question. name: dotted path of the answer ("applicant.email"), also the name and id of its HTML inputs.

    required: to be answered when it is shown. schema: its own JSON Schema, expanded, annotations included.
    rule: when it is shown (its page's and group's rules come on top). options: what the control asks of its look.
    computed: what gives the answer, when nobody types it. form: of one item, when the question is repeated.
    items: what may be chosen now in a list that agents keep.
    """

    id: str
    name: str
    kind: str
    title: str
    hint: str = ""
    required: bool = False
    schema: Mapping[str, Json] = field(default_factory=dict)
    rule: Rule | None = None
    autocomplete: str = ""
    choices: tuple[Choice, ...] = ()
    options: Mapping[str, Json] = field(default_factory=dict)
    computed: Expression | None = None
    form: Form | None = None
    items: tuple[Item, ...] = ()

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The steps of the name."""
        return tuple(self.name.split("."))

    @property
    def role(self) -> str:
        """What the answer is to the submission ("contact-email", "family-name"…), or ""."""
        return str(self.schema.get("x-role", ""))


@dataclass(frozen=True)
class Group:
    """Fields under one heading; title may be empty. texts: paragraphs shown before the fields."""

    id: str
    title: str
    fields: tuple[Field, ...]
    rule: Rule | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One step of the form. id is part of its URL."""

    id: str
    title: str
    groups: tuple[Group, ...]
    rule: Rule | None = None

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields of the page, shown or not, in order."""
        return tuple(each for group in self.groups for each in group.fields)


@dataclass(frozen=True, eq=False)
class Form:
    """Pages in order, and the author's JSON Schema with its blocks expanded. Equal only to itself: it keys caches.

    unplaced: computed answers that no page shows. checks: what must be true across answers. prefix: what expressions
    call its own answers by: "answers", or "item" for the form of one item. relaxed: names of the required answers that
    an agent may leave empty at the desk.
    """

    pages: tuple[Page, ...]
    schema: Mapping[str, Json]
    unplaced: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    prefix: str = "answers"
    relaxed: frozenset[str] = frozenset()

    @cached_property
    def at_desk(self) -> Form:
        """The form that an agent fills for a citizen, the same object each time: what is `relaxed` may stay empty.

        A declaration is worded as what the person declares: who ticks it is not who swears.
        """
        return replace(self, pages=tuple(_page_at_desk(each, self.relaxed) for each in self.pages), relaxed=frozenset())

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Each answer once, in the order of the pages; one asked in several places as its first place has it."""
        first: dict[str, Field] = {}
        for each in (*(each for page in self.pages for each in page.fields), *self.unplaced):
            first.setdefault(each.name, each)
        return tuple(first.values())

    @cached_property
    def sources(self) -> frozenset[str]:
        """The names of the agents' lists that its questions choose from."""
        return frozenset(str(each.schema["x-choices"]["source"]) for each in self.every_field if each.kind == "listed")

    @cached_property
    def every_field(self) -> tuple[Field, ...]:
        """Its fields and those of the items of repeated groups, whose names are relative to their item."""
        inner = (each.form.every_field for each in self.fields if each.form is not None)
        return (*self.fields, *(field for fields in inner for field in fields))

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {each.name: each for each in self.fields}

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[Field, ...]]:
        found: dict[str, tuple[Field, ...]] = {}
        for each in self.fields:
            if each.role:
                found[each.role] = (*found.get(each.role, ()), each)
        return found

    def field(self, name: str) -> Field:
        """The field of that name; raises KeyError."""
        return self._by_name[name]

    def page(self, page_id: str) -> Page | None:
        """The page of that id, shown or not."""
        return next((page for page in self.pages if page.id == page_id), None)

    def role_value(self, answers: Mapping[str, Json], role: str) -> Json:
        """The answer to the first field of that role that has one: alternatives may share a role; None without any."""
        values = (value_at(answers, field.path) for field in self._by_role.get(role, ()))
        return next((value for value in values if value is not None), None)

    def roles_of(self, answers: Mapping[str, Json]) -> frozenset[str]:
        """The roles that these answers fill."""
        return frozenset(role for role in self._by_role if self.role_value(answers, role) is not None)

    def email_of(self, answers: Mapping[str, Json]) -> str | None:
        """Where receipts go: the address given for them (R112-11-3), else the applicant's own."""
        for role in ("receipt-email", "contact-email"):
            value = self.role_value(answers, role)
            if isinstance(value, str) and value:
                return value
        return None


def _page_at_desk(page: Page, relaxed: frozenset[str]) -> Page:
    groups = (
        replace(group, fields=tuple(_field_at_desk(each, relaxed) for each in group.fields)) for group in page.groups
    )
    return replace(page, groups=tuple(groups))


def _field_at_desk(field: Field, relaxed: frozenset[str]) -> Field:
    if field.kind == "statement":
        return replace(field, title=f"La personne déclare\u00a0: «\u00a0{field.title}\u00a0»")
    return replace(field, required=False) if field.name in relaxed else field
