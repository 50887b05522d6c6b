"""Answers read from a posted page: parsed, checked, and what was typed kept to be shown again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grc.conditions import holds, value_at
from grc.errors import Problem
from grc.forms import rows
from grc.forms.compiled import compiled
from grc.forms.definition import Answers, Field, Form, Lists, Page
from grc.forms.fields import KINDS, Posted, Typed
from grc.forms.judging import Around, check, field_problems, judged_page, page_problems, settled
from grc.forms.pruning import prune, put

__all__ = [
    "ASKED",
    "PageRead",
    "as_typed",
    "check",
    "field_problems",
    "page_problems",
    "prune",
    "read_page",
    "settled",
    "unfinished",
    "up_to_date",
    "with_value",
]

Json = Any
ASKED = "_asked"
"""Name of the hidden inputs that say which questions the page showed: what it did not show stays as it was."""


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
    lists: Lists | None = None,
) -> PageRead:
    """What the page says, parsed and checked. files: for each file field by name, those stored; never from posted text.

    Hidden answers stay until `prune`, so that a change of mind or a mistake on one page loses nothing of the others.
    lists: what agents' lists offer now; an answer keeps the line chosen as the list has it, never as it was posted.
    """
    merged = _copied(answers)
    typed: Typed = {}
    unread: dict[str, tuple[Problem, ...]] = {}
    keys: dict[str, Sequence[str]] = {}
    for field in page.fields:
        if field.computed is not None:
            continue
        if not _was_asked(field, posted):
            typed.update(_as_stored(field, value_at(merged, field.path)))
            if field.form is not None:
                keys[field.name] = list(typed[field.name])
            continue
        if field.form is not None:
            read = rows.parse(field, posted, lists)
            value, unread[field.name], keys[field.name] = read.items, read.problems, read.keys
        else:
            value, unread[field.name] = _parsed(field, posted, files, lists)
        put(merged, field.path, None if value in ("", [], {}) else value)
        typed.update(_typed(field, posted))
    worked_out = prune(form, merged, as_of=as_of)
    _put_computed(form, merged, worked_out)
    problems = _problems(form, page, worked_out, unread, Around(as_of, lists))
    for problem in problems:
        _take_out(form, merged, problem)
    typed.update(_in_words(page, worked_out, keys))
    return PageRead(merged, rows.as_posted(problems, keys), typed)


def _was_asked(field: Field, posted: Posted) -> bool:
    return ASKED not in posted or field.name in posted[ASKED]


def _parsed(
    field: Field, posted: Posted, files: Mapping[str, Sequence[Mapping[str, Json]]], lists: Lists | None
) -> tuple[Json, tuple[Problem, ...]]:
    if field.kind == "file":
        return [dict(each) for each in files.get(field.name, ())], ()
    parsed = KINDS[field.kind].parse(rows.offered(field, lists), posted)
    return parsed.value, parsed.problems


def _typed(field: Field, posted: Posted) -> Typed:
    return rows.typed(field, posted) if field.form is not None else KINDS[field.kind].typed(field, posted)


def _problems(
    form: Form, page: Page, pruned: Answers, unread: Mapping[str, tuple[Problem, ...]], around: Around
) -> tuple[Problem, ...]:
    """What could not be understood, then what is wrong, of the fields that are shown; one for each input."""
    controls = compiled(form).controls
    shown = [each for each in page.fields if holds(controls[each.id], pruned)]
    found = {problem.field: problem for each in shown for problem in unread.get(each.name, ())}
    for problem in judged_page(form, page, pruned, around):
        found.setdefault(problem.field, problem)
    order = [each.name for each in shown]
    return tuple(sorted(found.values(), key=lambda one: order.index(_asked_by(one.field, order))))


def _asked_by(name: str, order: Sequence[str]) -> str:
    """The question of the page that a problem belongs to: itself, or the repeated one that it is in."""
    return next(each for each in order if name == each or name.startswith(f"{each}."))


def _take_out(form: Form, merged: Answers, problem: Problem) -> None:
    """A faulty value does not stay among the answers; a file does, and what only disagrees with other answers."""
    if problem.code == "x-checks":
        return
    field = next((each for each in form.fields if each.name == problem.field), None)
    if field is None:
        rows.take_out(form, merged, problem)
    elif field.kind not in ("file", "repeated"):
        put(merged, field.path, None)


def as_typed(page: Page, answers: Mapping[str, Json]) -> Typed:
    """What to show in each input of the page for the answers that are stored."""
    typed: Typed = {}
    for field in page.fields:
        if field.computed is None:
            typed.update(_as_stored(field, value_at(answers, field.path)))
    keys = {each.name: list(typed[each.name]) for each in page.fields if each.form is not None}
    typed.update(_in_words(page, answers, keys))
    return typed


def unfinished(page: Page, read: PageRead) -> Typed:
    """The texts of the page that are not what its answers show again, emptied ones too; {} when nothing is wrong."""
    kept = as_typed(page, read.answers) if read.problems else read.typed
    return {name: text for name, text in read.typed.items() if (text or "") != (kept.get(name) or "")}


def _as_stored(field: Field, value: Json) -> Typed:
    if field.form is not None:
        return rows.retype(field, value)
    return {} if value is None else KINDS[field.kind].retype(field, value)


def up_to_date(form: Form, answers: Mapping[str, Json], *, as_of: date) -> Answers:
    """All the answers, hidden ones too, with what is computed worked out anew on that day; those given stay."""
    copied = _copied(answers)
    _put_computed(form, copied, prune(form, copied, as_of=as_of))
    return copied


def _put_computed(form: Form, merged: Answers, pruned: Answers) -> None:
    """What was worked out, put among the answers and into the items of repeated groups."""
    for each in form.fields:
        found = value_at(pruned, each.path)
        if each.computed is not None:
            put(merged, each.path, found)
        elif each.form is not None and isinstance(found, list):
            for item, worked_out in zip(value_at(merged, each.path), found, strict=True):
                if isinstance(item, dict):
                    _put_computed(each.form, item, worked_out)


def _in_words(page: Page, answers: Mapping[str, Json], keys: Mapping[str, Sequence[str]]) -> Typed:
    """The computed answers of the page in words, those of repeated groups by the keys of their rows."""
    found: Typed = {}
    for each in page.fields:
        value = value_at(answers, each.path)
        if each.form is not None:
            found.update(rows.computed_in_words(each, value, keys.get(each.name, ())))
        elif each.computed is not None:
            found[each.name] = "" if value is None else KINDS[each.kind].display(each, value)
    return found


def with_value(answers: Mapping[str, Json], path: tuple[str, ...], value: Json) -> Answers:
    """The answers with this value at its place, or without it when None or empty; those given stay as they were."""
    copied = _copied(answers)
    put(copied, path, None if value in ("", [], {}) else value)
    return copied


def _copied(answers: Mapping[str, Json]) -> Answers:
    """The objects that hold answers copied, so that the caller's stay as they were."""
    return {key: _copied_value(value) for key, value in answers.items()}


def _copied_value(value: Json) -> Json:
    if isinstance(value, Mapping):
        return _copied(value)
    return [_copied_value(each) for each in value] if isinstance(value, list) else value
