"""The outbox as a test looks at it."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from grc.db import Database
from grc.outbox.models import Message, OutboxEntry
from grc.submissions.models import Task
from tests.support.demandes import Demande


def entries(database: Database, demande: Demande) -> dict[str, OutboxEntry]:
    """The entries of a demande by kind, as the worker left them."""
    with database.reading(scope=demande.draft.visitor.authority_id) as session:
        statement = select(OutboxEntry).where(col(OutboxEntry.submission_id) == demande.id).order_by("id")
        return {row.kind: row for row in session.execute(statement).scalars()}


def messages(database: Database, demande: Demande) -> dict[str, Message]:
    """The frozen mails of a demande by kind of their entry."""
    with database.reading(scope=demande.draft.visitor.authority_id) as session:
        statement = (
            select(OutboxEntry.kind, Message)
            .join(Message, col(Message.outbox_id) == col(OutboxEntry.id))
            .where(col(OutboxEntry.submission_id) == demande.id)
        )
        return {row.kind: row.Message for row in session.execute(statement)}


def tasks(database: Database, demande: Demande) -> list[Task]:
    """The agents' tasks of a demande, in order."""
    with database.reading(scope=demande.draft.visitor.authority_id) as session:
        statement = select(Task).where(col(Task.submission_id) == demande.id).order_by("id")
        return list(session.execute(statement).scalars())
