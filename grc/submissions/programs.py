"""What a key opens of the demandes of its authority: found, listed, and its reading noted where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlmodel import Session

from grc import references
from grc.access.actors import KeyActor, Visitor, by_key
from grc.catalogue.models import InstalledProcedure
from grc.errors import NotFound
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.submissions import phases, queries
from grc.submissions.models import Submission
from grc.submissions.queries import Whole
from grc.submissions.watched import concerns_sensitive

MOST_LISTED = 100
_ABSENT = "Aucune demande de ce numéro n’est ouverte à cette clé."
_PROCEDURE = InstalledProcedure.__table__  # type: ignore[attr-defined]
_SUBMISSION = Submission.__table__  # type: ignore[attr-defined]
_IS_SENSITIVE = or_(_PROCEDURE.c.is_sensitive, concerns_sensitive()).label("is_sensitive")


@dataclass(frozen=True)
class Opened:
    """A demande that a key opens. is_sensitive: each reading of it is journalled before."""

    id: int
    reference: str
    is_sensitive: bool


@dataclass(frozen=True)
class Listed:
    """A demande as lists say it. is_sensitive: its naming is journalled before."""

    id: int
    reference: str
    procedure: str
    state: str
    phase: str
    received_at: datetime
    state_since: datetime
    is_sensitive: bool


def opened(session: Session, actor: KeyActor, reference: str) -> Opened:
    """The demande; raises NotFound with the same words whether it is absent or out of the key's reach."""
    spelled = references.read_reference(reference) or ""
    statement = (
        select(_SUBMISSION.c.id, _SUBMISSION.c.reference, _IS_SENSITIVE)
        .join_from(_SUBMISSION, _PROCEDURE, _PROCEDURE.c.id == _SUBMISSION.c.procedure_id)
        .where(_within(actor), _SUBMISSION.c.reference == spelled)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_ABSENT)
    return Opened(row.id, row.reference, row.is_sensitive)


def whole(session: Session, actor: KeyActor, reference: str) -> Whole:
    """The demande with what the citizen may see of it; raises NotFound."""
    found = opened(session, actor, reference)
    return queries.whole(session, found.reference, by=by_key(actor, found.id))


def reader(actor: KeyActor, found: Whole) -> Visitor:
    """The program before this demande, which its key opens."""
    return by_key(actor, found.submission.id or 0)


def listed(
    session: Session, actor: KeyActor, *, since: datetime | None, after: tuple[datetime, int] | None, limit: int
) -> Sequence[Listed]:
    """The demandes received since then, the oldest first, from after that place (instant and id) on.

    Each phase is read in the order of its own index, and the first of all are kept.
    """
    columns: tuple[Any, ...] = (
        _SUBMISSION.c.id,
        _SUBMISSION.c.reference,
        _PROCEDURE.c.slug.label("procedure"),
        _SUBMISSION.c.state,
        _SUBMISSION.c.phase,
        _SUBMISSION.c.received_at,
        _SUBMISSION.c.state_since,
        _IS_SENSITIVE,
    )
    order = (_SUBMISSION.c.received_at, _SUBMISSION.c.id)
    wanted = [_within(actor)]
    if since is not None:
        wanted.append(_SUBMISSION.c.received_at >= since)
    if after is not None:
        at, key = after
        later = and_(_SUBMISSION.c.received_at == at, _SUBMISSION.c.id > key)
        wanted.append(or_(_SUBMISSION.c.received_at > at, later))
        wanted.append(_SUBMISSION.c.received_at >= at)
    parts = [
        select(
            select(*columns)
            .join_from(_SUBMISSION, _PROCEDURE, _PROCEDURE.c.id == _SUBMISSION.c.procedure_id)
            .where(*wanted, _SUBMISSION.c.phase == phase)
            .order_by(*order)
            .limit(limit)
            .subquery()
        )
        for phase in (*phases.OPEN, *phases.ENDED)
    ]
    every = union_all(*parts).subquery()
    first = select(every).order_by(every.c.received_at, every.c.id).limit(limit)
    return [Listed(**row._mapping) for row in session.execute(first)]


def note_read(session: Session, actor: KeyActor, found: Opened, what: str, *, now: datetime) -> None:
    """Journals that the key reads it. what: "status", or the id of a document."""
    subject = ("submission", found.reference)
    record(session, actor.authority_id, JournalAct.SUBMISSION_READ, subject, by=actor, now=now, data={"read": what})


def note_listed(session: Session, actor: KeyActor, named: Sequence[str], *, now: datetime) -> None:
    """Journals that a list is about to name these references to the key."""
    data = {"references": list(named)}
    record(session, actor.authority_id, JournalAct.SUBMISSION_LISTED, ("list", "api"), by=actor, now=now, data=data)


def _within(actor: KeyActor) -> ColumnElement[bool]:
    """What the key reaches: its authority's demandes of its procedures; a sensitive one must be named."""
    mine = and_(_SUBMISSION.c.authority_id == actor.authority_id, _PROCEDURE.c.authority_id == actor.authority_id)
    if actor.procedures is None:
        return and_(mine, _PROCEDURE.c.is_sensitive.is_(False))
    return and_(mine, _PROCEDURE.c.slug.in_(sorted(actor.procedures)))
