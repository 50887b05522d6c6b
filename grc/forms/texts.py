"""A form with the variables of its texts filled in, for one authority."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from grc.forms.definition import Field, Form, Group, Page

Json = Any
Fill = Callable[[str], str]


def filled(form: Form, fill: Fill) -> Form:
    """The same form with each title, hint, label and message passed through `fill`; keep it, as it keys caches."""
    return Form(tuple(_page(page, fill) for page in form.pages), form.schema)


def _page(page: Page, fill: Fill) -> Page:
    return replace(page, title=fill(page.title), groups=tuple(_group(group, fill) for group in page.groups))


def _group(group: Group, fill: Fill) -> Group:
    fields = tuple(_field(field, fill) for field in group.fields)
    return replace(group, title=fill(group.title), fields=fields, texts=tuple(fill(text) for text in group.texts))


def _field(field: Field, fill: Fill) -> Field:
    choices = tuple(replace(each, title=fill(each.title), hint=fill(each.hint)) for each in field.choices)
    return replace(
        field, title=fill(field.title), hint=fill(field.hint), choices=choices, schema=_messages(field.schema, fill)
    )


def _messages(schema: Mapping[str, Json], fill: Fill) -> dict[str, Json]:
    messages = schema.get("x-messages")
    spoken = {code: fill(str(text)) for code, text in messages.items()} if isinstance(messages, Mapping) else None
    return {**schema, "x-messages": spoken} if spoken else dict(schema)
