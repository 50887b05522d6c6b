"""Sentences that several citizen pages share."""

from __future__ import annotations

from collections.abc import Sequence

from grc.catalogue.definition import Procedure
from grc.receipts import sentences, wording
from grc.receipts.parts import Silence

_REPORT = (
    "Sans votre nom, votre prénom, votre adresse postale et votre adresse électronique, c’est un signalement : "
    "aucun délai ne court. Avec eux, c’est une demande."
)


def silence_beforehand(procedure: Procedure) -> list[str]:
    """What silence will mean, before anything is filed: each rule and its length once, without a date.

    A procedure that takes reports says first what makes a demande of one.
    """
    said = []
    for item in procedure.silence:
        if item.rule == "none":
            continue
        length = sentences.period(item.period, item.unit)
        outcome = "acceptée" if item.rule == "acceptance" else "refusée"
        start = f"{item.when} : sans réponse" if item.when else "Sans réponse"
        text = f"{start} de la commune après {length}, et si votre demande est complète, elle est {outcome}."
        said.append(wording.typeset(text))
    said = list(dict.fromkeys(said))
    if said and procedure.identification == "optional":
        said.insert(0, wording.typeset(_REPORT))
    if any(item.rule == "rejection" for item in procedure.silence):
        said.append(wording.typeset("Vous pouvez alors contester ce refus : l’accusé de réception vous dit comment."))
    return said


def silence_dated(stated: Silence | None) -> Sequence[str]:
    """What silence means, with its date."""
    return () if stated is None else (sentences.silence(stated), sentences.afterwards(stated))
