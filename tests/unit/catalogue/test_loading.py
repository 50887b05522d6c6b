"""The catalogue's folder: what it holds, and every fault of every procedure at once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grc import resources
from grc.catalogue import coherence, loading, reading
from grc.catalogue.definition import Appeal, Procedure, RetentionCase, SilenceItem, with_presence
from grc.errors import Misconfigured
from grc.forms import messages

CATALOGUE = resources.folder("form_catalogue")
MESSAGES = {
    "taken_charge",
    "documents_requested",
    "documents_received",
    "accepted",
    "refused",
    "reminder",
    "withdrawn",
    "state_changed",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue, with one procedure, that a test may break."""
    kept = {"acte-de-naissance", "blocks", "schemas", "workflows"}
    others = shutil.ignore_patterns(*({each.name for each in CATALOGUE.iterdir()} - kept))
    return Path(shutil.copytree(CATALOGUE, tmp_path / "catalogue", ignore=others))


def change(path: Path, edit: Callable[[Any], None]) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    edit(document)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(Misconfigured) as raised:
        loading.load_folder(folder, messages=MESSAGES)
    return [str(fault).replace("\u00a0", " ").replace("\u202f", " ") for fault in raised.value.faults]


CASE = {"state": "refuse", "months": 3, "source": "CNIL", "basis": "Trois mois."}


def birth_certificate() -> Procedure:
    return next(each for each in loading.load_folder(CATALOGUE, messages=MESSAGES) if each.slug == "acte-de-naissance")


def test_the_birth_certificate_is_complete() -> None:
    procedure = birth_certificate()
    assert procedure.title == "Copie ou extrait d’acte de naissance"
    assert [page.id for page in procedure.form.pages] == [
        "acte",
        "personne",
        "parents",
        "qualite",
        "demandeur",
        "justificatif",
    ]
    assert procedure.workflow.id == "civil-status"
    assert procedure.identification == "required"
    assert [piece.field for piece in procedure.pieces] == ["proof_of_link", "mandate"]
    assert all("2017-890" in piece.required_by and piece.indispensable for piece in procedure.pieces)
    assert procedure.retention.months == 12
    assert "2017-890" in procedure.retention.source
    assert {each.kind for each in procedure.appeal} == {"gracieux", "hierarchique", "contentieux"}


@pytest.mark.law("R6")
def test_silence_is_a_rejection_to_confirm_before_publishing() -> None:
    item = birth_certificate().silence_for({})
    assert (item.rule, item.period, item.unit, item.uncertain) == ("rejection", 2, "month", True)
    assert "L231-4" in item.source


@pytest.mark.law("R42")
def test_every_answer_says_why_it_is_asked_and_how_long_it_is_kept() -> None:
    for field in birth_certificate().form.fields:
        privacy = field.schema["x-privacy"]
        assert privacy["purpose"]
        assert privacy["retention"] == "P1Y"
    notice = birth_certificate().notice
    assert all((notice.purpose, notice.legal_basis, notice.recipients, notice.retention_text, notice.rights))


def test_what_is_about_the_applicant_can_be_filled_by_the_browser() -> None:
    form = birth_certificate().form
    told = {field.name: field.autocomplete for field in form.fields if field.autocomplete}
    assert told == {
        "applicant.family_name": "family-name",
        "applicant.given_names": "given-name",
        "applicant.address": "street-address",
        "applicant.email": "email",
        "applicant.phone": "tel",
    }


def test_a_stored_document_gives_the_same_procedure() -> None:
    procedure = birth_certificate()
    stored = json.loads(json.dumps(procedure.document))
    again = loading.from_document(stored)
    assert again.form.pages == procedure.form.pages
    assert again.silence == procedure.silence
    assert loading.sha256(again.document) == loading.sha256(procedure.document)
    assert "$ref" not in json.dumps(stored)
    assert "x-include" not in json.dumps(stored)


def test_a_document_of_another_format_is_refused() -> None:
    with pytest.raises(Misconfigured, match="format 2"):
        loading.from_document({**birth_certificate().document, "format": 2})


