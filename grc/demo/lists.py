"""The lists of the invented communes: halls, equipment, schools, topics, elected members; nothing of it exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from grc.demo import leisure
from grc.forms.fields import time as hour
from grc.lists import commands
from grc.lists.commands import Facts
from grc.receipts.wording import long_date


def _hall(slug: str, label: str, capacity: int, equipment: str, **prices: int) -> Facts:
    """prices: a day, in cents: price, association_price, outside_price; and the deposit."""
    return Facts(label, {"capacity": capacity, "equipment": equipment, **prices}, slug)


def _place(slug: str, label: str, address: str, **more: Any) -> Facts:
    return Facts(label, {"address": address, **more}, slug)


def _topic(slug: str, label: str, answered_by: str, hours: str) -> Facts:
    return Facts(label, {"answered_by": answered_by, "hours": hours}, slug)


def _posts(slug: str, today: date) -> Sequence[Facts]:
    """The posts of a commune, open for some weeks still: the list closes each by itself."""

    def post(key: str, label: str, days: int, **more: Any) -> Facts:
        return Facts(label, {"closes_on": (today + timedelta(days=days)).isoformat(), **more}, key)

    if slug != "tilleul":
        return [post("secretaire", "Secrétaire de mairie", 45, contract="temps partiel")]
    diploma = "diplôme d’État d’auxiliaire de puériculture"
    nursery = {"service": "crèche Les Coccinelles", "contract": "temps plein", "diploma": diploma, "driving": False}
    return [
        post("jardinier", "Jardinière ou jardinier", 45, service="espaces verts", contract="temps plein", driving=True),
        post("puericulture", "Auxiliaire de puériculture", 60, **nursery),
    ]


def _elected(slug: str, label: str, delegation: str, hours: str) -> Facts:
    """delegation: what they look after; never a party. hours: when they receive, in words."""
    return Facts(label, {"delegation": delegation, "hours": hours}, slug)


def _half_hours(weekday: int, starts: Sequence[time], place: str, today: date, places: int = 1) -> Iterator[Facts]:
    """Half hours of the first such day that comes in a week or later. weekday: 0 for Monday."""
    day = today + timedelta(days=7)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    for start in starts:
        end = (datetime.combine(day, start) + timedelta(minutes=30)).time()
        hours = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        label = f"{long_date(day).capitalize()} à {hour.written(hours['start'])}"
        yield Facts(label, {"day": day.isoformat(), **hours, "place": place, "places": places}, f"{day}-{start:%H-%M}")


def _slots(slug: str, today: date) -> Sequence[Facts]:
    """The half hours that the elected members of a commune open to all."""
    if slug != "tilleul":
        return [*_half_hours(4, (time(17), time(17, 30)), "mairie, avec M. Spécimen, maire", today)]
    mayor, deputy = "mairie, bureau 12, avec Mme Modèle, maire", "école du Verger-Modèle, avec M. Fictif, adjoint"
    thursday = (time(14, 30), time(15), time(15, 30))
    return [
        *_half_hours(3, thursday, mayor, today),
        *_half_hours(5, (time(10), time(10, 30)), deputy, today, places=2),
        *_half_hours(3, thursday, mayor, today + timedelta(days=7)),
    ]


def _lent(slug: str, label: str, stock: int, size: str = "", **more: Any) -> Facts:
    """stock: how many there are. more: price of one and deposit, in cents; delivered, electric, insured."""
    return Facts(label, {**({"size": size} if size else {}), "stock": stock, **more}, slug)


_MORNINGS = "du lundi au vendredi, de 8 h à 12 h"

_LISTS: Mapping[str, Mapping[str, Sequence[Facts]]] = {
    "tilleul": {
        "rooms": (
            _hall(
                "salle-des-fetes",
                "Salle des fêtes",
                180,
                "cuisine, vaisselle et scène",
                price=18050,
                association_price=0,
                outside_price=36000,
                deposit=80000,
            ),
            _hall(
                "foyer",
                "Foyer",
                60,
                "cuisine",
                price=9000,
                association_price=2500,
                outside_price=15000,
                deposit=30000,
            ),
            _hall("salle-du-verger", "Salle du Verger", 25, "tables et chaises"),
        ),
        "equipment": (
            _lent("table-pliante", "Table pliante", 40, "1,80 m, pour 8 personnes", price=300),
            _lent("chaise", "Chaise pliante", 200, price=50),
            _lent("banc", "Banc", 30, "2 m, pour 4 personnes", price=100),
            _lent("barriere", "Barrière", 60, "2 m, 15 kg", price=200),
            _lent("grille", "Grille d’exposition", 20, "1 m sur 2 m", price=100),
            _lent("barnum", "Barnum pliant", 4, "3 m sur 4,50 m, 35 kg", price=2500, deposit=30000, insured=True),
            _lent("podium", "Podium", 1, "6 m sur 4 m", price=10000, deposit=50000, delivered=True, insured=True),
            _lent(
                "sono",
                "Sonorisation",
                1,
                "2 enceintes et 1 micro",
                price=3000,
                deposit=40000,
                electric=True,
                insured=True,
            ),
            _lent("gradin", "Gradin", 2, "50 places", delivered=True, insured=True),
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
        "topics": (
            _topic("espaces-verts", "Parcs, jardins et arbres", "équipe des espaces verts", _MORNINGS),
            _topic("batiments", "Bâtiments de la commune", "équipe des bâtiments", _MORNINGS),
            _topic("cimetiere", "Cimetière", "équipe du cimetière", _MORNINGS),
            _topic("travaux", "Travaux en cours", "bureau des travaux", _MORNINGS),
            _topic("autre", "Autre chose", "secrétariat de la mairie", _MORNINGS),
        ),
        "elected": (
            _elected("maire", "Mme Modèle, maire", "toutes les questions", "le jeudi après-midi"),
            _elected("ecoles", "M. Fictif, premier adjoint", "écoles, jeunesse et sport", "le samedi matin"),
            _elected("logement", "Mme Essai, deuxième adjointe", "logement et action sociale", "sur rendez-vous"),
            _elected("quartier", "M. Exemple, conseiller délégué", "quartier du Verger", "le premier samedi du mois"),
        ),
    },
    "marronnier": {
        "rooms": (
            _hall("salle-du-bois", "Salle du Bois", 60, "cuisine", price=8000, outside_price=12000, deposit=20000),
        ),
        "equipment": (
            _lent("table", "Table avec ses deux bancs", 15, "2,20 m, pour 8 personnes"),
            _lent("barriere", "Barrière", 20, "2 m"),
        ),
        "schools": (_place("ecole-du-bois", "École du Bois", "1 rue du Marronnier"),),
        "nurseries": (_place("herissons", "Les Hérissons", "5 rue du Marronnier", hours="8 h à 18 h"),),
        "topics": (_topic("tout", "Tous les sujets", "secrétariat de la mairie", _MORNINGS),),
        "elected": (
            _elected("maire", "M. Spécimen, maire", "toutes les questions", "le vendredi de 17 h à 18 h"),
            _elected("travaux", "Mme Modèle, adjointe", "travaux et chemins", "sur rendez-vous"),
        ),
    },
}


def furnish(session: Session, authority_id: int, slug: str, *, now: datetime) -> None:
    """Fills the lists of a commune of the demonstration."""
    for source, found in {**_LISTS[slug], "posts": _posts(slug, now.date()), "slots": _slots(slug, now.date())}.items():
        commands.replace(session, authority_id, source, found, now=now)
    commands.replace(session, authority_id, "sessions", leisure.sessions(slug, now.date()), now=now)
