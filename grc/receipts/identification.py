"""Whether who writes is identified, so that what they send seises the administration and is owed a receipt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

Identified = Literal["person", "organisation"]

PERSON: Mapping[str, str] = {
    "family-name": "le nom",
    "given-names": "le prénom",
    "postal-address": "l’adresse postale",
    "contact-email": "l’adresse électronique",
}
"""The data by which anyone but an organisation identifies themselves, by role of the answer, in French."""

ORGANISATION: Mapping[str, str] = {
    "organisation-name": "le nom de l’organisme",
    "contact-email": "l’adresse électronique",
}
"""What an organisation gives beside its number: who it is in words, and where the receipt goes (R112-11-3)."""

NUMBERS = frozenset({"siret", "siren", "rna"})
"""A company's number in the Sirene register, an association's in its own; one without RNA gives its SIREN."""


def identified(given: Collection[str]) -> Identified | None:
    """By which way of the article these data identify the sender; None when they are not enough: a mere report.

    given: the roles of the answers that were given. An organisation is identified by its number alone: its name is
    asked for agents. Without an e-mail address there is nowhere to send the receipt (R112-11-3). A report is no
    saisine: no receipt is owed and no period of silence runs. Source: CRPA L112-8 (whoever is identified may seise),
    R112-9-1 al. 1 and 2 (by which data), R112-9-2 (the modalités d’utilisation say so).
    """
    if "contact-email" in given and NUMBERS & set(given):
        return "organisation"
    return "person" if PERSON.keys() <= set(given) else None


def missing(given: Collection[str], *, asked: Collection[str] = ()) -> Mapping[str, str]:
    """What these data lack to identify the sender, and to name an organisation: French names by role, often none.

    asked: the roles that the form asks, given or not: where it asks for an organisation, an organisation's are wanted.
    """
    if identified(given) == "person":
        return {}
    seen = {*given, *asked}
    wanted = PERSON
    if NUMBERS & seen or "organisation-name" in seen:
        number = min(NUMBERS & seen, default="siret")
        wanted = {**({} if NUMBERS & set(given) else {number: "le numéro SIRET, SIREN ou RNA"}), **ORGANISATION}
    return {role: name for role, name in wanted.items() if role not in given}
