"""The letters of a procedure: found beside it or shared, linted with the names of its form, published with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from grc import resources
from grc.catalogue import letters, lint, loading
from grc.catalogue.definition import Procedure
from grc.errors import Misconfigured
from tests.support.invented import document

CATALOGUE = resources.folder("form_catalogue")
SLUG = "reservation-salle"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue with the one procedure that has letters."""
    kept = {SLUG, "blocks", "schemas", "workflows"}
    others = shutil.ignore_patterns(*({each.name for each in CATALOGUE.iterdir()} - kept))
    return Path(shutil.copytree(CATALOGUE, tmp_path / "catalogue", ignore=others))


def write(folder: Path, name: str, content: bytes) -> None:
    path = folder / SLUG / "letters" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def faults(folder: Path) -> list[str]:
    with pytest.raises(Misconfigured) as raised:
        loading.load_folder(folder)
    return [str(fault).replace("\u00a0", " ").replace("\u202f", " ") for fault in raised.value.faults]


def test_the_text_of_a_letter_is_published_with_its_procedure(folder: Path) -> None:
    (procedure,) = loading.load_folder(folder)
    text = (folder / SLUG / "letters" / "accordee.md").read_text(encoding="utf-8")
    assert procedure.letters["accepted"] == text
    assert set(procedure.document["letters"]) == {"accepted", "refused"}
    stored = loading.from_document(json.loads(json.dumps(procedure.document)))
    assert stored.letters == procedure.letters


def test_a_procedure_without_letters_keeps_the_document_it_had() -> None:
    (every,) = [each for each in loading.load_folder(CATALOGUE) if each.slug == "acte-de-naissance"]
    assert "letters" not in every.document
    assert every.letters == {}


def test_a_shared_letter_serves_where_the_procedure_has_none_of_that_name(folder: Path) -> None:
    shutil.move(folder / SLUG / "letters", folder / "letters")
    (procedure,) = loading.load_folder(folder)
    assert "Votre réservation" in procedure.letters["accepted"]
    write(folder, "accordee.md", b"La sienne.")
    (procedure,) = loading.load_folder(folder)
    assert procedure.letters["accepted"] == "La sienne."


def test_the_words_of_a_letter_are_judged_like_those_of_a_form(folder: Path) -> None:
    (procedure,) = loading.load_folder(folder)
    assert list(lint.faults_of(procedure)) == []
    write(folder, "accordee.md", b"Veuillez nous le **notifier**.")
    (procedure,) = loading.load_folder(folder)
    assert [fault.where for fault in lint.faults_of(procedure)] == [f"{SLUG}/procedure.json#/letters/accepted"]


def test_a_letter_that_is_not_there_is_a_fault_with_a_suggestion(folder: Path) -> None:
    (folder / SLUG / "letters" / "accordee.md").rename(folder / SLUG / "letters" / "accordees.md")
    (fault,) = faults(folder)
    assert fault.startswith(f"{SLUG}/procedure.json#/letters/accepted : la lettre « accordee » n’existe pas.")
    assert "« accordees »" in fault


def test_the_faults_of_a_letter_name_its_file_and_their_line(folder: Path) -> None:
    write(folder, "accordee.md", b"Salle\n\n{{ shown.rom }} {{ answers.stay.begin }}")
    first, second = faults(folder)
    assert first.startswith(f"{SLUG}/letters/accordee.md : « shown.rom » n’existe pas (ligne 3).")
    assert "« shown.room »" in first
    assert "« answers.stay.begin »" in second


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff", "pas en UTF-8"), (b" \n", "cette lettre est vide"), (b"{{ a", "écriture fautive, ligne 1")],
)
def test_a_letter_that_cannot_be_read_is_a_fault(folder: Path, content: bytes, said: str) -> None:
    write(folder, "accordee.md", content)
    (fault,) = faults(folder)
    assert said in fault


def own_workflow(folder: Path, letter: str) -> None:
    workflow = json.loads((folder / "workflows" / "booking.json").read_text(encoding="utf-8"))
    workflow["actions"]["decide_accepted"]["letter"] = letter
    (folder / SLUG / "workflow.json").write_text(json.dumps(workflow), encoding="utf-8")


def test_a_decision_of_the_workflow_may_name_a_letter_that_is_declared(folder: Path) -> None:
    own_workflow(folder, "refused")
    (procedure,) = loading.load_folder(folder)
    assert letters.chosen(procedure.workflow, "accepted") == "refused"
    assert letters.chosen(procedure.workflow, "refused") == "refused"
    own_workflow(folder, "refusee")
    (fault,) = faults(folder)
    assert fault.startswith(f"{SLUG}/workflow.json#/actions/decide_accepted : la lettre « refusee » n’est pas déclarée")


def test_without_a_letter_of_its_own_a_decision_takes_that_of_its_outcome() -> None:
    parts: dict[str, Any] = {"workflow": "standard"}
    procedure: Procedure = loading.from_document(document(**parts))
    assert letters.chosen(procedure.workflow, "accepted") == "accepted"
