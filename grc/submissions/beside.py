"""What the dates of a demande need of other tables: its timers, and the recours against its decisions."""

from __future__ import annotations

from sqlalchemy import Table, and_, bindparam, select

from grc.db import Prepared
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
    select(_RECOURS.c.first_received_on, _REJECTION.c.posted_on, _REJECTION.c.notified_at)
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

A recours with two such decisions has two rows: the first is the one that counts.
"""
