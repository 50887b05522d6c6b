"""A procedure's overlays and faults in words, for the pages of administration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grc.catalogue import overlaying
from grc.catalogue.definition import Procedure
from grc.errors import Fault, Problem

FUNCTIONS = {"handler": "Qui traite les demandes", "supervisor": "Qui encadre"}


@dataclass(frozen=True)
class Stated:
    """One property that the authority states otherwise."""

    what: str
    name: str
    ours: str
    theirs: str


def key(identifier: str, name: str) -> str:
    """A property as the name and id of its input."""
    return f"{identifier}--{name}"


def problems_of(faults: Sequence[Fault]) -> list[Problem]:
    """The faults of an installation as problems of a page, each beside its property where it has one."""
    return [Problem(fault.where.replace("#", "--"), "refused", _sentence(fault)) for fault in faults]


def _sentence(fault: Fault) -> str:
    said = f"{fault.message[:1].upper()}{fault.message[1:]}"
    advice = "" if "--confirm" in fault.suggestion else fault.suggestion
    return f"{said} {advice}".strip()


def stated(catalogue: Procedure | None, overlay: overlaying.Overlay) -> list[Stated]:
    """What the authority states otherwise, in words."""
    places = overlaying.places_of(catalogue) if catalogue is not None and overlay else {}
    return [
        Stated(
            f"{places[identifier].what} « {places[identifier].title} »" if identifier in places else identifier,
            WORDS.get(name, name),
            told(each["value"]),
            told(each["over"]),
        )
        for identifier, properties in overlay.items()
        for name, each in properties.items()
    ]


def told(value: object) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return str(value) if value not in (None, "") else "rien"


WORDS = {
    "label": "intitulé",
    "hint": "aide",
    "text": "texte",
    "order": "ordre des choix",
    "hidden": "caché",
    "required_by": "texte qui demande la pièce",
    "indispensable": "pièce indispensable",
    "value": "valeur",
    "sentence": "phrase pour l’usager",
    "confirm": "ce que lit qui confirme",
    "question": "question posée à l’agent",
    "description": "description",
    "who": "qui peut demander",
    "prepare": "ce qu’il faut préparer",
    "price": "prix",
    "target_delay": "délai visé",
    "opens_on": "premier jour",
    "closes_on": "dernier jour",
    "closed": "autre voie, quand c’est fermé",
}
"""The properties in words; the page of adaptation gives them a capital."""
