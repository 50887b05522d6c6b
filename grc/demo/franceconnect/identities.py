"""Invented people who can sign in on the simulator, each of them a trap that real identities hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_PIVOT = ("given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry")


@dataclass(frozen=True)
class Identity:
    """One invented person. trap: what this identity shows, in French. claims: as FranceConnect sends them."""

    key: str
    title: str
    trap: str
    claims: dict[str, Any] = field(repr=False)

    def sub(self, entity: str) -> str:
        """66 characters, the same for every service of one entity, others elsewhere."""
        pivot = "\0".join([entity, *(str(self.claims.get(name, "")) for name in _PIVOT)])
        return hashlib.sha256(pivot.encode()).hexdigest() + "v1"


def _person(
    given_names: list[str], family_name: str, birthdate: str, gender: str, place: str, **more: Any
) -> dict[str, Any]:
    claims = {
        "given_name": " ".join(given_names),
        "given_name_array": given_names,
        "family_name": family_name,
        "birthdate": birthdate,
        "gender": gender,
        "birthplace": place,
        "birthcountry": "99100",
        "idp_birthdate": birthdate,
        "idp_id": "simulateur",
    }
    return claims | more


_LONG_NAME = ("EXEMPLE-DE-NOM-TRÈS-LONG-" * 11)[:256]

IDENTITIES = (
    Identity(
        "prenoms",
        "Jean Philippe EXEMPLE",
        "Plusieurs prénoms, dont un composé sans trait d’union. Même courriel que Camille MODÈLE.",
        _person(
            ["Jean Philippe", "Pierre", "Louis"], "EXEMPLE", "1976-02-29", "male", "75107",
            email="famille.exemple@courriel.example",
        ),
    ),
    Identity(
        "conjointe",
        "Camille MODÈLE",
        "Nom d’usage différent du nom de naissance. Même courriel que Jean Philippe EXEMPLE.",
        _person(
            ["Camille", "Anne-Sophie"], "MODÈLE", "1979-11-05", "female", "69383",
            preferred_username="EXEMPLE", email="famille.exemple@courriel.example",
        ),
    ),
    Identity(
        "etranger",
        "Amina FICTIVE",
        "Née à l’étranger\u00a0: lieu de naissance vide, pays 99351.",
        _person(
            ["Amina"], "FICTIVE", "1988-07-14", "female", "",
            birthcountry="99351", email="amina.fictive@courriel.example",
        ),
    ),
    Identity(
        "corse",
        "Ange D’ESSAI",
        "Né en Corse\u00a0: le code du lieu contient une lettre (2A004).",
        _person(["Ange"], "D’ESSAI", "1965-12-31", "male", "2A004", email="ange.dessai@courriel.example"),
    ),
    Identity(
        "presumee",
        "Moussa ÉCHANTILLON",
        "Jour et mois de naissance inconnus\u00a0: 1958-00-00 chez le fournisseur, 1958-01-01 au registre.",
        _person(
            ["Moussa"], "ÉCHANTILLON", "1958-01-01", "male", "",
            birthcountry="99335", idp_birthdate="1958-00-00", email="moussa.echantillon@courriel.example",
        ),
    ),
    Identity(
        "eidas",
        "Zoë Příkladová",
        "Citoyenne européenne (eIDAS)\u00a0: ni courriel, ni pays de naissance, ni liste de prénoms.",
        {
            "given_name": "Zoë",
            "family_name": "Příkladová",
            "preferred_username": "Příkladová",
            "birthdate": "1990-04-30",
            "idp_birthdate": "1990-04-30",
            "idp_id": "eidas-bridge",
        },
    ),
    Identity(
        "non-precise",
        "Dominique TÉMOIN",
        "Sexe non précisé. Date de naissance certaine, bien que le premier d’un mois.",
        _person(
            ["Dominique"], "TÉMOIN", "1993-06-01", "unspecified", "35238",
            email="dominique.temoin@courriel.example",
        ),
    ),
    Identity(
        "nom-long",
        "Maximilienne au nom de 256 caractères",
        "Un nom de naissance de 256 caractères, sans espace.",
        _person(["Maximilienne"], _LONG_NAME, "1970-10-10", "female", "59350", email="maximilienne@courriel.example"),
    ),
    Identity(
        "outre-mer",
        "Claude SPÉCIMEN, né à La Réunion",
        "Né outre-mer (97411). Homonyme né le même jour que l’autre Claude SPÉCIMEN.",
        _person(["Claude"], "SPÉCIMEN", "1982-03-17", "male", "97411", email="claude.specimen@courriel.example"),
    ),
    Identity(
        "homonyme",
        "Claude SPÉCIMEN, né à Nantes",
        "Mêmes nom, prénom et date de naissance que l’autre\u00a0: seul le lieu diffère.",
        _person(["Claude"], "SPÉCIMEN", "1982-03-17", "male", "44109", email="c.specimen@autre-courriel.example"),
    ),
    Identity(
        "vide",
        "Sacha VIDE",
        "Ce qui n’est pas connu est envoyé vide\u00a0: nom d’usage, sexe, lieu et pays de naissance, courriel.",
        _person(
            [], "VIDE", "2000-02-29", "", "",
            given_name="Sacha", birthcountry="", preferred_username="", email="", idp_birthdate="",
        ),
    ),
    Identity(
        "nom-unique",
        "SUHARTATI (nom unique)",
        "Une personne qui n’a qu’un nom\u00a0: prénom vide, nom d’usage vide, sans courriel.",
        _person([], "SUHARTATI", "1960-08-01", "female", "", birthcountry="99231", preferred_username=""),
    ),
)  # fmt: skip


def find(key: str, people: Iterable[Identity] = IDENTITIES) -> Identity | None:
    """The identity of this key."""
    return next((identity for identity in people if identity.key == key), None)
