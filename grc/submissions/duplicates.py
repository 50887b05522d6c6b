"""What may be the same demande, sent a few days before: shown to the agent who types another, who then decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.conditions import value_at
from grc.forms.definition import Form
from grc.submissions import applicants, phases
from grc.submissions.drafts import DraftView
from grc.submissions.models import Submission
from grc.submissions.queries import within

WITHIN = timedelta(days=30)
_MOST = 5
_LOOKED_AT = 50
_PHASES = (*phases.OPEN, *phases.ENDED)
"""All of them: what the inbox's index begins with."""
_BORN = frozenset({"birth_date"})


@dataclass(frozen=True)
class Duplicate:
    """A demande of the same procedure by the same person, it seems."""

    reference: str
    applicant_name: str
    received_on: date
    state: str


@dataclass(frozen=True)
class Person:
    """Who asks: their name as lists have it, family name, address and the birth dates of the demande, "" for none."""

    name: str
    family: str
    email: str = ""
    born: frozenset[str] = frozenset()


def of_draft(
    session: Session,
    authority: AuthorityView,
    draft: DraftView,
    answers: Mapping[str, Any],
    *,
    by: AgentActor,
    now: datetime,
) -> list[Duplicate]:
    """What `of_person` gives for the person of these answers, those that would be filed."""
    form = draft.procedure.form
    person = Person(
        name=applicants.name(draft.procedure, answers),
        family=str(form.role_value(answers, "family-name") or ""),
        email=form.email_of(answers) or "",
        born=frozenset(_births(form, answers)),
    )
    return of_person(session, authority, draft.procedure_id, person, by=by, now=now)


def of_person(
    session: Session, authority: AuthorityView, procedure_id: int, person: Person, *, by: AgentActor, now: datetime
) -> list[Duplicate]:
    """Demandes of the last thirty days by the same address, the same name, or a same family name and birth date.

    At most five, newest first.
    """
    require(by, Permission.SUBMISSION_READ)
    likely = [_named(each) for each in {person.name, person.family} if each]
    if person.email:
        likely.append(func.lower(col(Submission.contact_email)) == person.email.lower())
    if not likely:
        return []
    statement = (
        select(Submission)
        .where(
            within(by),
            col(Submission.phase).in_(_PHASES),
            col(Submission.received_at) >= now - WITHIN,
            col(Submission.procedure_id) == procedure_id,
            or_(*likely),
        )
        .order_by(col(Submission.received_at).desc())
        .limit(_LOOKED_AT)
    )
    found = []
    for row in session.execute(statement).scalars():
        procedure = catalogue.version(session, row.authority_id, row.version_id)
        if _is_same(row, procedure.form, person):
            on, state = clock.day_in(authority.zone, row.received_at), procedure.workflow.state(row.state).label
            found.append(Duplicate(row.reference, row.applicant_name, on, state))
    return found[:_MOST]


def _is_same(row: Submission, form: Form, person: Person) -> bool:
    if person.email and row.contact_email.lower() == person.email.lower():
        return True
    if applicants.is_same_name(row.applicant_name, person.name):
        return True
    return bool(person.born.intersection(_births(form, row.current_answers)))


def _named(name: str) -> ColumnElement[bool]:
    return col(Submission.applicant_name).istartswith(name, autoescape=True)


def _births(form: Form, answers: Mapping[str, Any]) -> Iterator[str]:
    """The birth dates that the answers give, of whoever they are about."""
    for field in form.fields:
        value = value_at(answers, field.path)
        if field.form is not None:
            for item in value if isinstance(value, list) else ():
                yield from _births(field.form, item)
        elif field.path[-1] in _BORN and isinstance(value, str):
            yield value
