"""A small invented form with what the birth certificate does not have: repeated, computed, checked, asked twice."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

from grc.forms import parsing
from grc.forms.definition import Form, Item, Lists

AS_OF = date(2026, 11, 22)
_PLAIN: Mapping[str, Any] = {"type": "string"}

LISTS: Lists = {
    "rooms": (
        Item("tilleuls", "Salle des Tilleuls", {"capacity": 80, "price": 12000}),
        Item("prairie", "Salle de la Prairie", {"capacity": 30, "price": 4550}),
    )
}

SCHEMA: dict[str, Any] = {
    "title": "Une fête de famille",
    "type": "object",
    "required": ["who", "stay", "children", "room", "guests"],
    "properties": {
        "who": {
            "type": "string",
            "title": "Qui demande ?",
            "oneOf": [{"const": "parent", "title": "Un parent"}, {"const": "club", "title": "Une association"}],
        },
        "phone": {"type": "string", "format": "phone-fr", "title": "Un téléphone"},
        "stay": {"type": "object", "x-interval": "date", "title": "Dates de la fête"},
        "days": {
            "type": "integer",
            "title": "Nombre de jours",
            "x-computed": "answers.stay.start|days_until(answers.stay.end) + 1",
        },
        "room": {
            "type": "object",
            "title": "Salle",
            "x-choices": {
                "source": "rooms",
                "attributes": {
                    "capacity": {"type": "integer", "title": "Places"},
                    "price": {"type": "integer", "x-money": True, "title": "Prix par jour"},
                },
            },
        },
        "guests": {"type": "integer", "title": "Nombre d’invités", "minimum": 1},
        "price": {
            "type": "integer",
            "x-money": True,
            "title": "Prix estimé",
            "x-computed": "answers.room.price * answers.days",
        },
        "children": {
            "type": "array",
            "title": "Enfants",
            "minItems": 1,
            "maxItems": 3,
            "items": {
                "type": "object",
                "title": "Enfant",
                "required": ["first_name", "born_on"],
                "properties": {
                    "first_name": {"type": "string", "title": "Prénom"},
                    "born_on": {"type": "string", "format": "date", "title": "Date de naissance", "x-max": {"days": 0}},
                    "age": {"type": "integer", "title": "Âge", "x-computed": "item.born_on|years_until(today)"},
                    "swims": {"type": "boolean", "title": "Sait nager ?"},
                },
                "x-checks": [{"expr": "item.age < 18", "message": "Inscrivez seulement des mineurs.", "at": "born_on"}],
            },
        },
        "eldest": {"type": "integer", "title": "L’âge de l’aîné", "x-computed": "answers.children|map('age')|max"},
        "remark": {"type": "string", "title": "Précisions pour les grands"},
    },
    "x-checks": [
        {
            "expr": "answers.guests <= answers.room.capacity",
            "message": "Choisissez une salle plus grande, ou invitez moins de personnes.",
            "at": "guests",
        },
        {
            "expr": "answers.stay.start >= today|add_days(15)",
            "message": "Choisissez une date à quinze jours au moins.",
            "at": "stay",
        },
    ],
}


def _shown(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"effect": "SHOW", "condition": {"scope": f"#/properties/{name}", "schema": schema}}


def _control(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "Control", "scope": f"#/properties/{name}", **more}


UI: dict[str, Any] = {
    "type": "Categorization",
    "elements": [
        {
            "type": "Category",
            "x-id": "qui",
            "label": "Vous",
            "elements": [
                _control("who"),
                _control("phone", **{"x-id": "phone-parent"}, rule=_shown("who", {"const": "parent"})),
            ],
        },
        {
            "type": "Category",
            "x-id": "fete",
            "label": "La fête",
            "elements": [
                _control("stay"),
                _control("room"),
                _control("guests"),
                _control("price"),
                _control("phone", **{"x-id": "phone-club"}, rule=_shown("who", {"const": "club"})),
            ],
        },
        {
            "type": "Category",
            "x-id": "enfants",
            "label": "Les enfants",
            "elements": [
                _control(
                    "children",
                    options={
                        "detail": {
                            "type": "VerticalLayout",
                            "elements": [
                                _control("first_name"),
                                _control("born_on"),
                                _control("age"),
                                _control("swims", rule=_shown("age", {"minimum": 6})),
                            ],
                        }
                    },
                ),
                _control("remark", rule=_shown("eldest", {"minimum": 12})),
            ],
        },
    ],
}

ANSWERS: dict[str, Any] = {
    "who": "parent",
    "phone": "0199001234",
    "stay": {"start": "2026-12-24", "end": "2026-12-26"},
    "days": 3,
    "room": {"id": "tilleuls", "label": "Salle des Tilleuls", "capacity": 80, "price": 12000},
    "guests": 40,
    "price": 36000,
    "children": [
        {"first_name": "Camille", "born_on": "2012-05-01", "age": 14, "swims": True},
        {"first_name": "Dominique", "born_on": "2022-03-09", "age": 4},
    ],
    "eldest": 14,
    "remark": "Rien de particulier",
}
"""Complete, pruned and computed on AS_OF."""


def family(schema: Mapping[str, Any] = SCHEMA, ui: Mapping[str, Any] = UI) -> Form:
    """The form, or another one made of these documents."""
    return parsing.parse(schema, ui, where="fete", blocks={})


def answers(**other: Any) -> dict[str, Any]:
    """The complete answers, with others in place."""
    return {**copy.deepcopy(ANSWERS), **other}
