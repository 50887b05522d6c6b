"""The lists of the invented communes: halls to hire, schools, nurseries; no such place exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grc.lists import commands
from grc.lists.commands import Facts


def _hall(slug: str, label: str, capacity: int, price: int, deposit: int, kitchen: bool) -> Facts:
    """price, deposit: in cents."""
    return Facts(label, {"capacity": capacity, "price": price, "deposit": deposit, "kitchen": kitchen}, slug)


def _place(slug: str, label: str, address: str, **more: Any) -> Facts:
    return Facts(label, {"address": address, **more}, slug)


_LISTS: Mapping[str, Mapping[str, Sequence[Facts]]] = {
    "tilleul": {
        "rooms": (
            _hall("salle-des-tilleuls", "Salle des Tilleuls", 80, 12000, 30000, kitchen=True),
            _hall("halle-aux-exemples", "Halle aux Exemples", 250, 35000, 80000, kitchen=True),
            _hall("maison-du-modele", "Maison du Modèle", 30, 4500, 10000, kitchen=False),
        ),
        "schools": (
            _place("ecole-des-tilleuls", "École des Tilleuls", "4 place des Tilleuls"),
            _place("ecole-du-verger", "École du Verger-Modèle", "12 rue de l’Exemple"),
        ),
        "nurseries": (
            _place("coccinelles", "Les Coccinelles", "2 rue des Tilleuls", hours="7 h 30 à 18 h 30"),
            _place("ecureuils", "Les Écureuils", "14 avenue du Modèle", hours="7 h à 19 h"),
            _place("hiboux", "Les Hiboux", "5 place de l’Exemple", hours="8 h à 18 h"),
        ),
    },
    "marronnier": {
        "rooms": (_hall("salle-du-marronnier", "Salle du Marronnier", 60, 9000, 20000, kitchen=True),),
        "schools": (_place("ecole-du-bois", "École du Bois", "1 rue du Marronnier"),),
        "nurseries": (_place("herissons", "Les Hérissons", "5 rue du Marronnier", hours="8 h à 18 h"),),
    },
}


def furnish(session: Session, authority_id: int, slug: str, *, now: datetime) -> None:
    """Fills the lists of a commune of the demonstration."""
    for source, found in _LISTS[slug].items():
        commands.replace(session, authority_id, source, found, now=now)
