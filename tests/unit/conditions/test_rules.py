"""Visibility rules: what holds, what is read, what absence means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grc.conditions import Every, Faults, Rule, Some, as_schema, both, condition, holds, read_rule, reads, value_at

KNOWN = ("kind", "number", "person.age", "person.job")


def a_rule(document: Any) -> Rule | None:
    faults = Faults()
    rule = read_rule({"rule": {"effect": "SHOW", "condition": document}}, where="ui", known=KNOWN, faults=faults)
    faults.raise_any()
    return rule


def faults_of(rule: Any) -> list[str]:
    faults = Faults()
    read_rule({"rule": rule}, where="ui", known=KNOWN, faults=faults)
    return [str(fault) for fault in faults]


KIND_IS_A = {"scope": "#/properties/kind", "schema": {"const": "a"}}
ADULT = {"scope": "#/properties/person/properties/age", "schema": {"minimum": 18}}


@pytest.mark.parametrize(
    ("document", "answers", "expected"),
    [
        (KIND_IS_A, {"kind": "a"}, True),
        (KIND_IS_A, {"kind": "b"}, False),
        (KIND_IS_A, {"kind": True}, False),
        (KIND_IS_A, {}, False),
        (KIND_IS_A, {"kind": None}, False),
        ({"scope": "#/properties/kind", "schema": {"enum": ["a", "b"]}}, {"kind": "b"}, True),
        ({"scope": "#/properties/kind", "schema": {"not": {"const": "a"}}}, {"kind": "b"}, True),
        ({"scope": "#/properties/kind", "schema": {"not": {"const": "a"}}}, {}, False),
        ({"scope": "#/properties/number", "schema": {"const": 1}}, {"number": True}, False),
        (ADULT, {"person": {"age": 18}}, True),
        (ADULT, {"person": {"age": 17}}, False),
        (ADULT, {"person": "nobody"}, False),
        ({"type": "AND", "conditions": [KIND_IS_A, ADULT]}, {"kind": "a", "person": {"age": 20}}, True),
        ({"type": "AND", "conditions": [KIND_IS_A, ADULT]}, {"kind": "a"}, False),
        ({"type": "OR", "conditions": [KIND_IS_A, ADULT]}, {"kind": "a"}, True),
        ({"type": "OR", "conditions": [KIND_IS_A, ADULT]}, {}, False),
    ],
)
def test_a_rule_holds_or_not(document: Any, answers: dict[str, Any], expected: bool) -> None:
    rule = a_rule(document)
    assert rule is not None
    assert holds(rule, answers) is expected
    assert (
        Draft202012Validator(as_schema(rule)).is_valid({k: v for k, v in answers.items() if v is not None}) is expected
    )


def test_no_rule_always_holds() -> None:
    assert holds(None, {})
    assert both(None, None) is None
    assert reads(None) == frozenset()


def test_a_rule_tells_what_it_reads() -> None:
    rule = a_rule({"type": "OR", "conditions": [KIND_IS_A, {"type": "AND", "conditions": [ADULT]}]})
    assert reads(rule) == {"kind", "person.age"}


def test_rules_join_and_empty_joins_are_settled() -> None:
    one, two = a_rule(KIND_IS_A), a_rule(ADULT)
    assert one is not None
    assert both(one, None) is one
    assert both(one, two) == Every((one, two))  # type: ignore[arg-type]
    assert holds(Every(()), {})
    assert not holds(Some(()), {})
    assert as_schema(Every(())) == {}
    assert as_schema(Some(())) == {"not": {}}


@pytest.mark.parametrize("value", ["\ud800", float("nan"), [["deep"] * 3], {"a": "\udfff"}])
def test_values_that_no_validator_takes_are_refused_without_a_fault(value: Any) -> None:
    assert not holds(condition(("kind",), {"type": "string", "minLength": 2}), {"kind": value})


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("SHOW", "pas un objet"),
        ({"effect": "HIDE", "condition": KIND_IS_A}, "seul l’effet « SHOW »"),
        ({"effect": "SHOW"}, "il manque une condition"),
        ({"effect": "SHOW", "condition": {"type": "XOR", "conditions": [KIND_IS_A]}}, "« AND » ou « OR »"),
        ({"effect": "SHOW", "condition": {"type": "OR", "conditions": []}}, "liste des conditions est vide"),
        ({"effect": "SHOW", "condition": {"scope": "#/properties/kin", "schema": {}}}, "« #/properties/kind »"),
        ({"effect": "SHOW", "condition": {"scope": ["x"], "schema": {}}}, "ne désigne aucune réponse"),
        ({"effect": "SHOW", "condition": {**KIND_IS_A, "failWhenUndefined": False}}, "toujours la condition fausse"),
        ({"effect": "SHOW", "condition": {"scope": "#/properties/kind"}}, "il manque le schéma"),
        ({"effect": "SHOW", "condition": {**KIND_IS_A, "schema": {"cosnt": "a"}}}, "« const »"),
        ({"effect": "SHOW", "condition": {**KIND_IS_A, "schema": {"not": {"enm": ["a"]}}}}, "« enum »"),
        ({"effect": "SHOW", "condition": {**KIND_IS_A, "schema": {"anyOf": [{"x": 1}]}}}, "mot-clé inconnu"),
        ({"effect": "SHOW", "condition": {**KIND_IS_A, "schema": {"minimum": "two"}}}, "pas du JSON Schema"),
        ({"effect": "SHOW", "condition": {**KIND_IS_A, "schema": {"pattern": "(?=a)"}}}, "pas du JSON Schema"),
    ],
)
def test_faulty_rules_are_named(rule: Any, message: str) -> None:
    found = faults_of(rule)
    assert found
    assert message in " ".join(found).replace("\u00a0", " ")


def test_conditions_do_not_nest_without_end() -> None:
    document: Any = KIND_IS_A
    for _ in range(10):
        document = {"type": "AND", "conditions": [document]}
    assert "niveaux" in faults_of({"effect": "SHOW", "condition": document})[0]


@given(
    st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=5)
)
def test_any_value_can_be_walked(value: Any) -> None:
    assert value_at({"a": value}, ("a",)) == value
    assert value_at({"a": value}, ("b", "c")) is None
