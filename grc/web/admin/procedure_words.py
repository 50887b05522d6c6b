"""A procedure's overlays and faults in words, for the pages of administration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from grc.catalogue import overlaying, telling
from grc.catalogue.definition import Procedure
from grc.catalogue.slots import Place, written_choice
from grc.errors import Fault, Problem
from grc.receipts.wording import short_date

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
    said = sentence(fault.message)
    advice = "" if "--confirm" in fault.suggestion else fault.suggestion
    return f"{said} {advice}".strip()


def stated(catalogue: Procedure | None, overlay: overlaying.Overlay) -> list[Stated]:
    """What the authority states otherwise, in words."""
    places = overlaying.places_of(catalogue) if catalogue is not None and overlay else {}
    found = []
    for identifier, properties in overlay.items():
        place = places.get(identifier)
        what = identifier if place is None else sentence(f"{place.what} «\u00a0{place.title}\u00a0»")
        for name, each in properties.items():
            kind = place.slots[name].kind if place is not None and name in place.slots else ""
            said = (_said(value, kind, identifier, places) for value in (each["value"], each["over"]))
            ours, theirs = telling.excerpts(*said)
            found.append(Stated(what, WORDS.get(name, name), ours, theirs))
    return found


def _said(value: object, kind: str, identifier: str, places: Mapping[str, Place]) -> str:
    """A value as people read it: a day in full, choices by their titles."""
    if kind == "hidden":
        return "pas montré" if value is True else "montré"
    if kind == "day" and isinstance(value, str):
        return short_date(date.fromisoformat(value))
    if kind == "order" and isinstance(value, list):
        kind = "page:" if identifier == "procedure" else f"choice:{identifier.removeprefix('form:')}/"
        ids = [f"{kind}{written_choice(one)}" for one in value]
        return told([places[each].title if each in places else each for each in ids])
    return told(value)


def sentence(text: str) -> str:
    """The text with a capital."""
    return f"{text[:1].upper()}{text[1:]}"


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
    "questions": "ordre des questions",
    "hidden": "affichage",
    "required_by": "texte qui demande la pièce",
    "indispensable": "pièce indispensable",
    "required": "obligatoire",
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
    "pages": "ordre des pages",
    "retention_months": "mois de conservation",
    "retention_source": "texte qui fixe la conservation",
    "retention_words": "conservation, en mots",
}
"""The properties in words; the page of adaptation gives them a capital."""
