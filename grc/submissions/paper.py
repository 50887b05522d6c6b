"""A demande that came as a paper form, recorded with its scanned pages: who asks, the procedure and the day are typed.

Its answers stay on the pages. Source: CRPA L112-3 and R112-5 (its receipt), L112-6; L411-3 for a recours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from grc import clock
from grc.access.actors import AgentActor, at_desk
from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.errors import Invalid, Problem
from grc.forms import answers as form_answers
from grc.forms.formats import fast_validator
from grc.submissions import desk, duplicates, filing
from grc.submissions.desk import Entry
from grc.submissions.duplicates import Duplicate, Person
from grc.submissions.filing import Said
from grc.submissions.models import Submission

_IS_EMAIL = fast_validator({"type": "string", "format": "email", "maxLength": 254})


@dataclass(frozen=True)
class PaperFiling:
    """What an agent posts: how and when it came, who asks, the pages."""

    entry: Entry
    family_name: str
    given_names: str
    line1: str
    postcode: str
    city: str
    email: str = ""
    files: Sequence[StoredFile] = field(default=())


def register(session: Session, authority: AuthorityView, made: PaperFiling, *, by: AgentActor, now: datetime) -> str:
    """The reference of the demande, its receipt to print or mailed; raises Invalid with what is wrong in the form."""
    _check(made, clock.day_in(authority.zone, now))
    started = desk.begin(session, authority, made.entry, by=by, now=now)
    procedure = catalogue.published(session, authority.id, made.entry.slug).procedure
    answers, identity = answers_of(procedure, made), {"identity": "declared"}
    said = Said(answers, made.email, _name(made), identity=identity)
    key = filing.submit_unjudged(session, authority, started.public_id, said, by=at_desk(by), now=now)
    attachments.add(session, made.files, authority_id=authority.id, field="", now=now, submission_id=key)
    return session.get_one(Submission, key).reference


def likely(
    session: Session, authority: AuthorityView, made: PaperFiling, *, by: AgentActor, now: datetime
) -> list[Duplicate]:
    """The demandes that may be this one; raises Invalid with what is wrong in the form."""
    _check(made, clock.day_in(authority.zone, now))
    offered = catalogue.published(session, authority.id, made.entry.slug)
    person = Person(_name(made), made.family_name, made.email)
    return duplicates.of_person(session, authority, offered.procedure_id, person, by=by, now=now)


def _name(made: PaperFiling) -> str:
    return f"{made.family_name} {made.given_names}".strip()[:300]


def answers_of(procedure: Procedure, made: PaperFiling) -> dict[str, Any]:
    """The answers that the form has a place for, by the role of its questions; the rest is on the scanned pages."""
    address = {"line1": made.line1, "postcode": made.postcode, "city": made.city}
    known: Mapping[str, Any] = {
        "family-name": made.family_name,
        "given-names": made.given_names,
        "postal-address": address,
        "contact-email": made.email,
    }
    answers: dict[str, Any] = {}
    for each in procedure.form.fields:
        value = known.get(each.role or "")
        if value:
            answers = form_answers.with_value(answers, each.path, value)
    return answers


def _check(made: PaperFiling, today: date) -> None:
    wanted = (
        ("family_name", bool(made.family_name), "Saisissez le nom de la personne."),
        (
            "line1",
            bool(made.line1 and made.postcode and made.city),
            "Saisissez son adresse postale : la lettre y part.",
        ),
        (
            "email",
            not made.email or _IS_EMAIL(made.email),
            "Saisissez l’adresse électronique en entier, ou effacez-la.",
        ),
    )
    problems = [
        *desk.problems_of(made.entry, today),
        *(Problem(name, "required", message) for name, is_well, message in wanted if not is_well),
    ]
    if problems:
        raise Invalid("La demande est incomplète.", problems)
