"""All answers as people read them, page by page, as asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grc.conditions import value_at
from grc.forms import journey
from grc.forms.answers import prune
from grc.forms.definition import Field, Form
from grc.forms.fields import KINDS

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
            tuple(_line(field, pruned) for field in journey.visible_fields(form, page, pruned)),
        )
        for page in journey.pages(form, pruned)
    )


def _line(field: Field, pruned: Mapping[str, Json]) -> Line:
    value = value_at(pruned, field.path)
    text = "" if value is None else KINDS[field.kind].display(field, value)
    listed = value if field.kind == "file" and isinstance(value, list) else []
    files = tuple(each for each in listed if isinstance(each, Mapping))
    return Line(field, field.name, field.title, text or MISSING, missing=not text, files=files)
