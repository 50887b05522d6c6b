"""Every page in its full, empty and wrong states, with sample values: rendered by tests and looked at by people.

`python -m tests.support.previews [part of a name]` writes the pages under var/preview and photographs them, wide and
at 320 px.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, Route, sync_playwright

from grc import resources
from grc.errors import Problem
from grc.forms.definition import Choice, Field
from grc.receipts.parts import ServiceContact
from grc.web import assets, theme
from grc.web.agents import views as desk
from grc.web.citizen import views
from grc.web.frame import (
    CommuneRow,
    ErrorPage,
    Flash,
    Frame,
    Link,
    MenuItem,
    PlatformPage,
    Problems,
)
from grc.web.rendering import render

HOST = "http://preview.localhost"
FOLDER = Path(__file__).resolve().parents[2] / "var" / "preview"
PARIS = ZoneInfo("Europe/Paris")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

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

CATEGORIES = (
    views.Category(
        "civil-status",
        "Naissance, mariage, décès",
        (
            views.ProcedureRow(
                PROCEDURE, "Pour une naissance à Tilleul-sur-Exemple. Gratuit.", "/tilleul/demarches/acte-de-naissance"
            ),
            views.ProcedureRow(
                "Livret de famille", "Second livret ou mise à jour.", "/tilleul/demarches/livret-de-famille"
            ),
        ),
    ),
    views.Category(
        "public-space",
        "Rue et espace public",
        (
            views.ProcedureRow(
                "Signaler un problème dans la rue", "Éclairage, voirie, propreté.", "/tilleul/demarches/voirie"
            ),
        ),
    ),
)

DOCUMENT = Field(
    id="document",
    name="document",
    kind="choice",
    title="De quel document avez-vous besoin ?",
    required=True,
    choices=(
        Choice("full", "Une copie intégrale", "Toutes les informations de l’acte, parents compris"),
        Choice("with_parents", "Un extrait avec filiation", "Les informations sur la personne et ses parents"),
        Choice("without_parents", "Un extrait sans filiation", "Les informations sur la personne seulement"),
    ),
)
ADDRESS = tuple(
    {"name": name, "title": title, "required": name not in ("line2", "country"), "autocomplete": autocomplete}
    for name, title, autocomplete in (
        ("line1", "Numéro et rue", "address-line1"),
        ("line2", "Complément d’adresse", "address-line2"),
        ("postcode", "Code postal", "postal-code"),
        ("city", "Commune", "address-level2"),
        ("country", "Pays, si ce n’est pas la France", "country-name"),
    )
)
EVERY_KIND = (
    Field("name", "person.name", "text", "Nom de naissance", required=True, autocomplete="family-name"),
    Field("born", "person.born", "date", "Date de naissance", required=True, autocomplete="bday"),
    Field("mail", "person.mail", "email", "Adresse électronique", "Pour vous répondre", True, autocomplete="email"),
    Field("tel", "person.tel", "phone", "Téléphone", autocomplete="tel"),
    Field("copies", "copies", "integer", "Nombre d’exemplaires", "De 1 à 3", True),
    Field("adult", "adult", "yes_no", "La personne est-elle majeure ?", required=True),
    Field("home", "person.home", "address", "Adresse postale", required=True, options={"parts": ADDRESS}),
    Field(
        "country",
        "country",
        "choice",
        "Pays de naissance",
        choices=(Choice("fr", "France"), Choice("be", "Belgique")),
        options={"format": "select"},
    ),
    Field(
        "for",
        "reasons",
        "choices",
        "Pour quels usages ?",
        choices=(Choice("notary", "Notaire"), Choice("wedding", "Mariage"), Choice("other", "Autre")),
    ),
    Field("note", "note", "longtext", "Remarque", "Ce qui peut nous aider à trouver l’acte", schema={"maxLength": 500}),
    Field("true", "sworn", "statement", "Je certifie que ces informations sont exactes.", required=True),
)
FILES = {
    "types": ("application/pdf", "image/jpeg", "image/png"),
    "accept": (".pdf", ".jpg", ".png"),
    "max_bytes": 10_000_000,
    "max_files": 1,
    "multiple": False,
}
PROOF = Field(
    id="proof",
    name="proof",
    kind="file",
    title="Un document qui prouve votre lien avec la personne",
    hint="Par exemple votre livret de famille ou votre propre acte de naissance.",
    required=True,
    options=FILES | {"max_files": 3, "multiple": True},
)
MANDATE = Field(
    id="mandate", name="mandate", kind="file", title="Le mandat, si vous agissez pour autrui", options=FILES
)
TYPED = {
    "person.name": "Exemple",
    "person.born-day": "31",
    "person.born-month": "2",
    "person.born-year": "1985",
    "person.mail": "camille.exemple(a)courriel.example",
    "adult": "true",
    "reasons": ["notary", "other"],
    "person.home-line1": "12 rue des Tanneurs",
    "person.home-city": "Tilleul-sur-Exemple",
}
FORM = views.FormPage(
    procedure=PROCEDURE,
    title="Le document",
    step=1,
    steps=5,
    action="/tilleul/brouillons/abc/document",
    groups=(views.FieldGroup("", (DOCUMENT,)),),
)
SECTIONS = (
    views.AnswerSection(
        "Le document",
        (
            views.AnswerLine("De quel document avez-vous besoin ?", "Une copie intégrale"),
            views.AnswerLine("Nombre d’exemplaires", "2"),
        ),
        "/tilleul/brouillons/abc/document",
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
        "/tilleul/brouillons/abc/personne",
    ),
    views.AnswerSection(
        "Vous",
        (
            views.AnswerLine("Adresse postale", "12 rue des Tanneurs\n00000 Tilleul-sur-Exemple"),
            views.AnswerLine("Adresse électronique", ME),
        ),
        "/tilleul/brouillons/abc/vous",
    ),
)
START = views.ProcedurePage(
    title=PROCEDURE,
    description="Demandez la copie ou l’extrait de l’acte d’une personne née à Tilleul-sur-Exemple.",
    audience="La personne elle-même si elle est majeure, son époux, ses parents, ses enfants, son représentant légal ou "
    "son notaire. Toute personne peut demander un extrait sans filiation.",
    prepare=(
        "le nom, les prénoms, la date et le lieu de naissance de la personne ;",
        "les noms et prénoms de ses parents, sauf pour un extrait sans filiation ;",
        "un document qui prouve votre lien, si l’acte n’est pas le vôtre.",
    ),
    minutes=5,
    delay="3 jours ouvrés",
    price="Gratuit",
    silence=(
        "Sans réponse de la commune dans un délai de deux mois, votre demande est refusée. Vous pouvez alors "
        "contester ce refus.",
    ),
    service=SERVICE,
    senders=("ne-pas-repondre@tilleul.example",),
    modalities="/tilleul/modalites",
    notice=(
        ("Pourquoi", "Trouver l’acte et vous l’envoyer."),
        ("Base légale", "Obligation légale : décret n° 2017-890 du 6 mai 2017."),
        ("Qui les lit", "Les agents du service état civil."),
        ("Combien de temps", "Un an après votre demande."),
        ("Vos droits", "Accès, rectification, limitation. Écrivez à dpo@tilleul.example."),
    ),
    start="/tilleul/demarches/acte-de-naissance/identification",
)
DRAFT = views.DraftRow(PROCEDURE, "/tilleul/brouillons/abc/vous", at(3, 16, 14, 32), date(2026, 4, 15), "/restart")
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
    sections=tuple(replace(section, change="") for section in SECTIONS),
    files=(views.SentFile("f1", "livret-de-famille.pdf", 1_420_000, "/tilleul/demandes/x/fichiers/f1"),),
    silence=SILENCE,
    email_address=ME,
    email="/tilleul/demandes/x/adresse",
    piece="/tilleul/demandes/x/pieces",
    withdrawal="/tilleul/demandes/x/retrait",
    back="/tilleul/mes-demandes",
)
TODO = views.Todo(
    "Il manque un document",
    (("Un document qui prouve votre lien avec la personne", "celui que vous avez envoyé n’est pas lisible"),),
    date(2026, 3, 31),
    "/tilleul/demandes/x/complements",
    "Le délai de réponse est suspendu jusque-là.",
)
COMPLEMENT = views.ComplementPage(
    reference=REFERENCE,
    title=PROCEDURE,
    action="/tilleul/demandes/x/complements",
    back="/tilleul/demandes/x",
    deadline=date(2026, 3, 31),
    sentence="Le délai de réponse est suspendu jusqu’au jour où nous recevons tout, et au plus tard jusqu’au "
    "31 mars 2026.",
    limits=LIMITS,
    items=(
        views.RequestedItem(
            "proof",
            "Un document qui prouve votre lien avec la personne",
            "Celui que vous avez envoyé n’est pas lisible.",
            note="la page des enfants est floue",
        ),
        views.RequestedItem("mandate", "Le mandat", "Il manque.", files=(views.SentFile("f2", "m.pdf", 42_000),)),
    ),
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
        desk.InboxView("Closes", "/tilleul/agents?vue=closed", 1000, capped=True),
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
            received="Reçue le 16 mars 2026",
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


def _citizen(template: str, page: object, **changes: Any) -> Preview:
    return Preview(f"citizen/{template}.html", {"frame": frame(**changes), "page": page})


def _agent(template: str, page: object, **changes: Any) -> Preview:
    return Preview(f"agents/{template}.html", {"frame": desk_frame(**changes), "page": page})


def _statement(template: str, page: object) -> Preview:
    return Preview(f"statements/{template}.html", {"frame": frame(), "page": page})


def _error(status: int, **known: Any) -> Preview:
    return Preview(f"errors/{status}.html", {"frame": frame(menu=[]), "page": ErrorPage(status, **known)})


def _catalogues() -> dict[str, Preview]:
    home = views.CataloguePage("/tilleul/", "/tilleul/suivi", CATEGORIES, telephone="01 99 00 12 34")
    begin = views.IdentificationPage(PROCEDURE, "/x", "/tilleul/suivi", "/franceconnect/connexion", "/brouillons")
    return {
        "catalogue": _citizen("catalogue", home),
        "catalogue-found": _citizen("catalogue", replace(home, query="naissance", found=1, categories=CATEGORIES[:1])),
        "catalogue-nothing": _citizen("catalogue", replace(home, query="piscine", categories=())),
        "catalogue-empty": _citizen("catalogue", replace(home, categories=())),
        "procedure": _citizen("procedure", START),
        "procedure-draft": _citizen("procedure", replace(START, draft=DRAFT)),
        "procedure-closed": _citizen(
            "procedure",
            replace(START, start="", closed="Cette démarche rouvre le 1er avril 2026. D’ici là, écrivez à la mairie."),
        ),
        "identification": _citizen("identification", begin),
        "identification-trouble": _citizen(
            "identification",
            replace(begin, trouble="FranceConnect ne répond pas. Votre brouillon est gardé. Continuez sans compte."),
        ),
        "identification-alone": _citizen("identification", replace(begin, franceconnect="")),
    }


def _forms() -> dict[str, Preview]:
    everything = replace(
        FORM, title="Tous les champs", step=2, groups=(views.FieldGroup("", EVERY_KIND[:4]),), back="/back"
    )
    groups = (
        views.FieldGroup("La personne", EVERY_KIND[:6]),
        views.FieldGroup("Le reste", EVERY_KIND[6:], texts=("Ces réponses nous aident à trouver l’acte.",)),
    )
    wrong = problems(
        document="Choisissez le document dont vous avez besoin.",
    )
    all_wrong = Problems(
        [
            Problem("person.born", "date", "La date de naissance doit exister : le 31 février n’existe pas."),
            Problem("person.mail", "email", "Saisissez une adresse électronique, par exemple camille@exemple.fr."),
            Problem("copies", "required", "Saisissez le nombre d’exemplaires."),
            Problem("adult", "required", "Dites si la personne est majeure."),
            Problem("person.home", "postcode", "Saisissez le code postal."),
            Problem("reasons", "required", "Choisissez au moins un usage."),
            Problem("note", "length", "La remarque compte au plus 500 caractères."),
            Problem("sworn", "required", "Certifiez que ces informations sont exactes."),
        ]
    )
    documents = replace(FORM, title="Les documents", step=4, groups=(views.FieldGroup("", (PROOF, MANDATE)),))
    sent = {"proof": (views.SentFile("f1", "livret-de-famille.pdf", 1_420_000, "", "/retirer"),)}
    two = Field("copies", "copies", "integer", "Nombre d’exemplaires", "De 1 à 3", required=True)
    redraw = replace(FORM, groups=(views.FieldGroup("", (DOCUMENT, two)),), redraws=frozenset({"document"}))
    return {
        "form-alone": _citizen("page", replace(FORM, saved_at=at(3, 16, 14, 32))),
        "form-alone-wrong": _citizen("page", replace(FORM, problems=wrong)),
        "form-redraw": _citizen("page", redraw, person="Camille Exemple", sign_out="/deconnexion"),
        "form-some": _citizen("page", everything),
        "form-all": _citizen("page", replace(everything, groups=groups)),
        "form-all-wrong": _citizen("page", replace(everything, groups=groups, typed=TYPED, problems=all_wrong)),
        "form-locked": _citizen(
            "page", replace(everything, typed=TYPED, locked={"person.name": "EXEMPLE", "person.born": "31 mars 1985"})
        ),
        "form-files": _citizen("page", documents),
        "form-files-sent": _citizen("page", replace(documents, files=sent)),
        "form-files-wrong": _citizen(
            "page",
            replace(
                documents,
                problems=problems(
                    proof="Le document « livret.heic » dépasse 10 Mo. Choisissez un document plus léger."
                ),
            ),
        ),
    }


def _sendings() -> dict[str, Preview]:
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
    entry = views.TrackEntryPage("/tilleul/suivi", telephone="01 99 00 12 34")
    return {
        "check": _citizen("check", check),
        "check-wrong": _citizen(
            "check",
            replace(
                check, faults=(Link("Le nom de la mère manque depuis que vous demandez une copie intégrale.", "/p"),)
            ),
        ),
        "confirmation": _citizen("confirmation", done, menu=()),
        "confirmation-again": _citizen("confirmation", replace(done, tracking_code="", receipt="/c/1.pdf")),
        "resume": _citizen(
            "resume",
            views.ResumePage(PROCEDURE, "K7PQ-2M4X-ABCD-EF23", date(2026, 4, 15), "/suivi", "/back", "/tilleul/"),
        ),
        "track-entry": _citizen("track_entry", entry),
        "track-entry-wrong": _citizen(
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


def _followings() -> dict[str, Preview]:
    row = views.SubmissionRow(REFERENCE, PROCEDURE, "En cours d’examen", date(2026, 3, 16), "/d")
    todo = replace(row, state="En attente de documents", todo="Envoyez un document avant le 31 mars 2026.")
    decision = views.DecisionView(
        "refused",
        "Votre demande est refusée",
        date(2026, 3, 20),
        "L’acte n’est pas dans les registres de la commune : la personne est née à Marronnier-le-Bois.",
        APPEALS,
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
    piece = views.PiecePage(REFERENCE, "/pieces", "/demandes/x", LIMITS)
    return {
        "submissions": _citizen(
            "submissions",
            views.SubmissionsPage("/", (todo,), (row,), (replace(row, state="Acceptée"),), (DRAFT,)),
            person="Camille Exemple",
            sign_out="/deconnexion",
        ),
        "submissions-empty": _citizen("submissions", views.SubmissionsPage("/")),
        "tracking": _citizen("tracking", TRACKING, person="Camille Exemple", sign_out="/deconnexion"),
        "tracking-waiting": _citizen(
            "tracking", waiting, flash=Flash("Votre adresse est corrigée.", "L’accusé de réception repart.")
        ),
        "tracking-refused": _citizen("tracking", decided),
        "email": _citizen("email_correction", email),
        "email-wrong": _citizen(
            "email_correction",
            replace(email, typed="camille", problems=problems(email="Saisissez une adresse électronique.")),
        ),
        "piece": _citizen("piece", piece),
        "piece-wrong": _citizen("piece", replace(piece, problems=problems(document="Choisissez un document."))),
        "withdrawal": _citizen("withdrawal", views.WithdrawalPage(REFERENCE, PROCEDURE, "/retrait", "/demandes/x", 3)),
        "complement": _citizen("complement", COMPLEMENT),
        "complement-wrong": _citizen(
            "complement", replace(COMPLEMENT, problems=problems(proof="Le document est vide. Choisissez-en un autre."))
        ),
    }


def _desks() -> dict[str, Preview]:
    preview = desk.Preview(
        (
            "Pour répondre, nous avons besoin de ce document : un document qui prouve votre lien avec la personne.",
            "Envoyez-le avant le 31 mars 2026. Le délai de réponse est suspendu jusque-là.",
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
        "sign-in": _agent("sign_in", SIGN_IN, person="", sign_out="", menu=()),
        "sign-in-wrong": _agent(
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
        "inbox": _agent("inbox", INBOX),
        "inbox-empty": _agent(
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
        "submission": _agent("submission/show", SUBMISSION, flash=Flash("La demande est prise en charge.")),
        "submission-received": _agent(
            "submission/show",
            replace(
                SUBMISSION,
                status=received,
                files=(),
                mailings=(failed,),
                alerts=("L’accusé de réception n’a pas été remis. Vérifiez l’adresse avec l’usager.",),
            ),
        ),
        "submission-closed": _agent("submission/show", replace(SUBMISSION, status=closed, mailings=())),
        "documents-request": _agent("submission/documents_request", REQUEST),
        "documents-request-preview": _agent(
            "submission/documents_request", replace(REQUEST, pieces=(asked, REQUEST.pieces[1]), preview=preview)
        ),
        "documents-request-wrong": _agent(
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
        "decision": _agent("submission/decision", DECISION),
        "decision-preview": _agent(
            "submission/decision",
            replace(
                DECISION,
                outcomes=refusal,
                reasons="L’acte n’est pas dans les registres de la commune.",
                preview=desk.Preview(
                    (
                        "Nous ne pouvons pas accepter votre demande :",
                        "l’acte n’est pas dans les registres de la commune.",
                        *APPEALS,
                    )
                ),
                notice="Sans réponse notifiée avant le 16 mai 2026, la demande est refusée par silence.",
            ),
        ),
        "decision-wrong": _agent(
            "submission/decision",
            replace(
                DECISION,
                outcomes=refusal,
                problems=problems(reasons="Écrivez les motifs du refus : la loi les demande (article L211-5)."),
            ),
        ),
        "conflict": _agent(
            "submission/conflict",
            desk.ConflictPage(
                REFERENCE, PROCEDURE, "Alix Modèle", at(3, 17, 10, 12), "demande acceptée", "/b", "Mes motifs."
            ),
        ),
    }


def _statements() -> dict[str, Preview]:
    lines = ("Mairie de Tilleul-sur-Exemple", "1 place du Tilleul", "00000 Tilleul-sur-Exemple")
    return {
        "modalities": _statement(
            "modalities",
            views.ModalitiesPage(
                ("ne-pas-repondre@tilleul.example",), (Link(PROCEDURE, "/d"),), lines, LIMITS, "01 99 00 12 34"
            ),
        ),
        "accessibility": _statement(
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
        "legal": _statement(
            "legal", views.LegalPage(lines, "Alix Modèle, maire", ("Syndicat numérique du Val-d’Exemple",))
        ),
        "data": _statement(
            "data", views.DataPage(lines, "dpo@tilleul.example", ((PROCEDURE, "Un an après la demande"),))
        ),
        "help": _statement(
            "help", views.HelpPage(lines, "/suivi", "01 99 00 12 34", "mairie@tilleul.example", SERVICE.hours)
        ),
    }


def _errors() -> dict[str, Preview]:
    telephone = "01 99 00 12 34"
    return {
        "error-400": _error(400),
        "error-403": _error(403, message="Cette demande est suivie par le service voirie."),
        "error-404": _error(404, telephone=telephone),
        "error-405": _error(405),
        "error-409": _error(409, message="La demande est déjà retirée.", back=Link("Voir la demande", "/x")),
        "error-413": _error(413, message="L’envoi dépasse 31 Mo."),
        "error-422": _error(422, message="La date est illisible."),
        "error-429": _error(429, retry_after="une minute"),
        "error-500": _error(500, reference="3f0c9a1b", telephone=telephone),
        "error-503": _error(503, retry_after="à 18 h"),
    }


def previews() -> dict[str, Preview]:
    """Every page by the name of its state."""
    marronnier = "#7a4b12"
    communes = PlatformPage(
        "Le Syndicat numérique du Val-d’Exemple",
        (
            CommuneRow("Tilleul-sur-Exemple", "/tilleul/", assets.url("", "demo/tilleul.svg"), "1 démarche en ligne"),
            CommuneRow("Marronnier-le-Bois", "/marronnier/", assets.url("", "demo/marronnier.svg")),
        ),
    )
    plain = Frame(authority="Val-d’Exemple", home="/", tagline="Démarches en ligne")
    other = {
        "authority": "Marronnier-le-Bois",
        "logo": assets.url("", "demo/marronnier.svg"),
        "theme": f"/theme/{marronnier[1:]}-{theme.digest(marronnier)}.css",
    }
    home = views.CataloguePage("/marronnier/", "/suivi", CATEGORIES[:1])
    return {
        "communes": Preview("platform/communes.html", {"frame": plain, "page": communes}),
        "communes-empty": Preview("platform/communes.html", {"frame": plain, "page": replace(communes, communes=())}),
        "marronnier": _citizen("catalogue", home, **other),
        **_catalogues(),
        **_forms(),
        **_sendings(),
        **_followings(),
        **_desks(),
        **_statements(),
        **_errors(),
    }


def serve(page: Page, colour: str = "") -> None:
    """Answers what the page asks of HOST, from memory and from the static folder; colour replaces every theme."""
    known = previews()

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        for prefix, respond in _RESPONSES.items():
            if path.startswith(prefix):
                respond(route, path, known, colour)
                return
        route.fulfill(status=404)

    page.route(f"{HOST}/**", answer)


def _respond_page(route: Route, path: str, known: Mapping[str, Preview], colour: str) -> None:
    headers = {"content-security-policy": CSP, "content-type": "text/html; charset=utf-8"}
    route.fulfill(body=known[path.removeprefix("/pages/")].html(), headers=headers)


def _respond_theme(route: Route, path: str, known: Mapping[str, Preview], colour: str) -> None:
    chosen = colour or "#" + path.removeprefix("/theme/")[:6]
    route.fulfill(body=theme.stylesheet(chosen), content_type="text/css")


def _respond_static(route: Route, path: str, known: Mapping[str, Preview], colour: str) -> None:
    file = resources.folder("static") / path.removeprefix(f"/static/{assets.version()}/")
    route.fulfill(path=file) if file.is_file() else route.fulfill(status=404)


_RESPONSES: dict[str, Callable[[Route, str, Mapping[str, Preview], str], None]] = {
    "/pages/": _respond_page,
    "/theme/": _respond_theme,
    "/static/": _respond_static,
}


def main(wanted: str = "") -> None:
    """Writes the pages whose name holds `wanted`, and their photographs."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width in (1280, 320):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("console", lambda message: print(message.type, message.text))  # noqa: T201
            serve(page)
            for name, preview in previews().items():
                if wanted in name:
                    (FOLDER / f"{name}.html").write_text(preview.html(), encoding="utf-8")
                    page.goto(f"{HOST}/pages/{name}")
                    page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
