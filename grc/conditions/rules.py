"""Visibility rules: a JSON Schema on one answer, joined by AND and OR; an absent answer makes a rule false."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict."""


@dataclass(frozen=True)
class Condition:
    """One answer tested by a schema. path: the steps of the answer's dotted name; accepts: the compiled schema."""

    path: tuple[str, ...]
    schema: Mapping[str, Json] | bool
    accepts: Callable[[Json], bool] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Every:
    """All of the rules; of none, true."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Some:
    """At least one of the rules; of none, false."""

    rules: tuple[Rule, ...]


Rule = Condition | Every | Some


def condition(path: tuple[str, ...], schema: Mapping[str, Json] | bool) -> Condition:
    """The test of one answer; raises ValueError (in English) for a schema that the validator cannot compile."""
    return Condition(path, schema, _compiled(schema))


def holds(rule: Rule | None, answers: Mapping[str, Json]) -> bool:
    """Whether the rule is true of these answers. No rule is true; an absent answer makes its condition false."""
    if rule is None:
        return True
    if isinstance(rule, Condition):
        value = value_at(answers, rule.path)
        return value is not None and rule.accepts(value)
    if isinstance(rule, Every):
        return all(holds(each, answers) for each in rule.rules)
    return any(holds(each, answers) for each in rule.rules)


def may_hold(rule: Rule | None, answers: Mapping[str, Json]) -> bool:
    """Whether answers that are still absent could make the rule true, or it is true already."""
    if rule is None:
        return True
    if isinstance(rule, Condition):
        value = value_at(answers, rule.path)
        return value is None or rule.accepts(value)
    if isinstance(rule, Every):
        return all(may_hold(each, answers) for each in rule.rules)
    return any(may_hold(each, answers) for each in rule.rules)


def reads(rule: Rule | None) -> frozenset[str]:
    """The dotted names of the answers on which the rule depends."""
    return frozenset(".".join(each.path) for each in _conditions(rule))


def value_at(answers: Mapping[str, Json], path: tuple[str, ...]) -> Json:
    """The answer at a path, None when it or anything above it is absent or is not an object."""
    value: Json = answers
    for step in path:
        if not isinstance(value, dict):  # as JSON is read; Mapping would ask ten times as long
            return None
        value = value.get(step)
    return value


def as_schema(rule: Rule) -> dict[str, Json]:
    """The rule as a JSON Schema on all answers, with `required` at each step, so that absent is false there too."""
    if isinstance(rule, Condition):
        schema: Json = rule.schema
        for step in reversed(rule.path):
            schema = {"type": "object", "properties": {step: schema}, "required": [step]}
        return dict(schema)
    keyword = "allOf" if isinstance(rule, Every) else "anyOf"
    return (
        {keyword: [as_schema(each) for each in rule.rules]} if rule.rules else {"not": {}} if keyword == "anyOf" else {}
    )


def both(*rules: Rule | None) -> Rule | None:
    """The rule that holds when each of these does; None when none was given."""
    given = tuple(rule for rule in rules if rule is not None)
    if len(given) < 2:
        return given[0] if given else None
    return Every(given)


def _conditions(rule: Rule | None) -> Iterator[Condition]:
    if isinstance(rule, Condition):
        yield rule
    elif rule is not None:
        for each in rule.rules:
            yield from _conditions(each)


def _compiled(schema: Mapping[str, Json] | bool) -> Callable[[Json], bool]:
    """A fast answer for choices (strings compared directly), the Rust validator for anything else."""
    if isinstance(schema, Mapping) and len(schema) == 1:
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        if isinstance(values, list) and all(isinstance(value, str) for value in values):
            chosen = frozenset(values)
            return lambda value: isinstance(value, str) and value in chosen
    document = schema if isinstance(schema, bool) else dict(schema)
    validator = jsonschema_rs.Draft202012Validator(document, pattern_options=jsonschema_rs.RegexOptions())
    return guarded(validator.is_valid)


def guarded(accepts: Callable[[Json], bool]) -> Callable[[Json], bool]:
    """The same answer, and False where the Rust validator raises: lone surrogates, not-a-number, bottomless nesting."""

    def answer(value: Json) -> bool:
        try:
            return accepts(value)
        except ValueError:
            return False

    return answer
