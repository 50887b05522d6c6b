"""Faults of a form: all at once, each with its place and, where it helps, the word that was meant."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.conditions import reads
from grc.errors import Misconfigured
from grc.forms import messages, parsing, schema, sentences
from grc.forms.formats import reference_validator
from tests.unit.forms.world import CATALOGUE, a_form, answers_that_pass, birth_certificate

SCHEMA = json.loads((CATALOGUE / "acte-de-naissance" / "schema.json").read_text(encoding="utf-8"))
WHOLE = birth_certificate().document["schema"]  # the blocks written out
UI = json.loads((CATALOGUE / "acte-de-naissance" / "ui.json").read_text(encoding="utf-8"))
BLOCKS = {
    folder.name: {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("schema", "ui")
        if (folder / f"{name}.json").exists()
    }
    for folder in (CATALOGUE / "blocks").iterdir()
}


def faults(schema_: Any = SCHEMA, ui: Any = UI, blocks: Any = BLOCKS) -> list[str]:
    try:
        parsing.parse(schema_, ui, where="acte", blocks=blocks)
    except Misconfigured as error:
        return [str(fault).replace("\u00a0", " ").replace("\u202f", " ") for fault in error.faults]
    return []


def changed(document: Any, path: str, value: Any) -> Any:
    """A copy with one value put in (or, for ..., taken out)."""
    result = copy.deepcopy(document)
    node = result
    *holders, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in holders:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return result


def test_the_real_form_has_no_fault() -> None:
    assert faults() == []


def test_every_fault_is_told_at_once() -> None:
    broken = changed(SCHEMA, "properties/person/properties/birth_date/format", "dat")
    broken = changed(broken, "properties/document/title", "")
    ui = changed(UI, "elements/0/elements/0/scope", "#/properties/birth_plac")
    ui = changed(ui, "elements/2/rule/condition/scope", "#/properties/documnt")
    found = faults(broken, ui)
    assert len(found) >= 5
    text = "\n".join(found)
    assert "acte/ui.json#/elements/0/elements/0/scope" in text
    assert "Vouliez-vous dire « #/properties/birth_place » ?" in text
    assert "Vouliez-vous dire « date » ?" in text
    assert "Vouliez-vous dire « #/properties/document » ?" in text
    assert "il manque l’intitulé" in text


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("properties/person/required", ["birth_nam"], "Vouliez-vous dire « birth_name » ?"),
        ("properties/Person", {"type": "string"}, "minuscules sans accent"),
        ("properties/extra", {"type": "string", "title": "Oubliée"}, "n’est sur aucune page"),
        ("properties/copies", {"type": "null", "title": "Nombre"}, "aucun type de champ"),
        ("properties/mandate", {"type": "array", "title": "Pièce", "items": 3}, "aucun type de champ"),
        ("properties/copies/oneOf/1/const", 1, "figure deux fois"),
        ("properties/copies/oneOf/1/title", " ", "il manque le libellé"),
        ("properties/copies/oneOf/1", "two", "chaque choix a une valeur"),
        ("properties/person/properties/birth_name/pattern", "[a-z]+", "Commencez par ^"),
        ("properties/person/properties/birth_name/pattern", "^(?=a)$", "motif n’est pas accepté"),
        ("properties/person/properties/birth_name/minLength", "one", "pas une valeur permise"),
        ("properties/person/properties/birth_name/x-max", {"days": 0}, "ne sert que pour une date"),
        ("properties/person/properties/birth_date/x-max", {"days": "0"}, "il manque le décalage"),
        ("properties/person/properties/birth_name/x-role", "famly-name", "Vouliez-vous dire « family-name » ?"),
        ("properties/person/properties/birth_name/x-messages", {"requird": "x"}, "Vouliez-vous dire « required » ?"),
        ("properties/mandate/items/x-file/types", ["application/pdff"], "Vouliez-vous dire « application/pdf » ?"),
        ("properties/mandate/items/x-file/types", [], "il manque les types"),
        ("properties/mandate/items/x-file/max_bytes", "big", "il manque la taille"),
        ("properties/applicant/$ref", "../blocks/aplicant/schema.json", "Vouliez-vous dire « applicant » ?"),
        ("properties", {}, "il manque les questions"),
    ],
)
def test_a_fault_of_the_schema_is_named(path: str, value: Any, message: str) -> None:
    assert message in "\n".join(faults(changed(WHOLE, path, value)))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("type", "Category", "« Categorization »"),
        ("elements", [], "il manque les pages"),
        ("elements/0/type", "Group", "« Category »"),
        ("elements/0/x-id", "Acte", "ne peut pas identifier une page"),
        ("elements/0/x-id", "verification", "ne peut pas identifier une page"),
        ("elements/0/x-id", "personne", "sert déjà"),
        ("elements/0/label", "", "il manque le titre"),
        ("elements/0/elements", [], "n’a aucune question"),
        ("elements/0/elements/0/type", "Contrl", "Vouliez-vous dire « Control » ?"),
        ("elements/0/elements/1/scope", "#/properties/birth_place", "déjà placée"),
        ("elements/0/elements/0", "text", "un élément est un objet"),
        ("elements/2/elements/0/x-id", ..., "il manque l’identifiant du groupe"),
        ("elements/2/elements/0/elements/0", {"type": "Group", "x-id": "g", "label": "G"}, "pas de groupe"),
        ("elements/2/elements/0/elements/0/x-include", "parnt", "Vouliez-vous dire « parent » ?"),
        ("elements/2/elements/0/elements/0/scope", 3, "il manque la réponse où placer le bloc"),
        (
            "elements/0/rule",
            {"effect": "SHOW", "condition": {"scope": "#/properties/quality", "schema": {"const": "self"}}},
            "demandé plus loin",
        ),
    ],
)
def test_a_fault_of_the_pages_is_named(path: str, value: Any, message: str) -> None:
    assert message in "\n".join(faults(ui=changed(UI, path, value)))


def test_conditions_in_a_circle_name_both_fields() -> None:
    text = {"type": "string", "title": "T"}
    rules = {
        "one": {"scope": "#/properties/two", "schema": {"const": "x"}},
        "two": {"scope": "#/properties/one", "schema": {"const": "x"}},
    }
    with pytest.raises(Misconfigured) as raised:
        a_form({"one": text, "two": text}, rules=rules)
    assert "tournent en rond" in str(raised.value)
    assert "one → two" in str(raised.value) or "two → one" in str(raised.value)


def test_blocks_that_contain_themselves_are_faults() -> None:
    endless = {
        "a": {
            "schema": {"$ref": "../b/schema.json"},
            "ui": {"elements": [{"x-include": "a", "scope": "#/properties/x"}]},
        },
        "b": {"schema": {"$ref": "../a/schema.json"}, "ui": {}},
    }
    schema_ = {"type": "object", "properties": {"x": {"$ref": "../blocks/a/schema.json"}}}
    page = {"type": "Category", "x-id": "p", "label": "P", "elements": [{"x-include": "a", "scope": "#/properties/x"}]}
    found = "\n".join(faults(schema_, {"type": "Categorization", "elements": [page]}, endless))
    assert found.count("se contient lui-même") == 2


def test_a_block_in_a_block_is_placed_and_its_rules_move_with_it() -> None:
    rule = {"effect": "SHOW", "condition": {"scope": "#/properties/a", "schema": {"const": "x"}}}
    text = {"type": "string", "title": "T"}
    blocks = {
        "inner": {
            "schema": {"type": "object", "properties": {"a": text, "b": text}},
            "ui": {
                "elements": [
                    {"type": "Control", "scope": "#/properties/a"},
                    {"type": "Control", "scope": "#/properties/b", "rule": rule, "x-id": "last"},
                ]
            },
        },
        "outer": {
            "schema": {"type": "object", "properties": {"in": {"$ref": "../inner/schema.json"}, "a": text}},
            "ui": {
                "elements": [
                    {"type": "Control", "scope": "#/properties/a"},
                    {"x-include": "inner", "scope": "#/properties/in", "rule": rule},
                ]
            },
        },
    }
    page = {
        "type": "Category",
        "x-id": "p",
        "label": "P",
        "elements": [{"x-include": "outer", "scope": "#/properties/out"}],
    }
    schema_ = {"type": "object", "properties": {"out": {"$ref": "../blocks/outer/schema.json"}}}
    form = parsing.parse(schema_, {"type": "Categorization", "elements": [page]}, where="t", blocks=blocks)
    assert [(field.id, field.name) for field in form.fields] == [
        ("out.a", "out.a"),
        ("out.in.a", "out.in.a"),
        ("out.in.last", "out.in.b"),
    ]
    assert reads(form.fields[1].rule) == {"out.a"}
    assert reads(form.fields[2].rule) == {"out.a", "out.in.a"}


def test_expanding_twice_changes_nothing() -> None:
    form = birth_certificate().form
    document = birth_certificate().document
    again = parsing.parse(document["schema"], document["ui"], where="stored", blocks={})
    assert again.schema == form.schema
    assert again.pages == form.pages


def test_layouts_labels_and_outer_rules_are_read() -> None:
    properties = {name: {"type": "string", "title": name} for name in ("a", "b", "c")}
    rule = {"effect": "SHOW", "condition": {"scope": "#/properties/a", "schema": {"const": "x"}}}
    control = [{"type": "Control", "scope": f"#/properties/{name}"} for name in properties]
    elements = [
        {"type": "Label", "text": "Bonjour"},
        control[0],
        {
            "type": "HorizontalLayout",
            "rule": rule,
            "elements": [{"type": "Group", "x-id": "g", "label": "G", "elements": [control[1]]}],
        },
        {"type": "VerticalLayout", "rule": rule, "elements": [control[2]]},
    ]
    page = {"type": "Category", "x-id": "p", "label": "P", "elements": elements}
    form = parsing.parse(
        {"type": "object", "properties": properties},
        {"type": "Categorization", "elements": [page]},
        where="t",
        blocks={},
    )
    groups = form.pages[0].groups
    assert [(group.id, [field.name for field in group.fields]) for group in groups] == [
        ("p", ["a"]),
        ("g", ["b"]),
        ("p-2", ["c"]),
    ]
    assert groups[0].texts == ("Bonjour",)
    assert groups[1].rule is not None
    assert groups[2].fields[0].rule is not None


NONSENSE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["[]", "{}", "[[]]", '{"type": []}', '["a"]']).map(json.loads)
)


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> Any:
    """The document with one to three values anywhere in it replaced by nonsense."""
    result = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        node = result
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and draw(st.integers(0, 3)):
                node = node[key]
                continue
            node[key] = draw(NONSENSE)
            break
    return result


@settings(max_examples=60, deadline=None)
@given(mutated(SCHEMA), mutated(UI))
def test_nonsense_in_the_files_gives_faults_and_nothing_worse(schema_: Any, ui: Any) -> None:
    try:
        parsing.parse(schema_, ui, where="acte", blocks=BLOCKS)
    except Misconfigured as error:
        assert all(fault.where and fault.message for fault in error.faults)


def test_the_stand_alone_schema_needs_nothing_else() -> None:
    document = schema.stand_alone(birth_certificate().form)
    text = json.dumps(document)
    assert "x-" not in text.replace("x-www", "")
    assert "$ref" not in text
    assert "autocomplete" not in text
    assert reference_validator(document).is_valid(answers_that_pass())
    assert not reference_validator(document).is_valid({**answers_that_pass(), "unknown": 1})


def test_a_message_is_the_part_s_own_then_the_field_s_then_the_general_one() -> None:
    field = a_form({"f": {"type": "string", "title": "Nom :", "x-messages": {"pattern": "Le vôtre."}}}).field("f")
    assert messages.problem(field, "pattern").message == "Le vôtre."
    assert messages.problem(field, "pattern", own={"pattern": "Le sien."}).message == "Le sien."
    assert messages.problem(field, "maxLength", limit=3).message.startswith(
        "«\u00a0Nom\u00a0» est trop long. Saisissez 3"
    )
    assert messages.problem(field, "unheard-of").message == messages.problem(field, "type").message


def test_every_sentence_has_french_typography_and_under_twenty_words() -> None:
    tables = (sentences.REQUIRED, sentences.GENERAL, *sentences.OF_KIND.values(), sentences.OF_PARTS)
    for sentence in (each for table in tables for each in table.values()):
        assert "'" not in sentence
        assert "« " not in sentence
        assert not any(word in sentence.lower() for word in ("veuillez", "merci de", "valide", "dossier"))
        for part in sentence.split(". "):
            assert len(part.split()) < 20
