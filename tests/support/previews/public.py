"""The pages of the law, of errors, and of the platform."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from grc.web import assets, theme
from grc.web.citizen import views
from grc.web.citizen.statement_views import SecurityPage
from grc.web.frame import CommuneRow, Embedding, ErrorPage, Frame, Link, LinkPage, PlatformPage
from grc.web.operators_views import DeadRow, Fact, OperationsPage, SweepRow, WorkerRow
from tests.support.previews.catalogue import CATEGORIES
from tests.support.previews.world import (
    LIMITS,
    PROCEDURE,
    SERVICE,
    Preview,
    frame,
)


def statement_page(template: str, page: object) -> Preview:
    return Preview(f"statements/{template}.html", {"frame": frame(), "page": page})


def error_page(status: int, **known: Any) -> Preview:
    return Preview(f"errors/{status}.html", {"frame": frame(menu=[]), "page": ErrorPage(status, **known)})


def statements() -> dict[str, Preview]:
    lines = ("Mairie de Tilleul-sur-Exemple", "1 place du Tilleul", "00000 Tilleul-sur-Exemple")
    return {
        "modalities": statement_page(
            "modalities",
            views.ModalitiesPage(
                ("ne-pas-repondre@tilleul.example",), (Link(PROCEDURE, "/d"),), lines, LIMITS, "01 99 00 12 34"
            ),
        ),
        "accessibility": statement_page(
            "accessibility",
            views.AccessibilityPage(
                "tilleul.example",
                "partiellement conforme",
                "Un contrôle interne a été fait le 2 novembre 2026 ; aucun audit externe n’a encore eu lieu.",
                "accessibilite@tilleul.example",
                date(2026, 11, 2),
                "01 99 00 12 34",
                ("Les documents que les usagers envoient ne sont pas contrôlés.",),
                (),
                ("Firefox et NVDA", "Chromium au clavier"),
                ("Les cartes, doublées d’une liste.",),
                date(2026, 11, 2),
                "un organisme d’essai",
                "72,5",
                "https://www.tilleul.example/schema",
                "https://www.tilleul.example/plan",
            ),
        ),
        "legal": statement_page(
            "legal", views.LegalPage(lines, "Alix Modèle, maire", ("Syndicat numérique du Val-d’Exemple",))
        ),
        "data": statement_page(
            "data",
            views.DataPage(lines, "dpo@tilleul.example", ((PROCEDURE, "Un an après la demande"),), unused_years=3),
        ),
        "security": statement_page(
            "security",
            SecurityPage(date(2023, 3, 2), date(2026, 3, 1), "le maire", ("Les démarches.",), date(2025, 3, 3), True),
        ),
        "security-none": statement_page("security", SecurityPage(None, email="mairie@tilleul.example")),
        "help": statement_page(
            "help",
            views.HelpPage(
                lines, "/suivi", "01 99 00 12 34", "mairie@tilleul.example", SERVICE.hours, "Format PDF, 10 Mo au plus."
            ),
        ),
    }


def errors() -> dict[str, Preview]:
    telephone = "01 99 00 12 34"
    return {
        "error-400": error_page(400),
        "error-403": error_page(403, message="Cette demande est suivie par le service voirie."),
        "error-404": error_page(404, telephone=telephone),
        "error-405": error_page(405),
        "error-409": error_page(409, message="La demande est déjà retirée.", back=Link("Voir la demande", "/x")),
        "error-413": error_page(413, message="L’envoi dépasse 31 Mo."),
        "error-422": error_page(422, message="La date est illisible."),
        "error-429": error_page(429, retry_after="une minute"),
        "error-500": error_page(500, reference="3f0c9a1b", telephone=telephone),
        "error-503": error_page(503, retry_after="à 18 h"),
    }


def operations() -> dict[str, Preview]:
    """The operators' page: ailing, well, and without its database."""
    shown = Frame(authority="Exploitation", home="/")
    rows = (
        ("Accusé de réception", "à l’usager", 14, "451 4.3.2", "3 j", "/r"),
        ("Code de suivi", "à l’usager", 1, "550 5.1.1 [adresse]", "5 h", ""),
        ("Annonce d’une demande", "au service", 1, "550 5.2.1", "12 min", "/r"),
        ("Appel à un autre système", "", 9, "", "moins d’une minute", "/r"),
    )
    dead = [
        DeadRow(
            number, "tilleul-sur-exemple", what, to, tries=tries, fault=fault, since=since, retry=retry, abandon="/a"
        )
        for number, (what, to, tries, fault, since, retry) in enumerate(rows, start=4812)
    ]
    room = Fact("Stockage", "212 Go libres sur 480")
    workers = (
        WorkerRow("grc-1.val-exemple.example:812:0f3a9c11", "12 j", "moins d’une minute"),
        WorkerRow("grc-2.val-exemple.example:77:9b21aa07", "3 h", "41 min", is_silent=True),
    )
    sweeps = (
        SweepRow("Brouillons expirés", "4 min", "3 éléments traités"),
        SweepRow("Décisions nées du silence", "10 min", "Échec : OperationalError", is_well=False),
        SweepRow("Accusés dus", "10 min", "Rien à faire"),
        SweepRow(
            "Le passage entier", "3 j", "Rien n’est fait : l’horloge est loin après le dernier passage", is_well=False
        ),
    )
    ailing = OperationsPage(
        "/r", 57, "26 min", is_late=True, dead_count=4, dead=dead, workers=workers, sweeps=sweeps
    ).with_facts([room, Fact("Antivirus", "Ne répond pas ; 8 documents en quarantaine", is_well=False)])
    well = OperationsPage("/r", workers=workers[:1]).with_facts([room])
    away = OperationsPage("/r", database_is_away=True).with_facts([room])
    states = {
        "operations": ailing,
        "operations-well": well,
        "operations-away": away,
        "operations-new": OperationsPage("/r"),
    }
    pages = {name: Preview("platform/operations.html", {"frame": shown, "page": page}) for name, page in states.items()}
    return pages | {"operations-door": Preview("platform/operators_door.html", {"frame": shown})}


def platform() -> dict[str, Preview]:
    communes = PlatformPage(
        "Le Syndicat numérique du Val-d’Exemple",
        (
            CommuneRow("Tilleul-sur-Exemple", "/tilleul/", assets.url("", "demo/tilleul.svg"), "1 démarche en ligne"),
            CommuneRow("Marronnier-le-Bois", "/marronnier/", assets.url("", "demo/marronnier.svg")),
        ),
    )
    plain = Frame(authority="Val-d’Exemple", home="/", tagline="Démarches en ligne")
    colour = "#7a4b12"
    other = frame(
        authority="Marronnier-le-Bois",
        logo=assets.url("", "demo/marronnier.svg"),
        theme=f"/theme/{colour[1:]}-{theme.digest(colour)}.css",
    )
    home = views.CataloguePage("/marronnier/", "/suivi", CATEGORIES[:1])
    way_out = Link("Ouvrir en pleine page", "/tilleul/demarches/x")
    framed = frame(embedding=Embedding("https://www.tilleul.example", "/tilleul/cadre", way_out))
    return {
        "leaving": Preview(
            "platform/leaving.html", {"frame": framed, "page": LinkPage(Link("Ouvrir la page", "/suivi"))}
        ),
        "communes": Preview("platform/communes.html", {"frame": plain, "page": communes}),
        **operations(),
        "communes-empty": Preview("platform/communes.html", {"frame": plain, "page": replace(communes, communes=())}),
        "marronnier": Preview("citizen/catalogue.html", {"frame": other, "page": home}),
    }
