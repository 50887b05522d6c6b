"""Answers as the cells of a table, one row for each demande: for CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grc.conditions import value_at
from grc.forms.definition import Field, Form
from grc.forms.fields import KINDS
from grc.forms.pruning import prune

Json = Any

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class Column:
    """name: of the answer ("person.birth_date", "children.0.first_name"), the key in a row. title: unlike any other."""

    name: str
    title: str


def columns(form: Form) -> tuple[Column, ...]:
    """A column for each answer in the order of the pages; for a repeated group, one for each answer of each item."""
    places = _places(form)
    names = [column.name for field in form.fields for column in _columns(field)]
    titles = [(column.title, places.get(field.name, "")) for field in form.fields for column in _columns(field)]
    return tuple(Column(name, title) for name, title in zip(names, _distinct(titles, names), strict=True))


def row(form: Form, answers: Mapping[str, Json]) -> dict[str, str]:
    """The text of each column by its name, "" where there is no answer; what is hidden is no answer."""
    pruned = prune(form, answers)
    found: dict[str, str] = {}
    for field in form.fields:
        value = value_at(pruned, field.path)
        if field.form is None:
            found[field.name] = "" if value is None else defused(KINDS[field.kind].cell(field, value))
        else:
            found.update(_items(field, field.form, value))
    return found


def defused(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula; plain numbers stay numbers."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _items(field: Field, item: Form, value: Json) -> Iterator[tuple[str, str]]:
    """The cells of every item there may be, so that each row has the same columns."""
    items = value if isinstance(value, list) else []
    empty = dict.fromkeys((column.name for column in columns(item)), "")
    for number in range(_most(field)):
        given = items[number] if number < len(items) else None
        cells = row(item, given) if isinstance(given, Mapping) else empty
        yield from ((f"{field.name}.{number}.{name}", text) for name, text in cells.items())


def _columns(field: Field) -> Iterator[Column]:
    if field.form is None:
        yield Column(field.name, _bare(field.title))
        return
    inner, title = columns(field.form), _bare(field.form.pages[0].title)
    for number in range(_most(field)):
        for each in inner:
            yield Column(f"{field.name}.{number}.{each.name}", f"{title} {number + 1} – {each.title}")


def _most(field: Field) -> int:
    return int(field.schema["maxItems"])


def _places(form: Form) -> dict[str, str]:
    """Where each answer is asked: its group's title, or its page's."""
    return {
        field.name: _bare(group.title or page.title)
        for page in form.pages
        for group in page.groups
        for field in group.fields
    }


def _distinct(titles: Sequence[tuple[str, str]], names: Sequence[str]) -> Iterator[str]:
    """Each title, followed by where it is asked when another bears it, and by its name when that is not enough."""
    alone, placed = Counter(title for title, _ in titles), Counter(titles)
    for (title, place), name in zip(titles, names, strict=True):
        if alone[title] == 1:
            yield title
        elif placed[title, place] == 1 and place:
            yield f"{title} ({place})"
        else:
            yield f"{title} ({name})"


def _bare(title: str) -> str:
    return title.rstrip(" .:?\u00a0\u202f")
