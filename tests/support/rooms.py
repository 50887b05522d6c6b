"""A procedure that offers halls of a list kept by agents: the birth certificate with one more question."""

from __future__ import annotations

import copy
from typing import Any

from grc import clock, resources
from grc.authorities import queries as authorities
from grc.catalogue import loading, publishing
from grc.catalogue.definition import Procedure
from grc.db import Database
from grc.lists import commands
from grc.lists.commands import Facts

ATTRIBUTES: dict[str, Any] = {
    "capacity": {"type": "integer", "title": "Capacité", "x-unit": "places"},
    "price": {"type": "integer", "title": "Prix", "x-money": True},
    "kitchen": {"type": "boolean", "title": "Cuisine"},
}
QUESTION: dict[str, Any] = {
    "type": "object",
    "title": "Quelle halle voulez-vous ?",
    "x-privacy": {
        "purpose": "Attribuer la halle",
        "legal_basis": "public_task",
        "retention": "P1Y",
        "anonymise": "keep",
    },
    "x-choices": {"source": "halls", "title": "Halles", "attributes": ATTRIBUTES, "order": list(ATTRIBUTES)},
}


def procedure() -> Procedure:
    """The birth certificate, its first page asking for a hall too."""
    whole = loading.load_folder(resources.folder("form_catalogue"))
    document = copy.deepcopy(dict(next(each for each in whole if each.slug == "acte-de-naissance").document))
    document["schema"]["properties"]["hall"] = QUESTION
    document["schema"]["required"] = [*document["schema"]["required"], "hall"]
    document["ui"]["elements"][0]["elements"].append({"type": "Control", "scope": "#/properties/hall"})
    return loading.from_document(document)


HALLS = {
    "tilleul": (
        Facts("Salle des Tilleuls", {"capacity": 80, "price": 12000, "kitchen": True}, "salle-des-tilleuls"),
        Facts("Halle aux Exemples", {"capacity": 250, "price": 35000, "kitchen": True}, "halle-aux-exemples"),
        Facts("Maison du Modèle", {"capacity": 30, "price": 4500, "kitchen": False}, "maison-du-modele"),
    ),
    "marronnier": (Facts("Salle du Marronnier", {"capacity": 60}, "salle-du-marronnier"),),
}


def fill(database: Database) -> None:
    """The halls of the two communes, as the operator imports them."""
    for slug, halls in HALLS.items():
        with database.reading(scope=None) as session:
            authority = authorities.authority_of_slug(session, slug)
        assert authority is not None
        with database.writing(scope=authority.id) as session:
            commands.replace(session, authority.id, "halls", halls, now=clock.now())


def publish(database: Database, authority_id: int) -> None:
    """Published in an authority, in place of the birth certificate."""
    with database.writing(scope=authority_id) as session:
        publishing.publish(
            session,
            authority_id,
            procedure(),
            service_slug="etat-civil",
            confirmed={"silence", "appeal", "lint"},
            by="test",
            now=clock.now(),
        )
