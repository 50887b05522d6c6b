"""The demandes that have taken an item of a list: how many, which, and what agents must tell them when it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.bookings import series
from grc.bookings.models import Booking
from grc.catalogue.models import InstalledProcedure
from grc.lists import commands, queries
from grc.lists.commands import Facts, Imported
from grc.submissions import phases
from grc.submissions.effects.agents import TASK
from grc.submissions.models import Submission, Task
from grc.submissions.queries import within

_MOST_NAMED = 100


@dataclass(frozen=True)
class Holders:
    """How many demandes have taken an item. references: of those that the reader may open, the elder first."""

    count: int
    references: Sequence[str]


def counts(session: Session, source: str, *, by: AgentActor) -> dict[str, int]:
    """By slug, how many demandes have taken the item; items that none has taken are left out."""
    number = func.count(col(Booking.submission_id).distinct()).label("number")
    statement = select(col(Booking.item), number).where(*_of(by.authority_id, source)).group_by(col(Booking.item))
    return {row.item: row.number for row in session.execute(statement)}


def of_item(session: Session, source: str, slug: str, *, by: AgentActor) -> Holders:
    """Those of one item, a hundred references at most; a sensitive demande is never named here, as in the agenda."""
    count = counts(session, source, by=by).get(slug, 0)
    if not count or not may(by, Permission.SUBMISSION_READ):
        return Holders(count, ())
    mine = (col(InstalledProcedure.authority_id) == by.authority_id, col(InstalledProcedure.is_sensitive).is_(False))
    statement = (
        select(col(Submission.reference))
        .join(Booking, col(Booking.submission_id) == col(Submission.id))
        .join(InstalledProcedure, and_(col(InstalledProcedure.id) == col(Submission.procedure_id), *mine))
        .where(*_of(by.authority_id, source), col(Booking.item) == slug, within(by))
        .group_by(col(Submission.id), col(Submission.reference))
        .order_by(col(Submission.id))
        .limit(_MOST_NAMED)
    )
    return Holders(count, list(session.execute(statement).scalars()))


def change_item(
    session: Session,
    source: str,
    slug: str,
    facts: Facts,
    *,
    revision: int,
    by: AgentActor,
    now: datetime,
) -> int:
    """Says other things of an item as `lists.commands.change` does; gives how many demandes have a task for it.

    They have one when its day, its hours or its place change: they keep what they chose, and agents tell them.
    """
    row = queries.row(session, source, slug, by=by)
    commands.change(session, source, slug, facts, revision=revision, by=by, now=now)
    before = {slug: Facts(row.label, row.attributes, slug)}
    return _tell_changes(session, by.authority_id, source, before, {slug: facts}, now=now)


def replace_items(
    session: Session, authority_id: int, source: str, items: Sequence[Facts], *, now: datetime
) -> tuple[Imported, int]:
    """Makes the list what an import says, and how many tasks its changes open in demandes, as in `change_item`."""
    done = commands.replace(session, authority_id, source, items, now=now)
    rows = queries.of_authority(session, authority_id, [source])[source]
    after = {row.id: Facts(row.label, row.attributes, row.id) for row in rows}
    return done, _tell_changes(session, authority_id, source, done.before, after, now=now)


def _tell_changes(
    session: Session,
    authority_id: int,
    source: str,
    before: Mapping[str, Facts],
    after: Mapping[str, Facts],
    *,
    now: datetime,
) -> int:
    """Opens tasks in the demandes that have taken items whose day, hours or place changed; gives how many.

    before, after: what items said and say, by slug.
    """
    telling, opened = series.telling(session, authority_id, source), 0
    for slug, was in before.items():
        if any(was.attributes.get(name) != after[slug].attributes.get(name) for name in telling):
            title = f"«\u00a0{was.label}\u00a0» a changé\u00a0: prévenez l’usager."[:200]
            opened += _open_tasks(session, authority_id, source, slug, title, now=now)
    return opened


def _open_tasks(session: Session, authority_id: int, source: str, slug: str, title: str, *, now: datetime) -> int:
    """One in each demande that is not closed and has not this one yet."""
    held = select(col(Booking.submission_id)).where(*_of(authority_id, source), col(Booking.item) == slug)
    already = select(col(Task.submission_id)).where(
        col(Task.authority_id) == authority_id, col(Task.title) == title, col(Task.closed_at).is_(None)
    )
    statement = select(col(Submission.id)).where(
        col(Submission.authority_id) == authority_id,
        col(Submission.id).in_(held),
        col(Submission.id).not_in(already),
        col(Submission.phase) != phases.ENDED[-1],
    )
    found = list(session.execute(statement).scalars())
    for key in found:
        session.add(Task(authority_id=authority_id, submission_id=key, kind=TASK, title=title, opened_at=now))
    session.flush()
    return len(found)


def _of(authority_id: int, source: str) -> tuple[ColumnElement[bool], ...]:
    """What demandes hold of the list, not what agents keep without one."""
    return (
        col(Booking.authority_id) == authority_id,
        col(Booking.source) == source,
        col(Booking.submission_id).is_not(None),
    )
