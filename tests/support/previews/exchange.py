"""The exchange: messages on both sides, notes, what is refused, documents noted, the consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.errors import Problem
from grc.web.agents import views as desk
from grc.web.citizen import views
from grc.web.exchange import FileLink, Message, Panel
from grc.web.frame import ErrorPage, Link, Problems
from tests.support.previews.agents import SUBMISSION
from tests.support.previews.following import TRACKING
from tests.support.previews.world import (
    APPOINTMENT,
    LIMITS,
    ME,
    PROCEDURE,
    REFERENCE,
    Preview,
    agent_page,
    at,
    citizen_page,
    desk_frame,
    frame,
    problems,
)

MESSAGES = (
    Message(at(3, 18, 9, 5), "Vous", "Bonjour,\nfaut-il l’original du livret\u00a0?", mine=True),
    Message(
        at(3, 18, 14, 20),
        "Claire Modèle, Service état civil",
        "Une photo suffit. " + "Voici la liste des pièces. " * 6,
        files=(
            FileLink("liste-des-pieces-a-fournir-pour-une-copie-integrale-d-acte-de-naissance.pdf", 182_000, "/f/1"),
            FileLink("plan.png", 2_400_000, hindrance="Analyse antivirus en cours"),
        ),
    ),
)
THREAD = Panel(
    id="thread",
    title="Messages",
    messages=MESSAGES,
    empty="Aucun message pour l’instant. Le service peut vous écrire ici, et vous pouvez lui poser une question.",
    label="Votre message au service",
    button="Envoyer mon message",
    action=f"/tilleul/demandes/{REFERENCE}/messages",
    hint="Le service lit votre message avec votre demande. Il ne change ni son examen ni le délai de réponse.",
    limits=LIMITS,
)
NOTES = replace(
    THREAD,
    id="notes",
    title="Notes des agents",
    messages=(Message(at(3, 19), "Omar Fictif", "Vu au guichet\u00a0: pièce d’identité conforme.", mine=True),),
    label="Votre note",
    button="Garder la note",
    hint="Lue par les agents seuls.",
)
WRONG = Problems(
    [
        Problem("text", "required", "Écrivez votre message."),
        Problem("files", "size", "Le fichier « plan.pdf » dépasse 10 Mo. Choisissez un fichier plus léger."),
    ]
)
CLOSED = replace(
    THREAD,
    action="",
    closed="Cette demande est close : on ne peut plus y écrire. Écrivez au service.",
    typed="Et après\u00a0?",
)
UNREAD = desk.UnreadPage(
    reference=REFERENCE,
    title=PROCEDURE,
    messages=[replace(MESSAGES[0], author="Camille Exemple", mine=False)],
    action="/tilleul/agents",
    revision=5,
    back="/tilleul/agents",
    carried=[("outcome", "refused"), ("reasons", "Un motif."), ("then", "preview")],
    typed="Un motif.",
)
ARRIVALS = desk.ArrivalsPage(
    reference=REFERENCE,
    title=PROCEDURE,
    applicant="Camille Exemple",
    action="/tilleul/agents",
    back="/tilleul/agents",
    revision=4,
    pieces=[desk.Option("proof", "Preuve de votre lien (document illisible)"), desk.Option("id", "Mandat", True)],
    asked_on=date(2026, 3, 17),
    received_on="2026-03-20",
    moves=True,
)
CONSENT = views.NotificationPage(
    REFERENCE, PROCEDURE, f"/tilleul/demandes/{REFERENCE}/notification", f"/tilleul/demandes/{REFERENCE}", ME
)


def exchanges() -> dict[str, Preview]:
    """The states of the exchange, by name."""
    entry = views.TrackEntryPage("/tilleul/suivi", following="/tilleul/demandes/x", written="Écrit longuement.")
    ended = ErrorPage(401, typed="Écrit longuement.", back=Link("Revenir à la demande", "/tilleul/agents"))
    both = replace(SUBMISSION, thread=THREAD, notes=NOTES)
    met = replace(TRACKING, state="Rendez-vous fixé", sentence="Votre rendez-vous est fixé.")
    return {
        "exchange": citizen_page("tracking", replace(TRACKING, thread=THREAD)),
        "exchange-none": citizen_page("tracking", replace(TRACKING, thread=replace(THREAD, messages=()))),
        "exchange-closed": citizen_page("tracking", replace(TRACKING, thread=CLOSED)),
        "exchange-wrong": citizen_page("tracking", replace(TRACKING, thread=replace(THREAD, problems=WRONG))),
        "exchange-desk": agent_page("submission/show", both),
        "exchange-desk-wrong": agent_page("submission/show", replace(both, notes=replace(NOTES, problems=WRONG))),
        "exchange-unread": agent_page("submission/unread", UNREAD),
        "exchange-ended": Preview("errors/401.html", {"frame": desk_frame(), "page": ended}),
        "exchange-code": Preview("citizen/track_entry.html", {"frame": frame(), "page": entry}),
        "arrivals": agent_page("submission/arrivals", ARRIVALS),
        "arrivals-wrong": agent_page(
            "submission/arrivals",
            replace(ARRIVALS, problems=problems(piece="Cochez au moins un des documents demandés.")),
        ),
        "appointment": citizen_page("tracking", replace(met, thread=THREAD), appointment=APPOINTMENT),
        "appointment-past": citizen_page("tracking", met, appointment=replace(APPOINTMENT, place="", is_past=True)),
        "appointment-desk": agent_page("submission/show", SUBMISSION, appointment=APPOINTMENT),
        "consent": citizen_page("notification", CONSENT),
        "consent-given": citizen_page("notification", replace(CONSENT, given="lundi 16 mars 2026 à 18 h 42")),
    }