def test_a_faulty_document_is_refused() -> None:
    document = json.loads(json.dumps(birth_certificate().document))
    document["ui"]["elements"][0]["x-id"] = "envoi"
    with pytest.raises(Misconfigured):
        loading.from_document(document)


def test_a_version_published_before_a_rule_is_still_read() -> None:
    """Demandes are pinned to it: authors are told, agents go on."""
    document = json.loads(json.dumps(birth_certificate().document))
    moves = document["workflow"]["states"]["received"]["on"]
    moves["close"] = {**moves["take_charge"], "actions": ["decide_refused"]}
    document["workflow"]["actions"]["tell_service"] = {"type": "mail", "to": "service", "message": "accepted"}
    document["schema"]["properties"]["applicant"]["required"].remove("email")
    assert loading.from_document(document).slug == "acte-de-naissance"


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    assert loading.sha256({"a": 1, "b": "é"}) == loading.sha256({"b": "é", "a": 1})
    assert loading.sha256({"a": 1}) != loading.sha256({"a": 2})
    assert loading.canonical({"b": [1], "a": "é"}) == '{"a":"é","b":[1]}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        loading.canonical({"a": float("nan")})


def test_faults_of_all_files_and_procedures_come_together(folder: Path) -> None:
    shutil.copytree(folder / "acte-de-naissance", folder / "acte-de-mariage")
    change(folder / "acte-de-naissance" / "procedure.json", lambda it: it.update(workflow="civil-statu", titel="x"))
    change(folder / "acte-de-naissance" / "ui.json", lambda it: it["elements"][0].update(label=""))
    change(folder / "acte-de-mariage" / "schema.json", lambda it: it["properties"]["copies"].update(titl="x"))
    change(
        folder / "acte-de-mariage" / "ui.json",
        lambda it: it["elements"][0]["elements"][0].update(scope="#/properties/x"),
    )
    change(folder / "workflows" / "civil-status.json", lambda it: it.update(initial="recieved"))
    text = "\n".join(faults(folder))
    for told in (
        "acte-de-naissance/procedure.json#/workflow : le circuit « civil-statu » n’existe pas. Vouliez-vous dire",
        "acte-de-naissance/procedure.json#/titel : « titel » n’existe pas ici. Vouliez-vous dire « title » ?",
        "acte-de-naissance/ui.json#/elements/0/label",
        "acte-de-mariage/schema.json#/properties/copies/titl : « titl » n’existe pas ici. Vouliez-vous dire « title »",
        "acte-de-mariage/ui.json#/elements/0/elements/0/scope",
        "Vouliez-vous dire « received » ?",
    ):
        assert told in text


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("acte-de-naissance/ui.json", "{", "pas du JSON, ligne 1"),
        ("acte-de-naissance/ui.json", "[]", "doit contenir un objet"),
        ("acte-de-naissance/ui.json", '{"type": "x", "type": "y"}', "« type » figure deux fois"),
        ("acte-de-naissance/ui.json", '{"type": NaN}', "n’est pas du JSON"),
        ("acte-de-naissance/procedure.json", "{}", "il manque"),
        ("blocks/applicant/schema.json", "", "n’est pas du JSON"),
        ("workflows/other.json", "{}", "l’identifiant est celui du fichier"),
        ("acte-de-naissance/ui.json", "[" * 100_000 + "]" * 100_000, "n’est pas du JSON"),
        ("acte-de-naissance/schema.json", '{"properties":' * 400 + "{}" + "}" * 400, "s’emboîte trop"),
        ("acte-de-naissance/ui.json", '{"elements":[' * 31 + "]}" * 31, "s’emboîte trop"),
        ("acte-de-naissance/examples/passes-a.json", '{"a":' * 61 + "1" + "}" * 61, "s’emboîte trop"),
        ("acte-de-naissance/procedure.json", '{"minutes":' + "9" * 5_000 + "}", "n’est pas du JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder: Path, file: str, content: str, message: str) -> None:
    (folder / file).write_text(content, encoding="utf-8")
    assert any(fault.startswith(file) and message in fault for fault in faults(folder))


def test_a_missing_file_and_a_strange_encoding_are_named(folder: Path) -> None:
    (folder / "acte-de-naissance" / "ui.json").unlink()
    (folder / "acte-de-naissance" / "schema.json").write_bytes('{"title": "é"}'.encode("latin-1"))
    text = "\n".join(faults(folder))
    assert "acte-de-naissance/ui.json : il manque ce fichier" in text
    assert "acte-de-naissance/schema.json : ce fichier n’est pas en UTF-8" in text


def test_an_empty_catalogue_and_a_strange_name_are_faults(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "aucune démarche" in faults(tmp_path / "empty")[0]
    (folder / "acte-de-naissance").rename(folder / "Acte de naissance")
    assert any("sert d’adresse" in fault for fault in faults(folder))


def test_a_procedure_may_have_a_workflow_of_its_own(folder: Path) -> None:
    shutil.copy(folder / "workflows" / "civil-status.json", folder / "acte-de-naissance" / "workflow.json")
    change(folder / "acte-de-naissance" / "workflow.json", lambda it: it.update(id="own"))
    (found,) = loading.load_folder(folder)
    assert found.workflow.id == "own"


PROCEDURE_FAULTS: list[tuple[Callable[[Any], None], str]] = [
    (lambda it: it["silence"][0].update({"if": {}}), "vaut sans condition"),
    (lambda it: it["silence"].insert(0, dict(it["silence"][0])), "ne serviront jamais"),
    (lambda it: it["silence"].insert(0, {**it["silence"][0], "if": {"type": "strin"}}), "pas du JSON Schema"),
    (lambda it: [way.update({"if": {"required": ["document"]}}) for way in it["appeal"]], "une voie au moins sans"),
    (lambda it: it["appeal"][0].update({"if": {"type": "strin"}}), "pas du JSON Schema"),
    (lambda it: it["appeal"].append({**it["appeal"][0], "kind": "cada", "if": {"required": ["document"]}}), "tribunal"),
    (lambda it: it["retention"].update(cases=[CASE]), "Vouliez-vous dire « refused » ?"),
    (lambda it: it["silence"][0].pop("period"), "il manque « period »"),
    (lambda it: it["silence"][0].update(rule="reject"), "Vouliez-vous dire « rejection » ?"),
    (lambda it: it.update(appeal=[]), "voies de recours"),
    (lambda it: it.update(minutes="five"), "entier attendu"),
    (lambda it: it.update(format=2), "la valeur attendue est 1"),
    (lambda it: it.update(keywords=[]), "la règle « minItems »"),
    (lambda it: it["notice"].pop("rights"), "il manque « rights »"),
]


@pytest.mark.parametrize(("edit", "message"), PROCEDURE_FAULTS)
def test_a_fault_of_the_procedure_is_named(folder: Path, edit: Callable[[Any], None], message: str) -> None:
    change(folder / "acte-de-naissance" / "procedure.json", edit)
    assert message in "\n".join(faults(folder))


@pytest.mark.law("R20")
@pytest.mark.parametrize("name", ["family_name", "given_names", "email"])
def test_the_four_data_of_identification_are_required(folder: Path, name: str) -> None:
    block = folder / "blocks" / "applicant" / "schema.json"
    change(block, lambda it: it["properties"][name].update(titre="x"))
    assert any(fault.startswith(f"blocks/applicant/schema.json#/properties/{name}/titre") for fault in faults(folder))
    change(block, lambda it: it["properties"][name].pop("titre"))
    change(block, lambda it: it["required"].remove(name))
    assert any("R112-9-1" in fault and "obligatoire" in fault for fault in faults(folder))
    change(block, lambda it: it["properties"][name].pop("x-role"))
    assert any("R112-9-1" in fault and "il manque" in fault for fault in faults(folder))


def test_texts_use_known_names_only(folder: Path) -> None:
    change(
        folder / "acte-de-naissance" / "schema.json",
        lambda it: it["properties"]["document"].update(title="{{ authority.nam }}"),
    )
    assert any("Vouliez-vous dire « authority.name » ?" in fault for fault in faults(folder))


def test_only_files_are_pieces(folder: Path) -> None:
    piece = {"source": "Loi", "indispensable": True}
    change(
        folder / "acte-de-naissance" / "schema.json",
        lambda it: it["properties"]["document"].update({"x-required-by": piece}),
    )
    assert any("ne sert que pour un fichier" in fault for fault in faults(folder))


def test_silence_depends_on_the_answers_and_absence_is_false() -> None:
    condition = {"properties": {"kind": {"not": {"const": "question"}}}}
    procedure = birth_certificate()
    first = SilenceItem("acceptance", 1, "month", "Loi", condition=condition)
    object.__setattr__(procedure, "silence", (first, SilenceItem("none", 0, "month", "Loi")))
    assert procedure.silence_for({"kind": "complaint"}).rule == "acceptance"
    assert procedure.silence_for({"kind": "question"}).rule == "none"
    assert procedure.silence_for({}).rule == "none"


@pytest.mark.law("R48")
def test_ways_to_contest_that_the_answers_open_take_the_place_of_the_ordinary_ones() -> None:
    procedure = birth_certificate()
    special = Appeal("cada", "la CADA", 2, "Loi", condition={"properties": {"kind": {"const": "document"}}})
    ordinary = procedure.appeal
    object.__setattr__(procedure, "appeal", (*ordinary, special))
    assert procedure.appeal_for({"kind": "document"}) == (special,)
    assert procedure.appeal_for({"kind": "question"}) == procedure.appeal_for({}) == ordinary


@pytest.mark.law("R42")
def test_what_ends_in_some_state_is_kept_for_another_time() -> None:
    procedure = birth_certificate()
    agreed = RetentionCase("accepted", 24, "CNIL", "Avec votre accord.")
    object.__setattr__(procedure, "retention", replace(procedure.retention, cases=(agreed,)))
    kept = procedure.retention_in("accepted")
    assert (kept.months, kept.basis, kept.since) == (24, "Avec votre accord.", procedure.retention.since)
    assert procedure.retention_in("refused").months == procedure.retention.months == 12
    assert procedure.retention.longest == 24


def test_presence_is_written_into_a_condition() -> None:
    written = with_presence({"allOf": [{"properties": {"a": {"properties": {"b": {"const": {"properties": 1}}}}}}]})
    inner = written["allOf"][0]
    assert inner["required"] == ["a"]
    assert inner["properties"]["a"]["required"] == ["b"]
    assert inner["properties"]["a"]["properties"]["b"] == {"const": {"properties": 1}}
    assert with_presence(True) is True


def test_each_example_fits_its_schema() -> None:
    from grc.conditions import Faults

    for path in sorted(CATALOGUE.glob("*/examples/*.json")):
        found = Faults()
        reading.check(json.loads(path.read_text(encoding="utf-8")), "example", path.name, found)
        assert not list(found)


def every_text() -> list[str]:
    procedure = birth_certificate()
    document = {key: value for key, value in procedure.document.items() if key != "workflow"}
    states = [each.citizen_sentence for each in procedure.workflow.states.values()]
    confirms = [each.confirm for each in procedure.workflow.transitions]
    texts = [*states, *confirms, *(text for _, text in coherence._texts("x", procedure.form))]
    return texts + re.findall(
        r'"(?:title|description|purpose|rights|text)": "([^"]*)"', json.dumps(document, ensure_ascii=False)
    )


def test_people_read_short_french_without_forbidden_words() -> None:
    for text in every_text():
        assert not re.search(
            r"\bdossier|veuillez|merci de|\bvalide\b|afin de|meilleurs délais|!", text, re.IGNORECASE
        ), text
        for sentence in re.split(r"(?<=[.?]) ", text):
            assert len(sentence.split()) < 20, sentence


def test_people_read_french_typography() -> None:
    for text in every_text():
        assert "'" not in text, text
        assert not re.search(r"« | »| [:?;!]", text), text


def test_no_sentence_shows_a_variable_that_nobody_fills() -> None:
    form = birth_certificate().form
    for field in (each for each in form.fields if "{{" in each.title):
        for code in ("required", "choice", "not", "type"):
            assert (
                "{{" not in messages.problem(field, code, own={"not": "Demandez-le ailleurs."}).message
                or code == "type"
            )
