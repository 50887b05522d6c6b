"""A form of forty questions on one page, as a holiday centre asks them: every common kind, rules, rows, one check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from grc.forms import parsing
from grc.forms.answers import ASKED, as_typed
from grc.forms.definition import Form

Json = Any
AS_OF = date(2026, 11, 22)
COUNT = 40
_WHO = {"purpose": "Inscrire l’enfant", "legal_basis": "public_task", "retention": "P1Y", "anonymise": "remove"}


def _asked(kind: str, title: str, **more: Json) -> dict[str, Json]:
    return {"type": kind, "title": title, "x-privacy": _WHO, **more}


def _text(title: str, most: int = 100, **more: Json) -> dict[str, Json]:
    return _asked("string", title, maxLength=most, **more)


def _one_of(title: str, *values: str) -> dict[str, Json]:
    return _asked("string", title, oneOf=[{"const": value, "title": value.capitalize()} for value in values])


def _some_of(title: str, *values: str) -> dict[str, Json]:
    return _asked("array", title, items={"oneOf": [{"const": value, "title": value.capitalize()} for value in values]})


def _control(name: str) -> dict[str, Json]:
    control = {"type": "Control", "scope": f"#/properties/{name}", "options": _OPTIONS.get(name, {})}
    if name not in _SHOWN_WHEN:
        return control
    read, schema = _SHOWN_WHEN[name]
    return {**control, "rule": {"effect": "SHOW", "condition": {"scope": f"#/properties/{read}", "schema": schema}}}


_EURO = {"x-money": True, "maximum": 10_000_000}
_CHILD = {
    "type": "object",
    "title": "Enfant",
    "required": ["given_names", "birth_date", "swims"],
    "properties": {
        "given_names": _text("Prénom de l’enfant"),
        "birth_date": _asked("string", "Date de naissance", format="date", **{"x-max": {"days": 0}}),
        "swims": _asked("boolean", "Sait-il nager ?"),
        "allergies": _text("Allergies", 300),
    },
}
_QUESTIONS: Mapping[str, dict[str, Json]] = {
    "family_name": _text("Nom", autocomplete="family-name"),
    "given_names": _text("Prénoms", autocomplete="given-name"),
    "birth_name": _text("Nom de naissance"),
    "birth_date": _asked(
        "string", "Date de naissance", format="date", **{"x-max": {"years": -18}, "x-min": {"years": -120}}
    ),
    "email": _asked("string", "Adresse électronique", format="email", autocomplete="email"),
    "phone": _asked("string", "Téléphone", format="phone-fr", autocomplete="tel"),
    "address": _asked("object", "Adresse postale", **{"x-address": True}),
    "quality": _one_of("Vous êtes", "parent", "tuteur", "organisme"),
    "organisation": _text("Nom de l’organisme", 200),
    "siret": _asked("string", "Numéro SIRET", format="siret"),
    "married_on": _asked("string", "Date du mariage", format="partial-date"),
    "income": _asked("integer", "Revenu fiscal", **_EURO),
    "people": _asked("integer", "Personnes au foyer", minimum=1, maximum=20),
    "quotient": _asked("number", "Quotient de l’an dernier", minimum=0, **{"x-decimals": 2}),
    "single": _asked("boolean", "Élevez-vous seul les enfants ?"),
    "other_parent": _text("Nom de l’autre parent"),
    "other_phone": _asked("string", "Téléphone de l’autre parent", format="phone-fr"),
    "other_email": _asked("string", "Adresse électronique de l’autre parent", format="email"),
    "children": {"type": "array", "title": "Enfants", "minItems": 1, "maxItems": 6, "items": _CHILD},
    "number": {"type": "integer", "title": "Nombre d’enfants", "x-computed": "answers.children|length"},
    "centre": _one_of("Centre de loisirs", *(f"centre {number}" for number in range(1, 31))),
    "stay": _asked("object", "Dates du séjour", **{"x-interval": "date"}),
    "hours": _asked("object", "Heures de garde", **{"x-interval": "hour-minute"}),
    "days": {
        "type": "integer",
        "title": "Nombre de journées",
        "x-computed": "(answers.stay.start|days_until(answers.stay.end) + 1) * answers.number",
    },
    "arrival": _asked("string", "Heure d’arrivée", format="hour-minute"),
    "transport": _one_of("Transport", "car", "vélo", "voiture", "à pied"),
    "stop": _text("Arrêt de car"),
    "plate": _text("Plaque de la voiture", 12, pattern="^[A-Z]{2}-[0-9]{3}-[A-Z]{2}$"),
    "meals": _one_of("Repas", "ordinaire", "sans viande", "apporté"),
    "activities": _some_of("Activités", "piscine", "forêt", "théâtre", "musique", "cuisine", "poterie"),
    "outings": _some_of("Sorties", "mer", "montagne", "musée"),
    "doctor": _text("Médecin traitant"),
    "treatment": _asked("boolean", "Un traitement est-il en cours ?"),
    "prescription": _text("Traitement et heures de prise", 500),
    "emergency": _text("Personne à prévenir"),
    "emergency_phone": _asked("string", "Son téléphone", format="phone-fr"),
    "pictures": _asked("boolean", "Acceptez-vous les photographies ?"),
    "deposit": _asked("integer", "Acompte proposé", **_EURO),
    "remarks": _text("Remarques", 2000),
    "sworn": _asked("boolean", "Je certifie que ces renseignements sont exacts.", const=True),
}
_OPTIONAL = {"birth_name", "married_on", "quotient", "other_email", "outings", "remarks", "number", "days"}
_SHOWN_WHEN: Mapping[str, tuple[str, Json]] = {
    "organisation": ("quality", {"const": "organisme"}),
    "siret": ("quality", {"const": "organisme"}),
    "other_parent": ("single", {"const": False}),
    "other_phone": ("single", {"const": False}),
    "other_email": ("single", {"const": False}),
    "stop": ("transport", {"const": "car"}),
    "plate": ("transport", {"const": "voiture"}),
    "prescription": ("treatment", {"const": True}),
    "outings": ("activities", {"minItems": 2}),
}
_OPTIONS: Mapping[str, Json] = {
    "centre": {"format": "autocomplete"},
    "prescription": {"multi": True},
    "remarks": {"multi": True, "rows": 5},
    "children": {
        "detail": {
            "type": "VerticalLayout",
            "elements": [{"type": "Control", "scope": f"#/properties/{name}"} for name in _CHILD["properties"]],
        }
    },
}
SCHEMA: Mapping[str, Json] = {
    "title": "Inscription à un séjour d’été",
    "type": "object",
    "required": [name for name in _QUESTIONS if name not in _OPTIONAL],
    "properties": _QUESTIONS,
    "x-checks": [
        {
            "expr": "answers.stay.start >= today|add_days(15)",
            "message": "Choisissez un séjour qui commence dans quinze jours au moins, ou téléphonez au service.",
            "at": "stay",
        }
    ],
}
UI: Mapping[str, Json] = {
    "type": "Categorization",
    "elements": [
        {
            "type": "Category",
            "x-id": "inscription",
            "label": "Votre inscription",
            "elements": [_control(name) for name in _QUESTIONS],
        }
    ],
}


@cache
def form() -> Form:
    """The form, read as the catalogue reads one."""
    return parsing.parse(SCHEMA, UI, where="fortyfields", blocks={})


def answers() -> dict[str, Json]:
    """Answers that can be filed on AS_OF: three children, and every question but those that they hide."""
    return {
        "family_name": "Exemple",
        "given_names": "Dominique Claude",
        "birth_name": "Modèle",
        "birth_date": "1985-03-27",
        "email": "dominique@exemple.example",
        "phone": "0199001020",
        "address": {"line1": "1 rue du Tilleul", "postcode": "35000", "city": "Tilleul-sur-Exemple"},
        "quality": "parent",
        "married_on": "2012-06",
        "income": 2_845_000,
        "people": 5,
        "quotient": 842.5,
        "single": False,
        "other_parent": "Camille Exemple",
        "other_phone": "0199001021",
        "other_email": "camille@exemple.example",
        "children": [_child("Alix", "2015-02-11"), _child("Noa", "2017-09-30"), _child("Sacha", "2020-05-04")],
        "centre": "centre 12",
        "stay": {"start": "2027-07-05", "end": "2027-07-16"},
        "hours": {"start": "08:30", "end": "17:30"},
        "arrival": "08:45",
        "transport": "car",
        "stop": "Place du Tilleul",
        "meals": "sans viande",
        "activities": ["piscine", "forêt", "cuisine"],
        "outings": ["mer", "musée"],
        "doctor": "Docteur Exemple",
        "treatment": True,
        "prescription": "Un comprimé le matin, au petit-déjeuner.\nRien le soir.",
        "emergency": "Camille Modèle",
        "emergency_phone": "0199001022",
        "pictures": True,
        "deposit": 5_000,
        "remarks": "Les enfants aimeraient rester dans le même groupe.",
        "sworn": True,
    }


def wrong_answers() -> dict[str, Json]:
    """The same with five mistakes: an address, a day that is past, a missing answer, an item's, and the check's."""
    wrong = answers()
    del wrong["doctor"]
    wrong["children"][1]["birth_date"] = "2030-01-01"
    stay = {"start": "2026-11-23", "end": "2026-11-27"}
    return {**wrong, "email": "dominique@", "birth_date": "2020-01-01", "stay": stay}


def posted() -> dict[str, list[str]]:
    """What a browser posts from the page that holds these answers."""
    typed = as_typed(form().pages[0], answers())
    asked = [field.name for field in form().pages[0].fields if field.computed is None]
    return {ASKED: asked, **{name: [value] if isinstance(value, str) else list(value) for name, value in typed.items()}}


def _child(given_names: str, birth_date: str) -> dict[str, Json]:
    return {"given_names": given_names, "birth_date": birth_date, "swims": True, "allergies": "Arachides"}
