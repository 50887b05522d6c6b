"""A question asked several times over: its rows as posted, as stored, as shown.

Each row has a key, a number that stays its own while others come and go; its inputs are named "children.<key>.…".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from grc.conditions import holds, value_at
from grc.errors import Problem
from grc.forms.compiled import compiled
from grc.forms.definition import Answers, Field, Form, Lists, Page
from grc.forms.fields import KINDS, Posted, Typed, listed
from grc.forms.pruning import Names, names, prune, put

Json = Any
_KEY = re.compile(r"[0-9]{1,3}")
_CHANGE = re.compile(r"(add|remove):([a-z][a-z0-9_.]*?)(?:\.([0-9]{1,3}))?")


@dataclass(frozen=True)
class Row:
    """One item as a page shows it. number: from 1. fields: those shown now, with the names of their inputs."""

    key: str
    number: int
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Items:
    """What the rows of a page say. problems: named by an item's place in the list. keys: of the rows kept."""

    items: list[Json]
    problems: tuple[Problem, ...]
    keys: tuple[str, ...]


def offered(field: Field, lists: Lists | None, as_of: date | None = None) -> Field:
    """The field with what its live list offers on a day; what to judge of it is read first, whatever the day (None)."""
    if field.kind != "listed" or lists is None:
        return field
    return listed.offering(field, lists.get(listed.source_of(field), ()), as_of)


def fewest(field: Field) -> int:
    """How many rows are always shown."""
    return int(field.schema.get("minItems", 1)) if field.required else 0


def most(field: Field) -> int:
    """How many rows there may be."""
    return int(field.schema["maxItems"])


def parse(field: Field, posted: Posted, lists: Lists | None) -> Items:
    """The items, empty rows left out, and what could not be understood."""
    read = {key: _item(field, key, posted, lists) for key in _keys(field, posted)}
    kept = _kept(field, {key: any(found) for key, found in read.items()})
    problems = tuple(
        replace(one, field=_renumbered(field, one.field, key, number))
        for number, key in enumerate(kept)
        for one in read[key][1]
    )
    return Items([read[key][0] for key in kept], problems, kept)


def _kept(field: Field, filled: Mapping[str, bool]) -> tuple[str, ...]:
    """The keys of the rows that become items: where something was typed, and empty ones that must be filled."""
    missing = fewest(field) - sum(filled.values())
    empty = [key for key, something in filled.items() if not something][: max(missing, 0)]
    return tuple(key for key, something in filled.items() if something or key in empty)


def typed(field: Field, posted: Posted) -> Typed:
    """What was posted for each row, to be shown again, and which rows there are: the fewest at least."""
    keys = _keys(field, posted)
    while len(keys) < fewest(field):
        keys.append(_next_key(keys))
    shown: Typed = {field.name: keys}
    for key in keys:
        for inner in _inner(field, key):
            shown.update(KINDS[inner.kind].typed(inner, posted))
    return shown


def retype(field: Field, value: Json) -> Typed:
    """What to show in the rows for the items that are stored, with the fewest rows at least."""
    items = [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list) else []
    items += [{}] * (fewest(field) - len(items))
    shown: Typed = {field.name: [str(number) for number in range(len(items))]}
    for number, item in enumerate(items):
        for asked, inner in zip(_asked(field), _inner(field, str(number)), strict=True):
            stored = value_at(item, asked.path)
            if stored is not None:
                shown.update(KINDS[inner.kind].retype(inner, stored))
    return shown


def computed_in_words(field: Field, items: Json, keys: Sequence[str]) -> Typed:
    """The computed answers of each item in words, by the name that its row gives them."""
    found: Typed = {}
    for key, item in zip(keys, items if isinstance(items, list) else (), strict=False):
        for each in _form(field).fields:
            value = value_at(item, each.path) if each.computed is not None and isinstance(item, Mapping) else None
            if value is not None:
                found[_name(field, key, each)] = KINDS[each.kind].display(each, value)
    return found


def in_words(field: Field, items: Json) -> str:
    """A line for each item, with what was answered in the order of its questions: « Table pliante, 30 »."""
    asked = [each for each in _form(field).fields if each.computed is None]
    found = ([_said(each, value_at(item, each.path)) for each in asked] for item in items or () if item)
    return "\n".join(", ".join(filter(None, said)) for said in found)


def _said(field: Field, value: Json) -> str:
    """The answer in words; of an item of a list its name alone."""
    if value is None:
        return ""
    said = listed.cell(field, value) if field.kind == "listed" else KINDS[field.kind].display(field, value)
    return ", ".join(said.splitlines())


