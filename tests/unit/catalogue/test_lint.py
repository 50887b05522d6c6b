"""What the lint objects to: each rule on a catalogue broken for it, and none on ours."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.catalogue import lint, loading
from grc.catalogue.definition import Procedure
from grc.catalogue.lint.reasoning import Reasoner, domain
from grc.conditions import condition
from grc.conditions.rules import Every, Rule, Some
from tests.unit.forms.family import family

FORM = family()


@cache
def catalogue() -> tuple[Procedure, ...]:
    return loading.load_folder(resources.folder("form_catalogue"))


def found(procedure: Procedure) -> list[str]:
    return [str(fault).replace("\u00a0", " ").replace("\u202f", " ") for fault in lint.faults_of(procedure)]


def broken(slug: str, edits: Mapping[str, Any]) -> Procedure:
    """A procedure of ours with other values at these paths of its document ("schema/properties/copies/title")."""
    procedure = next(each for each in catalogue() if each.slug == slug)
    document = copy.deepcopy(dict(procedure.document))
    for path, value in edits.items():
        *steps, last = path.split("/")
        node: Any = document
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        if value is None:
            del node[last]
        else:
            node[int(last) if isinstance(node, list) else last] = value
    return loading.from_document(document)


@pytest.mark.law("R19")
@pytest.mark.law("R33")
@pytest.mark.parametrize("procedure", catalogue(), ids=lambda each: each.slug)
def test_our_catalogue_has_no_fault(procedure: Procedure) -> None:
    assert found(procedure) == []


def test_our_procedures_agree_on_the_lists_that_they_share() -> None:
    assert lint.faults_between(catalogue()) == ()
    path = "schema/properties/room/x-choices/attributes/capacity/title"
    other = broken("reservation-salle", {path: "Chaises"})
    assert len(lint.faults_between([*catalogue(), other])) == 1


SHOWN = {"effect": "SHOW", "condition": {"scope": "#/properties/document", "schema": {"const": "nothing"}}}
REFUSED = {"effect": "SHOW", "condition": {"scope": "#/properties/birth_place", "schema": {"const": "elsewhere"}}}
FILE = "schema/properties/proof_of_link"


@pytest.mark.parametrize(
    ("edits", "where", "said"),
    [
        ({"ui/elements/1/rule": SHOWN}, "ui.json#personne", "ne peut jamais être atteinte"),
        ({"ui/elements/1/rule": REFUSED}, "ui.json#personne", "ne peut jamais être atteinte"),
        ({"ui/elements/0/elements/2/rule": SHOWN}, "ui.json#copies", "ne peut jamais être vraie"),
        ({"schema/properties/copies/title": "De quel document avez-vous besoin"}, "copies", "demandent la même chose"),
        ({"schema/properties/applicant/properties/email/autocomplete": None}, "applicant.email", "« autocomplete »"),
        ({"schema/properties/copies/x-privacy": None}, "schema.json#copies", "ne dit pas à quoi sert"),
        ({"schema/properties/copies/x-privacy": None}, "schema.json#copies", "combien de temps"),
        ({"schema/properties/copies/x-privacy": None}, "schema.json#copies", "rien ne se sert de « copies »"),
        ({f"{FILE}/x-required-by": None}, "schema.json#proof_of_link", "aucun texte ni règle n’exige"),
        ({f"{FILE}/title": "Votre justificatif de domicile"}, "schema.json#proof_of_link", "R113-8"),
        ({f"{FILE}/title": "Une facture d’électricité"}, "schema.json#proof_of_link", "R113-8"),
        ({f"{FILE}/title": "Une copie certifiée conforme"}, "schema.json#proof_of_link", "R113-10"),
        ({f"{FILE}/title": "Un acte de naissance de moins de 3 mois"}, "schema.json#proof_of_link", "R113-7"),
        ({f"{FILE}/title": "Votre carte d’identité"}, "schema.json#proof_of_link", "2017-890"),
        ({"schema/properties/copies/title": "Votre numéro de sécurité sociale"}, "copies", "numéro d’identité"),
        ({"procedure/description": "mot " * 31}, "procedure.json#/description", "phrase de 31 mots"),
        ({"procedure/notice/purpose": "mot " * 46}, "procedure.json#/notice/purpose", "phrase de 46 mots"),
        ({"procedure/who/0": "Le requérant, le cas échéant."}, "procedure.json#/who/0", "jargon : « requérant »"),
        ({"procedure/who/0": "Toute personne, le cas échéant."}, "procedure.json#/who/0", "si c’est le cas"),
    ],
)
def test_a_fault_says_where_and_what_to_do(edits: Mapping[str, Any], where: str, said: str) -> None:
    faults = [each for each in found(broken("acte-de-naissance", edits)) if said in each]
    assert faults, found(broken("acte-de-naissance", edits))
    assert where in faults[0]


def test_files_among_other_questions_are_a_fault() -> None:
    procedure = next(each for each in catalogue() if each.slug == "acte-de-naissance")
    number = [page.id for page in procedure.form.pages].index("justificatif")
    pages = copy.deepcopy(list(procedure.document["ui"]["elements"]))
    pages[number]["elements"].append(pages[0]["elements"].pop(2))
    mixed = broken("acte-de-naissance", {"ui/elements": pages})
    assert any("mêle des fichiers" in each for each in found(mixed))


def test_what_a_text_forbids_is_told_apart_from_what_an_authority_may_take_upon_itself() -> None:
    worded = broken("acte-de-naissance", {"procedure/who/0": "Le requérant."})
    asked = broken("acte-de-naissance", {f"{FILE}/title": "Votre justificatif de domicile"})
    assert lint.forbidden(worded) == ()
    assert len(lint.forbidden(asked)) == 1


def test_a_proof_of_domicile_that_a_text_wants_is_no_fault() -> None:
    source = {"source": "Texte d’essai, dans la liste du CRPA, art. R113-8", "indispensable": True}
    edits = {f"{FILE}/title": "Votre justificatif de domicile", f"{FILE}/x-required-by": source}
    assert lint.forbidden(broken("acte-de-naissance", edits)) == ()


def is_(name: str, schema: Any) -> Rule:
    return condition(tuple(name.split(".")), schema)


PARENT, CLUB = is_("who", {"const": "parent"}), is_("who", {"const": "club"})
FEW, MANY = is_("guests", {"exclusiveMaximum": 10}), is_("guests", {"minimum": 10})


@pytest.mark.parametrize(
    ("one", "other", "exclude"),
    [
        (PARENT, CLUB, True),
        (PARENT, PARENT, False),
        (PARENT, is_("who", {"not": {"const": "parent"}}), True),
        (PARENT, is_("who", {"enum": ["club", "parent"]}), False),
        (FEW, MANY, True),
        (is_("guests", {"maximum": 10}), MANY, False),
        (FEW, is_("guests", {"const": 12}), True),
        (is_("guests", {"maximum": 0}), None, True),
        (is_("eldest", {"maximum": 3}), is_("eldest", {"minimum": 4}), True),
        (is_("remark", {"minLength": 3}), is_("remark", {"maxLength": 2}), None),
        (Some((PARENT, FEW)), Every((CLUB, MANY)), True),
        (Some((PARENT, FEW)), CLUB, False),
        (None, PARENT, False),
    ],
)
def test_rules_that_exclude_each_other_are_told_where_it_is_decidable(
    one: Rule | None, other: Rule | None, exclude: bool | None
) -> None:
    assert Reasoner(FORM, accepted_only=True).exclude(one, other) is exclude


def test_a_rule_needs_what_it_reads_to_be_shown() -> None:
    """The remark is shown only to the parents of a child of twelve: nothing else follows from it otherwise."""
    young = is_("eldest", {"maximum": 5})
    assert Reasoner(FORM, accepted_only=True).can_hold(Every((is_("remark", {"type": "string"}), young))) is False


def test_of_several_ways_only_the_one_taken_needs_its_answers_to_be_shown() -> None:
    young = is_("eldest", {"maximum": 5})  # so that the remark is hidden
    told = Some((is_("remark", {"type": "string"}), FEW))
    assert Reasoner(FORM, accepted_only=True).can_hold(Every((told, young))) is True


def test_too_many_alternatives_are_left_undecided() -> None:
    one_of_ten = Some(tuple(is_("guests", {"const": n}) for n in range(1, 11)))
    assert Reasoner(FORM, accepted_only=True).can_hold(Every((one_of_ten,) * 4)) is None


def test_true_is_not_one() -> None:
    assert domain({"enum": [1]}, whole=True).and_(domain({"const": True}, whole=True)).is_empty()


def test_no_choice_has_a_variable() -> None:
    title = "schema/properties/document/oneOf/0/title"
    said = found(broken("acte-de-naissance", {title: "Une copie de {{ authority.name }}"}))
    assert any("variable dans un choix" in each for each in said)
