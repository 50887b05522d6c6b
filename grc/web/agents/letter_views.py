"""What the pages show on which an agent writes a letter, or prints one. See grc.web.agents.views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from grc.web.agents.views import Option, Preview
from grc.web.frame import Problems

NO_PROBLEM = Problems()

TITLES = {
    "decision": "Décision",
    "attestation": "Attestation d’acceptation implicite",
    "reasons": "Motifs du refus",
    "acceptance_withdrawn": "Retrait de l’acceptation",
    "erratum": "Correction de la décision",
    "paper_receipt": "Accusé de réception",
    "documents_requested": "Demande de pièces",
    "documents_reminder": "Rappel des pièces demandées",
    "implied_decision": "Décision sans réponse",
    "tracking_code": "Code de suivi, à mettre sous le même pli que l’accusé",
    "acknowledgement": "Accusé de réception",
    "registration": "Accusé d’enregistrement",
    "filed_for_you": "Demande déposée par un aidant",
    "transfer": "Transmission à l’administration compétente",
    "state": "Nouvelle date, les documents étant arrivés",
    "new_message": "Nouvelle date, des documents étant arrivés",
}
"""The letters by kind, as agents' lists name them."""


@dataclass(frozen=True)
class Question:
    """One thing to say.

    kind: "long" (a text area), "text", "day" (a native date), "choice" (radios), "select" (a box) or "files".
    """

    name: str
    label: str
    kind: Literal["long", "text", "day", "choice", "select", "files"] = "long"
    hint: str = ""
    value: str = ""
    options: Sequence[Option] = ()
    required: bool = True


@dataclass(frozen=True)
class LetterPage:
    """A letter to write, previewed, then final. Buttons: `then` = "preview" or "send".

    notes: what to know first. blocked: why it cannot be written any more, or "": nothing is asked then.
    """

    reference: str
    title: str
    applicant: str
    action: str
    back: str
    revision: int
    heading: str
    send: str
    questions: Sequence[Question] = ()
    notes: Sequence[str] = ()
    blocked: str = ""
    preview: Preview | None = None
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class PrintPage:
    """A letter to print and to post. pdf: its address once it is laid out, "" before. posted_on: as typed.

    at: when the letter was made. to: the lines of its address. last_on: today, the last day that may be typed.
    """

    reference: str
    title: str
    applicant: str
    action: str
    back: str
    revision: int
    heading: str
    at: datetime
    last_on: date
    to: Sequence[str] = ()
    pdf: str = ""
    posted_on: str = ""
    problems: Problems = field(default=NO_PROBLEM)
