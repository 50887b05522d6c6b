"""The public holidays of each place of the Republic where the code du travail sets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache


class Place(StrEnum):
    """Where a commune is, as far as its holidays go: a setting of each commune, never guessed from a zone.

    Polynésie française, Nouvelle-Calédonie and Wallis-et-Futuna have a labour law of their own: not served.
    """

    METROPOLE = "metropole"
    ALSACE_MOSELLE = "alsace-moselle"
    ALSACE_MOSELLE_GOOD_FRIDAY = "alsace-moselle-vendredi-saint"
    GUADELOUPE = "guadeloupe"
    GUYANE = "guyane"
    LA_REUNION = "la-reunion"
    MARTINIQUE = "martinique"
    MAYOTTE = "mayotte"
    SAINT_BARTHELEMY = "saint-barthelemy"
    SAINT_MARTIN = "saint-martin"
    SAINT_PIERRE_ET_MIQUELON = "saint-pierre-et-miquelon"


@dataclass(frozen=True)
class Holiday:
    """One public holiday: its day, its French name, the article that makes it one."""

    day: date
    name: str
    article: str


@dataclass(frozen=True)
class _Fixed:
    month: int
    day: int
    name: str
    article: str

    def on(self, year: int) -> date:
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class _FromEaster:
    days: int
    name: str
    article: str

    def on(self, year: int) -> date:
        return easter(year) + timedelta(days=self.days)


_Rule = _Fixed | _FromEaster
_ALSACE = "C. trav. L3134-13"
_OVERSEAS = "C. trav. L3422-2"

_EVERYWHERE: tuple[_Rule, ...] = (
    _Fixed(1, 1, "Jour de l’an", "C. trav. L3133-1"),
    _FromEaster(1, "Lundi de Pâques", "C. trav. L3133-1"),
    _Fixed(5, 1, "Fête du travail", "C. trav. L3133-1"),
    _Fixed(5, 8, "Victoire de 1945", "C. trav. L3133-1"),
    _FromEaster(39, "Ascension", "C. trav. L3133-1"),
    _FromEaster(50, "Lundi de Pentecôte", "C. trav. L3133-1"),
    _Fixed(7, 14, "Fête nationale", "C. trav. L3133-1"),
    _Fixed(8, 15, "Assomption", "C. trav. L3133-1"),
    _Fixed(11, 1, "Toussaint", "C. trav. L3133-1"),
    _Fixed(11, 11, "Armistice de 1918", "C. trav. L3133-1"),
    _Fixed(12, 25, "Noël", "C. trav. L3133-1"),
)
_SAINT_STEPHEN = _Fixed(12, 26, "Deuxième jour de Noël", _ALSACE)
_ABOLITION = "Abolition de l’esclavage"

# What a place has besides. Good Friday: communes with a temple protestant or an église mixte only. Saint-Martin: the
# code says 27 May; a circular of 2018 lets the day be kept on the 28th, and no text has followed: the code is applied.
_BESIDES: Mapping[Place, tuple[_Rule, ...]] = {
    Place.ALSACE_MOSELLE: (_SAINT_STEPHEN,),
    Place.ALSACE_MOSELLE_GOOD_FRIDAY: (_FromEaster(-2, "Vendredi saint", _ALSACE), _SAINT_STEPHEN),
    Place.GUADELOUPE: (_Fixed(5, 27, _ABOLITION, _OVERSEAS),),
    Place.GUYANE: (_Fixed(6, 10, _ABOLITION, _OVERSEAS),),
    Place.LA_REUNION: (_Fixed(12, 20, _ABOLITION, _OVERSEAS),),
    Place.MARTINIQUE: (_Fixed(5, 22, _ABOLITION, _OVERSEAS),),
    Place.MAYOTTE: (_Fixed(4, 27, _ABOLITION, _OVERSEAS),),
    Place.SAINT_BARTHELEMY: (_Fixed(10, 9, _ABOLITION, _OVERSEAS),),
    Place.SAINT_MARTIN: (_Fixed(5, 27, _ABOLITION, _OVERSEAS),),
}


@cache
def of_year(place: Place, year: int) -> tuple[Holiday, ...]:
    """The holidays of that place and year in order; two may fall on one day (Ascension on 1 or 8 May).

    Source: code du travail L3133-1 (everywhere), L3134-13 (Moselle, Bas-Rhin, Haut-Rhin), L3422-2 (overseas).
    """
    rules = _EVERYWHERE + _BESIDES.get(place, ())
    return tuple(sorted((Holiday(rule.on(year), rule.name, rule.article) for rule in rules), key=lambda one: one.day))


def find(place: Place, day: date) -> Holiday | None:
    """The holiday of that day there, or None."""
    return _by_day(place, day.year).get(day)


@cache
def _by_day(place: Place, year: int) -> Mapping[date, Holiday]:
    return {holiday.day: holiday for holiday in of_year(place, year)}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, left = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon + 15) % 30
    leaps, since_leap = divmod(of_century, 4)
    weekday = (32 + 2 * left + 2 * leaps - epact - since_leap) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
