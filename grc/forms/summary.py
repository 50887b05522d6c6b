"""All answers as people read them, page by page, as asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grc.conditions import value_at
from grc.forms import journey
from grc.forms.definition import Field, Form
from grc.forms.fields import KINDS
from grc.forms.pruning import prune

Json = Any
MISSING = "Non renseigné"


@dataclass(frozen=True)
class Line:
    """One question and its answer. text: may have several lines. files: each {id, name, type, size}."""

    field: Field
    name: str
    label: str
    text: str
    missing: bool
    files: tuple[Mapping[str, Json], ...] = ()


@dataclass(frozen=True)
class Section:
    """The lines of one page."""

    page_id: str
    title: str
    lines: tuple[Line, ...]


def sections(form: Form, answers: Mapping[str, Json]) -> tuple[Section, ...]:
    """A section for each page shown, a line for each field shown; what was not answered is said."""
    pruned = prune(form, answers)
    return tuple(
        Section(
            page.id,
            page.title,
            tuple(line for each in journey.visible_fields(form, page, pruned) for line in _lines(each, pruned)),
        )
        for page in journey.pages(form, pruned)
    )


def _lines(field: Field, pruned: Mapping[str, Json]) -> Iterator[Line]:
    """One line for a question, one for each item of a repeated one, none for what could not be computed."""
    value = value_at(pruned, field.path)
    if field.form is not None and isinstance(value, list) and value:
        for number, item in enumerate(value, start=1):
            title = f"{field.form.pages[0].title} {number}" if field.schema["maxItems"] > 1 else field.title
            name = f"{field.name}.{number - 1}"
            text = "\n".join(_told(field.form, item))
            yield Line(field, name, title, text or MISSING, missing=not text)
    elif value is not None or field.computed is None:
        yield _line(field, value)


def _told(form: Form, item: Json) -> Iterator[str]:
    """Each answer of an item: « Prénom : Camille »."""
    pruned = prune(form, item) if isinstance(item, Mapping) else {}
    for each in journey.visible_fields(form, form.pages[0], pruned):
        value = value_at(pruned, each.path)
        if value is not None:
            words = ", ".join(KINDS[each.kind].display(each, value).splitlines())
            yield f"{each.title.rstrip(' .:?')}\u00a0: {words}"


def _line(field: Field, value: Json) -> Line:
    text = "" if value is None or field.form is not None else KINDS[field.kind].display(field, value)
    listed = value if field.kind == "file" and isinstance(value, list) else []
    files = tuple(each for each in listed if isinstance(each, Mapping))
    return Line(field, field.name, field.title, text or MISSING, missing=not text, files=files)
