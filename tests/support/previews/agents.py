"""The pages of the agents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.errors import Problem
from grc.receipts import markdown
from grc.receipts.wording import typeset
from grc.web.agents import views as desk
from grc.web.frame import Flash, Problems
from tests.support.previews.following import SECTIONS
from tests.support.previews.world import (
    APPEALS,
    LENT,
    ME,
    PROCEDURE,
    REFERENCE,
    Preview,
    agent_page,
    at,
    problems,
)

STATUS = desk.StatusPanel(
    reference=REFERENCE,
    state="En cours d’examen",
    sentence="Le service état civil examine votre demande.",
    revision=3,
    agent="Dominique Modèle",
    due=desk.Due("soon", "Dans 5 jours", date(2026, 5, 15)),
    due_label="Notifier avant",
    steps=(
        "Reçue le 16 mars 2026 (article L114-3).",
        "Deux mois de silence valent refus (article L231-4) : 16 mai 2026.",
        "Une réponse doit être notifiée la veille au plus tard (article L112-12).",
    ),
    acts=(
        desk.Act("Accepter ou refuser", "/decision", style="main"),
        desk.Act("Demander des pièces", "/pieces-manquantes"),
    ),
)
LETTER = (
    "# Votre acte\n\nCherché **dans tous les registres**\u00a0:\n\n- 1957\n- 1958\n\n### Après\n\n1. Écrivez *ici*."
)
SUBMISSION = desk.SubmissionPage(
    reference=REFERENCE,
    title=PROCEDURE,
    applicant="Camille Exemple",
    received_at=at(3, 16, 18, 42),
    back="/tilleul/agents",
    status=STATUS,
    facts=(
        ("Nom", "Camille Exemple"),
        ("Courriel", ME),
        ("Adresse", "12 rue des Tanneurs\n00000 Tilleul-sur-Exemple"),
        ("Identification", "Sans compte"),
    ),
    sections=tuple(
        desk.AnswerSection(
            section.title,
            tuple(
                desk.AnswerLine(
                    line.label,
                    line.text,
                    line.missing,
                    tuple(desk.SentFile(file.name, file.size, "/fichiers/1") for file in line.files),
                )
                for line in section.lines
            ),
        )
        for section in SECTIONS
    ),
    files=(
        desk.SentFile("livret-de-famille.pdf", 1_420_000, "/fichiers/1", "Document qui prouve le lien", at(3, 16, 18)),
    ),
    history=(
        desk.HistoryLine(at(3, 17, 9, 5), "Dominique Modèle", "A pris la demande en charge."),
        desk.HistoryLine(at(3, 16, 18, 42), "Camille Exemple", "A envoyé la demande."),
    ),
    mailings=(
        desk.Mailing("Accusé de réception", ME, at(3, 16, 18, 42), "sent", "Remis : 250 2.0.0 Ok", "/courriers/1.pdf"),
        desk.Mailing("Code de suivi", ME, at(3, 16, 18, 42), "waiting", "Nouvel essai à 18 h 52"),
    ),
)
INBOX = desk.InboxPage(
    action="/tilleul/agents",
    view="todo",
    views=(
        desk.InboxView("À traiter", "/tilleul/agents", 3, current=True),
        desk.InboxView("En attente de l’usager", "/tilleul/agents?vue=waiting", 1),
        desk.InboxView("À suivre", "/tilleul/agents?vue=a-suivre", 2),
        desk.InboxView("Décidées et closes", "/tilleul/agents?vue=closed", 1000, capped=True),
    ),
    rows=(
        desk.InboxRow(
            "2026-114-870-233",
            "/a",
            PROCEDURE,
            "Alix Modèle",
            "Reçue",
            date(2026, 3, 9),
            desk.Due("late", "En retard de 2 jours", date(2026, 5, 8)),
            alert="Accusé de réception non remis",
        ),
        desk.InboxRow(
            REFERENCE,
            "/b",
            PROCEDURE,
            "Camille Exemple",
            "En cours d’examen",
            date(2026, 3, 16),
            desk.Due("soon", "Dans 5 jours", date(2026, 5, 15)),
            "Dominique Modèle",
        ),
        desk.InboxRow(
            "2026-902-335-018",
            "/c",
            "Signaler un problème dans la rue",
            "Société de l’Exemple imaginaire et compagnie",
            "Reçue",
            date(2026, 4, 2),
            desk.Due("far", "Dans 22 jours", date(2026, 6, 1)),
        ),
    ),
    procedures=(desk.Option("acte-de-naissance", PROCEDURE), desk.Option("voirie", "Signaler un problème")),
    next="/tilleul/agents?apres=xyz",
)
REQUEST = desk.DocumentsRequestPage(
    reference=REFERENCE,
    title=PROCEDURE,
    applicant="Camille Exemple",
    action="/pieces-manquantes",
    back="/b",
    revision=3,
    pieces=(
        desk.PieceOption(
            "proof",
            "Un document qui prouve le lien avec la personne",
            "décret n° 2017-890, article 30",
            received="Reçu le 16 mars 2026",
        ),
        desk.PieceOption("mandate", "Le mandat", "code civil, article 1984"),
    ),
    reasons=(
        desk.Option("", "Choisissez"),
        desk.Option("missing", "Manquante"),
        desk.Option("illegible", "Illisible"),
        desk.Option("expired", "Périmée"),
    ),
    deadline="2026-03-31",
)
MOVE = desk.MovePage(
    reference=REFERENCE,
    title="Problème de voirie",
    applicant="Camille Exemple",
    action="/suites/plan",
    back="/demandes/x",
    revision=3,
    label="Annoncer une date",
    state="Intervention prévue",
    sentence="Une intervention est prévue. Sa date figure dans le message du service.",
    confirm="L’usager reçoit la date par courriel.",
    question="Quand l’intervention est-elle prévue, et que fera-t-on ?",
    told=ME,
)
DECISION = desk.DecisionPage(
    reference=REFERENCE,
    title=PROCEDURE,
    applicant="Camille Exemple",
    action="/decision",
    back="/b",
    revision=3,
    outcomes=(desk.Option("accepted", "Accepter la demande"), desk.Option("refused", "Refuser la demande")),
    appeals=APPEALS,
)
SIGN_IN = desk.SignInPage("/tilleul/agents/connexion", next="/tilleul/agents")


def desks() -> dict[str, Preview]:
    preview = desk.Preview(
        "Il manque des documents à votre demande",
        (
            desk.PreviewPart("", ("Il manque\u00a0:",), ("Un document qui prouve votre lien avec la personne",)),
            desk.PreviewPart("Ce que vous avez à faire", ("Envoyez-le au plus tard le 31 mars 2026.",)),
        ),
        date(2026, 5, 16),
        date(2026, 5, 29),
    )
    asked = replace(REQUEST.pieces[0], checked=True, reason="illegible", note="la page des enfants est floue")
    received = replace(
        STATUS,
        state="Reçue",
        agent="",
        due=desk.Due("late", "En retard de 2 jours", date(2026, 5, 8)),
        acts=(desk.Act("Prendre en charge", "/prise-en-charge", posts=True, style="main"),),
    )
    closed = replace(STATUS, state="Acceptée", due=None, steps=(), acts=())
    refusal = tuple(replace(outcome, selected=outcome.value == "refused") for outcome in DECISION.outcomes)
    failed = desk.Mailing("Accusé de réception", ME, at(3, 16, 18), "failed", "Refusé : 550 5.1.1 Adresse inconnue")
    return {
        "sign-in": agent_page("sign_in", SIGN_IN, person="", sign_out="", menu=()),
        "sign-in-wrong": agent_page(
            "sign_in",
            replace(
                SIGN_IN,
                typed_email="agent@tilleul.example",
                problems=problems(password="L’adresse ou le mot de passe ne convient pas."),
            ),
            person="",
            sign_out="",
            menu=(),
        ),
        "inbox": agent_page("inbox", INBOX),
        "inbox-empty": agent_page(
            "inbox",
            replace(
                INBOX,
                rows=(),
                next="",
                query="zzz",
                reset="/tilleul/agents",
                empty="Aucune demande ne correspond à cette recherche.",
            ),
        ),
        "submission": agent_page("submission/show", SUBMISSION, flash=Flash("La demande est prise en charge.")),
        "submission-lent": agent_page("submission/show", SUBMISSION, lent=LENT),
        "submission-received": agent_page(
            "submission/show",
            replace(
                SUBMISSION,
                status=received,
                files=(),
                mailings=(failed,),
                alerts=("L’accusé de réception n’a pas été remis. Vérifiez l’adresse avec l’usager.",),
            ),
        ),
        "submission-closed": agent_page("submission/show", replace(SUBMISSION, status=closed, mailings=())),
        "documents-request": agent_page("submission/documents_request", REQUEST),
        "documents-request-preview": agent_page(
            "submission/documents_request", replace(REQUEST, pieces=(asked, REQUEST.pieces[1]), preview=preview)
        ),
        "documents-request-wrong": agent_page(
            "submission/documents_request",
            replace(
                REQUEST,
                pieces=(replace(asked, reason=""), REQUEST.pieces[1]),
                problems=Problems(
                    [
                        Problem("piece", "required", "Choisissez au moins une pièce."),
                        Problem("reason-proof", "required", "Dites pourquoi la pièce est demandée."),
                        Problem("deadline", "past", "La date doit être après aujourd’hui, le 18 mars 2026."),
                    ]
                ),
            ),
        ),
        "decision": agent_page("submission/decision", DECISION),
        "move": agent_page("submission/move", MOVE),
        "move-wrong": agent_page(
            "submission/move", replace(MOVE, problems=problems(text="Écrivez votre message : l’usager le reçoit."))
        ),
        "move-without-message": agent_page("submission/move", replace(MOVE, question="", told="")),
        "decision-preview": agent_page(
            "submission/decision",
            replace(
                DECISION,
                outcomes=refusal,
                reasons="L’acte n’est pas dans les registres de la commune.",
                preview=desk.Preview(
                    "Votre demande est refusée",
                    (
                        desk.PreviewPart("", blocks=markdown.blocks(LETTER)),
                        desk.PreviewPart("Pourquoi", ("L’acte n’est pas dans les registres de la commune.", "")),
                        desk.PreviewPart("Comment contester cette décision", (), tuple(map(typeset, APPEALS))),
                    ),
                ),
                notice="Sans réponse notifiée avant le 16 mai 2026, la demande est refusée par silence.",
            ),
        ),
        "decision-wrong": agent_page(
            "submission/decision",
            replace(
                DECISION,
                outcomes=refusal,
                problems=problems(reasons="Écrivez les motifs du refus : la loi les demande (article L211-5)."),
            ),
        ),
        "conflict": agent_page(
            "submission/conflict",
            desk.ConflictPage(
                REFERENCE, PROCEDURE, "Alix Modèle", at(3, 17, 10, 12), "demande acceptée", "/b", "Mes motifs."
            ),
        ),
    }
