"""docs/formats.md gives an example of each action: each is right, and what is wrong with a changed one is said."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from grc.catalogue import circuits, reading
from grc.catalogue.reading import schema_of
from grc.conditions import Faults
from grc.submissions.effects import EFFECTS
from grc.workflow import actions
from grc.workflow.actions import ACTION_PARAMS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, Any] = json.loads(
    next(block for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL) if "post_message" in block)
)
MESSAGES = frozenset({"state_changed"})


def faults_of(table: dict[str, Any]) -> list[str]:
    """What the schema says of these actions, then what the parser says."""
    by_schema, by_parser = Faults(), Faults()
    state = {"meta": {"label": "Un", "sentence": "Un.", "phase": "received"}}
    document = {"id": "essai", "initial": "a", "states": {"a": state}, "actions": table}
    reading.check(document, "workflow", "essai", by_schema)
    list(actions.read(table, where="essai#/actions", messages=MESSAGES, faults=by_parser))
    assert bool(by_schema) <= bool(by_parser), "the parser lets through what the schema refuses"
    texts = (f"{fault.where} {fault.message} {fault.suggestion}" for fault in (*by_schema, *by_parser))
    return [text.replace("\u00a0", " ") for text in texts]


def test_each_action_has_its_example_its_schema_its_effect_and_its_parameters() -> None:
    definitions = schema_of("workflow")["$defs"]
    assert {each["type"] for each in EXAMPLES.values()} == set(ACTION_PARAMS) == set(EFFECTS)
    assert {f"action_{name}" for name in ACTION_PARAMS} == {name for name in definitions if name.startswith("action_")}
    for name, params in ACTION_PARAMS.items():
        own = definitions[f"action_{name}"]
        assert set(own["properties"]) - {"type"} == set(params), name
        assert set(own.get("required", ())) == {key for key, param in params.items() if param.required}, name


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_each_example_is_right(name: str) -> None:
    assert faults_of({name: EXAMPLES[name]}) == []


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_parameter_that_is_not_known_or_lacks_is_named_where_it_stands(name: str) -> None:
    action = EXAMPLES[name]
    for changed in ({**action, "colour": "red"}, {**action, "type": action["type"] + "x"}):
        assert any(f"essai#/actions/{name}" in fault for fault in faults_of({name: changed})), changed
    for param, rule in ACTION_PARAMS[action["type"]].items():
        less = {key: value for key, value in action.items() if key != param}
        assert bool(faults_of({name: less})) == (rule.required or less == {"type": "label"}), param
        for wrong in (7.5, "", [], [""], {"a": 1}):
            faults = faults_of({name: {**action, param: wrong}})
            assert any(f"essai#/actions/{name}/{param} " in fault for fault in faults), (param, wrong)


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("tell_parent", {"to": "function:mayor"}, "function:handler"),
        ("tell_parent", {"message": "accepted"}, "message inconnu"),
        ("order_plan", {"days": 0}, "de 1 à 3660"),
        ("order_plan", {"title": "é" * 201}, "200 caractères au plus"),
        ("share_work", {"to": "everyone"}, "valeur inconnue"),
        ("count_reminders", {"name": "Rappels"}, "Minuscules sans accent"),
        ("lead_to_payment", {"url": "http://paiement.commune.example/"}, "qui commence par https"),
        ("lead_to_payment", {"url": "https://moi:secret@paiement.commune.example/"}, "qui commence par https"),
        ("lead_to_payment", {"url": "https:///rien"}, "qui commence par https"),
        ("lead_to_payment", {"url": "javascript:alert(1)"}, "qui commence par https"),
        ("ask_register", {"endpoint": "https://ailleurs.example"}, "chiffres et tirets"),
        ("let_go", {"when": "now"}, "n’a pas de « when »"),
    ],
)
def test_what_an_author_mistypes_is_told_with_the_remedy(name: str, changes: dict[str, Any], told: str) -> None:
    table = {name: {**EXAMPLES[name], **changes}}
    found = Faults()
    list(actions.read(table, where="essai#/actions", messages=MESSAGES, faults=found))
    texts = [f"{fault.message} {fault.suggestion}".replace("\u00a0", " ") for fault in found]
    assert any(told in text for text in texts), texts


def test_two_calls_of_one_name_would_confound_their_ends() -> None:
    twice = {"one": EXAMPLES["ask_register"], "two": deepcopy(EXAMPLES["ask_register"])}
    assert any("deux appels ont ce nom" in fault for fault in faults_of(twice))


def test_expressions_read_what_actions_leave() -> None:
    assert actions.context_names(EXAMPLES) == {
        "variables.reminders",
        "call.parcel.status",
        "call.parcel.response.owner_known",
    }
    assert circuits.AGENT_KINDS.isdisjoint({"file", "place", "statement", "address"})
