"""What an authority may leave out of a form: nothing that the law, a rule, a check, a letter or the software reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from grc.catalogue import relaxing
from grc.catalogue.definition import Procedure
from grc.conditions import listed, mapping, name_of_scope
from grc.forms.definition import Field

Json = Any
_FREE_ROLES = ("telephone",)


class Kept:
    """Why each answer and each choice of a procedure stays. document: written out, as it is published."""

    def __init__(self, procedure: Procedure) -> None:
        self._procedure = procedure
        self._document = procedure.document

    @cached_property
    def _used(self) -> dict[str, str]:
        procedure = self._procedure
        written = relaxing.written_in(self._document)
        found = dict(relaxing.used_by(procedure.form, self._document["procedure"], procedure.workflow, written))
        return {**{check.at: "un contrôle se montre auprès de lui" for check in procedure.form.checks}, **found}

    @cached_property
    def _texts(self) -> list[str]:
        return list(_strings({key: self._document.get(key) for key in ("schema", "ui", "workflow", "letters")}))

    def answer(self, name: str) -> str:
        """Why this answer is always asked; "" when an authority may do without it."""
        fields = [each for page in self._procedure.form.pages for each in page.fields if each.name == name]
        if not fields:
            return "elle ne se montre sur aucune page"
        first: Field = fields[0]
        required = mapping(first.schema.get("x-required-by"))
        if any(each.required for each in fields):
            return "elle est obligatoire"
        if required:
            return f"un texte demande cette pièce ({required.get('source')})"
        if first.role and first.role not in _FREE_ROLES:
            return "elle dit qui fait la demande, ou comment lui répondre"
        return next((why for read, why in self._used.items() if read == name or read.startswith(f"{name}.")), "")

    def choice(self, name: str, value: Json) -> str:
        """Why this choice of an answer is always offered; "" when an authority may do without it."""
        field = self._procedure.form.field(name)
        if "x-fixed" in field.schema:
            return f"un texte veut tous ces choix ({field.schema['x-fixed']})"
        if field.role:
            return "le logiciel s’en sert"
        if any(value in found for found in self._values_in_rules(name)):
            return "une règle du formulaire, du silence ou des recours le lit"
        answer = re.compile(rf"\b(?:answers|shown)\.{re.escape(name)}\b")
        literal = re.compile(rf"(['\"]){re.escape(value)}\1" if isinstance(value, str) else rf"\b{json.dumps(value)}\b")
        if any(answer.search(text) and literal.search(text) for text in self._texts):
            return "un calcul, un contrôle, le circuit ou une lettre le lit"
        return ""

    def _values_in_rules(self, name: str) -> Iterator[list[Json]]:
        own = self._procedure.form.field(name).schema
        yield list(_values({key: each for key, each in own.items() if key not in ("oneOf", "items")}))
        for scope, schema in _conditions(self._document["ui"]):
            if name_of_scope(scope) == name:
                yield list(_values(schema))
        facts = mapping(self._document["procedure"])
        for item in (*listed(facts.get("silence")), *listed(facts.get("appeal"))):
            for read, schema in _read_in(mapping(item).get("if"), ""):
                if read == name:
                    yield list(_values(schema))


def _conditions(node: Json) -> Iterator[tuple[str, Json]]:
    """Each scope that a rule tests, with what it wants there."""
    if isinstance(node, list):
        for each in node:
            yield from _conditions(each)
    elif isinstance(node, Mapping):
        if "scope" in node and "schema" in node:
            yield str(node["scope"]), node["schema"]
        for each in node.values():
            yield from _conditions(each)


def _read_in(schema: Json, prefix: str) -> Iterator[tuple[str, Json]]:
    """Each answer of which a schema on all answers speaks, with what it wants there."""
    if isinstance(schema, list):
        for each in schema:
            yield from _read_in(each, prefix)
    for key, value in mapping(schema).items():
        if key == "properties":
            for name, inner in mapping(value).items():
                yield f"{prefix}{name}", inner
                yield from _read_in(inner, f"{prefix}{name}.")
        elif key not in ("const", "enum"):
            yield from _read_in(value, prefix)


def _values(schema: Json) -> Iterator[Json]:
    """The values that a condition names, at any depth."""
    if isinstance(schema, list):
        for each in schema:
            yield from _values(each)
    for key, value in mapping(schema).items():
        if key == "const":
            yield value
        elif key == "enum":
            yield from listed(value)
        else:
            yield from _values(value)


def _strings(node: Json) -> Iterator[str]:
    """Every text of a document that may hold an expression."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for each in node:
            yield from _strings(each)
    elif isinstance(node, Mapping):
        for each in node.values():
            yield from _strings(each)


def without_answer(document: dict[str, Json], name: str) -> None:
    """Takes the answer out of the document: its places, what they leave empty, its schema, and the example's value."""
    document["ui"]["elements"] = _without_place(document["ui"]["elements"], name)
    path = name.split(".")
    _drop_property(document["schema"], path)
    _drop_value(mapping(document.get("example")).get("answers"), path)


def without_choice(document: dict[str, Json], holder: dict[str, Json], value: Json) -> None:
    """Takes a choice out of the list that holds it, and the example with it where it was chosen.

    holder: the schema whose `oneOf` the choice is in.
    """
    holder["oneOf"] = [each for each in holder["oneOf"] if each.get("const") != value]
    if any(each == value for each in _leaves(mapping(document.get("example")).get("answers"))):
        document.pop("example", None)


def _without_place(elements: Json, name: str) -> list[Json]:
    """The elements without the places of an answer, nor the layouts, groups and pages that held nothing else."""
    result = []
    for each in listed(elements):
        if each.get("type") == "Control" and name_of_scope(each.get("scope")) == name:
            continue
        left = {**each, "elements": _without_place(each["elements"], name)} if "elements" in each else each
        if _asks(left) or not _asks(each):
            result.append(left)
    return result


def _asks(element: Mapping[str, Json]) -> bool:
    return any(each.get("type") == "Control" or _asks(each) for each in listed(element.get("elements")))


def _drop_property(schema: dict[str, Json], path: list[str]) -> None:
    properties = schema["properties"]
    if len(path) > 1:
        _drop_property(properties[path[0]], path[1:])
        if properties[path[0]]["properties"]:
            return
    del properties[path[0]]
    if "required" in schema:
        schema["required"] = [each for each in schema["required"] if each != path[0]]


def _drop_value(answers: Json, path: list[str]) -> None:
    for step in path[:-1]:
        answers = mapping(answers).get(step)
    if isinstance(answers, dict):
        answers.pop(path[-1], None)


def _leaves(node: Json) -> Iterator[Json]:
    if isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _leaves(each)
    else:
        yield node
