"""Takes things for a demande, gives them back, and keeps them for other reasons: never more than there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grc.access.actors import Actor, AgentActor
from grc.bookings import queries, wanted
from grc.bookings.models import Booking
from grc.catalogue.definition import Procedure
from grc.errors import Invalid, Problem
from grc.lists.models import ReferenceItem


def book(
    session: Session,
    authority_id: int,
    submission_id: int,
    procedure: Procedure,
    answers: Mapping[str, Any],
    *,
    is_firm: bool,
    zone: str,
    by: Actor,
    now: datetime,
) -> int:
    """Takes what the answers of a demande ask for, in place of what it held; gives how many bookings that makes.

    Nobody else can take it in between: on PostgreSQL the items are locked until the end of the transaction, on SQLite
    there is one writer. Raises Invalid, in the words for people, for what is taken: options count too.
    """
    asked = wanted.of_answers(procedure, answers, zone)
    lock(session, authority_id, asked[0].source if asked else "")
    told = queries.problems(session, authority_id, procedure, answers, zone, but=submission_id, firm_only=False)
    if told:
        raise Invalid(told[0].message, [replace(each, field="") for each in told])
    release(session, authority_id, submission_id)
    for one in asked:
        session.add(
            Booking(
                authority_id=authority_id,
                submission_id=submission_id,
                source=one.source,
                item=one.item,
                quantity=one.quantity,
                starts_at=one.span.starts_at,
                ends_at=one.span.ends_at,
                is_firm=is_firm,
                reason="",
                made_at=now,
                made_by_id=by.id if isinstance(by, AgentActor) else None,
            )
        )
    session.flush()
    return len(asked)


def refusals(
    session: Session, authority_id: int, procedure: Procedure, answers: Mapping[str, Any], zone: str
) -> tuple[Problem, ...]:
    """What a demande about to be filed asks for and cannot have.

    Where filing itself takes, options count too, and what is free stays so until the transaction ends.
    """
    if procedure.takes is not None and procedure.takes_at_once:
        lock(session, authority_id, procedure.takes.source_in(procedure.form))
    firm_only = not procedure.takes_at_once
    return tuple(queries.problems(session, authority_id, procedure, answers, zone, firm_only=firm_only))


def release(session: Session, authority_id: int, submission_id: int) -> None:
    """Gives back all that the demande holds; nothing when it holds nothing."""
    mine = (col(Booking.authority_id) == authority_id, col(Booking.submission_id) == submission_id)
    session.execute(delete(Booking).where(*mine))


def lock(session: Session, authority_id: int, source: str) -> None:
    """Keeps others from taking anything of the list until the transaction ends: halls may be part of each other."""
    mine = (col(ReferenceItem.authority_id) == authority_id, col(ReferenceItem.source) == source)
    session.execute(select(col(ReferenceItem.id)).where(*mine).order_by(col(ReferenceItem.id)).with_for_update())
