"""What publishing writes out of a rule, so that any client of JSON Forms reads it as our engine does."""

from __future__ import annotations

import copy
from typing import Any

from grc.conditions import Faults
from grc.forms.expansion import expand_ui
from tests.unit.forms.family import UI, family


def conditions(node: Any) -> list[dict[str, Any]]:
    """Every condition on an answer, anywhere in a document."""
    if isinstance(node, list):
        return [found for each in node for found in conditions(each)]
    if not isinstance(node, dict):
        return []
    own = [node] if "scope" in node and "schema" in node else []
    return own + [found for each in node.values() for found in conditions(each)]


def test_an_absent_answer_makes_a_condition_false_for_others_too() -> None:
    document = copy.deepcopy(UI)
    several = {"type": "OR", "conditions": [{"scope": "#/properties/who", "schema": {"not": {"const": "club"}}}]}
    document["elements"][2]["rule"] = {"effect": "SHOW", "condition": several}
    written = expand_ui(document, where="ui.json", blocks={}, faults=Faults())
    found = conditions(written)
    assert len(found) == 5
    assert all(each["failWhenUndefined"] is True for each in found)
    assert family(ui=written).pages[2].rule is not None
    assert expand_ui(written, where="ui.json", blocks={}, faults=Faults()) == written
