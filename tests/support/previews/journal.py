"""The journal, and the access of the syndicate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.journal.acts import LABELS
from grc.web.admin import guests
from grc.web.admin.forms import Choice, FormPage
from grc.web.admin.guests import GuestRow, GuestsPage, Offered
from grc.web.admin.journal import JournalPage, JournalRow
from tests.support.previews.admin import HERE, admin_page
from tests.support.previews.world import Preview, at, problems

REFERENCE = "2026-483-715-629"
SYNDICATE = "Syndicat numérique des Deux-Rives"


def journals() -> dict[str, Preview]:
    return {**_journal(), **_guests()}


def _journal() -> dict[str, Preview]:
    here = f"{HERE}/journal"
    rows = (
        JournalRow(
            at(3, 16),
            "Claire Modèle",
            "Demande consultée",
            f"Demande {REFERENCE}",
            f"/tilleul/agents/demandes/{REFERENCE}",
            "page\u00a0: un fichier, fichier\u00a0: Zx81_kLmnoPqrStuVwxYz0",
        ),
        JournalRow(at(3, 15), "Ada Essai", "Compte d’agent modifié", "Omar Fictif", "", "rôle\u00a0: Responsable"),
        JournalRow(at(3, 9), "L’exploitant du site", "Démarche publiée", "Démarche acte-de-naissance", "", ""),
    )
    page = JournalPage(
        rows=rows,
        months=[Choice("2026-03", "mars 2026"), Choice("2026-02", "février 2026")],
        acts=[Choice(str(act), label) for act, label in LABELS.items()],
        agents=[Choice("1", "Ada Essai"), Choice("2", "Claire Modèle")],
        typed={"mois": "2026-03", "acte": "", "agent": "", "objet": ""},
        action=here,
        back=HERE,
        csv=f"{here}.csv",
        next=f"{here}?apres=1_1",
        first=here,
        sealed_at=at(3, 16),
        waiting=2,
        verify=f"{here}?verifier=oui",
        verified="1 204 ligne(s) relues, aucune faute.",
    )
    nothing = {"mois": "", "acte": "", "agent": "", "objet": ""}
    wrong = problems(mois="Ce filtre n’existe pas. Choisissez dans la liste.")
    empty = replace(page, rows=(), next="", first="")
    return {
        "admin-journal": admin_page("journal", page, guests_until=date(2026, 3, 22)),
        "admin-journal-none": admin_page("journal", replace(empty, typed=nothing, sealed_at=None, waiting=0)),
        "admin-journal-nothing-found": admin_page("journal", empty),
        "admin-journal-wrong": admin_page("journal", replace(empty, problems=wrong)),
    }


def _guests() -> dict[str, Preview]:
    here = f"{HERE}/acces-du-syndicat"
    rows = (
        GuestRow(
            "Sacha Spécimen",
            "sacha.specimen@syndicat.example",
            SYNDICATE,
            "Lecture (élu, direction)",
            "Toute la commune, sauf les démarches sensibles",
            date(2026, 3, 22),
            True,
            f"{here}/7/fin",
            "/tilleul/agents/collegues/7",
        ),
        GuestRow(
            "Lou Essai",
            "lou.essai@syndicat.example",
            SYNDICATE,
            "Instruction",
            "Copie ou extrait d’acte de naissance",
            date(2026, 2, 3),
            False,
            "",
            "",
        ),
    )
    offered = Offered([SYNDICATE], [(1, "Service de l’état civil")], [(1, "Copie ou extrait d’acte de naissance")])
    form = FormPage(
        title="Ouvrir un accès au syndicat",
        action=f"{here}/nouveau",
        back=here,
        back_text="Accès du syndicat",
        asks=guests.asks(offered),
        typed={"days": "45", "email": "sacha", "role": "reader", "over": "all"},
        intro=guests.INTRO,
        button="Ouvrir l’accès",
        problems=problems(
            email="Saisissez une adresse électronique, par exemple nom@syndicat.fr.",
            days="Donnez un nombre de jours, de 1 à 30.",
        ),
    )
    journal = f"{HERE}/journal"
    page = GuestsPage(rows, f"{here}/nouveau", HERE, journal)
    return {
        "admin-guests": admin_page("guests", page, guests_until=date(2026, 3, 22)),
        "admin-guests-none": admin_page("guests", GuestsPage((), "", HERE, journal)),
        "admin-guest": admin_page("form", form),
    }