def shown(
    field: Field,
    on_page: Mapping[str, str | Sequence[str]],
    answers: Mapping[str, Json],
    *,
    as_of: date,
    lists: Lists | None = None,
) -> tuple[Row, ...]:
    """The rows of a page, each with the fields that its own answers open.

    on_page: what stands in the inputs. answers: those of the whole form, which computed answers of an item may read.
    """
    posted = {name: [value] if isinstance(value, str) else list(value) for name, value in on_page.items()}
    around = names(answers, as_of, None)
    return tuple(
        Row(key, number, tuple(_fields(field, _item(field, key, posted, lists)[0], key, around, as_of, lists)))
        for number, key in enumerate(_keys(field, posted), start=1)
    )


def _fields(field: Field, item: Answers, key: str, around: Names, as_of: date, lists: Lists | None) -> Iterator[Field]:
    form = _form(field)
    pruned, controls = prune(form, item, as_of=as_of, outer=around), compiled(form).controls
    for each in form.pages[0].fields:
        if holds(controls[each.id], pruned):
            yield replace(offered(each, lists, as_of), name=_name(field, key, each))


def changed(page: Page, posted: Posted, then: str) -> dict[str, list[str]] | None:
    """What was posted with a row added ("add:children") or taken away ("remove:children.1"); None for other words."""
    found = _CHANGE.fullmatch(then)
    field = next((each for each in page.fields if found and each.name == found[2] and each.form is not None), None)
    if found is None or field is None:
        return None
    keys = _keys(field, posted)
    if found[1] == "remove":
        keys = [key for key in keys if key != found[3]]
    elif len(keys) < most(field):
        keys.append(_next_key(keys))
    return {**{name: list(values) for name, values in posted.items()}, field.name: keys}


def as_posted(problems: Sequence[Problem], keys: Mapping[str, Sequence[str]]) -> tuple[Problem, ...]:
    """The problems of items, named by their place in the list, renamed by the key of their row."""
    return tuple(_as_posted(one, keys) for one in problems) if keys else tuple(problems)


def _as_posted(problem: Problem, keys: Mapping[str, Sequence[str]]) -> Problem:
    for name, own in keys.items():
        if problem.field.startswith(f"{name}."):
            number, rest = problem.field.removeprefix(f"{name}.").split(".", 1)
            return replace(problem, field=f"{name}.{own[int(number)]}.{rest}")
    return problem


def take_out(form: Form, answers: Answers, problem: Problem) -> None:
    """The faulty answer of an item leaves the item; the others stay."""
    for field in form.fields:
        if field.form is None or not problem.field.startswith(f"{field.name}."):
            continue
        number, rest = problem.field.removeprefix(f"{field.name}.").split(".", 1)
        items = value_at(answers, field.path)
        put(items[int(number)], tuple(rest.split(".")), None)


def _form(field: Field) -> Form:
    assert field.form is not None  # noqa: S101 - called for repeated questions only
    return field.form


def _asked(field: Field) -> list[Field]:
    return [each for each in _form(field).fields if each.computed is None]


def _inner(field: Field, key: str) -> tuple[Field, ...]:
    """The questions of one row, with the names of their inputs."""
    return _named(_form(field), f"{field.name}.{key}")


@lru_cache(maxsize=256)
def _named(item: Form, row: str) -> tuple[Field, ...]:
    return tuple(replace(each, name=f"{row}.{each.name}") for each in item.fields if each.computed is None)


def _name(field: Field, key: str, inner: Field) -> str:
    return f"{field.name}.{key}.{inner.name}"


def _renumbered(field: Field, name: str, key: str, number: int) -> str:
    return f"{field.name}.{number}.{name.removeprefix(f'{field.name}.{key}.')}"


def _keys(field: Field, posted: Posted) -> list[str]:
    known = dict.fromkeys(each for each in posted.get(field.name, ()) if _KEY.fullmatch(each))
    return list(known)[: most(field)]


def _next_key(keys: Sequence[str]) -> str:
    """A key that none of these rows has."""
    return str(max(map(int, keys), default=-1) + 1)


def _item(field: Field, key: str, posted: Posted, lists: Lists | None) -> tuple[Answers, list[Problem]]:
    item: Answers = {}
    problems: list[Problem] = []
    for asked, inner in zip(_asked(field), _inner(field, key), strict=True):
        parsed = KINDS[inner.kind].parse(offered(inner, lists), posted)
        put(item, asked.path, None if parsed.value in ("", [], {}) else parsed.value)
        problems += parsed.problems
    return item, problems
