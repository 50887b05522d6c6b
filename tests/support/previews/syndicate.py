"""The pages of the syndicate's agents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.web.frame import MenuItem
from grc.web.syndicate import bars, views
from grc.web.syndicate.health import Remark
from tests.support.previews.world import Preview, at, desk_frame

HERE = "/val-d-exemple/agents/syndicat"
GRAVE = Remark("L’attestation de sécurité n’est plus valable. Renouvelez-la.", is_grave=True)
SOON = Remark("L’attestation de sécurité prend fin dans 51 jours. Préparez son renouvellement.")
ABSENT = Remark("Dites comment joindre le délégué à la protection des données.")


def _commune(
    name: str, counts: tuple[int | None, int | None, int | None, int | None], *found: Remark
) -> views.CommuneRow:
    return views.CommuneRow(name, f"{HERE}/communes/{name.lower()}", *counts, remarks=found)


COMMUNES = views.CommunesPage(
    month="novembre 2026",
    totals=(
        views.Total("Reçues ce mois-ci", "1\u202f284"),
        views.Total("En cours", "312"),
        views.Total("En retard", "7", is_well=False),
        views.Total("Envois abandonnés", "0"),
        views.Total("Courriels", "à l’heure"),
        views.Total("Dernier passage des relevés", "il y a 4 min"),
    ),
    rows=(
        _commune("Chêne-Exemple", (14, 3, 0, 0)),
        _commune("Marronnier-le-Bois", (212, 61, 7, 3), GRAVE, Remark("Envois abandonnés : 3.", is_grave=True), ABSENT),
        _commune("Tilleul-sur-Exemple", (1058, 248, 0, 0), SOON),
        _commune("Saule-les-Deux-Rivières-d’Exemple", (None, None, None, None), ABSENT),
    ),
    found=312,
    every=312,
    counted_at=at(11, 22, 3),
    here=HERE,
    csv=f"{HERE}/chiffres.csv",
)
EMPTY = replace(COMMUNES, rows=(), found=0, every=0, counted_at=None)
NOTHING_FOUND = replace(COMMUNES, rows=(), found=0, words="Orme")
_MONTHS = (
    *(("décembre 2025", "12/25", 61, 58), ("janvier 2026", "01/26", 88, 70), ("février 2026", "02/26", 74, 80)),
    *(("mars 2026", "03/26", 96, 81), ("avril 2026", "04/26", 65, 72), ("mai 2026", "05/26", 70, 64)),
    *(("juin 2026", "06/26", 120, 99), ("juillet 2026", "07/26", 54, 66), ("août 2026", "08/26", 31, 40)),
    *(("septembre 2026", "09/26", 143, 101), ("octobre 2026", "10/26", 118, 122), ("novembre 2026", "11/26", 92, 77)),
)
COMMUNE = views.CommunePage(
    name="Marronnier-le-Bois",
    kind="Commune",
    back=HERE,
    csv=f"{HERE}/communes/marronnier/chiffres.csv",
    months=[
        views.MonthRow(
            name,
            received,
            f"{received - 9} en ligne, 9 au guichet",
            decided,
            implied=2,
            withdrawn=1,
            open=61,
            overdue=number % 3,
            median="9 j",
            p90="41 j",
            refused=0,
        )
        for number, (name, _, received, decided) in enumerate(reversed(_MONTHS))
    ],
    drawing=bars.drawing([(label, received, decided) for _, label, received, decided in _MONTHS]),
    remarks=(GRAVE, ABSENT),
    pending=2,
    dead=3,
    attestation=date(2026, 10, 31),
    counted_at=at(11, 22, 3),
)
NEW = replace(COMMUNE, months=(), drawing=None, remarks=(), pending=0, dead=0, attestation=None, counted_at=None)


def _page(template: str, page: object) -> Preview:
    menu = [MenuItem("Communes", HERE, current=True)]
    return Preview(f"syndicate/{template}.html", {"frame": desk_frame(menu=menu), "page": page})


def syndicates() -> dict[str, Preview]:
    return {
        "syndicate": _page("communes", COMMUNES),
        "syndicate-empty": _page("communes", EMPTY),
        "syndicate-nothing-found": _page("communes", NOTHING_FOUND),
        "syndicate-commune": _page("commune", COMMUNE),
        "syndicate-commune-new": _page("commune", NEW),
    }
