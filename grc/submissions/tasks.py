"""The tasks that agents close by hand: those of a workflow, of its clocks, of a call that failed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.errors import NotFound
from grc.submissions.effects.agents import TASK
from grc.submissions.firing import DEADLINE
from grc.submissions.helping import CONTESTED
from grc.submissions.models import Task
from grc.submissions.queries import find

CALL_FAILED = "call_failed"
BY_HAND = frozenset({TASK, DEADLINE, CALL_FAILED, CONTESTED})
"""The kinds that nothing else closes, or not always."""


def close(
    session: Session, _authority: AuthorityView, reference: str, key: int, *, by: AgentActor, now: datetime
) -> None:
    """Notes that this agent did it; done already, nothing changes. Raises NotFound for any other kind."""
    row = find(session, by, reference, to=Permission.SUBMISSION_HANDLE)
    task = session.get(Task, key)
    if task is None or task.submission_id != row.id or task.kind not in BY_HAND:
        raise NotFound("Cette tâche n’existe pas dans cette demande.")
    if task.closed_at is None:
        task.closed_at, task.closed_by_id = now, by.id
        session.add(task)
