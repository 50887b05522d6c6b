"""What is kept and destroyed, the register of processing, the notice of a procedure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.submissions.register import SECURITY
from grc.web import gone
from grc.web.admin import register, retention
from grc.web.admin.forms import FormPage
from grc.web.citizen import privacy
from tests.support.previews.admin import HERE, admin_page
from tests.support.previews.world import PROCEDURE, REFERENCE, Preview, at, desk_frame, frame, problems

_LINES = ("Mairie de Tilleul-sur-Exemple", "1 place du Tilleul", "99000 Exemple", "01 99 00 12 34")
_SYNDICATE = ("Syndicat numérique du Val-d’Exemple", "2 rue du Val", "99000 Exemple")
_OFFICER = "dpo@val-exemple.example"
_SOURCE = "Décret n° 2017-890 du 6 mai 2017, art. 29"


def kept() -> dict[str, Preview]:
    return {**_retention(), **_register(), **_notice(), **_gone()}


def _retention() -> dict[str, Preview]:
    here = f"{HERE}/conservation"
    rows = (
        retention.ProcedureRow("acte-de-naissance", PROCEDURE, "1 an", _SOURCE, 12),
        retention.ProcedureRow("dict", "DICT", "18 mois", "Tableau de gestion de la commune", 0),
    )
    visas = (
        retention.VisaRow(
            f"Liste n° 3 : {PROCEDURE}",
            f"{here}/listes/3",
            "12 demandes",
            "Dressée le 16/03/2026, attend le visa",
            "Aucune",
            waits=True,
        ),
        retention.VisaRow(
            "Visa permanent : Problème sur la voie publique",
            f"{here}/listes/1",
            "Toutes, à leur terme",
            "Visa AD-2026-7 du 02/02/2026, par la directrice des Archives départementales",
            "148 demandes",
            waits=False,
        ),
    )
    page = retention.RetentionPage(HERE, f"{here}/listes", f"{here}/permanent", rows, visas)
    one = retention.ListPage(
        title=f"Liste n° 3 : {PROCEDURE}",
        action=f"{here}/listes/3",
        back=here,
        back_text="Conservation et destruction",
        asks=retention.ASKS,
        typed={},
        button="Enregistrer le visa",
        facts=(
            ("Service", "Service de l’état civil"),
            ("Description", f"Demandes : {PROCEDURE}"),
            ("Dates extrêmes", "03/01/2024 – 28/02/2025"),
            ("Nombre", "12 demandes"),
            ("Volume", "7 fichiers, 4,2 Mo"),
            ("Empreinte de la liste", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            ("État", "Dressée le 16/03/2026, attend le visa"),
            ("Détruites", "Aucune"),
        ),
        lines=((REFERENCE, date(2024, 1, 3), date(2025, 2, 28), date(2026, 2, 28), 2),),
        more=11,
        csv=f"{here}/listes/3/bordereau.csv",
        waits=True,
        withdraw=f"{here}/listes/3/retrait",
    )
    standing = FormPage(
        title="Enregistrer un visa permanent",
        action=f"{here}/permanent",
        back=here,
        back_text="Conservation et destruction",
        asks=(*retention.ASKS, retention.UNTIL),
        typed={},
        intro=("Les Archives peuvent autoriser d’avance la destruction de toutes les demandes d’une démarche.",),
    )
    wrong = problems(number="Saisissez le numéro du visa, comme les Archives l’ont écrit.")
    return {
        "admin-retention": admin_page("retention", page),
        "admin-retention-none": admin_page("retention", replace(page, procedures=(), visas=())),
        "admin-retention-list": admin_page("retention_list", one),
        "admin-retention-list-wrong": admin_page(
            "retention_list", replace(one, problems=wrong, typed={"granted_by": "La directrice"})
        ),
        "admin-retention-new-standing": admin_page("form", standing),
        "admin-retention-standing": admin_page(
            "retention_list", replace(one, lines=(), more=0, csv="", waits=False, title=visas[1].title)
        ),
    }


def _register() -> dict[str, Preview]:
    here = f"{HERE}/registre"
    rows = (
        register.RegisterRow(PROCEDURE, f"{here}/a", "Délivrer l’acte demandé.", "Un an après la demande.", "", False),
        register.RegisterRow(
            "Demande de place en crèche",
            f"{here}/b",
            "Chercher une place en crèche pour votre enfant et vous répondre.",
            "Quatre ans après votre demande, au plus.",
            "À évaluer avec le délégué",
            is_sensitive=True,
        ),
    )
    files = (("CSV", f"{here}.csv"), ("JSON", f"{here}.json"))
    page = register.RegisterPage(HERE, _LINES, _OFFICER, _SYNDICATE, rows, SECURITY, files)
    sheet = register.SheetPage(
        here,
        PROCEDURE,
        (
            ("Responsable du traitement", [", ".join(_LINES)]),
            ("Finalité", ["Délivrer l’acte demandé.", "Vous identifier"]),
            ("Personnes concernées", ["Personnes qui demandent", "Autres personnes que les réponses nomment"]),
            ("Destinataires", ["Service de l’état civil", "les agents qui traitent la demande"]),
            ("Mesures de sécurité", SECURITY),
        ),
        "/tilleul/demarches/acte-de-naissance/donnees-personnelles",
    )
    return {
        "admin-register": admin_page("register", page),
        "admin-register-alone": admin_page("register", replace(page, officer="", processor=())),
        "admin-register-sheet": admin_page("register_sheet", sheet),
    }


def _notice() -> dict[str, Preview]:
    page = privacy.NoticePage(
        title=PROCEDURE,
        back="/tilleul/demarches/acte-de-naissance",
        controller=_LINES,
        officer=_OFFICER,
        processor=_SYNDICATE,
        purpose="Délivrer l’acte demandé.",
        legal_basis="Obligation légale (RGPD, art. 6, 1, c).",
        asked=(
            ("Identité", (("Votre nom de famille", True), ("Votre prénom", True))),
            ("Coordonnées", (("Votre adresse électronique", True), ("Votre téléphone", False))),
        ),
        obligation="Sans les réponses obligatoires, le service ne peut pas délivrer l’acte.",
        recipients=("Service de l’état civil", "les agents qui traitent la demande"),
        transfers="Vos données ne quittent pas l’Union européenne.",
        retention="Un an après la demande.",
        automated="Un agent décide toujours : aucune décision n’est automatique.",
        rights="Vous pouvez consulter vos données, les faire corriger et demander d’en limiter l’usage.",
        exercise="/tilleul/demarches/donnees-personnelles",
        codes="/tilleul/suivi",
    )
    bare = replace(page, officer="", processor=(), exercise="")
    return {
        "privacy": Preview("citizen/privacy.html", {"frame": frame(), "page": page}),
        "privacy-bare": Preview("citizen/privacy.html", {"frame": frame(), "page": bare}),
    }


def _gone() -> dict[str, Preview]:
    page = gone.GonePage(
        reference=REFERENCE,
        title=PROCEDURE,
        state="Acceptée",
        received_on=date(2025, 1, 3),
        destroyed_on=date(2026, 3, 16),
        visa="AD-2026-7, du 02/02/2026, donné par la directrice des Archives départementales",
        receipts_until=date(2026, 9, 1),
        receipts_on=None,
        letters=(gone.Letter("Accusé de réception", at(1, 3), "/courriers/1.pdf"),),
        history=(
            (at(3, 16), "Réponses, messages et fichiers détruits, sur visa des Archives"),
            (at(1, 3), "Demande reçue"),
        ),
        back="/tilleul/mes-demandes",
    )
    later = replace(page, receipts_on=date(2026, 9, 2), letters=())
    return {
        "destroyed": Preview("citizen/destroyed.html", {"frame": frame(), "page": page}),
        "destroyed-receipts": Preview("citizen/destroyed.html", {"frame": frame(), "page": later}),
        "desk-destroyed": Preview("agents/submission/destroyed.html", {"frame": desk_frame(), "page": page}),
        "desk-destroyed-receipts": Preview("agents/submission/destroyed.html", {"frame": desk_frame(), "page": later}),
    }
