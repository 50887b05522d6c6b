"""What no schema says of an item of a repeated group is judged all the same, when nothing else is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from grc.forms import answers as form_answers
from grc.forms.definition import Form
from tests.unit.forms.world import TODAY, a_form

_CHILD = {
    "type": "object",
    "title": "Enfant",
    "required": ["born_on"],
    "properties": {
        "born_on": {"type": "string", "format": "date", "title": "Né le", "x-max": {"days": 0}},
        "hours": {"type": "object", "x-interval": "hour-minute", "title": "Heures de garde"},
        "room": {"type": "object", "title": "Salle", "x-choices": {"source": "rooms"}},
    },
    "x-checks": [
        {"expr": "item.born_on >= today|add_years(-4)", "message": "Il est trop grand.", "at": "born_on"},
    ],
}


@pytest.fixture(scope="module")
def form() -> Form:
    controls = [{"type": "Control", "scope": f"#/properties/{name}"} for name in ("born_on", "hours", "room")]
    children = {"type": "array", "title": "Enfants", "minItems": 1, "maxItems": 3, "items": _CHILD}
    detail = {"detail": {"type": "VerticalLayout", "elements": controls}}
    return a_form({"children": children}, required=("children",), children=detail)


def problems(form: Form, child: dict[str, Any]) -> list[tuple[str, str]]:
    given = {"children": [{"born_on": "2025-03-01"}, child]}
    found = form_answers.check(form, given, as_of=TODAY, lists={"rooms": ()})
    return [(one.field, one.code) for one in found]


def test_items_that_hold_can_be_filed(form: Form) -> None:
    assert problems(form, {"born_on": "2024-02-29", "hours": {"start": "08:00", "end": "17:00"}}) == []


@pytest.mark.parametrize(
    ("child", "field", "code"),
    [
        ({"born_on": "2026-12-01"}, "born_on", "past"),
        ({"born_on": "2020-12-01"}, "born_on", "x-checks"),
        ({"born_on": "2025-12-01", "hours": {"start": "17:00", "end": "08:00"}}, "hours", "order"),
        ({"born_on": "2025-12-01", "room": {"id": "closed", "label": "Fermée"}}, "room", "closed"),
    ],
)
def test_what_an_item_alone_gets_wrong_is_found(form: Form, child: dict[str, Any], field: str, code: str) -> None:
    assert problems(form, child) == [(f"children.1.{field}", code)]
