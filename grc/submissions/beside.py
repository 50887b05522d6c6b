"""What the dates of a demande need of other tables: its timers, and the recours against its decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, and_, bindparam, select
from sqlmodel import Session

from grc.db import Prepared
from grc.deadlines.administrative_appeals import AdministrativeAppeal
from grc.submissions import naming
from grc.submissions.exchange_models import SubmissionLink, Timer
from grc.submissions.models import Decision, Submission

_TIMER: Table = Timer.__table__  # type: ignore[attr-defined]
_LINK: Table = SubmissionLink.__table__  # type: ignore[attr-defined]
_DECISION: Table = Decision.__table__  # type: ignore[attr-defined]
_RECOURS: Table = Submission.__table__  # type: ignore[attr-defined]
_REJECTION = _DECISION.alias("rejection")

_TIMERS = Prepared(
    select(_TIMER)
    .where(_TIMER.c.authority_id == bindparam("authority"), _TIMER.c.submission_id == bindparam("submission"))
    .order_by(_TIMER.c.id)
)
_APPEALS = Prepared(
    select(
        _RECOURS.c.reference,
        _LINK.c.decision_id,
        _RECOURS.c.first_received_on,
        _REJECTION.c.posted_on,
        _REJECTION.c.notified_at,
    )
    .join_from(_LINK, _DECISION, _DECISION.c.id == _LINK.c.decision_id)
    .join(_RECOURS, _RECOURS.c.id == _LINK.c.to_id)
    .outerjoin(
        _REJECTION,
        and_(
            _REJECTION.c.submission_id == _RECOURS.c.id,
            _REJECTION.c.kind == "express",
            _REJECTION.c.outcome == "refused",
        ),
    )
    .where(
        _LINK.c.authority_id == bindparam("authority"),
        _LINK.c.kind == "appeal",
        _DECISION.c.submission_id == bindparam("submission"),
    )
    .order_by(_RECOURS.c.first_received_on, _REJECTION.c.id)
)
STATEMENTS = (_TIMERS, _APPEALS)
"""The timers in order; the recours in order, each with when its express rejection was notified.

A recours with two such decisions has two rows: `lodged` counts the first that was notified.
"""


@dataclass(frozen=True)
class Lodged:
    """A recours against a decision: its reference, the day it came, the day its own rejection was notified."""

    reference: str
    decision_id: int | None
    lodged_on: date
    rejected_on: date | None = None

    @property
    def counted(self) -> AdministrativeAppeal:
        """As the time to go to court counts it."""
        return AdministrativeAppeal("gracieux", self.lodged_on, self.rejected_on)


def lodged(rows: Iterable[Any], zone: str) -> list[Lodged]:
    """The recours of these rows, each once, in order.

    A rejection that nobody was notified of starts no delay: silence rejects that recours. Source: CJA R421-1; CRPA
    L411-2, L411-7.
    """
    found: dict[str, Lodged] = {}
    for row in rows:
        known = found.get(row.reference)
        if known is None or known.rejected_on is None:
            told_on = naming.told_on(row.posted_on, row.notified_at, zone)
            found[row.reference] = Lodged(row.reference, row.decision_id, row.first_received_on, told_on)
    return list(found.values())


def recours(session: Session, row: Submission, zone: str) -> list[Lodged]:
    """The recours against the decisions of this demande, in order."""
    return lodged(_APPEALS.all(session, {"authority": row.authority_id, "submission": row.id}), zone)
