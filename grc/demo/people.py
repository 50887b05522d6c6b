"""The invented people of the demonstration: their names say so, their addresses and telephones reach nobody."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grc.demo.franceconnect import identities
from grc.franceconnect import claims
from grc.franceconnect.claims import PivotIdentity

FRANCECONNECT, LINK = "franceconnect", "link"
"""How a person signs in, where they do: by the simulated FranceConnect, or by a link sent to their address."""

_FAMILIES = (
    "Essai",
    "Modèle",
    "Exemple",
    "Spécimen",
    "Fictif",
    "Témoin",
    "Invention",
    "Maquette",
    "Échantillon",
    "Prototype",
    "Gabarit",
    "Ébauche",
)
_GIVEN = (
    "Alix",
    "Andréa",
    "Camille",
    "Dominique",
    "Élie",
    "Fanny",
    "Gwenaël",
    "Hélène",
    "Ismaël",
    "Jeanne",
    "Karim",
    "Lou",
    "Maxence",
    "Nadia",
    "Odile",
    "Pascal",
    "Rokia",
    "Sacha",
    "Thierry",
    "Yasmine",
)
_ORGANISATIONS = (
    "Comité des fêtes d’Exemple",
    "Club Fictif de pétanque",
    "Chorale du Modèle",
    "Amicale de l’Essai",
    "Foyer rural du Val-d’Exemple",
    "Entreprise Prototype",
)
_STREETS = ("rue du Modèle", "rue de l’Exemple", "place du Marché", "impasse de l’Essai", "avenue de la Fiction")


@dataclass(frozen=True)
class Person:
    """An invented person. means: how they sign in, "" for who has no account. identity: at the simulator, or ""."""

    given_name: str
    family_name: str
    email: str
    telephone: str
    street: str
    organisation: str = ""
    """The name of the association or company for which they ask, where they ask for one."""
    means: str = ""
    identity: str = ""


@dataclass(frozen=True)
class Regular:
    """Somebody who has several demandes in a commune: how many, and what the welcome says of them."""

    slug: str
    person: Person
    demandes: int


def regulars() -> tuple[Regular, ...]:
    """Those whose « Mes demandes » are full."""
    return (
        Regular("tilleul", _known("etranger", "Amina", "Fictive"), 9),
        Regular("tilleul", _known("prenoms", "Jean Philippe", "Exemple"), 6),
        Regular("tilleul", _local("Paule", "Témoin"), 5),
        Regular("marronnier", _known("corse", "Ange", "d’Essai"), 4),
    )


def of_identity(key: str, *, issuer: str, slug: str) -> PivotIdentity:
    """What the simulator says of that person to a commune."""
    found = identities.find(key)
    assert found is not None, key
    return claims.identity({**found.claims, "sub": found.sub(slug)}, iss=issuer, acr="eidas1")


def others(chance: random.Random) -> Iterator[Person]:
    """One person after another, without an account, each with an address of their own."""
    number = 0
    while True:
        number += 1
        given, family = chance.choice(_GIVEN), chance.choice(_FAMILIES)
        mailbox = f"{plain(given)}.{plain(family)}.{number}@courriel.example"
        yield Person(given, family, mailbox, _telephone(chance), _street(chance), chance.choice(_ORGANISATIONS))


def plain(name: str) -> str:
    """A name in small letters without accents: "helene"."""
    parts = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in parts if letter.isascii() and letter.isalpha())


def _known(identity: str, given_name: str, family_name: str) -> Person:
    found = identities.find(identity)
    assert found is not None, identity
    return Person(
        given_name,
        family_name,
        str(found.claims["email"]),
        "0199004410",
        "7 rue du Modèle",
        means=FRANCECONNECT,
        identity=identity,
    )


def _local(given_name: str, family_name: str) -> Person:
    email = f"{plain(given_name)}.{plain(family_name)}@courriel.example"
    return Person(given_name, family_name, email, "0199004420", "3 place du Marché", means=LINK)


def _telephone(chance: random.Random) -> str:
    return f"019900{chance.randrange(10_000):04d}"


def _street(chance: random.Random) -> str:
    streets: Sequence[str] = _STREETS
    return f"{chance.randrange(1, 60)} {chance.choice(streets)}"
