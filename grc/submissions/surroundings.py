"""What stands beside a submission: agents' answers, calls, links, edits. Read only where its workflow has any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from grc.bookings import queries as bookings
from grc.bookings.queries import Standing
from grc.catalogue.definition import Procedure
from grc.submissions import linking
from grc.submissions.edits import REASON
from grc.submissions.exchange_models import AgentAnswers, HttpCall
from grc.submissions.linking import Linked
from grc.submissions.models import Submission, SubmissionRevision


@dataclass(frozen=True)
class Surroundings:
    """Each in the order made."""

    forms: Sequence[AgentAnswers] = ()
    calls: Sequence[HttpCall] = ()
    links: Sequence[Linked] = ()
    edits: Sequence[SubmissionRevision] = ()
    lent: Sequence[Standing] = ()


def of(session: Session, submission: Submission, procedure: Procedure, zone: str) -> Surroundings:
    """What stands beside this submission, already within the reader's reach."""
    assert submission.id is not None  # noqa: S101 - it was read from the database
    workflow, key = procedure.workflow, (submission.authority_id, submission.id)
    calls = any(each.type == "call" for each in workflow.actions)
    return Surroundings(
        forms=_all(session, AgentAnswers, submission) if workflow.forms else (),
        calls=_all(session, HttpCall, submission) if calls else (),
        links=linking.of_submission(session, *key),
        edits=_edits(session, submission) if submission.edited is not None else (),
        lent=bookings.standing(session, *key, procedure, submission.current_answers, zone),
    )


def _all(session: Session, table: Any, submission: Submission) -> list[Any]:
    return list(session.execute(_mine(table, submission).order_by(col(table.id))).scalars())


def _edits(session: Session, submission: Submission) -> list[SubmissionRevision]:
    table = SubmissionRevision
    statement = _mine(table, submission).where(col(table.reason) == REASON).order_by(col(table.number))
    return list(session.execute(statement).scalars())


def _mine(table: Any, submission: Submission) -> Select[Any]:
    mine = (col(table.authority_id) == submission.authority_id, col(table.submission_id) == submission.id)
    return select(table).where(*mine)
