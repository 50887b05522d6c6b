"""What is taken of the things of a list, month by month, as agents read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlmodel import Session, col

from grc.access.actors import AgentActor
from grc.bookings.models import Booking
from grc.bookings.wanted import Span
from grc.catalogue.models import InstalledProcedure
from grc.submissions.models import Submission
from grc.submissions.queries import within


@dataclass(frozen=True)
class Line:
    """Something that is taken. reference: of its demande, "" out of the reader's reach. reason: of an agent."""

    id: int
    item: str
    quantity: int
    span: Span
    is_firm: bool
    is_of_demande: bool
    reference: str
    reason: str


def between(session: Session, source: str, start: datetime, end: datetime, *, by: AgentActor) -> Sequence[Line]:
    """What meets these instants, by its beginning, two thousand lines at most.

    A sensitive demande is never named here: its readings are journalled on its own page.
    """
    named = and_(
        col(Submission.id) == col(Booking.submission_id),
        within(by),
        col(Submission.procedure_id).in_(
            select(col(InstalledProcedure.id)).where(
                col(InstalledProcedure.authority_id) == by.authority_id,
                col(InstalledProcedure.is_sensitive).is_(False),
            )
        ),
    )
    statement = (
        select(Booking, col(Submission.reference))
        .outerjoin(Submission, named)
        .where(
            col(Booking.authority_id) == by.authority_id,
            col(Booking.source) == source,
            col(Booking.ends_at) > start,
            col(Booking.starts_at) < end,
        )
        .order_by(col(Booking.starts_at), col(Booking.item), col(Booking.id))
        .limit(2000)
    )
    return [_line(row, reference or "") for row, reference in session.execute(statement)]


def _line(row: Booking, reference: str) -> Line:
    return Line(
        id=row.id or 0,
        item=row.item,
        quantity=row.quantity,
        span=Span(row.starts_at, row.ends_at),
        is_firm=row.is_firm,
        is_of_demande=row.submission_id is not None,
        reference=reference,
        reason=row.reason,
    )
