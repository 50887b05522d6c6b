"""A fictional town hall, and what the pages of every group need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from grc.errors import Problem
from grc.receipts.parts import ServiceContact
from grc.web import assets, theme
from grc.web.agents.beside import Beside, Lent
from grc.web.appointments import Fixed
from grc.web.citizen.onward import Onward
from grc.web.frame import Frame, Link, MenuItem, Problems
from grc.web.rendering import render

PARIS = ZoneInfo("Europe/Paris")

PROCEDURE = "Copie ou extrait d’acte de naissance"
REFERENCE = "2026-483-715-629"
ME = "camille.exemple@courriel.example"


@dataclass(frozen=True)
class Preview:
    """A page in one state: its template and the names it expects."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)

    def html(self) -> str:
        """The page, rendered as the site would."""
        return render(self.template, **self.context)


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


def problems(**messages: str) -> Problems:
    return Problems([Problem(name.replace("__", "."), "required", message) for name, message in messages.items()])


def frame(**changes: Any) -> Frame:
    colour = "#1f5f8b"
    known: dict[str, Any] = {
        "authority": "Tilleul-sur-Exemple",
        "tagline": "Démarches en ligne",
        "home": "/tilleul/",
        "logo": assets.url("", "demo/tilleul.svg"),
        "theme": f"/theme/{colour[1:]}-{theme.digest(colour)}.css",
        "menu": [
            MenuItem("Démarches", "/tilleul/", current=True),
            MenuItem("Suivre une demande", "/tilleul/suivi"),
            MenuItem("Mes demandes", "/tilleul/mes-demandes"),
        ],
        "footer": [
            Link("Accessibilité : partiellement conforme", "/tilleul/accessibilite"),
            Link("Modalités d’utilisation", "/tilleul/modalites"),
            Link("Données personnelles", "/tilleul/donnees-personnelles"),
            Link("Mentions légales", "/tilleul/mentions-legales"),
            Link("Aide", "/tilleul/aide"),
        ],
        "contact": [
            "Mairie de Tilleul-sur-Exemple",
            "1 place du Tilleul",
            "00000 Tilleul-sur-Exemple",
            "01 99 00 12 34",
        ],
    }
    return Frame(**(known | changes))


def desk_frame(**changes: Any) -> Frame:
    known: dict[str, Any] = {
        "space": "Espace des agents",
        "menu": [MenuItem("Demandes", "/tilleul/agents", current=True)],
        "person": "Dominique Modèle",
        "sign_out": "/tilleul/agents/deconnexion",
        "home": "/tilleul/agents",
    }
    return frame(**(known | changes))


SERVICE = ServiceContact(
    name="Service état civil",
    email="etat-civil@tilleul.example",
    postal_address=("Mairie de Tilleul-sur-Exemple", "1 place du Tilleul", "00000 Tilleul-sur-Exemple"),
    telephone="01 99 00 12 34",
    hours="Du lundi au vendredi, de 9 h à 12 h et de 14 h à 17 h",
)
SILENCE = (
    "Sans réponse de la commune au 16 mai 2026, et si votre demande est complète, elle est refusée : c’est une "
    "décision implicite de rejet.",
    "Vous pouvez alors contester ce refus.",
)
APPEALS = (
    "Recours gracieux : demandez au maire de revoir sa décision, dans un délai de deux mois qui commence le jour où "
    "vous recevez cette décision (sa notification).",
    "Recours contentieux : saisissez le tribunal administratif, dans un délai de deux mois qui commence le jour où "
    "vous recevez cette décision (sa notification).",
)
LIMITS = "PDF, JPEG, PNG ou HEIC, 10 Mo au plus."


def citizen_page(template: str, page: object, *, appointment: Fixed | None = None, **changes: Any) -> Preview:
    onward = Onward(appointment=appointment)
    return Preview(f"citizen/{template}.html", {"frame": frame(**changes), "page": page, "onward": onward})


APPOINTMENT = Fixed(
    day=date(2026, 4, 2),
    hours="de 14\u00a0h\u00a030 à 15\u00a0h\u00a000",
    place="Mairie, bureau 12, avec Mme Modèle",
    is_past=False,
    file="#",
)


LENT = (
    Lent("Foyer, le 6\u00a0juin\u00a02026", "Option pour cette demande", False, ""),
    Lent(
        "Salle des fêtes, le 6\u00a0juin\u00a02026",
        "Pris",
        True,
        "«\u00a0Salle des fêtes\u00a0» n’est pas libre le 6\u00a0juin\u00a02026. Libre le 13\u00a0juin\u00a02026.",
    ),
)


def agent_page(
    template: str,
    page: object,
    *,
    lent: Sequence[Lent] = (),
    appointment: Fixed | None = None,
    **changes: Any,
) -> Preview:
    around = Beside(lent=lent, appointment=appointment)
    return Preview(f"agents/{template}.html", {"frame": desk_frame(**changes), "page": page, "beside": around})
