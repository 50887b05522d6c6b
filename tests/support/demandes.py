"""Drafts and demandes made without the web, for tests of what follows."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from grc import clock, references
from grc.access.actors import Visitor
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.db import Database, keyring_of
from grc.sessions import commands as sessions
from grc.submissions import drafts, filing
from grc.submissions.models import Draft, Submission
from tests.support.world import example_answers

EXAMPLE = "passes-own-full-copy"
SLUG = "acte-de-naissance"


@dataclass(frozen=True)
class Begun:
    """A draft ready to send. token: of the cookie that holds it."""

    public_id: str
    visitor: Visitor
    token: str


@dataclass(frozen=True)
class Demande:
    """A demande just sent. code: the tracking code, as its mail writes it."""

    id: int
    reference: str
    code: str
    email: str
    draft: Begun


def commune(database: Database, slug: str = "tilleul") -> AuthorityView:
    """A commune of the seeded world."""
    with database.reading(scope=None) as session:
        found = authorities.authority_of_slug(session, slug)
    assert found is not None
    return found


def answers_with(email: str, example: str = EXAMPLE, **changes: Any) -> dict[str, Any]:
    """The answers of an example, to be answered at that address; changes: whole top-level answers."""
    answers = deepcopy(example_answers(example))
    answers["applicant"]["email"] = email
    return answers | changes


def begun(
    database: Database,
    answers: Mapping[str, Any],
    *,
    slug: str = "tilleul",
    at: datetime | None = None,
    procedure: str = SLUG,
) -> Begun:
    """A draft with these answers in a new browser session, begun five minutes before `at`."""
    authority, instant = commune(database, slug), (at or clock.now()) - timedelta(minutes=5)
    with database.writing(scope=authority.id) as session:
        opened = sessions.open_session(session, authority_id=authority.id, public="citizen", now=instant)
        offered = catalogue.published(session, authority.id, procedure)
        row = Draft(
            authority_id=authority.id,
            public_id=references.new_public_id(),
            procedure_id=offered.procedure_id,
            version_id=offered.version_id,
            session_id=opened.id,
            answers=dict(answers),
            created_at=instant,
            saved_at=instant,
            expires_at=instant + drafts.LIFE,
        )
        session.add(row)
        session.flush()
        return Begun(row.public_id, Visitor(authority.id, opened.id), opened.token)


def filed(
    database: Database,
    *,
    email: str = "camille@exemple.example",
    slug: str = "tilleul",
    at: datetime | None = None,
    example: str = EXAMPLE,
    client: str = "127.0.0.1",
) -> Demande:
    """A demande sent at that instant, its mails waiting in the outbox."""
    now = at or clock.now()
    draft = begun(database, answers_with(email, example), slug=slug, at=now)
    return sent(database, draft, email=email, slug=slug, client=client, now=now)


def sent(
    database: Database, draft: Begun, *, email: str, slug: str = "tilleul", client: str = "127.0.0.1", now: datetime
) -> Demande:
    """The demande of a draft that is ready."""
    authority = commune(database, slug)
    with database.writing(scope=authority.id) as session:
        done = filing.submit(session, authority, draft.public_id, client=client, by=draft.visitor, now=now)
        assert done.submission_id is not None, done.problems
        columns = select(Submission.reference, Draft.sealed_code).join(
            Draft, col(Draft.submission_id) == col(Submission.id)
        )
        reference, sealed = session.execute(columns.where(col(Submission.id) == done.submission_id)).one()
        code = keyring_of(session).open(sealed)
    return Demande(done.submission_id, reference, code, email, draft)
