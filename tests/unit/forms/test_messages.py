"""Every keyword of a form's schema, every format and every kind of field has its French sentence."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from grc.forms import messages
from grc.forms.definition import KINDS, Field
from grc.forms.formats import FORMATS
from grc.forms.judging import field_problems
from grc.forms.sentences import GENERAL, OF_KIND, REQUIRED
from tests.unit.forms.test_fields import SCHEMAS
from tests.unit.forms.world import CATALOGUE, TODAY, a_form

VOCABULARY = json.loads((CATALOGUE / "schemas" / "form.schema.json").read_text(encoding="utf-8"))["$defs"]
NO_CONSTRAINT = {
    *("$comment", "$ref", "title", "description", "properties", "items", "autocomplete", "then"),
    *("x-address", "x-money", "x-interval", "x-commune", "x-place", "x-choices", "x-file"),
    *("x-role", "x-messages", "x-prefill", "x-privacy", "x-required-by", "x-computed", "x-unit", "x-fixed"),
}
"""Keywords that refuse nothing by themselves: what they stand for refuses under other codes."""
LEFT_TO_THE_GENERAL = {"type", "additionalProperties", "allOf", "anyOf", "if", "dependentRequired"}
"""Keywords whose faults no posted text can cause: « Saisissez à nouveau » is enough."""
VERB = re.compile(r"(Saisissez|Choisissez|Ajoutez|Vérifiez|Gardez|Effacez|Cochez|Placez|Dites)\b")
LIMIT = {"x-min": TODAY, "x-max": TODAY, "pattern": "^a$", "const": 1, "enum": [1]}
KEYWORDS = sorted(
    {key for part in ("answer", "refinement", "item") for key in VOCABULARY[part]["properties"]}
    - NO_CONSTRAINT
    - {"format", "x-checks"}
)
TITLE = "Une question d’exemple"


def a_field(kind: str, **schema: Any) -> Field:
    return Field(id="f", name="f", kind=kind, title=TITLE, schema={"title": TITLE, **schema})


def assert_says_what_to_do(message: str) -> None:
    assert TITLE in message, message
    assert VERB.search(message), message
    assert not re.search(r"[{}]|None|\bnan\b", message), message
    assert message[0].isupper() or message[0] == "«"
    assert message.endswith((".", TITLE)), message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keyword", KEYWORDS)
def test_every_keyword_says_what_to_do_for_every_kind(keyword: str, kind: str) -> None:
    message = messages.problem(a_field(kind), keyword, limit=LIMIT.get(keyword, 3)).message
    assert_says_what_to_do(message)
    if keyword not in LEFT_TO_THE_GENERAL:
        assert message != messages.problem(a_field(kind), "type").message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_says_what_to_do_for_every_kind(name: str, kind: str) -> None:
    message = messages.problem(a_field(kind, format=name), name).message
    assert_says_what_to_do(message)
    others = {
        messages.problem(a_field(kind), other).message for other in (*FORMATS, "type", "pattern") if other != name
    }
    assert message not in others


@pytest.mark.parametrize("kind", [*KINDS, "repeated"])
def test_every_kind_asks_for_a_missing_answer_in_its_own_way(kind: str) -> None:
    message = messages.problem(a_field(kind), "required").message
    assert_says_what_to_do(message)
    assert kind in REQUIRED or kind in ("text", "longtext", "integer", "identifier")


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, table in OF_KIND.items() for code in table])
def test_every_sentence_of_a_kind_says_what_to_do(kind: str, code: str) -> None:
    assert_says_what_to_do(messages.problem(a_field(kind), code, limit=2).message)


@pytest.mark.parametrize("code", sorted(GENERAL))
def test_every_general_sentence_says_what_to_do(code: str) -> None:
    limit = LIMIT.get(code, 2)
    assert_says_what_to_do(messages.problem(a_field("text"), code, limit=limit).message)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_wrong_value_of_each_format_is_explained_by_its_own_sentence(name: str) -> None:
    form = a_form({"f": {"type": "string", "title": TITLE, "format": name}})
    for value in ("?", "1234567890"):
        problems = field_problems(form, form.field("f"), value, as_of=TODAY)
        assert [(one.code, one.message) for one in problems] in (
            [(name, messages.problem(form.field("f"), name).message)],
            [("maxLength", messages.problem(form.field("f"), "maxLength", limit=FORMATS[name].max_length).message)],
        )


@pytest.mark.parametrize(
    ("schema", "value", "code"),
    [
        ({"type": "integer", "minimum": 2}, 1, "minimum"),
        ({"type": "integer", "maximum": 2}, 3, "maximum"),
        ({"type": "number", "exclusiveMinimum": 2.5}, 2.5, "exclusiveMinimum"),
        ({"type": "number", "exclusiveMaximum": 2.5}, 2.5, "exclusiveMaximum"),
        ({"type": "integer", "multipleOf": 3}, 4, "multipleOf"),
        ({"type": "string", "minLength": 3}, "ab", "minLength"),
        ({"type": "string", "maxLength": 3}, "abcd", "maxLength"),
        ({"type": "string", "pattern": "^[0-9]+$"}, "a", "pattern"),
        ({"type": "string", "enum": ["a"]}, "b", "choice"),
        ({"type": "string", "not": {"const": "a"}}, "a", "not"),
        ({"type": "string", "allOf": [{"minLength": 3}]}, "ab", "minLength"),
        ({"type": "string"}, 3, "type"),
        ({"type": "integer", "x-money": True}, -1, "minimum"),
        (SCHEMAS["choice"], "c", "choice"),
        (SCHEMAS["choices"], ["c"], "choice"),
        (SCHEMAS["choices"], ["a", "a"], "uniqueItems"),
        (SCHEMAS["interval"], {"start": "2027-04-03", "end": "2027-04-02"}, "order"),
        (SCHEMAS["interval"], {"start": "2027-04-03"}, "end"),
        (SCHEMAS["interval"], {"start": "2027-04-31", "end": "2027-05-02"}, "start-wrong"),
        (SCHEMAS["hours"], {"start": "14:00", "end": "14:00"}, "order"),
        (SCHEMAS["hours"], {"end": "14:00"}, "start"),
        (SCHEMAS["hours"], {"start": "12:00", "end": "25:00"}, "end-wrong"),
        (SCHEMAS["hours"], {"start": "12:00", "end": "13:00", "more": 1}, "type"),
    ],
)
def test_the_engine_explains_each_fault_by_the_right_sentence(schema: dict[str, Any], value: Any, code: str) -> None:
    form = a_form({"f": {**schema, "title": TITLE}})
    (problem,) = field_problems(form, form.field("f"), value, as_of=TODAY)
    assert problem.code == code
    assert_says_what_to_do(problem.message)


def test_limits_are_written_as_people_read_them() -> None:
    money, text = a_field("money"), a_field("text")
    assert "Saisissez 1\u202f250,50\u00a0€ ou plus" in messages.problem(money, "minimum", limit=125050).message
    assert "que 2,5 pour" in messages.problem(a_field("number"), "exclusiveMinimum", limit=2.5).message
    assert "1 caractère au plus" in messages.problem(text, "maxLength", limit=1).message
    assert "2 caractères au plus" in messages.problem(text, "maxLength", limit=2).message
    assert "30\u00a0novembre\u00a02026" in messages.problem(a_field("date"), "x-min", limit=TODAY).message


def test_the_author_may_speak_of_a_format_by_its_name_or_of_any() -> None:
    own = a_field("identifier", **{"x-messages": {"format": "Le mien."}})
    assert messages.problem(own, "siret").message == "Le mien."
    precise = a_field("identifier", **{"x-messages": {"format": "Le mien.", "siret": "Le bon."}})
    assert messages.problem(precise, "siret").message == "Le bon."
