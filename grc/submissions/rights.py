"""A right on one's data, exercised on one demande, with or without account: recorded, owed an answer within a month.

Source: GDPR art. 12 (3) (one month from reception), 15 to 18, 21. The answer itself is an agent's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.deadlines.periods import add_months
from grc.errors import Invalid, Problem
from grc.submissions import thread
from grc.submissions.acts import Act
from grc.submissions.effects.agents import TASK
from grc.submissions.events import Kind
from grc.submissions.models import Event, Task
from grc.submissions.queries import find_for_change
from grc.submissions.thread import Written

ANSWERED_WITHIN_MONTHS = 1


@dataclass(frozen=True)
class Right:
    """A right that a person exercises. name: as the law calls it. ask: as the person says it. article: of the GDPR."""

    name: str
    ask: str
    hint: str
    article: int


RIGHTS: dict[str, Right] = {
    "rectification": Right(
        "Rectification", "Corriger une donnée fausse", "Dites laquelle, et ce qu’il faut écrire.", 16
    ),
    "erasure": Right(
        "Effacement",
        "Effacer des données",
        "La loi oblige la mairie à garder certaines données un temps : elle vous dit lesquelles.",
        17,
    ),
    "restriction": Right(
        "Limitation", "Geler l’usage d’une donnée", "Par exemple le temps de vérifier si elle est juste.", 18
    ),
    "objection": Right(
        "Opposition",
        "M’opposer à un usage",
        "Dites lequel, et la raison qui tient à votre situation.",
        21,
    ),
    "access": Right("Accès", "Recevoir ce que cette page ne donne pas", "Par exemple les notes du service.", 15),
}


def ask(
    session: Session,
    authority: AuthorityView,
    reference: str,
    right: str,
    words: str,
    *,
    client: str,
    by: Visitor,
    now: datetime,
) -> date:
    """The day by which the service owes its answer, a task of that day opened; the words are a message of the demande.

    Also on a demande that is closed: the right does not end with it. The receipt is that of the message (CRPA L112-11).
    Raises Invalid without words or for no right of the list, TooMany.
    """
    known = RIGHTS.get(right)
    problem = None if known else Problem("right", "required", "Choisissez ce que vous demandez.")
    problems = [one for one in (problem, thread.problem_of(words, what="votre demande")) if one is not None]
    if known is None or problems:
        raise Invalid("Votre demande n’est pas enregistrée.", problems)
    act = Act(session, authority, find_for_change(session, authority, by, reference, revision=None), by=by, now=now)
    due_on = add_months(act.today(), ANSWERED_WITHIN_MONTHS)
    said = f"{known.name} (article {known.article} du RGPD) – {known.ask}.\n\n{words.strip()}"
    if thread.deliver(act, Written(said), client=client):
        title = f"Données personnelles, {known.name.lower()} : répondre à la personne (RGPD, article 12.3)"
        owed = Task(
            authority_id=authority.id, submission_id=act.id, kind=TASK, title=title, due_on=due_on, opened_at=now
        )
        session.add(owed)
        act.record(Kind.RIGHTS_ASKED, {"right": right, "due_on": due_on})
    return due_on


def asked(events: Sequence[Event]) -> list[tuple[str, date]]:
    """The rights exercised on a demande, in order: the name of each and the day of its answer."""
    found = [event.data for event in events if event.kind == Kind.RIGHTS_ASKED]
    return [(RIGHTS[data["right"]].name, date.fromisoformat(data["due_on"])) for data in found]
