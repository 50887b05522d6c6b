"""What the guards and expressions of a workflow read: the submission, what agents answered, what calls brought back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc.submissions.exchange_models import AgentAnswers, HttpCall
from grc.submissions.models import Submission
from grc.workflow.definition import Workflow

Json = Any


def of(session: Session, submission: Submission, workflow: Workflow) -> dict[str, Json]:
    """`answers`, `channel`, `labels`, `variables`; `agent.<form>` and `call.<name>` where the workflow has any."""
    context = submission.context
    if workflow.forms:
        context["agent"] = _agents_answers(session, submission)
    if any(each.type == "call" for each in workflow.actions):
        context["call"] = _calls(session, submission)
    return context


def _agents_answers(session: Session, submission: Submission) -> dict[str, Json]:
    """The last answers to each form."""
    table = AgentAnswers
    mine = (col(table.authority_id) == submission.authority_id, col(table.submission_id) == submission.id)
    rows = session.execute(select(col(table.form), col(table.answers)).where(*mine).order_by(col(table.id)))
    return {row.form: row.answers for row in rows}


def _calls(session: Session, submission: Submission) -> dict[str, Json]:
    """The last answer to each call: its status, 0 before there is one, and what its JSON says."""
    mine = (col(HttpCall.authority_id) == submission.authority_id, col(HttpCall.submission_id) == submission.id)
    columns = select(col(HttpCall.name), col(HttpCall.status_code), col(HttpCall.response))
    rows = session.execute(columns.where(*mine).order_by(col(HttpCall.id)))
    return {name: {"status": status or 0, "response": _fields(response)} for name, status, response in rows}


def _fields(response: str) -> Mapping[str, Json]:
    """The fields of a JSON object, but those that hold more than one value; {} for anything else."""
    try:
        read = json.loads(response)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {name: value for name, value in read.items() if _can_be_kept(value)}


def _can_be_kept(value: Json) -> bool:
    """Whether a value of another system is one that every database keeps and every page shows."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
