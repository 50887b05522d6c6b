"""One stand-alone JSON Schema for a form: its rules as if / then / else, its formats as patterns too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.conditions import Rule, as_schema
from grc.forms import ordering
from grc.forms.definition import Field, Form
from grc.forms.formats import FORMATS, LINES_PATTERN

Json = Any
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def stand_alone(form: Form) -> dict[str, Json]:
    """The schema of complete, pruned answers, for any validator.

    What our engine accepts, it accepts. What it accepts, our engine refuses only for `x-checks`, dates relative to
    today, live lists, checksums, the order of an interval, and files.
    A field under a rule is required or refused by it; an object that only holds answers is there if one of them is.
    """
    by_rule = ordering.rules(form)
    document: dict[str, Json] = {"$schema": _DIALECT, **_objects(form)}
    always = [field for field in form.fields if by_rule[field.name] is None and field.required]
    for field in always:
        _require(document, field.path)
    consequences = [_consequence(field, rule) for field in form.fields if (rule := by_rule[field.name]) is not None]
    return {**document, "allOf": consequences} if consequences else document


def leaf(field: Field) -> dict[str, Json]:
    """The schema of one answer, without annotations, refusing unprintable characters, formats as patterns too."""
    public: dict[str, Json] = _public(field.schema)
    if field.form is not None:
        item = stand_alone(field.form)
        public["items"] = {key: value for key, value in item.items() if key != "$schema"}
    return public


def _objects(form: Form) -> dict[str, Json]:
    """The nested objects that hold the answers, nothing else allowed in them, nothing required yet."""
    root: dict[str, Json] = {"type": "object", "properties": {}, "additionalProperties": False}
    for field in form.fields:
        node = root
        for step in field.path[:-1]:
            empty = {"type": "object", "properties": {}, "additionalProperties": False, "minProperties": 1}
            node = node["properties"].setdefault(step, empty)
        node["properties"][field.path[-1]] = leaf(field)
    return root


def _require(node: dict[str, Json], path: tuple[str, ...]) -> None:
    for step in path:
        required = node.setdefault("required", [])
        if step not in required:
            required.append(step)
        node = node["properties"][step]


def _consequence(field: Field, rule: Rule) -> dict[str, Json]:
    """When the rule holds the answer is required (if the field is); when it does not, the answer must be absent."""
    *holders, last = field.path
    shown: dict[str, Json] = {"required": [last]}
    hidden: dict[str, Json] = {"properties": {last: False}}
    for step in reversed(holders):
        shown = {"properties": {step: shown}, "required": [step]}
        hidden = {"properties": {step: hidden}}
    return {"if": as_schema(rule), **({"then": shown} if field.required else {}), "else": hidden}


def _public(node: Json, *, is_map_of_schemas: bool = False) -> Json:
    """A copy without our annotations; every string that may be typed refuses unprintable characters."""
    if isinstance(node, list):
        return [_public(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    kept = {
        key: _public(value, is_map_of_schemas=key == "properties" and not is_map_of_schemas)
        for key, value in node.items()
        if is_map_of_schemas or not (key.startswith("x-") or key == "autocomplete")
    }
    return kept if is_map_of_schemas else _with_patterns(kept)


def _with_patterns(node: dict[str, Json]) -> dict[str, Json]:
    if node.get("type") != "string" or "oneOf" in node or "const" in node:
        return node
    known = FORMATS.get(str(node.get("format")))
    patterns = [*node.get("allOf", ()), {"pattern": known.pattern if known else LINES_PATTERN}]
    return {**node, "allOf": patterns}
