"""Which pages and fields these answers open, and how far a citizen may go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from grc.conditions import holds, may_hold
from grc.forms.answers import check, page_problems, prune
from grc.forms.compiled import compiled
from grc.forms.definition import Field, Form, Page

Json = Any


def pages(form: Form, answers: Mapping[str, Json]) -> tuple[Page, ...]:
    """The pages that are shown now, in order: those whose rule holds and that have a field to show."""
    pruned = prune(form, answers)
    return tuple(page for page in form.pages if _shown_fields(form, page, pruned))


def pages_ahead(form: Form, answers: Mapping[str, Json]) -> int:
    """How many pages there may be in all: those shown now and those that a question still to come could open.

    So that a person is never told of fewer pages than there turn out to be.
    """
    pruned, rules = prune(form, answers), compiled(form).rules
    return sum(any(may_hold(rules[field.name], pruned) for field in page.fields) for page in form.pages)


def visible_fields(form: Form, page: Page, answers: Mapping[str, Json]) -> tuple[Field, ...]:
    """The fields of the page that are shown now, in order."""
    return _shown_fields(form, page, prune(form, answers))


def first_incomplete(form: Form, answers: Mapping[str, Json], as_of: date) -> Page | None:
    """The first shown page with a missing or faulty answer; None when all hold and the submission may be sent."""
    if not check(form, answers, as_of=as_of):
        return None
    pruned = prune(form, answers)
    return next((page for page in form.pages if page_problems(form, page, pruned, as_of=as_of)), None)


def may_visit(form: Form, answers: Mapping[str, Json], page_id: str, as_of: date) -> bool:
    """Whether the page is shown and every page before it is complete."""
    pruned = prune(form, answers)
    for page in form.pages:
        if page.id == page_id:
            return bool(_shown_fields(form, page, pruned))
        if page_problems(form, page, pruned, as_of=as_of):
            return False
    return False


def _shown_fields(form: Form, page: Page, pruned: Mapping[str, Json]) -> tuple[Field, ...]:
    rules = compiled(form).rules
    return tuple(field for field in page.fields if holds(rules[field.name], pruned))
