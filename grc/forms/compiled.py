"""What is worked out once for each form: the order of pruning, the fast validators, the dates relative to today."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

from grc.conditions import Rule, guarded, reads
from grc.forms import ordering, schema
from grc.forms.definition import Check, Field, Form, Page
from grc.forms.formats import fast_validator, reference_validator

Json = Any
_JUDGED_APART = ("listed", "interval", "hours", "repeated")


@dataclass(frozen=True)
class Batch:
    """Fields of one object that are shown under one rule: pruned together. holders: the steps to that object."""

    rule: Rule | None
    holders: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Derivation:
    """An answer that is worked out, or whose items are pruned one by one."""

    rule: Rule | None
    field: Field


@dataclass(frozen=True)
class Span:
    """A date that must lie within days relative to today; earliest and latest: `x-min` and `x-max`, or None."""

    field: Field
    earliest: Mapping[str, int] | None
    latest: Mapping[str, int] | None


@dataclass(frozen=True)
class Compiled:
    """A form made ready. rules: when each answer is there, by name. controls: when each place is shown, by field id.

    steps: in an order in which answers can be decided.
    """

    form: Form
    rules: Mapping[str, Rule | None]
    controls: Mapping[str, Rule | None]
    steps: tuple[Batch | Derivation, ...]
    spans: tuple[Span, ...]
    accepts: Callable[[Json], bool] = field(repr=False)

    @cached_property
    def accepts_field(self) -> Mapping[str, Callable[[Json], bool]]:
        """For each field by name, whether a value suits its schema (dates relative to today apart)."""
        return {each.name: guarded(fast_validator(schema.leaf(each))) for each in self.form.fields}

    @cached_property
    def reference(self) -> Mapping[str, Any]:
        """For each field by name, the validator that says what is wrong; it reads the author's own messages."""
        return {each.name: reference_validator(each.schema) for each in self.form.fields}

    @cached_property
    def span_of(self) -> Mapping[str, Span]:
        return {span.field.name: span for span in self.spans}

    @cached_property
    def judged_apart(self) -> tuple[Field, ...]:
        """The fields of which the whole schema does not say everything: live lists, intervals, repeated groups."""
        return tuple(each for each in self.form.fields if each.kind in _JUDGED_APART)

    @cached_property
    def checks_of_page(self) -> Mapping[str, tuple[Check, ...]]:
        """For each page by id, the checks whose message stands on it."""
        return {
            page.id: tuple(each for each in self.form.checks if any(f.name == each.at for f in page.fields))
            for page in self.form.pages
        }

    @cached_property
    def redraws(self) -> Mapping[str, frozenset[str]]:
        """For each page by id, the questions on which something else of the same page depends."""
        return {page.id: self._redraws(page) for page in self.form.pages}

    def _redraws(self, page: Page) -> frozenset[str]:
        known = [each.name for each in self.form.fields]
        read = {name for group in page.groups for name in reads(group.rule)}
        for each in page.fields:
            read |= reads(self.controls[each.id]) | ordering.computed_from(each, known, self.form.prefix)
            if each.form is not None and _moves(each.form):
                read.add(each.name)
        return frozenset({each.name for each in page.fields} & self._behind(read))

    def _behind(self, names: set[str]) -> set[str]:
        """The names, and those from which the computed ones among them are made, and so on."""
        known = [each.name for each in self.form.fields]
        found, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += ordering.computed_from(self.form.field(name), known, self.form.prefix)
        return found


def _moves(item: Form) -> bool:
    """Whether something in an item depends on another of its answers."""
    return bool(compiled(item).redraws[item.pages[0].id]) or any(each.computed is not None for each in item.fields)


@lru_cache(maxsize=512)
def compiled(form: Form) -> Compiled:
    """The form made ready, the same object each time."""
    return Compiled(
        form=form,
        rules=ordering.rules(form),
        controls={each.id: rule for _, each, rule in ordering.controls(form)},
        steps=tuple(_steps(form)),
        spans=tuple(_spans(form)),
        accepts=guarded(fast_validator(schema.stand_alone(form))),
    )


def _steps(form: Form) -> Iterator[Batch | Derivation]:
    rules = ordering.rules(form)
    numbers: list[Rule | None] = []
    for rule in rules.values():
        if rule not in numbers:
            numbers.append(rule)

    def key(each: Field) -> tuple[int, tuple[str, ...], str]:
        alone = each.name if each.computed is not None or each.form is not None else ""
        return numbers.index(rules[each.name]), each.path[:-1], alone

    for (number, holders, alone), fields in groupby(ordering.in_order(form), key):
        if alone:
            yield Derivation(numbers[number], form.field(alone))
        else:
            yield Batch(numbers[number], holders, tuple(each.path[-1] for each in fields))


def _spans(form: Form) -> Iterator[Span]:
    for each in form.fields:
        earliest, latest = each.schema.get("x-min"), each.schema.get("x-max")
        if earliest is not None or latest is not None:
            yield Span(each, earliest, latest)


@lru_cache(maxsize=256)
def bounds(form: Form, as_of: date) -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """For each such date its path and the first and last days allowed, as text that sorts like dates."""
    return tuple(
        (
            span.field.path,
            moved(as_of, span.earliest).isoformat() if span.earliest is not None else "",
            moved(as_of, span.latest).isoformat() if span.latest is not None else "9999-12-31",
        )
        for span in compiled(form).spans
    )


def moved(day: date, offset: Mapping[str, int]) -> date:
    """The day moved by years and months (clamped to the month's end), then days, within what a date can hold."""
    months = day.year * 12 + day.month - 1 + offset.get("years", 0) * 12 + offset.get("months", 0)
    year, month = min(max(months // 12, date.min.year), date.max.year - 1), months % 12 + 1
    clamped = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return clamped + timedelta(days=max(-300_000, min(300_000, offset.get("days", 0))))
