"""The pages of helpers, of the person helped, and of accounts attached to another identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.web.agents import relinking_views as desk
from grc.web.citizen import views
from grc.web.citizen.helping import QUALITIES, TYPED_QUALITIES
from grc.web.citizen.helping_views import HelperNote, HelperPage, ObjectionPage
from grc.web.citizen.relinking_views import RelinkCodePage
from tests.support.previews.following import SECTIONS, TRACKING
from tests.support.previews.world import (
    ME,
    PROCEDURE,
    REFERENCE,
    SERVICE,
    Preview,
    agent_page,
    at,
    citizen_page,
    problems,
)

WHO = "Sacha Modèle (conseiller France services, Maison de l’Exemple)"
HELPER = HelperPage(
    procedure=PROCEDURE,
    action="/pour-qui",
    back="/identification",
    qualities=QUALITIES,
    typed={"given_names": "Sacha", "family_name": "Modèle", "email": "sacha@maison.example"},
)
OBJECTION = ObjectionPage(
    reference=REFERENCE,
    title=PROCEDURE,
    helper=WHO,
    action="/aidant",
    back="/demande",
    consequences=(
        "Cette personne ne peut plus lire la demande ni recevoir de copie.",
        "La demande reste déposée à votre nom.",
    ),
)
COMPARED = desk.ComparisonView(
    lines=(
        desk.ComparedLine("Compte", "FranceConnect", "FranceConnect", differs=False),
        desk.ComparedLine("Nom de naissance", "EXEMPLE", "EXEMPLE", differs=False),
        desk.ComparedLine("Prénoms", "Alix Dominique", "Camille Dominique", differs=True),
        desk.ComparedLine("Date de naissance", "27/03/1987", "27/03/1987", differs=False),
        desk.ComparedLine("Sexe", "Masculin", "Féminin", differs=True),
        desk.ComparedLine("Adresse électronique", ME, "", differs=True),
    ),
    demandes=(
        desk.DemandeLine(REFERENCE, "/d", "Exemple Alix"),
        desk.DemandeLine("2026-114-870-233", "/e", "Modèle Jeanne", helper=WHO),
    ),
    moved="2\u00a0demandes et 1\u00a0brouillon",
    seen="4-9",
)
UNTIL = "lundi 16 mars 2026 à 10 h 20"
RELINK = desk.RelinkPage(
    "/rattachements",
    "/agents",
    latest=(
        desk.RelinkTrace(
            at(3, 16, 10, 5), "Dominique Modèle", "Décision de changement de prénom du 2 mars 2026", "1\u00a0demande"
        ),
    ),
)


def helpings() -> dict[str, Preview]:
    """Every page by the name of its state."""
    check = views.CheckPage(PROCEDURE, SECTIONS, "/envoi", "/reprise", ME, "/c", "/back", helping="/aide")
    declared = views.AnswerSection(
        "La personne qui aide",
        (
            views.AnswerLine("Vous faites cette demande pour", "une autre personne, avec son accord", change="/aide"),
            views.AnswerLine("Vous êtes", WHO),
            views.AnswerLine("Pour vous joindre", "sacha@maison.example"),
        ),
    )
    done = views.ConfirmationPage(
        REFERENCE,
        PROCEDURE,
        at(3, 16, 18, 42),
        ME,
        SERVICE,
        "/demandes/x",
        helped="Camille Exemple reçoit son code de suivi.",
    )
    row = views.SubmissionRow(REFERENCE, PROCEDURE, "Reçue", date(2026, 3, 16), "/d", whom="Camille Exemple")
    note = HelperNote(f"Cette demande est déposée par {WHO} pour Camille Exemple.", object="/aidant")
    code = RelinkCodePage("/r", "/mes-demandes", contact=SERVICE.postal_address, telephone="01 99 00 12 34")
    mine = citizen_page("submissions", views.SubmissionsPage("/", open=(row,), track="/s"))
    return {
        "helper": citizen_page("helper", HELPER),
        "helper-wrong": citizen_page(
            "helper",
            replace(
                HELPER,
                problems=problems(
                    quality="Choisissez à quel titre cette personne est aidée.",
                    family_name="Saisissez le nom de famille de qui aide, en lettres.",
                    mandate="Cochez la case si la personne est d’accord. Sinon, arrêtez ici.",
                ),
                is_change=True,
                is_helped=True,
            ),
        ),
        "helper-desk": citizen_page(
            "helper", replace(HELPER, qualities=TYPED_QUALITIES, is_change=True, is_desk=True, typed={})
        ),
        "check-helped": citizen_page("check", replace(check, helper=declared, is_helpers_address=True)),
        "confirmation-helped": citizen_page("confirmation", done, menu=()),
        "submissions-helped": Preview("citizen/submissions.html", {**mine.context, "former": "/f"}),
        "tracking-helped": citizen_page("tracking", replace(TRACKING, helper=note)),
        "objection": citizen_page("objection", OBJECTION),
        "objection-done": citizen_page("objection", replace(OBJECTION, code="K7PQ-2M4X-ABCD-EF23")),
        "relink-code": citizen_page("relinking", replace(code, code="K7PQ2-M4XAB", until=UNTIL)),
        "relink": agent_page("relinking", RELINK),
        "relink-empty": agent_page("relinking", replace(RELINK, latest=())),
        "relink-compared": agent_page("relinking", replace(RELINK, compared=COMPARED)),
        "relink-wrong": agent_page(
            "relinking",
            replace(
                RELINK,
                compared=replace(COMPARED, is_doubtful=True),
                problems=problems(proof="Écrivez quelle preuve vous avez vue.", same="Cochez la case."),
            ),
        ),
    }
