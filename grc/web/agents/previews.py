"""What the citizen will read of a letter that an agent writes, before it is final."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc.notifications.presentation import present
from grc.receipts import AcceptanceWithdrawn, Erratum, ReasonsGiven, TransferNotice
from grc.web.agents.views import Preview, PreviewPart

Written = ReasonsGiven | AcceptanceWithdrawn | Erratum | TransferNotice


def preview_of(notice: Written) -> Preview:
    """The letter as it will be read, part by part."""
    shown = present(notice)
    title, parts = _TOLD[notice.KIND](shown)
    return Preview(title, [*parts, PreviewPart("", [signature(shown)]), *_contested(shown)])


def signature(shown: Mapping[str, Any]) -> str:
    """Who signs, with their capacity."""
    return ", ".join(filter(None, (shown["agent"]["name"], shown["agent"]["capacity"])))


def _contested(shown: Mapping[str, Any]) -> list[PreviewPart]:
    """The appeals, where the letter bears any."""
    ways = [
        f"{way['name']}{way['text']} ({way['source']})" if way["source"] else f"{way['name']}{way['text']}"
        for way in shown.get("appeals", ())
    ]
    if not ways:
        return []
    return [PreviewPart("Comment contester", [], ways), PreviewPart("", [shown["interruption"]])]


def _reasons(shown: Mapping[str, Any]) -> tuple[str, list[PreviewPart]]:
    return "Les motifs du refus de votre demande", [PreviewPart("Pourquoi", shown["reasons"])]


def _withdrawn(shown: Mapping[str, Any]) -> tuple[str, list[PreviewPart]]:
    named = PreviewPart("", [f"Nous retirons {shown['withdraws']}.", shown["heard"]])
    return "L’acceptation de votre demande est retirée", [named, PreviewPart("Pourquoi", shown["reasons"])]


def _erratum(shown: Mapping[str, Any]) -> tuple[str, list[PreviewPart]]:
    parts = [
        PreviewPart("", [f"Nous corrigeons {shown['corrects']}."]),
        PreviewPart("Au lieu de", shown["wrong"]),
        PreviewPart("Il faut lire", shown["right"]),
    ]
    if shown["outcome"] == "refused":
        parts.append(PreviewPart("Les motifs du refus, corrigés", shown["reasons"]))
    return "Correction d’une décision", parts


def _transfer(shown: Mapping[str, Any]) -> tuple[str, list[PreviewPart]]:
    reached = [f"{fact['label']}\u00a0: {', '.join(fact['lines'])}" for fact in shown["recipient"]]
    parts = [
        PreviewPart("", [f"Votre demande est transmise à {shown['to']}."], reached),
        PreviewPart("Ce qui va se passer", shown["rule"]),
        PreviewPart("", shown["note"]),
    ]
    return "Votre demande est transmise à une autre administration", parts


_TOLD = {
    ReasonsGiven.KIND: _reasons,
    AcceptanceWithdrawn.KIND: _withdrawn,
    Erratum.KIND: _erratum,
    TransferNotice.KIND: _transfer,
}
