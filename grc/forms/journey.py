"""Which pages and fields these answers open, and how far a citizen may go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from grc.conditions import holds, may_hold
from grc.forms.compiled import compiled
from grc.forms.definition import Field, Form, Group, Lists, Page
from grc.forms.judging import Around, check_pruned, judged_page
from grc.forms.pruning import prune

Json = Any


def pages(form: Form, answers: Mapping[str, Json]) -> tuple[Page, ...]:
    """The pages that are shown now, in order: those whose rule holds and that have a field to show."""
    pruned = prune(form, answers)
    return tuple(page for page in form.pages if _shown_fields(form, page, pruned))


def pages_ahead(form: Form, answers: Mapping[str, Json]) -> int:
    """How many pages there may be in all: those shown now and those that a question still to come could open.

    So that a person is never told of fewer pages than there turn out to be.
    """
    pruned, rules = prune(form, answers), compiled(form).controls
    return sum(any(may_hold(rules[field.id], pruned) for field in page.fields) for page in form.pages)


def visible_fields(form: Form, page: Page, answers: Mapping[str, Json]) -> tuple[Field, ...]:
    """The fields of the page that are shown now, in order."""
    return _shown_fields(form, page, prune(form, answers))


def page_of(form: Form, answers: Mapping[str, Json], name: str) -> Page:
    """The page that asks this question now ("phone"; "children.0.born_on" of an item), else the first that may."""
    pruned, rules = prune(form, answers), compiled(form).controls
    places = [(page, each) for page in form.pages for each in page.fields if f"{name}.".startswith(f"{each.name}.")]
    asking = (page for page, each in places if holds(rules[each.id], pruned))
    return next(asking, places[0][0] if places else form.pages[0])


def only_tells(form: Form, group: Group, answers: Mapping[str, Json]) -> bool:
    """Whether the group asks nothing and has something to say now."""
    return bool(group.texts) and not group.fields and holds(group.rule, prune(form, answers))


def first_incomplete(
    form: Form, answers: Mapping[str, Json], as_of: date, *, lists: Lists | None = None
) -> Page | None:
    """The first shown page with a missing or faulty answer; None when all hold and the submission may be sent."""
    pruned, around = prune(form, answers, as_of=as_of), Around(as_of, lists)
    if not check_pruned(form, pruned, around):
        return None
    return next((page for page in form.pages if judged_page(form, page, pruned, around)), None)


def may_visit(
    form: Form, answers: Mapping[str, Json], page_id: str, as_of: date, *, lists: Lists | None = None
) -> bool:
    """Whether the page is shown and every page before it is complete."""
    pruned, around = prune(form, answers, as_of=as_of), Around(as_of, lists)
    for page in form.pages:
        if page.id == page_id:
            return bool(_shown_fields(form, page, pruned))
        if judged_page(form, page, pruned, around):
            return False
    return False


def redraws(form: Form, page: Page) -> frozenset[str]:
    """The questions of the page on which something else of the same page depends."""
    return compiled(form).redraws[page.id]


def _shown_fields(form: Form, page: Page, pruned: Mapping[str, Json]) -> tuple[Field, ...]:
    rules = compiled(form).controls
    return tuple(field for field in page.fields if holds(rules[field.id], pruned))
