"""What a citizen does by the buttons that the workflow alone names: an appointment accepted, or cancelled."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.errors import NotFound
from grc.submissions import implied, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Submission
from grc.submissions.queries import find_for_change
from grc.workflow.definition import KNOWN_EVENTS, Transition, Workflow

_RELEASE = "release"


def asks_first(workflow: Workflow, chosen: Transition) -> bool:
    """Whether the citizen is asked once more before it: it gives back what is taken, or closes the demande."""
    leaves = workflow.state(chosen.source).exit if chosen.target and chosen.source in workflow.states else ()
    gives_back = any(each.type == _RELEASE for each in (*chosen.actions, *leaves))
    target = workflow.state(chosen.target) if chosen.target else None
    return gives_back or (target is not None and (target.final or target.phase == phases.ENDED[-1]))


def choose(
    session: Session, authority: AuthorityView, reference: str, event: str, *, revision: int, by: Visitor, now: datetime
) -> Submission:
    """The submission, where the event leads; the mails that the workflow names are posted.

    Raises TransitionRefused when the event is not open to citizens there, NotFound for one that has its own command.
    """
    if event in KNOWN_EVENTS:
        raise NotFound("Cette action a sa propre page. Rechargez la demande.")
    act = Act(session, authority, find_for_change(session, authority, by, reference, revision=revision), by=by, now=now)
    implied.settle_if_due(act)
    implied.settle_before(act, event)
    act.perform(act.advance(event, Kind.MOVED, {"event": event}), {})
    return act.submission
