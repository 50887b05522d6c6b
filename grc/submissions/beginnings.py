"""What a workflow does as soon as a demande is filed: its first actions, its timers, the link that it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from grc.access.actors import Actor
from grc.authorities.views import AuthorityView
from grc.submissions import timers
from grc.submissions.acts import Act
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Submission
from grc.workflow.definition import FILED, Workflow
from grc.workflow.engine import Step


def context(answers: Mapping[str, Any], channel: str = "online") -> dict[str, Any]:
    """What the guards of the first state read, before there is a submission."""
    return {"answers": dict(answers), "channel": channel, "labels": [], "variables": {}}


def concerns(workflow: Workflow, step: Step) -> bool:
    """Whether the workflow has anything to do at once: most have not, and filing then costs nothing more."""
    return bool(step.actions) or timers.counts(workflow)


def begin(
    session: Session, authority: AuthorityView, submission_id: int, step: Step, *, by: Actor, now: datetime
) -> None:
    """Starts the timers of the first state and of receipt, and does its first actions."""
    act = Act(session, authority, session.get_one(Submission, submission_id), by=by, now=now)
    act.event = FILED
    timers.follow(act, FILED, entered=True)
    act.perform(step.actions, {})
    session.flush()


def come_from(session: Session, authority_id: int, link_id: int, submission_id: int) -> None:
    """Notes which demande was made from a link."""
    mine = (col(SubmissionLink.authority_id) == authority_id, col(SubmissionLink.id) == link_id)
    session.execute(
        update(SubmissionLink).where(*mine, col(SubmissionLink.to_id).is_(None)).values(to_id=submission_id)
    )
