"""What a citizen does by the buttons that the workflow alone names: an appointment accepted, or cancelled."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.errors import NotFound
from grc.submissions import implied
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Submission
from grc.submissions.queries import find_for_change
from grc.workflow.definition import KNOWN_EVENTS


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
    act.perform(act.advance(event, Kind.MOVED, {"event": event}), {})
    return act.submission
