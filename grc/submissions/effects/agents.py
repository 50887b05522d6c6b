"""The actions `task` and `assign`: what agents have to do, and who has the demande in charge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select
from sqlmodel import col

from grc.access.actors import AgentActor
from grc.access.permissions import roles_of
from grc.authorities.models import Agent
from grc.submissions import phases
from grc.submissions.effects.told import Told
from grc.submissions.models import Submission, Task
from grc.workflow.actions import FUNCTION
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act

TASK = "workflow"
"""The kind of the tasks that a workflow opens in its own words."""


def task(act: Act, action: Action, _told: Told) -> None:
    """Opens a task in the workflow's words; `days` counts from today."""
    days = action.params.get("days")
    act.session.add(
        Task(
            authority_id=act.authority.id,
            submission_id=act.id,
            kind=TASK,
            title=str(action.params["title"]),
            due_on=None if days is None else act.today() + timedelta(days=int(days)),
            opened_at=act.now,
        )
    )


def assign(act: Act, action: Action, _told: Told) -> None:
    """Puts the demande in charge of who acts, of nobody, or of the agent of a function who has the fewest open."""
    to = str(action.params["to"])
    if to.startswith(FUNCTION):
        keys = of_function(act, to.removeprefix(FUNCTION))
        act.submission.case_agent_id = keys[0] if keys else None
    elif to == "nobody":
        act.submission.case_agent_id = None
    elif isinstance(act.by, AgentActor):
        act.submission.case_agent_id = act.by.id
    act.session.add(act.submission)


def of_function(act: Act, function: str) -> list[int]:
    """The active agents who hold a function: those with the fewest open demandes first, then those here longest."""
    held = and_(
        col(Submission.authority_id) == col(Agent.authority_id),
        col(Submission.case_agent_id) == col(Agent.id),
        col(Submission.phase).in_(phases.OPEN),
        col(Submission.id) != act.id,
    )
    statement = (
        select(col(Agent.id))
        .outerjoin(Submission, held)
        .where(
            col(Agent.authority_id) == act.authority.id,
            col(Agent.is_active),
            col(Agent.role).in_(sorted(roles_of(function))),
        )
        .group_by(col(Agent.id))
        .order_by(func.count(col(Submission.id)), col(Agent.id))
    )
    return [int(key) for key in act.session.execute(statement).scalars()]
