"""The agents' pages of what follows a decision: a letter to write, one to print."""

from __future__ import annotations

from datetime import date

from grc.receipts.wording import typeset
from grc.web.agents import letter_views as pages
from grc.web.agents import views as desk
from grc.web.agents.letter_views import Question
from tests.support.previews.world import APPEALS, PROCEDURE, REFERENCE, Preview, agent_page, at, problems

_WHERE = {"reference": REFERENCE, "title": PROCEDURE, "applicant": "Camille Exemple", "back": "/tilleul/agents"}
_CHOICES = (desk.Option("marronnier", "Marronnier-sur-Exemple"), desk.Option("ailleurs", "Une autre administration"))
_QUESTIONS = (
    Question("to", "À qui\u202f?", "choice", "La commune qui peut répondre.", options=_CHOICES),
    Question("reasons", "Les motifs", hint="Les faits, puis la règle appliquée."),
    Question("heard_on", "Jour des observations", "day", required=False),
    Question("name", "Son nom", "text", "Pour une autre administration.", required=False),
)
_PREVIEW = desk.Preview(
    "Les motifs du refus de votre demande",
    [
        desk.PreviewPart("Pourquoi", ["L’acte n’est pas ici."]),
        desk.PreviewPart("Comment contester", [], [typeset(one) for one in APPEALS]),
    ],
)


def _letter(**changes: object) -> pages.LetterPage:
    said = {"heading": "Donner les motifs", "send": "Envoyer les motifs", "action": "/motifs", "revision": 3}
    known = {"questions": _QUESTIONS, "notes": ("L’usager a deux mois pour saisir le tribunal.",)}
    return pages.LetterPage(**{**_WHERE, **said, **known, **changes})  # type: ignore[arg-type]


def _print(**changes: object) -> pages.PrintPage:
    said = {"heading": "Décision", "action": "/lettres/4", "revision": 3, "at": at(4, 2, 9, 0)}
    return pages.PrintPage(**{**_WHERE, **said, "last_on": date(2026, 4, 3), **changes})  # type: ignore[arg-type]


def afters() -> dict[str, Preview]:
    """The pages by name."""
    address = ("Camille Exemple", "12 rue des Tanneurs", "99000 Exemple")
    wrong = problems(to="Choisissez l’administration compétente.", reasons="Écrivez les motifs du refus.")
    unposted = problems(posted_on="Saisissez le jour de l’envoi.")
    return {
        "letter": agent_page("submission/letter", _letter()),
        "letter-wrong": agent_page("submission/letter", _letter(problems=wrong)),
        "letter-preview": agent_page("submission/letter", _letter(preview=_PREVIEW)),
        "letter-blocked": agent_page("submission/letter", _letter(blocked="Le délai de quatre mois est passé.")),
        "print": agent_page("submission/print", _print()),
        "print-ready": agent_page("submission/print", _print(to=address, pdf="/lettres/4.pdf")),
        "print-wrong": agent_page("submission/print", _print(to=address, pdf="/lettres/4.pdf", problems=unposted)),
    }
