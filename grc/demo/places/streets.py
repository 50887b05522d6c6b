"""The streets of the invented town, in metres from its town hall, and what is found in them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

from grc.cog.folding import fold

POSTCODE, CITY = "99000", "Exemple"
LONGITUDE, LATITUDE = 2.5, 47.5
_METRES = 111_320.0
_BETWEEN_DOORS = 12.0
_NEAR = 80.0

Point = tuple[float, float]
"""Metres to the east and to the north of the town hall."""

STREETS: dict[str, tuple[Point, ...]] = {
    "Place des Tilleuls": ((-30, -20), (30, -20), (30, 25), (-30, 25), (-30, -20)),
    "Rue des Tanneurs": ((30, 0), (180, 10), (330, 60), (520, 70)),
    "Rue du Marronnier": ((-30, 0), (-200, -15), (-420, -10)),
    "Avenue de l’Exemple": ((0, 25), (10, 220), (-20, 480), (-10, 760)),
    "Rue Fictive": ((180, 10), (170, 200), (10, 220)),
    "Chemin du Modèle": ((-200, -15), (-230, 180), (-20, 480)),
    "Quai de la Rivière-Inventée": ((-500, -190), (-150, -170), (200, -185), (560, -150)),
    "Impasse du Brouillon": ((330, 60), (340, 170)),
    "Rue du Pont": ((0, -20), (-5, -172)),
}
RIVER: tuple[Point, ...] = ((-900, -260), (-500, -215), (-150, -198), (200, -212), (560, -178), (950, -220))
PARK: tuple[Point, ...] = ((40, 80), (150, 60), (150, 180), (40, 195))


@dataclass(frozen=True)
class Spot:
    """A door, or a street at its middle when number is 0."""

    street: str
    number: int
    east: float
    north: float

    @property
    def name(self) -> str:
        return f"{self.number} {self.street}" if self.number else self.street

    @property
    def label(self) -> str:
        return f"{self.name} {POSTCODE} {CITY}"

    @property
    def longitude(self) -> float:
        return degrees(self.east, self.north)[0]

    @property
    def latitude(self) -> float:
        return degrees(self.east, self.north)[1]


def degrees(east: float, north: float) -> Point:
    """Longitude and latitude of a point of the town."""
    return LONGITUDE + east / (_METRES * math.cos(math.radians(LATITUDE))), LATITUDE + north / _METRES


def search(text: str, limit: int) -> list[Spot]:
    """Streets all of whose asked words begin a word of theirs; at the number asked, when there is one."""
    words = fold(text).split()
    numbers = [int(word) for word in words if re.fullmatch(r"[0-9]{1,3}", word)]
    asked = [word for word in words if not word.isdigit() or len(word) > 3]
    found = [name for name in STREETS if _has(fold(f"{name} {POSTCODE} {CITY}").split(), asked)] if asked else []
    return [_spot(name, numbers[0] if numbers else 0) for name in found][:limit]


def near(longitude: float, latitude: float) -> list[Spot]:
    """The nearest door, if one is within eighty metres."""
    east = (longitude - LONGITUDE) * _METRES * math.cos(math.radians(LATITUDE))
    north = (latitude - LATITUDE) * _METRES
    doors = (_spot(name, number) for name in STREETS for number in range(1, int(_length(name) / _BETWEEN_DOORS) + 1))
    best = min(doors, key=lambda door: math.dist((door.east, door.north), (east, north)))
    return [best] if math.dist((best.east, best.north), (east, north)) <= _NEAR else []


def _has(words: list[str], asked: list[str]) -> bool:
    return all(any(word.startswith(each) for word in words) for each in asked)


def _length(name: str) -> float:
    points = STREETS[name]
    return sum(math.dist(a, b) for a, b in pairwise(points))


def _spot(name: str, number: int) -> Spot:
    along = number * _BETWEEN_DOORS if number else _length(name) / 2
    points = STREETS[name]
    for start, end in pairwise(points):
        long = math.dist(start, end)
        if along <= long:
            share = along / long
            return Spot(name, number, *(a + (b - a) * share for a, b in zip(start, end, strict=True)))
        along -= long
    return Spot(name, number, *points[-1])
