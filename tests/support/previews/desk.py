"""The pages of desk entry: where an agent begins, the answers to read again, what is handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.submissions.duplicates import Duplicate
from grc.web.agents.letter_views import Question
from grc.web.agents.views import Option
from grc.web.citizen.desk import DeskCheckPage, Exempted, Likely
from grc.web.desk import views
from grc.web.frame import Typing
from tests.support.previews.following import SECTIONS
from tests.support.previews.world import (
    ME,
    PROCEDURE,
    REFERENCE,
    Preview,
    agent_page,
    at,
    problems,
)

TYPING = Typing("telephone", "Par téléphone", date(2026, 3, 16), "/tilleul/agents/saisies")
_PROCEDURES = (Option("acte-de-naissance", PROCEDURE, selected=True), Option("probleme-voirie", "Problème de voirie"))
_CHANNELS = (Option("desk", "Au guichet", selected=True), Option("telephone", "Par téléphone"))
_FIRST = (
    Question("channel", "Comment la demande est-elle venue ?", "choice", options=_CHANNELS),
    Question("received_on", "Quel jour est-elle venue ?", "day", "Le délai part de là.", "2026-03-16"),
)
_ROW = views.EntryRow(
    PROCEDURE, "Par téléphone", date(2026, 3, 16), at(3, 16, 10, 42), date(2026, 4, 15), "/suite", "/suppression"
)
_GROUNDS = (
    ("mere_issue", "Non : elle tend à la seule délivrance d’un document ou d’un service prévu par les textes"),
    ("short_period", "Non : la décision est acquise au bout de quinze jours au plus"),
)
_LIKELY = (Likely(Duplicate(REFERENCE, "Exemple Camille", date(2026, 3, 9), "En cours d’examen"), "/demandes/x"),)


def desk_entries() -> dict[str, Preview]:
    """The pages by name."""
    blank = views.EntriesPage("/saisies", "/demandes-papier", _PROCEDURES, _FIRST)
    unchosen = problems(slug="Choisissez la démarche.", received_on="Saisissez le jour de la réception.")
    paper = (*_FIRST, Question("files", "Les pages numérisées", "files", "PDF ou photo.", required=False))
    scans = views.PaperPage("/demandes-papier", "/tilleul/agents/saisies", _PROCEDURES, paper)
    check = DeskCheckPage(PROCEDURE, SECTIONS, "/envoi", "/plus-tard", "", "", "/back", grounds=_GROUNDS)
    unsaid = Exempted("mere_issue", "", "Indiquez pourquoi aucun accusé de réception n’est dû.")
    done = views.FiledPage(
        REFERENCE,
        PROCEDURE,
        "Exemple Camille",
        "Au guichet",
        date(2026, 3, 16),
        "/tilleul/agents/demandes/x",
        "/tilleul/agents/saisies",
        letter="/tilleul/agents/demandes/x/lettres/4",
        code="/code",
        due=("La commune répond avant le samedi 16 mai 2026. Sans réponse, la demande est refusée.",),
    )
    code = views.CodePage("Tilleul", REFERENCE, PROCEDURE, "K7PQ-2M4X-ABCD-EF23", "https://tilleul.example/suivi", "/b")
    return {
        "desk": agent_page("desk/entries", replace(blank, rows=(_ROW,))),
        "desk-wrong": agent_page("desk/entries", replace(blank, problems=unchosen)),
        "desk-check": agent_page("desk/check", replace(check, likely=_LIKELY), typing=TYPING),
        "desk-check-wrong": agent_page("desk/check", replace(check, email=ME, change_email="/p", exempted=unsaid)),
        "desk-filed": agent_page("desk/filed", done),
        "desk-filed-mail": agent_page("desk/filed", replace(done, letter="", email=ME)),
        "desk-code": agent_page("desk/code", code),
        "desk-paper": agent_page("desk/paper", replace(scans, likely=_LIKELY)),
    }
