"""What is wrong with answers: field by field, across fields, and of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from grc.conditions import holds, value_at
from grc.conditions.values import truth
from grc.errors import Problem
from grc.forms import messages
from grc.forms.compiled import Compiled, bounds, compiled, moved
from grc.forms.definition import Answers, Check, Field, Form, Lists, Page
from grc.forms.fields import interval, listed
from grc.forms.pruning import Names, names, prune

Json = Any


@dataclass(frozen=True)
class Around:
    """What answers are judged against. lists: what agents' lists offer now, None when that is not to be judged.

    outer: for an item of a repeated group, what its expressions read around it.
    """

    as_of: date
    lists: Lists | None = None
    outer: Names | None = None


def check(form: Form, answers: Mapping[str, Json], *, as_of: date, lists: Lists | None = None) -> tuple[Problem, ...]:
    """The problems of all answers, pruned and computed first, in the order of the pages; () when they can be filed."""
    return settled(form, answers, as_of=as_of, lists=lists)[1]


def settled(
    form: Form, answers: Mapping[str, Json], *, as_of: date, lists: Lists | None = None
) -> tuple[Answers, tuple[Problem, ...]]:
    """The answers as they would be filed, pruned and computed, and their problems in the order of the pages."""
    pruned = prune(form, answers, as_of=as_of)
    return pruned, check_pruned(form, pruned, Around(as_of, lists))


def check_pruned(form: Form, pruned: Mapping[str, Json], around: Around) -> tuple[Problem, ...]:
    """The problems of answers already pruned."""
    ready = compiled(form)
    if ready.accepts(pruned) and not _beyond(ready, pruned, around):
        return ()
    found = tuple(problem for page in form.pages for problem in judged_page(form, page, pruned, around))
    return found or (messages.WHOLE,)


def page_problems(
    form: Form, page: Page, pruned: Mapping[str, Json], *, as_of: date, lists: Lists | None = None
) -> tuple[Problem, ...]:
    """The problems of what one page shows. pruned: the answers without what is hidden, computed ones worked out."""
    return judged_page(form, page, pruned, Around(as_of, lists))


def field_problems(
    form: Form, field: Field, value: Json, *, as_of: date, lists: Lists | None = None
) -> tuple[Problem, ...]:
    """The problems of the value of a field that is shown; one at most, or one for each answer of an item."""
    return _of_field(form, field, value, Around(as_of, lists))


def judged_page(form: Form, page: Page, pruned: Mapping[str, Json], around: Around) -> tuple[Problem, ...]:
    """The problems of what one page shows, of answers already pruned."""
    ready = compiled(form)
    shown = [each for each in page.fields if holds(ready.controls[each.id], pruned)]
    around = replace(around, outer=names(pruned, around.as_of, around.outer))
    found = [
        problem
        for each in shown
        if each.computed is None
        for problem in _of_field(form, each, value_at(pruned, each.path), around)
    ]
    faulty = {problem.field for problem in found}
    by_name = {each.name: each for each in shown}
    for each in ready.checks_of_page[page.id]:
        if each.at in by_name and each.at not in faulty and not _check_holds(each, around):
            found.append(messages.of_check(by_name[each.at], each.message))
            faulty.add(each.at)
    return tuple(found)


def _check_holds(each: Check, around: Around) -> bool:
    return truth(each.expression.value(around.outer or {})) is not False


def _of_field(form: Form, field: Field, value: Json, around: Around) -> tuple[Problem, ...]:
    ready = compiled(form)
    if value is None:
        return (messages.problem(field, "required"),) if field.required else ()
    if field.form is not None and isinstance(value, list):
        return tuple(_of_items(ready, field, field.form, value, around))
    if not ready.accepts_field[field.name](value):
        return _refused(ready, field, value)
    return tuple(_out_of_span(ready, field, value, around.as_of))[:1] or tuple(_contradicted(field, value, around))


def _of_items(ready: Compiled, field: Field, item: Form, value: list[Json], around: Around) -> Iterator[Problem]:
    """How many there are, then each item's own problems, named with its number: "children.0.first_name"."""
    for code, wrong in (
        ("minItems", len(value) < int(field.schema.get("minItems", 1))),
        ("maxItems", len(value) > int(field.schema.get("maxItems", len(value)))),
    ):
        if wrong:
            yield messages.problem(field, code, limit=field.schema[code])
    for number, each in enumerate(value):
        if not isinstance(each, Mapping):
            yield messages.problem(field, "type")
            continue
        found = judged_page(item, item.pages[0], each, around)
        if not found and not compiled(item).accepts(each):
            found = (messages.problem(field, "type"),)
        yield from (replace(one, field=f"{field.name}.{number}.{one.field}") for one in found)


def _refused(ready: Compiled, field: Field, value: Json) -> tuple[Problem, ...]:
    """What the reference says of a value that the fast validator refuses: the first error, or each part's first."""
    first: dict[str, Problem] = {}
    for error in ready.reference[field.name].iter_errors(value):
        for problem in messages.of_error(field, error):
            first.setdefault(problem.code if field.kind == "address" else "", problem)
    if not first:
        return (messages.problem(field, "characters" if field.schema.get("type") == "string" else "type"),)
    return messages.joined(list(first.values()))


def _out_of_span(ready: Compiled, field: Field, value: Json, as_of: date) -> Iterator[Problem]:
    span = ready.span_of.get(field.name)
    if span is None:
        return
    if span.earliest is not None and value < (first := moved(as_of, span.earliest)).isoformat():
        yield messages.problem(field, "x-min", limit=first)
    if span.latest is not None and value > (last := moved(as_of, span.latest)).isoformat():
        yield messages.problem(field, "past" if last == as_of else "x-max", limit=last)


def _contradicted(field: Field, value: Json, around: Around) -> Iterator[Problem]:
    """What no schema says: an interval that ends before it starts, a line that a live list no longer offers."""
    if field.kind in ("interval", "hours") and not interval.in_order(field.kind, value):
        yield messages.problem(field, "order")
    if field.kind == "listed" and around.lists is not None:
        offered = listed.offering(field, around.lists.get(listed.source_of(field), ()), around.as_of)
        problem = listed.problem_of(offered, value)
        if problem is not None:
            yield problem


def _within_bounds(form: Form, pruned: Mapping[str, Json], as_of: date) -> bool:
    for path, earliest, latest in bounds(form, as_of):
        value = value_at(pruned, path)
        if value is not None and not earliest <= value <= latest:
            return False
    return True


def _beyond(ready: Compiled, pruned: Mapping[str, Json], around: Around) -> bool:
    """Whether something that the whole schema does not say is wrong, or may be: the pages then say what.

    pruned: answers that the whole schema accepts.
    """
    if not _within_bounds(ready.form, pruned, around.as_of):
        return True
    inner = replace(around, outer=names(pruned, around.as_of, around.outer))
    if any(holds(ready.rules[each.at], pruned) and not _check_holds(each, inner) for each in ready.form.checks):
        return True
    values = ((each, value_at(pruned, each.path)) for each in ready.judged_apart)
    return any(value is not None and _one_beyond(ready, each, value, inner) for each, value in values)


def _one_beyond(ready: Compiled, field: Field, value: Json, around: Around) -> bool:
    """The same of one answer; of a repeated group, of its items."""
    if field.form is not None:
        item = compiled(field.form)
        return any(_beyond(item, each, around) for each in value)
    return bool(_of_field(ready.form, field, value, around))
