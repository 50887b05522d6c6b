"""Demandes of an invented procedure under either rule of silence, filed on the day that a test needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session, SQLModel, col

from grc import clock, references
from grc.access.actors import AgentActor, Visitor
from grc.access.reach import of_role
from grc.authorities import queries as authorities
from grc.authorities.models import Authority, Service
from grc.catalogue import queries as catalogue
from grc.db import Database
from grc.sessions import commands as sessions
from grc.submissions import drafts, filing
from grc.submissions.models import Draft, Submission
from tests.support import invented
from tests.support.demandes import Begun, Demande, commune

ANSWERS: dict[str, Any] = {"subject": "Un banc neuf", "who": "person", "person": invented.WHOLE_PERSON}
GRACIEUX = {"kind": "gracieux", "to": "la maire", "delay_months": 2, "source": "CRPA, art. L411-2"}
CONTENTIEUX = {"kind": "contentieux", "to": "le tribunal administratif", "delay_months": 2, "source": "CJA, R421-1"}
ARTICLES = {"acceptance": "CRPA, art. L231-1", "rejection": "CRPA, art. L231-4 2°"}


def offered(database: Database, rule: str, *, slug: str = "tilleul", workflow: str = "standard", **parts: Any) -> None:
    """Publishes the invented procedure, whose silence is worth `rule` after two months."""
    silence = [{"rule": rule, "period": 2, "unit": "month", "source": ARTICLES[rule]}]
    facts = {"workflow": workflow, "identification": "required", "silence": silence, "appeal": [GRACIEUX, CONTENTIEUX]}
    invented.published(database, slug=slug, **{**facts, **parts})


def filed(
    database: Database, *, at: datetime, slug: str = "tilleul", answers: Mapping[str, Any] = ANSWERS, **draft: Any
) -> Demande:
    """A demande of the invented procedure, sent at that instant. draft: columns of its draft."""
    authority, begun_at = commune(database, slug), at - timedelta(minutes=5)
    with database.writing(scope=authority.id) as session:
        opened = sessions.open_session(session, authority_id=authority.id, public="citizen", now=clock.now())
        published = catalogue.published(session, authority.id, invented.SLUG)
        row = Draft(
            authority_id=authority.id,
            public_id=references.new_public_id(),
            procedure_id=published.procedure_id,
            version_id=published.version_id,
            session_id=opened.id,
            answers=dict(answers),
            created_at=begun_at,
            saved_at=begun_at,
            expires_at=begun_at + drafts.LIFE,
            **draft,
        )
        session.add(row)
        session.flush()
        begun = Begun(row.public_id, Visitor(authority.id, opened.id), opened.token)
        done = filing.submit(session, authority, begun.public_id, client="127.0.0.1", by=begun.visitor, now=at)
        assert done.submission_id is not None, done.problems
        reference = session.execute(
            select(col(Submission.reference)).where(col(Submission.id) == done.submission_id)
        ).scalar_one()
    visitor = Visitor(authority.id, begun.visitor.session_id, granted=frozenset({done.submission_id}))
    return Demande(done.submission_id, reference, "", "", Begun(begun.public_id, visitor, begun.token))


def local(day: date, *, zone: str = "Europe/Paris", hour: int = 0, minute: int = 0) -> datetime:
    """That hour of that day there, as an instant."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def moved_to(database: Database, zone: str, *, slug: str = "tilleul") -> None:
    """The commune lies in that zone from now on."""
    authority = commune(database, slug)
    with database.writing(scope=authority.id) as session:
        session.execute(update(Authority).where(col(Authority.id) == authority.id).values(zone=zone))


def without_address(database: Database, *, authority: bool = True, slug: str = "tilleul") -> None:
    """The services have no postal address any more. authority: nor has the commune."""
    key = commune(database, slug).id
    with database.writing(scope=key) as session:
        session.execute(update(Service).where(col(Service.authority_id) == key).values(postal_address=[]))
        if authority:
            session.execute(update(Authority).where(col(Authority.id) == key).values(postal_address=[]))


def rows(database: Database, table: type[SQLModel], demande: Demande, *, slug: str = "tilleul") -> list[Any]:
    """The rows of the demande in that table, in order."""
    made: Any = table
    with database.reading(scope=commune(database, slug).id) as session:
        found = session.execute(select(table).where(made.submission_id == demande.id).order_by(made.id))
        return list(found.scalars())


def submission(database: Database, demande: Demande, *, slug: str = "tilleul") -> Submission:
    """The demande as it is now."""
    with database.reading(scope=commune(database, slug).id) as session:
        return session.get_one(Submission, demande.id)


def agent(session: Session, authority_id: int, email: str = "claire.modele@tilleul.example") -> AgentActor:
    """An agent of that authority, as an actor."""
    row = authorities.agent_of_email(session, authority_id, email)
    assert row is not None
    return authorities.actor_of(row, reach=of_role(row.role, frozenset()))
