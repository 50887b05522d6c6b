"""What the dates of a demande need of other tables: its timers, and the recours against its decisions."""

from __future__ import annotations

from sqlalchemy import Table, bindparam, select

from grc.db import Prepared
from grc.submissions.exchange_models import SubmissionLink, Timer
from grc.submissions.models import Decision, Submission

_TIMER: Table = Timer.__table__  # type: ignore[attr-defined]
_LINK: Table = SubmissionLink.__table__  # type: ignore[attr-defined]
_DECISION: Table = Decision.__table__  # type: ignore[attr-defined]
_RECOURS: Table = Submission.__table__  # type: ignore[attr-defined]

_TIMERS = Prepared(
    select(_TIMER)
    .where(_TIMER.c.authority_id == bindparam("authority"), _TIMER.c.submission_id == bindparam("submission"))
    .order_by(_TIMER.c.id)
)
_APPEALS = Prepared(
    select(_RECOURS.c.first_received_on)
    .join_from(_LINK, _DECISION, _DECISION.c.id == _LINK.c.decision_id)
    .join(_RECOURS, _RECOURS.c.id == _LINK.c.to_id)
    .where(
        _LINK.c.authority_id == bindparam("authority"),
        _LINK.c.kind == "appeal",
        _DECISION.c.submission_id == bindparam("submission"),
    )
    .order_by(_RECOURS.c.first_received_on)
)
STATEMENTS = (_TIMERS, _APPEALS)
"""The timers in order; the legal days on which recours were lodged, in order."""
