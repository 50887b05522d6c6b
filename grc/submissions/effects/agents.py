"""The actions `task` and `assign`: what agents have to do, and who has the demande in charge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlmodel import col

from grc.access.actors import AgentActor
from grc.access.permissions import functions_of
from grc.authorities import absences
from grc.authorities import queries as authorities
from grc.authorities.models import Agent
from grc.catalogue import installing
from grc.submissions import phases
from grc.submissions.effects import phoning
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


def leave_state(act: Act) -> None:
    """Closes the tasks that the workflow opened for as long as the state lasts (`while`), and those of telephoning."""
    if act.procedure.workflow.appointment:
        phoning.forget(act)
    titles = {str(each.params["title"]) for each in act.procedure.workflow.actions if "while" in each.params}
    if titles:
        mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
        still = (col(Task.kind) == TASK, col(Task.title).in_(sorted(titles)), col(Task.closed_at).is_(None))
        act.session.execute(update(Task).where(*mine, *still).values(closed_at=act.now))


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
    """The agents who hold a function on this demande: those with the fewest open ones first, then those here longest.

    Who is away today comes last. Where the authority gave the function to services, their agents alone if any is there.
    """
    everyone = authorities.everyone(act.session, act.authority.id, now=act.now)
    bound = installing.functions_of_procedure(act.session, act.submission.procedure_id).get(function, ())
    holding = [agent for agent in everyone if function in functions_of(agent, act.submission)]
    near = _of_services(act, bound) if bound else frozenset()
    holders = [agent.id for agent in holding if agent.id in near] or [agent.id for agent in holding]
    away = absences.away(act.session, act.authority.id, on=act.today())
    open_ones = _in_charge(act)
    return sorted(holders, key=lambda key: (key in away, open_ones.get(key, 0), key))


def _of_services(act: Act, keys: tuple[int, ...]) -> frozenset[int]:
    """The agents of these services."""
    statement = select(col(Agent.id)).where(
        col(Agent.authority_id) == act.authority.id, col(Agent.service_id).in_(keys)
    )
    return frozenset(int(key) for key in act.session.execute(statement).scalars())


def _in_charge(act: Act) -> dict[int, int]:
    """How many other open demandes each agent has in charge."""
    agent = col(Submission.case_agent_id)
    statement = (
        select(agent, func.count())
        .where(
            col(Submission.authority_id) == act.authority.id,
            col(Submission.phase).in_(phases.OPEN),
            agent.is_not(None),
            col(Submission.id) != act.id,
        )
        .group_by(agent)
    )
    return {int(key): int(number) for key, number in act.session.execute(statement)}
