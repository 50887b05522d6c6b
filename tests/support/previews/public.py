"""The pages of the law, of errors, and of the platform."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from grc.web import assets, theme
from grc.web.citizen import views
from grc.web.frame import CommuneRow, ErrorPage, Frame, Link, PlatformPage
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
            ),
        ),
        "legal": statement_page(
            "legal", views.LegalPage(lines, "Alix Modèle, maire", ("Syndicat numérique du Val-d’Exemple",))
        ),
        "data": statement_page(
            "data", views.DataPage(lines, "dpo@tilleul.example", ((PROCEDURE, "Un an après la demande"),))
        ),
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
    return {
        "communes": Preview("platform/communes.html", {"frame": plain, "page": communes}),
        "communes-empty": Preview("platform/communes.html", {"frame": plain, "page": replace(communes, communes=())}),
        "marronnier": Preview("citizen/catalogue.html", {"frame": other, "page": home}),
    }
