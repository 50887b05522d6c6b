"""Workflows written for the tests, and the reading of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from grc import resources
from grc.errors import Misconfigured
from grc.workflow import parsing
from grc.workflow.definition import Workflow

DOCUMENT: dict[str, Any] = json.loads(
    (resources.folder("form_catalogue") / "workflows" / "civil-status.json").read_text(encoding="utf-8")
)
MESSAGES = {
    "taken_charge",
    "documents_requested",
    "documents_received",
    "accepted",
    "refused",
    "withdrawn",
    "state_changed",
}
CIVIL_STATUS = parsing.parse(DOCUMENT, where="workflows/civil-status.json", messages=MESSAGES)
HANDLER, CITIZEN, NOBODY = frozenset({"handler"}), frozenset({"citizen"}), frozenset[str]()


def a_workflow(**parts: Any) -> dict[str, Any]:
    """Two states and a way between them, with these parts put in."""
    state = {"meta": {"label": "L", "sentence": "S.", "phase": "received"}}
    go = {"target": "b", "meta": {"label": "Aller", "by": ["handler"]}}
    return {
        "id": "test",
        "initial": "a",
        "states": {"a": {**state, "on": {"go": go}}, "b": {"meta": {**state["meta"], "phase": "decided"}}},
        **parts,
    }


def changed(path: str, value: Any, document: Mapping[str, Any] = DOCUMENT) -> dict[str, Any]:
    result = copy.deepcopy(dict(document))
    node = result
    *holders, last = path.split("/")
    for step in holders:
        node = node.setdefault(step, {})
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return result


def faults(document: Mapping[str, Any]) -> str:
    with pytest.raises(Misconfigured) as raised:
        parsing.parse(document, where="w.json", messages=MESSAGES)
    return str(raised.value).replace("\u00a0", " ").replace("\u202f", " ")


def read(document: Mapping[str, Any], names: set[str] | None = None) -> Workflow:
    return parsing.parse(document, where="w.json", names=names or set())


def a_moving_workflow(**meta: Any) -> dict[str, Any]:
    """One button of an agent, "plan", that tells the citizen of the new state."""
    document = a_workflow(actions={"tell": {"type": "mail", "to": "citizen", "message": "state_changed"}})
    document["states"]["a"]["on"]["plan"] = {
        "target": "b",
        "actions": ["tell"],
        "meta": {"label": "Planifier", "by": ["handler"], **meta},
    }
    return document
