"""What an authority may state otherwise than the catalogue: by id, from a closed list, and nothing that would break."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from grc.catalogue import definition, lint, loading, overlaying, reading, shelf
from grc.catalogue.definition import Procedure
from grc.catalogue.slots import PROPERTIES
from grc.conditions import Faults
from grc.errors import Misconfigured
from tests.support import overlays
from tests.support.overlays import Chosen


@pytest.fixture(scope="module")
def catalogue() -> Mapping[str, Procedure]:
    return shelf.entries()


@pytest.fixture(scope="module")
def room() -> Procedure:
    return overlays.room()


def faults(procedure: Procedure, written: dict[str, Any]) -> list[str]:
    with pytest.raises(Misconfigured) as refused:
        overlaying.overlaid(procedure, overlaying.stated(procedure, written))
    return [overlays.plain(each) for each in refused.value.faults]


def test_every_page_question_choice_state_and_transition_has_one_stable_id(catalogue: Mapping[str, Procedure]) -> None:
    for procedure in catalogue.values():
        places = overlaying.places_of(procedure)
        form, flow = procedure.form, procedure.workflow
        wanted = {"procedure"} | {f"page:{page.id}" for page in form.pages} | {f"state:{name}" for name in flow.states}
        wanted |= {f"form:{field.name}" for field in form.fields}
        wanted |= {
            f"choice:{field.name}/{choice.value if isinstance(choice.value, str) else json.dumps(choice.value)}"
            for field in form.fields
            for choice in field.choices
        }
        inner = ((field.name, each) for field in form.fields if field.form for each in field.form.fields)
        wanted |= {f"form:{name}.{each.name}" for name, each in inner}
        wanted |= {f"transition:{step.id}" for step in flow.transitions if step.label}
        assert wanted - places.keys() == set(), procedure.slug
        assert {place.split(":")[0] for place in places} <= PROPERTIES.keys()


def test_an_overlay_changes_what_it_names_and_nothing_else(room: Procedure) -> None:
    written = {
        "procedure": {"price": "60 € par jour", "opens_on": "2027-02-01", "who": ["Les habitants."]},
        "parameter:notice_days": {"value": 30},
        "page:evenement": {"label": "Votre fête"},
        "form:applicant.phone": {"hidden": True},
        "form:needs": {"order": ["sound", "kitchen", "crockery", "tables", "projector"]},
        "choice:needs/kitchen": {"hidden": True},
        "choice:nature/family": {"label": "Un mariage"},
        "form:insurance": {"label": "Assurance", "required_by": "Délibération du 3 mars 2026"},
        "control:local_organisation": {"label": "Le siège est-il dans la commune ?"},
        "state:done": {"sentence": "C’est fini."},
        "transition:confirmed.close": {"label": "Clore"},
        "text:deposit": {"text": "La caution se règle sur place."},
        "form:room": {"hint": "Voyez les photos sur le site de la commune."},
    }
    stated = overlaying.stated(room, written)
    made = overlaying.overlaid(room, stated)
    form = made.form
    assert (made.price, str(made.opens_on), made.who) == ("60 € par jour", "2027-02-01", ("Les habitants.",))
    assert "au moins 30 jours" in form.checks[1].message
    assert form.pages[0].title == "Votre fête"
    assert "applicant.phone" not in {field.name for field in form.fields}
    assert [choice.value for choice in form.field("needs").choices] == ["sound", "crockery", "tables", "projector"]
    assert form.field("nature").choices[0].title == "Un mariage"
    assert (made.pieces[0].title, made.pieces[0].required_by) == ("Assurance", "Délibération du 3 mars 2026")
    assert made.workflow.state("done").citizen_sentence == "C’est fini."
    assert made.document["procedure"]["retention"] == room.document["procedure"]["retention"]
    assert lint.faults_of(made) == ()
    assert overlaying.count(stated) == 16
    assert room.form.pages[0].title == "Votre événement"
    untouched = loading.from_document(json.loads(json.dumps(dict(made.document))))
    assert definition.sha256(untouched.document) == definition.sha256(made.document)


def test_what_says_the_same_as_the_catalogue_is_no_overlay(room: Procedure) -> None:
    assert overlaying.stated(room, {"procedure": {"price": room.price}, "form:needs": {"hidden": False}}) == {}
    assert overlaying.overlaid(room, {}) is room


NOTHING_OF_IT = {
    "form:applicant.fone": ({"label": "x"}, "Vouliez-vous dire « form:applicant.phone » ?"),
    "form:applicant.phone": ({"labl": "x"}, "Vouliez-vous dire « label » ?"),
    "form:persons": ({"hidden": True}, "elle est obligatoire"),
    "form:estimate": ({"hidden": True}, "le circuit ou une lettre le lit"),
    "form:insurance": ({"hidden": True}, "un texte demande cette pièce"),
    "form:applicant.receipt_email": ({"hidden": True}, "comment lui répondre"),
    "form:statutes": ({"indispensable": True}, "pas plus indispensable"),
    "choice:nature/other": ({"hidden": True}, "une règle du formulaire, du silence ou des recours le lit"),
    "choice:organisation.kind/association": (
        {"hidden": True},
        "une règle du formulaire, du silence ou des recours le lit",
    ),
    "choice:duration/weeks": ({"label": "x"}, "n’existe pas"),
    "form:nature": ({"order": ["family"]}, "les mêmes choix"),
    "parameter:notice_days": ({"value": 120}, "de 2 à 90"),
    "parameter:most_days": ({"value": True}, "nombre entier"),
    "procedure": ({"closes_on": "2027-02-30"}, "un jour est attendu"),
    "page:salle": ({"label": " "}, "vide"),
    "page:besoins": ({"label": "x" * 301}, "trop long"),
    "page:documents": ({"label": "a\u202eb"}, "invisible"),
    "state:received": ({"label": 3}, "un texte est attendu"),
    "retention": ({"months": 3}, "n’existe pas"),
}


@pytest.mark.parametrize("identifier", NOTHING_OF_IT)
def test_what_may_not_be_overlaid_is_refused_by_its_id_with_the_reason(identifier: str, room: Procedure) -> None:
    written, told = NOTHING_OF_IT[identifier]
    (fault,) = faults(room, {identifier: written})
    assert fault.startswith(identifier)
    assert told in fault


def test_an_authority_does_not_say_which_law_demands_a_piece() -> None:
    (fault,) = faults(shelf.entry("acte-de-mariage"), {"form:proof_of_link": {"required_by": "La loi, art. 1"}})
    assert "n’est pas un acte de la collectivité" in fault


def test_every_refusal_is_told_at_once(room: Procedure) -> None:
    assert len(faults(room, {name: written for name, (written, _) in NOTHING_OF_IT.items()})) == len(NOTHING_OF_IT)


@pytest.mark.law("R33")
def test_what_a_text_wants_stays_and_a_question_keeps_two_choices(catalogue: Mapping[str, Procedure]) -> None:
    (fault,) = faults(catalogue["acte-de-naissance"], {"choice:document/full_copy": {"hidden": True}})
    assert "un texte veut tous ces choix" in fault
    needs = ("kitchen", "crockery", "tables", "sound")
    hidden = {f"choice:needs/{name}": {"hidden": True} for name in needs}
    (fault,) = faults(catalogue["reservation-salle"], hidden)
    assert "il ne resterait pas 2 choix" in fault
    whole = hidden | {"form:needs": {"hidden": True}}
    assert overlaying.overlaid(catalogue["reservation-salle"], overlaying.stated(catalogue["reservation-salle"], whole))


def test_the_whole_is_judged_like_an_entry_of_the_catalogue(room: Procedure) -> None:
    (fault,) = faults(room, {"letter:accepted": {"text": "Bonjour {{ answers.rom.label }}"}})
    assert "Vouliez-vous dire « answers.room" in fault
    (fault,) = faults(room, {"procedure": {"opens_on": "2027-05-01", "closes_on": "2027-04-01"}})
    assert "fermerait avant d’ouvrir" in fault
    (fault,) = faults(room, {"form:nature": {"label": "À {{ authority.nam }} ?"}})
    assert "Vouliez-vous dire « authority.name » ?" in fault
    jargon = overlaying.overlaid(room, overlaying.stated(room, {"page:salle": {"label": "La salle susvisée"}}))
    assert [str(each) for each in lint.faults_of(jargon)] != []


HOSTILE = {
    b"\xff\xfe{}": "UTF-8",
    b"{": "ligne 1",
    b'{"a":' + b"[" * 100 + b"]" * 100 + b"}": "emboîte",
    b"[]": "objet",
    b'{"procedure": {"price": {"valeur": "3"}}}': "valeur",
    b'{"procedure": "x"}': "objet",
    b'{"procedure": {"price": "a", "price": "b"}}': "deux fois",
    b'{"procedure": {"price": NaN}}': "JSON",
    b'{"procedure": {"price": 1.5}}': "type",
    b" " * (overlaying.MOST_BYTES + 1): "trop grand",
}


@pytest.mark.parametrize("content", HOSTILE, ids=lambda one: one[:12].decode("latin-1"))
def test_a_hostile_file_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Misconfigured) as refused:
        overlaying.parse(content, "surcharge.json")
    assert HOSTILE[content] in str(refused.value)


def test_a_file_stated_over_another_version_is_refused(room: Procedure) -> None:
    (fault,) = faults(room, {"procedure": {"price": {"value": "3 €", "over": "2 €"}}})
    assert "procedure#price" in fault
    assert "Selon la salle" in fault
    assert "2 €" in fault


@settings(max_examples=12, deadline=None)
@given(overlays.chosen(), overlays.chosen())
def test_overlays_of_disjoint_ids_commute(one: Chosen, other: Chosen) -> None:
    room = overlays.room()
    ids = {identifier for identifier, _ in one}
    first, second = (
        overlays.stated(one),
        overlays.stated({key: value for key, value in other.items() if key[0] not in ids}),
    )
    then = overlaying.apply(replace(room, source=overlaying.apply(room, first)), second)
    instead = overlaying.apply(replace(room, source=overlaying.apply(room, second)), first)
    assert definition.canonical(then) == definition.canonical(instead)
    assert definition.canonical(then) == definition.canonical(overlaying.apply(room, {**second, **first}))


def test_the_schema_of_overlays_reads_the_stored_form_too(room: Procedure) -> None:
    found = Faults()
    stored = overlaying.stated(room, {"procedure": {"price": "3 €", "opens_on": "2027-01-01"}})
    reading.check(stored, "overlay", "surcharge.json", found)
    assert list(found) == []
    assert stored["procedure"]["opens_on"] == {"value": "2027-01-01", "over": None}
