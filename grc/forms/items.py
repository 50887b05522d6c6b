"""The form in which agents describe one item of a list: its name, then what the forms that offer it want to know."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grc.conditions import mapping, text
from grc.forms import parsing
from grc.forms.definition import Form
from grc.forms.fields import listed

Json = Any

LABEL = "label"
_LABEL_LENGTH = 120


@dataclass(frozen=True)
class Columns:
    """What is known of each item of a list. title: the list's name for people; attributes: their schemas by name."""

    source: str
    title: str
    attributes: Mapping[str, Mapping[str, Json]]

    @property
    def form(self) -> Form:
        """One page that asks for an item; the same object each time for the same attributes."""
        return _form(json.dumps(self.attributes, ensure_ascii=False))


def columns(forms: Iterable[Form]) -> dict[str, Columns]:
    """By source, what these forms together want to know of each list that they offer; the first word stands."""
    found: dict[str, Columns] = {}
    for form in forms:
        for title, choices in _offered(form):
            source = text(choices.get("source"))
            before = found.get(source)
            asked = listed.attributes_of(choices)
            known = before.attributes if before else {}
            found[source] = Columns(
                source,
                before.title if before else title,
                {**known, **{name: schema for name, schema in asked.items() if name not in known}},
            )
    return found


def _offered(form: Form) -> Iterable[tuple[str, Mapping[str, Json]]]:
    for field in form.fields:
        if "x-choices" in field.schema:
            choices = mapping(field.schema["x-choices"])
            yield text(choices.get("title")) or field.title, choices
        if field.form is not None:
            yield from _offered(field.form)


@lru_cache(maxsize=64)
def _form(attributes: str) -> Form:
    """Attributes may be left out: a hall without price is free."""
    properties = {
        LABEL: {"type": "string", "title": "Nom", "maxLength": _LABEL_LENGTH},
        **{name: _asked(schema) for name, schema in json.loads(attributes).items()},
    }
    controls = [{"type": "Control", "scope": f"#/properties/{name}"} for name in properties]
    page = {"type": "Category", "x-id": "item", "label": "Élément", "elements": controls}
    schema = {"type": "object", "required": [LABEL], "properties": properties}
    return parsing.parse(schema, {"type": "Categorization", "elements": [page]}, where="liste", blocks={})


def _asked(schema: Mapping[str, Json]) -> dict[str, Json]:
    """The attribute as a question; its unit is said in the hint."""
    unit, day = text(schema.get("x-unit")), schema.get("format") == "date"
    hint = text(schema.get("description")) or (f"En {unit}." if unit else "Par exemple 12 1 2027." if day else "")
    return {**schema, **({"description": hint} if hint else {})}
