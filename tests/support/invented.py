"""An invented procedure, for tests of shapes that no procedure of the catalogue may have for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from grc import clock, resources
from grc.catalogue import loading, publishing
from grc.catalogue.definition import Procedure
from grc.db import Database
from tests.support.demandes import commune

SLUG = "banc-abime"
PERSON = {"family_name": "Exemple", "given_names": "Camille", "email": "camille@exemple.example"}
ADDRESS = {"line1": "3 rue des Essais", "postcode": "99000", "city": "Exemple"}
WHOLE_PERSON = {**PERSON, "address": ADDRESS}
COMPANY = {"name": "Travaux d’Exemple SARL", "siret": "73282932000074", "email": "chantier@travaux.example"}
ASSOCIATION = {"name": "Les Amis du Banc", "rna": "W123456789", "email": "bureau@banc.example"}


def _text(title: str, role: str = "", **more: Any) -> dict[str, Any]:
    roles = {"x-role": role} if role else {}
    return {"type": "string", "title": title, "maxLength": 100, **roles, **more}


def _email(title: str) -> dict[str, Any]:
    return _text(title, "contact-email", format="email")


def _address() -> dict[str, Any]:
    path = resources.folder("form_catalogue") / "blocks" / "postal-address" / "schema.json"
    return {**json.loads(path.read_text(encoding="utf-8")), "x-role": "postal-address"}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["subject", "who"],
    "properties": {
        "subject": _text("Que se passe-t-il ?"),
        "who": {
            "title": "Qui écrit ?",
            "oneOf": [
                {"const": "person", "title": "Une personne"},
                {"const": "company", "title": "Une entreprise"},
                {"const": "association", "title": "Une association"},
            ],
        },
        "person": {
            "type": "object",
            "properties": {
                "family_name": _text("Votre nom", "family-name"),
                "given_names": _text("Votre prénom", "given-names"),
                "address": _address(),
                "email": _email("Votre adresse électronique"),
            },
        },
        "company": {
            "type": "object",
            "properties": {
                "name": _text("Nom de l’entreprise", "organisation-name"),
                "siret": _text("Son SIRET", "siret", format="siret"),
                "email": _email("Adresse électronique de l’entreprise"),
            },
        },
        "association": {
            "type": "object",
            "properties": {
                "name": _text("Nom de l’association", "organisation-name"),
                "rna": _text("Son numéro RNA", "rna", format="rna"),
                "email": _email("Adresse électronique de l’association"),
            },
        },
    },
}


def _group(name: str) -> dict[str, Any]:
    condition = {"scope": "#/properties/who", "schema": {"const": name}, "failWhenUndefined": True}
    fields = SCHEMA["properties"][name]["properties"]
    return {
        "type": "Group",
        "x-id": name,
        "label": "Vos coordonnées",
        "rule": {"effect": "SHOW", "condition": condition},
        "elements": [{"type": "Control", "scope": f"#/properties/{name}/properties/{field}"} for field in fields],
    }


UI: dict[str, Any] = {
    "type": "Categorization",
    "elements": [
        {
            "type": "Category",
            "x-id": "message",
            "label": "Votre message",
            "elements": [
                {"type": "Control", "scope": "#/properties/subject"},
                {"type": "Control", "scope": "#/properties/who"},
            ],
        },
        {
            "type": "Category",
            "x-id": "vous",
            "label": "Vous",
            "elements": [_group("person"), _group("company"), _group("association")],
        },
    ],
}

_APPEAL = {"kind": "contentieux", "to": "le tribunal administratif", "delay_months": 2, "source": "CJA, art. R421-1"}
_NOTICE = dict.fromkeys(("purpose", "legal_basis", "recipients", "retention", "rights", "obligation"), "Un essai.")
FACTS: dict[str, Any] = {
    "format": 1,
    "title": "Banc abîmé",
    "description": "Une démarche inventée.",
    "audience": "Tous",
    "category": "Voirie",
    "who": ["Tout le monde."],
    "prepare": ["Rien."],
    "minutes": 2,
    "price": "Gratuit",
    "target_delay": "10 jours ouvrés",
    "franceconnect": "none",
    "identification": "optional",
    "silence": [{"rule": "none", "source": "Un signalement n’appelle pas de décision."}],
    "appeal": [_APPEAL],
    "retention": {"months": 12, "source": "Essai", "basis": "Un an."},
    "notice": _NOTICE,
    "workflow": "report",
}


def required_of(schema: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The schema with every answer required in these objects."""
    made = deepcopy(dict(schema))
    for name in names:
        made["properties"][name]["required"] = list(made["properties"][name]["properties"])
    return made


def document(
    *,
    schema: Mapping[str, Any] = SCHEMA,
    ui: Mapping[str, Any] = UI,
    workflow: str | Mapping[str, Any] = "report",
    **facts: Any,
) -> dict[str, Any]:
    """The procedure as one document, these parts put in. workflow: the name of a shared one, or one of its own."""
    if isinstance(workflow, str):
        path = resources.folder("form_catalogue") / "workflows" / f"{workflow}.json"
        workflow = json.loads(path.read_text(encoding="utf-8"))
    steps = {key: value for key, value in workflow.items() if key != "$schema"}
    return deepcopy(
        {"format": 1, "slug": SLUG, "procedure": FACTS | facts, "schema": dict(schema), "ui": dict(ui)}
        | {"workflow": steps}
    )


def published(database: Database, *, slug: str = "tilleul", **parts: Any) -> Procedure:
    """The invented procedure, offered by that commune. parts: of `document`."""
    procedure = loading.from_document(document(**parts))
    authority = commune(database, slug)
    with database.writing(scope=authority.id) as session:
        publishing.publish(
            session,
            authority.id,
            procedure,
            service_slug="etat-civil",
            confirmed={"silence", "appeal", "lint"},
            by="test",
            now=clock.now(),
        )
    return procedure
