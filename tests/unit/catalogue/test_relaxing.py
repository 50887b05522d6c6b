"""What may stay empty at the desk: nothing that something else needs, and never online."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from grc.catalogue import loading, relaxing
from grc.conditions import Faults, value_at
from grc.errors import Misconfigured
from grc.forms import answers as form_answers
from grc.forms.definition import Form
from tests.support import invented
from tests.support.cases import ANSWERS
from tests.support.invented import SCHEMA, document, required_of
from tests.unit.forms.world import TODAY, birth_certificate

EMAIL = "person.email"


def relaxed(*names: str, **parts: Any) -> dict[str, Any]:
    """The invented procedure, whose persons must give everything but what is named."""
    ui = {**invented.UI, "x-desk": {"optional": list(names)}}
    return document(**{"schema": required_of(SCHEMA, "person"), "ui": ui, **parts})


def faults(*names: str, letters: dict[str, str] | None = None, **parts: Any) -> list[str]:
    made = relaxed(*names, **parts) | {"letters": letters or {}}
    procedure, found = loading.from_document(made), Faults()
    written = relaxing.written_in(procedure.document)
    relaxing.check(procedure.slug, made["procedure"], procedure.form, procedure.workflow, written, found)
    return [str(fault).replace("\u00a0", " ") for fault in found]


def lacking(form: Form, name: str) -> list[str]:
    said = deepcopy(ANSWERS)
    del said["person"][name.split(".")[1]]
    assert value_at(said, ("person", "family_name"))
    return [each.field for each in form_answers.check(form, said, as_of=TODAY)]


def test_what_is_relaxed_may_stay_empty_at_the_desk_and_never_online() -> None:
    form = loading.from_document(relaxed(EMAIL)).form
    assert lacking(form, EMAIL) == [EMAIL]
    assert lacking(form.at_desk, EMAIL) == []
    assert lacking(form.at_desk, "person.given_names") == ["person.given_names"]
    wrong = {**ANSWERS, "person": {**ANSWERS["person"], "email": "camille"}}
    assert [each.field for each in form_answers.check(form.at_desk, wrong, as_of=TODAY)] == [EMAIL]
    assert form.at_desk is form.at_desk


def test_a_declaration_is_worded_for_who_takes_it_down() -> None:
    procedure = birth_certificate()
    assert procedure.entered_by("online") is procedure
    assert procedure.entered_by("desk") is procedure.entered_by("telephone")
    statement = {"type": "boolean", "const": True, "title": "Je certifie."}
    schema = deepcopy(dict(SCHEMA))
    schema["properties"]["sworn"] = statement
    ui = deepcopy(dict(invented.UI))
    ui["elements"][0]["elements"].append({"type": "Control", "scope": "#/properties/sworn"})
    form = loading.from_document(document(schema=schema, ui=ui)).form
    assert form.field("sworn").title == "Je certifie."
    assert form.at_desk.field("sworn").title == "La personne déclare\u00a0: «\u00a0Je certifie.\u00a0»"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(Misconfigured) as raised:
        loading.from_document(relaxed("person.emial"))
    assert "person.email" in next(iter(raised.value.faults)).suggestion


CHECK = [{"expr": "answers.person.email != 'x'", "message": "Non.", "at": "person.given_names"}]
SILENCE = {"rule": "none", "source": "Essai"}


@pytest.mark.parametrize(
    ("name", "parts", "said"),
    [
        ("person.family_name", {}, "nomme la personne"),
        ("person.address", {}, "sans adresse électronique"),
        ("company.siret", {}, "déjà facultatif"),
        ("who", {}, "ne se montre que selon lui"),
        (EMAIL, {"letters": {"refused": "Écrivez à {{ shown.person.email }}."}}, "une lettre le lit"),
        (EMAIL, {"schema": required_of(SCHEMA, "person") | {"x-checks": CHECK}}, "un contrôle le lit"),
        (
            EMAIL,
            {
                "silence": [
                    {"if": {"properties": {"person": {"required": ["email"], "properties": {"email": {}}}}}, **SILENCE},
                    SILENCE,
                ]
            },
            "la règle de silence en dépend",
        ),
    ],
)
def test_what_something_needs_may_not_stay_empty(name: str, parts: dict[str, Any], said: str) -> None:
    assert faults(EMAIL) == []
    assert any(said in fault for fault in faults(name, **parts))
