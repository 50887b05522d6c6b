"""The questions of a step as its page shows them: worded for the authority, with the rows of repeated ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grc.conditions import render
from grc.errors import Problem
from grc.forms import journey, rows
from grc.forms.definition import Field, Form, Lists, Page
from grc.forms.fields import Posted
from grc.web.citizen import views
from grc.web.visit import Visit

_NAME = re.compile(r"\{\{\s*authority\.name\s*\}\}")


def groups(
    visit: Visit[Any], form: Form, page: Page, answers: Mapping[str, Any], lists: Lists | None = None
) -> list[views.FieldGroup]:
    """The groups of the page that have something to show, each with its fields that are visible now."""
    visible = {field.id for field in journey.visible_fields(form, page, answers)}
    shown = []
    for group in page.groups:
        asked = [rows.offered(field, lists, visit.today) for field in group.fields if field.id in visible]
        fields = [worded_field(visit, field) for field in asked]
        if fields or journey.only_tells(form, group, answers):
            texts = [worded(visit, text) for text in group.texts]
            shown.append(views.FieldGroup(worded(visit, group.title), fields, texts))
    return shown


def repeated(
    visit: Visit[Any],
    page: Page,
    typed: Mapping[str, str | Sequence[str]],
    answers: Mapping[str, Any],
    lists: Lists | None = None,
) -> dict[str, views.Rows]:
    """The rows of each repeated question of the page, by its name."""
    return {
        field.name: views.Rows(
            title=worded(visit, field.form.pages[0].title),
            rows=[_row(visit, row) for row in rows.shown(field, typed, answers, as_of=visit.today, lists=lists)],
            fewest=rows.fewest(field),
            most=rows.most(field),
            redraws=journey.redraws(field.form, field.form.pages[0]),
        )
        for field in page.fields
        if field.form is not None
    }


@dataclass(frozen=True)
class Stop:
    """Where a change of rows leads: "children.1", a row, or "children", the button that adds one. said: what it did."""

    at: str = ""
    said: str = ""


def stop(visit: Visit[Any], page: Page, before: Posted, after: Posted) -> Stop:
    """The row that is new; else the one before the row that is gone, or what comes first once none is before it."""
    for field in page.fields:
        if field.form is None:
            continue
        had, have = before.get(field.name, ()), after.get(field.name, ())
        title = worded(visit, field.form.pages[0].title).lower()
        for number, key in enumerate(have, start=1):
            if key not in had:
                return Stop(f"{field.name}.{key}", f"C’est ajouté : {title} {number}.")
        for number, key in enumerate(had, start=1):
            if key not in have:
                at = f"{field.name}.{have[max(number - 2, 0)]}" if have else field.name
                return Stop(at, f"C’est retiré : {title} {number}.")
    return Stop()


def _row(visit: Visit[Any], row: rows.Row) -> rows.Row:
    return replace(row, fields=tuple(worded_field(visit, field) for field in row.fields))


def worded(visit: Visit[Any], text: str) -> str:
    """A text of the catalogue with the authority's name in it."""
    return render(text, {"authority": {"name": visit.authority.name}})


def told(visit: Visit[Any], problems: Iterable[Problem]) -> list[Problem]:
    """The problems with the authority's name in them; nothing else is filled, for an agent's words may stand there."""
    return [replace(one, message=_NAME.sub(lambda _: visit.authority.name, one.message)) for one in problems]


def worded_field(visit: Visit[Any], field: Field) -> Field:
    """The field with its title and hint worded."""
    if "{" not in field.title + field.hint:
        return field
    return replace(field, title=worded(visit, field.title), hint=worded(visit, field.hint))
