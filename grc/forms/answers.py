"""Answers read from a posted page, checked against the form, and rid of what is hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grc.conditions import holds, value_at
from grc.errors import Problem
from grc.forms import messages
from grc.forms.compiled import Compiled, bounds, compiled, moved
from grc.forms.definition import Answers, Field, Form, Page
from grc.forms.fields import KINDS, Posted, Typed

Json = Any


@dataclass(frozen=True)
class PageRead:
    """answers: all of them, this page's valid ones put in and its faulty ones taken out; files and hidden ones stay.

    problems: of the fields that are shown. typed: what to show again in each input, exactly as typed.
    """

    answers: Answers
    problems: tuple[Problem, ...]
    typed: Typed


def read_page(
    form: Form,
    page: Page,
    posted: Posted,
    answers: Mapping[str, Json],
    *,
    as_of: date,
    files: Mapping[str, Sequence[Mapping[str, Json]]],
) -> PageRead:
    """What the page says, parsed and checked. files: for each file field by name, those stored; never from posted text.

    Hidden answers stay until `prune`, so that a change of mind or a mistake on one page loses nothing of the others.
    """
    merged = _copied(answers)
    typed: Typed = {}
    unread: dict[str, tuple[Problem, ...]] = {}
    for field in page.fields:
        kind = KINDS[field.kind]
        parsed = kind.parse(field, posted)
        value = [dict(each) for each in files.get(field.name, ())] if field.kind == "file" else parsed.value
        _put(merged, field.path, None if value in ("", [], {}) else value)
        typed.update(kind.typed(field, posted))
        unread[field.name] = parsed.problems
    problems: list[Problem] = []
    for field in _shown(form, page, merged):
        found = unread[field.name] or field_problems(form, field, value_at(merged, field.path), as_of=as_of)
        if found and field.kind != "file":
            _put(merged, field.path, None)
        problems.extend(found)
    return PageRead(merged, tuple(problems), typed)


def as_typed(page: Page, answers: Mapping[str, Json]) -> Typed:
    """What to show in each input of the page for the answers that are stored."""
    typed: Typed = {}
    for field in page.fields:
        value = value_at(answers, field.path)
        if value is not None:
            typed.update(KINDS[field.kind].retype(field, value))
    return typed


def prune(form: Form, answers: Mapping[str, Json]) -> Answers:
    """Only the answers of fields that are shown, decided transitively: what is hidden counts as absent for the rest."""
    kept: Answers = {}
    for batch in compiled(form).batches:
        source: Json = answers
        for step in batch.holders:
            source = source.get(step) if isinstance(source, Mapping) else None
        if not isinstance(source, Mapping) or not source or not holds(batch.rule, kept):
            continue
        found = {key: source[key] for key in batch.keys if source.get(key) is not None}
        if found:
            target = kept
            for step in batch.holders:
                target = target.setdefault(step, {})
            target.update(found)
    return kept


def with_value(answers: Mapping[str, Json], path: tuple[str, ...], value: Json) -> Answers:
    """The answers with this value at its place, or without it when None or empty; those given stay as they were."""
    copied = _copied(answers)
    _put(copied, path, None if value in ("", [], {}) else value)
    return copied


def check(form: Form, answers: Mapping[str, Json], *, as_of: date) -> tuple[Problem, ...]:
    """The problems of all answers, pruned first, in the order of the pages; () when they can be filed."""
    ready = compiled(form)
    pruned = prune(form, answers)
    if ready.accepts(pruned) and _within_bounds(form, pruned, as_of):
        return ()
    return _explained(ready, pruned, as_of) or (messages.WHOLE,)


def page_problems(form: Form, page: Page, pruned: Mapping[str, Json], *, as_of: date) -> tuple[Problem, ...]:
    """The problems of the fields that one page shows. pruned: the answers without what is hidden."""
    rules = compiled(form).rules
    shown = (field for field in page.fields if holds(rules[field.name], pruned))
    return tuple(
        problem for field in shown for problem in field_problems(form, field, value_at(pruned, field.path), as_of=as_of)
    )


def field_problems(form: Form, field: Field, value: Json, *, as_of: date) -> tuple[Problem, ...]:
    """The problem of the value of a field that is shown; () when there is none, never more than one."""
    ready = compiled(form)
    if value is None:
        return (messages.problem(field, "required"),) if field.required else ()
    if not ready.accepts_field[field.name](value):
        return _refused(ready, field, value)
    return tuple(_out_of_span(ready, field, value, as_of))[:1]


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


def _within_bounds(form: Form, pruned: Mapping[str, Json], as_of: date) -> bool:
    for path, earliest, latest in bounds(form, as_of):
        value = value_at(pruned, path)
        if value is not None and not earliest <= value <= latest:
            return False
    return True


def _explained(ready: Compiled, pruned: Mapping[str, Json], as_of: date) -> tuple[Problem, ...]:
    pages = ready.form.pages
    return tuple(problem for page in pages for problem in page_problems(ready.form, page, pruned, as_of=as_of))


def _shown(form: Form, page: Page, answers: Mapping[str, Json]) -> tuple[Field, ...]:
    rules, pruned = compiled(form).rules, prune(form, answers)
    return tuple(field for field in page.fields if holds(rules[field.name], pruned))


def _copied(answers: Mapping[str, Json]) -> Answers:
    """The objects that hold answers copied, so that the caller's stay as they were."""
    return {key: _copied(value) if isinstance(value, Mapping) else value for key, value in answers.items()}


def _put(answers: Answers, path: tuple[str, ...], value: Json) -> None:
    """The value at its place, or nothing there when it is None."""
    *holders, last = path
    node = answers
    for step in holders:
        if not isinstance(node.get(step), dict):
            if value is None:
                return
            node[step] = {}
        node = node[step]
    if value is None:
        node.pop(last, None)
    else:
        node[last] = value
