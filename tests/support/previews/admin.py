"""The pages of administration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from grc.authorities.models import Authority
from grc.web import assets, theme, tiles
from grc.web.admin import authority, closures, home, look, services, statements
from grc.web.admin.forms import Choice
from grc.web.frame import MenuItem
from tests.support.previews.world import Preview, at, desk_frame, problems

HERE = "/tilleul/agents/administration"
LINES = "Mairie de Tilleul-sur-Exemple\n1 place du Tilleul\n99000 Exemple"
SERVICE = {
    "name": "Service de l’état civil",
    "telephone": "01 99 00 12 34",
    "email": "etat-civil@tilleul.example",
    "postal_address": LINES,
    "hours": "Du lundi au vendredi, de 9 h à 12 h",
}
AUTHORITY = {
    "name": "Tilleul-sur-Exemple",
    "postal_address": LINES,
    "telephone": "01 99 00 12 34",
    "email": "mairie@tilleul.example",
    "sender_address": "demarches@tilleul.example",
    "holidays": "metropole",
    "zone": "Europe/Paris",
}


def admin_page(template: str, page: object, **changes: Any) -> Preview:
    menu = [MenuItem("Demandes", "/tilleul/agents"), MenuItem("Administration", HERE, current=True)]
    return Preview(f"admin/{template}.html", {"frame": desk_frame(menu=menu, **changes), "page": page})


def admin() -> dict[str, Preview]:
    return {**_home(), **_services(), **_closures(), **_authority(), **_look(), **_statements()}


def _home() -> dict[str, Preview]:
    groups = [
        home.TileGroup(
            name,
            [
                home.TileLink(tile.title, f"/tilleul/agents/{tile.path}", tile.text)
                for tile in tiles.TILES
                if tile.group == name
            ],
        )
        for name in dict.fromkeys(tile.group for tile in tiles.TILES)
    ]
    todo = [row for row in _rows() if row.due]
    return {"admin": admin_page("home", home.HomePage(groups, todo))}


def _services() -> dict[str, Preview]:
    here = f"{HERE}/services"
    contact = ("01 99 00 12 34", "etat-civil@tilleul.example")
    rows = (
        services.ServiceRow("Service de l’état civil", "etat-civil", f"{here}/1", contact, (), 2, is_open=True),
        services.ServiceRow(
            "Service de la vie locale", "vie-locale", f"{here}/2", contact[1:], ("un téléphone",), 0, is_open=True
        ),
        services.ServiceRow("Régie des fêtes", "fetes", f"{here}/3", contact, (), 0, is_open=False),
    )
    page = services.ServicePage(
        title=SERVICE["name"],
        action=f"{here}/1",
        back=here,
        back_text="Tous les services",
        asks=services.ASKS,
        typed=SERVICE,
        seen=SERVICE,
        slug="etat-civil",
        procedures=("Copie ou extrait d’acte de naissance", "Livret de famille"),
        held=("Copie ou extrait d’acte de naissance",),
    )
    wrong = problems(
        telephone="L’accusé de réception doit donner cette mention\u00a0: téléphone du service (article R112-11-1).",
        email="Écrivez une adresse électronique, par exemple mairie@commune.fr.",
    )
    new = replace(page, title="Ajouter un service", asks=(services.ASKS[0], services.SLUG, *services.ASKS[1:]))
    return {
        "admin-services": admin_page("services", services.ServicesPage(rows, f"{here}/nouveau", HERE)),
        "admin-services-none": admin_page("services", services.ServicesPage((), f"{here}/nouveau", HERE)),
        "admin-service": admin_page("service", page),
        "admin-service-closed": admin_page(
            "service", replace(page, held=(), procedures=(), closed_at=at(3, 16), turn=f"{here}/1/reouverture")
        ),
        "admin-service-wrong": admin_page(
            "service", replace(page, typed={**SERVICE, "telephone": "", "email": "etat civil"}, problems=wrong)
        ),
        "admin-service-new": admin_page(
            "service", replace(new, typed={}, seen={}, slug="", procedures=(), held=(), button="Ajouter le service")
        ),
    }


def _closures() -> dict[str, Preview]:
    here = f"{HERE}/fermetures"
    rows = (
        closures.ClosureRow("Toute la collectivité", "le 16 mars 2026", "", True, True, f"{here}/1/retrait"),
        closures.ClosureRow(
            "Service de l’état civil",
            "du 24 décembre 2026 au 2 janvier 2027",
            "congés de fin d’année",
            False,
            False,
            f"{here}/2/retrait",
        ),
    )
    choices = [Choice("", "Toute la collectivité"), Choice("1", "Service de l’état civil")]
    page = closures.ClosuresPage(
        title="Fermetures",
        action=here,
        back=HERE,
        back_text="Administration",
        asks=closures.asks(choices),
        typed={},
        button="Annoncer la fermeture",
        rows=rows,
        holidays=f"{HERE}/collectivite",
    )
    wrong = problems(last_on="Le dernier jour vient avant le premier. Corrigez l’un des deux.")
    typed = {"service": "1", "first_on": "2026-12-24", "last_on": "2026-12-02", "reason": "congés"}
    return {
        "admin-closures": admin_page("closures", page),
        "admin-closures-none": admin_page("closures", replace(page, rows=())),
        "admin-closures-wrong": admin_page("closures", replace(page, typed=typed, problems=wrong)),
    }


def _authority() -> dict[str, Preview]:
    page = authority.AuthorityPage(
        title="Collectivité",
        action=f"{HERE}/collectivite",
        back=HERE,
        back_text="Administration",
        asks=authority.asks(Authority(holidays="metropole", zone="Europe/Paris")),
        typed=AUTHORITY,
        seen=AUTHORITY,
        intro=("Les usagers lisent ces coordonnées sur chaque page. Un changement se voit aussitôt.",),
        fixed=(("Adresse des pages", "https://demarches.tilleul.example/"), ("Identifiant", "tilleul")),
        sender=AUTHORITY["sender_address"],
        modalities="/tilleul/modalites",
    )
    typed = {**AUTHORITY, "sender_address": "mairie@tilleul.example", "siret": "123"}
    wrong = problems(
        sender_told="Confirmez le changement de l’adresse d’envoi, après avoir lu ce qu’il demande.",
        siret="Un SIRET a quatorze chiffres, dont une clé. Vérifiez celui-ci.",
        name="Quelqu’un a changé ce champ entre-temps\u00a0: le nom est maintenant «\u00a0Tilleul\u00a0».",
    )
    return {
        "admin-authority": admin_page("authority", page),
        "admin-authority-wrong": admin_page("authority", replace(page, typed=typed, problems=wrong, asks_sender=True)),
    }


def _look() -> dict[str, Preview]:
    colour = "#1f5f8b"
    page = look.LookPage(
        action=f"{HERE}/apparence",
        logo_action=f"{HERE}/apparence/logo",
        logo_removal=f"{HERE}/apparence/logo/retrait",
        back=HERE,
        colour=colour,
        typed=colour,
        seen=colour,
        uses=theme.uses(colour),
        mail=(colour, "#ffffff"),
        name="Tilleul-sur-Exemple",
        logo=assets.url("", "demo/tilleul.svg"),
        is_preview=False,
        problems=problems(),
    )
    yellow = "#ffd500"
    tried = replace(page, colour=yellow, typed=yellow, uses=theme.uses(yellow), mail=(yellow, "#000000"))
    themed = {"theme": f"/theme/{yellow[1:]}-{theme.digest(yellow)}.css"}
    wrong = problems(
        colour="Écrivez la couleur avec six chiffres ou lettres de a à f, par exemple #1f5f8b.",
        logo="Ce dessin SVG est abîmé. Ouvrez-le, enregistrez-le de nouveau, puis choisissez-le.",
    )
    return {
        "admin-look": admin_page("look", page),
        "admin-look-tried": admin_page("look", replace(tried, is_preview=True), **themed),
        "admin-look-wrong": admin_page("look", replace(page, typed="bleu", problems=wrong, logo="")),
    }


def _rows() -> list[statements.StatementRow]:
    dues = {
        "accessibility": ("", False),
        "security": ("L’attestation de sécurité prend fin dans 42 jours. Préparez son renouvellement.", False),
        "dpo": ("Dites comment joindre le délégué à la protection des données.", True),
        "legal": ("", False),
    }
    return [
        statements.StatementRow(
            one.title,
            f"{HERE}/declarations/{one.slug}",
            one.law,
            None if dues[one.name][1] else date(2026, 3, 16),
            f"/tilleul/{one.public}",
            due=dues[one.name][0],
            is_missing=dues[one.name][1],
        )
        for one in statements.STATEMENTS.values()
    ]


def _statements() -> dict[str, Preview]:
    found = {"admin-statements": admin_page("statements", statements.StatementsPage(_rows(), HERE))}
    for slug in ("accessibilite", "securite"):
        one = statements.STATEMENTS[slug]
        page = statements.StatementPage(
            title=one.title,
            action=f"{HERE}/declarations/{slug}",
            back=f"{HERE}/declarations",
            back_text="Déclarations",
            asks=one.asks,
            typed={},
            intro=(one.intro,),
            button="Publier",
            law=one.law,
            public=f"/tilleul/{one.public}",
            stated_on=date(2026, 3, 16) if slug == "accessibilite" else None,
        )
        found[f"admin-statement-{slug}"] = admin_page("statement", page)
    wrong = problems(ends_on="La fin de validité vient après la décision. Corrigez-la.")
    typed = {"decided_on": "2026-03-16", "ends_on": "2026-03-01", "decided_by": "Le maire"}
    shown = found.pop("admin-statement-securite").context["page"]
    found["admin-statement-wrong"] = admin_page("statement", replace(shown, typed=typed, problems=wrong))
    return found
