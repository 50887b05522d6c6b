"""Checking, sending and following a demande."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.web.citizen import views
from grc.web.frame import Flash, Link, Trouble
from tests.support.previews.catalogue import DRAFT
from tests.support.previews.world import (
    APPEALS,
    LIMITS,
    ME,
    PROCEDURE,
    REFERENCE,
    SERVICE,
    SILENCE,
    Preview,
    at,
    citizen_page,
    problems,
)

SECTIONS = (
    views.AnswerSection(
        "Le document",
        (
            views.AnswerLine("De quel document avez-vous besoin ?", "Une copie intégrale"),
            views.AnswerLine("Nombre d’exemplaires", "2"),
        ),
    ),
    views.AnswerSection(
        "La personne concernée",
        (
            views.AnswerLine("Nom de naissance", "Exemple"),
            views.AnswerLine("Prénoms", "Camille Dominique"),
            views.AnswerLine("Date de naissance", "27 mars 1985"),
            views.AnswerLine("Nom de la mère", missing=True),
            views.AnswerLine(
                "Document qui prouve votre lien", files=(views.SentFile("f1", "livret-de-famille.pdf", 1_420_000),)
            ),
        ),
    ),
    views.AnswerSection(
        "Vous",
        (
            views.AnswerLine("Adresse postale", "12 rue des Tanneurs\n00000 Tilleul-sur-Exemple"),
            views.AnswerLine("Adresse électronique", ME),
        ),
    ),
)
TRACKING = views.TrackingPage(
    reference=REFERENCE,
    title=PROCEDURE,
    state="En cours d’examen",
    sentence="Le service état civil examine votre demande.",
    received_at=at(3, 16, 18, 42),
    service=SERVICE,
    steps=(
        views.ProgressStep("Reçue", "done", date(2026, 3, 16)),
        views.ProgressStep("En cours d’examen", "current", date(2026, 3, 17)),
        views.ProgressStep("Décision", "todo"),
    ),
    exchanges=(
        views.Exchange(at(3, 17, 9, 5), "Dominique Modèle, service état civil", "Prend votre demande en charge."),
        views.Exchange(at(3, 16, 18, 42), "Vous", "Envoi de la demande.", mine=True),
    ),
    papers=(
        views.Paper("Prise en charge de votre demande", at(3, 17, 9, 5)),
        views.Paper("Accusé de réception", at(3, 16, 18, 42), "/tilleul/demandes/x/courriers/1.pdf"),
    ),
    sections=SECTIONS,
    files=(views.SentFile("f1", "livret-de-famille.pdf", 1_420_000, "/tilleul/demandes/x/fichiers/f1"),),
    silence=SILENCE,
    email_address=ME,
    email="/tilleul/demandes/x/adresse",
    piece="/tilleul/demandes/x/pieces",
    withdrawal="/tilleul/demandes/x/retrait",
    back="/tilleul/mes-demandes",
)
CHOICES = (
    views.Offer(
        "choix-agree",
        "Ce rendez-vous vous convient ?",
        ["Le rendez-vous est alors fixé."],
        "Accepter ce rendez-vous",
        "/choix",
        [("event", "agree"), ("revision", "3")],
    ),
    views.Offer(
        "choix-cancel",
        "Vous n’êtes plus libre ?",
        ["Le rendez-vous est annulé tout de suite."],
        "Annuler ce rendez-vous",
        href="/tilleul/demandes/x/choix/cancel",
    ),
)
TODO = views.Todo(
    "Il manque un document",
    (("Un document qui prouve votre lien avec la personne", "celui que vous avez envoyé n’est pas lisible"),),
    date(2026, 3, 31),
    "/tilleul/demandes/x/complements",
    "La page des enfants est floue.",
    ("Le délai de réponse est suspendu jusque-là.",),
)
COMPLEMENT = views.ComplementPage(
    reference=REFERENCE,
    title=PROCEDURE,
    action="/tilleul/demandes/x/complements",
    back="/tilleul/demandes/x",
    deadline=date(2026, 3, 31),
    note="La page des enfants est floue.",
    sentences=(
        "Le délai de réponse est suspendu jusqu’au jour où nous recevons tout, et au plus tard jusqu’au 31 mars 2026.",
    ),
    limits=LIMITS,
    items=(
        views.RequestedItem(
            "proof",
            "Un document qui prouve votre lien avec la personne",
            "Celui que vous avez envoyé n’est pas lisible.",
        ),
        views.RequestedItem("mandate", "Le mandat", "Il manque.", files=(views.SentFile("f2", "m.pdf", 42_000),)),
    ),
)


def sendings() -> dict[str, Preview]:
    check = views.CheckPage(PROCEDURE, SECTIONS, "/envoi", "/reprise", ME, "/brouillons/abc/vous", "/back")
    done = views.ConfirmationPage(
        REFERENCE,
        PROCEDURE,
        at(3, 16, 18, 42),
        ME,
        SERVICE,
        "/demandes/x",
        tracking_code="K7PQ-2M4X-ABCD-EF23",
        next_steps=(
            "Le service état civil examine votre demande. Il répond d’habitude en 3 jours ouvrés.",
            "La réponse arrive par courriel ; l’acte est envoyé par la poste.",
        ),
        silence=SILENCE,
    )
    resume = views.ResumePage(PROCEDURE, "K7PQ-2M4X-ABCD-EF23", date(2026, 4, 15), "/suivi", "/back", "/tilleul/")
    entry = views.TrackEntryPage("/tilleul/suivi", telephone="01 99 00 12 34", franceconnect="/fc")
    return {
        "check": citizen_page("check", check),
        "check-report": citizen_page(
            "check",
            replace(check, email="", change_email="", report=("le nom", "l’adresse postale"), identify="/p"),
        ),
        "check-wrong": citizen_page(
            "check",
            replace(
                check, faults=(Link("Le nom de la mère manque depuis que vous demandez une copie intégrale.", "/p"),)
            ),
        ),
        "confirmation": citizen_page("confirmation", done, menu=()),
        "confirmation-report": citizen_page(
            "confirmation", replace(done, email="", is_report=True, silence=(), next_steps=done.next_steps[:1]), menu=()
        ),
        "confirmation-again": citizen_page("confirmation", replace(done, tracking_code="", receipt="/c/1.pdf")),
        "resume": citizen_page("resume", resume),
        "resume-sign-in": citizen_page("resume", replace(resume, code="", make_code="/c", franceconnect="/fc")),
        "resume-keep": citizen_page("resume", replace(resume, code="", make_code="/c", keep="/k")),
        "resume-kept": citizen_page("resume", replace(resume, in_account=True)),
        "resume-offer": citizen_page("resume", replace(resume, code="", make_code="/reprise")),
        "track-entry": citizen_page("track_entry", entry),
        "track-entry-wrong": citizen_page(
            "track_entry",
            replace(
                entry,
                typed="K7PQ 2M4",
                problems=problems(
                    code="Saisissez les 16 lettres et chiffres du code, par exemple K7PQ-2M4X-ABCD-EF23."
                ),
            ),
        ),
    }


def followings() -> dict[str, Preview]:
    row = views.SubmissionRow(REFERENCE, PROCEDURE, "En cours d’examen", date(2026, 3, 16), "/d")
    todo = replace(row, state="En attente de documents", todo="Envoyez un document avant le 31 mars 2026.")
    decision = views.DecisionView(
        "refused",
        "La décision du vendredi 20 mars 2026",
        date(2026, 3, 20),
        "L’acte n’est pas dans les registres de la commune\u00a0: la personne est née à Marronnier-le-Bois.",
        APPEALS,
        "Un recours gracieux ou hiérarchique interrompt le délai pour saisir le tribunal administratif.",
    )
    decided = replace(
        TRACKING,
        state="Refusée",
        sentence="La mairie a refusé votre demande.",
        decision=decision,
        steps=(
            *(replace(step, status="done") for step in TRACKING.steps[:2]),
            views.ProgressStep("Refusée", "current", date(2026, 3, 20)),
        ),
        email="",
        piece="",
        withdrawal="",
    )
    waiting = replace(
        TRACKING,
        state="En attente de documents",
        sentence="La mairie attend un document de votre part.",
        todo=TODO,
        steps=(
            *TRACKING.steps[:1],
            views.ProgressStep("En attente de documents", "current", date(2026, 3, 18)),
            TRACKING.steps[2],
        ),
    )
    email = views.EmailPage(REFERENCE, "camille.exemple@couriel.example", "/adresse", "/demandes/x")
    withdrawal = views.WithdrawalPage(REFERENCE, PROCEDURE, "/retrait", "/demandes/x", 3)
    piece = views.PiecePage(REFERENCE, "/pieces", "/demandes/x", LIMITS)
    return {
        "submissions": citizen_page(
            "submissions",
            views.SubmissionsPage("/", (todo,), (row,), (replace(row, state="Acceptée"),), (DRAFT,)),
            person="Camille Exemple",
            sign_out="/deconnexion",
        ),
        "submissions-empty": citizen_page("submissions", views.SubmissionsPage("/")),
        "submissions-unknown": citizen_page(
            "submissions",
            views.SubmissionsPage("/", track="/suivi", franceconnect="/fc"),
            trouble=Trouble("FranceConnect est indisponible.", is_information=True),
        ),
        "tracking": citizen_page("tracking", TRACKING, person="Camille Exemple", sign_out="/deconnexion"),
        "tracking-waiting": citizen_page(
            "tracking", waiting, flash=Flash("Votre adresse est corrigée.", "L’accusé de réception repart.")
        ),
        "tracking-choices": citizen_page("tracking", replace(TRACKING, offers=CHOICES)),
        "tracking-deaf": citizen_page("tracking", replace(TRACKING, is_deaf=True)),
        "tracking-refused": citizen_page("tracking", decided),
        "email": citizen_page("email_correction", email),
        "email-wrong": citizen_page(
            "email_correction",
            replace(email, typed="camille", problems=problems(email="Saisissez une adresse électronique.")),
        ),
        "piece": citizen_page("piece", piece),
        "piece-wrong": citizen_page("piece", replace(piece, problems=problems(document="Choisissez un document."))),
        "withdrawal": citizen_page("withdrawal", withdrawal),
        "last-question": citizen_page(
            "withdrawal",
            replace(
                withdrawal,
                label="Annuler ce rendez-vous",
                action="/choix",
                event="cancel",
                consequences=("Le rendez-vous est annulé tout de suite.", "Nous vous le confirmons par courriel."),
            ),
        ),
        "complement": citizen_page("complement", COMPLEMENT),
        "complement-wrong": citizen_page(
            "complement", replace(COMPLEMENT, problems=problems(proof="Le document est vide. Choisissez-en un autre."))
        ),
    }
