"""Who gave no e-mail address is told of an appointment by telephone: a task for agents, in place of the mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.access.actors import Visitor
from grc.receipts import Appointment, wording
from grc.submissions import appointments
from grc.submissions.models import Event, Task
from grc.workflow.definition import REMINDER

if TYPE_CHECKING:
    from grc.submissions.acts import Act

KIND = "workflow"
BEFORE = "Téléphoner à l’usager, sans courriel\u00a0: "
_LONGEST = 200


def tell(act: Act, message: str) -> None:
    """Opens the task for an appointment that stands now or just ceased to, unless the person did it; else nothing.

    message: that of the mail which nobody gets. What an earlier one told is past.
    """
    row = act.submission
    if row.contact_email or row.is_report or not act.procedure.workflow.appointment:
        return
    forget(act)
    said = "" if _did_it(act) else _said(act, message)
    if said:
        today = act.today()
        act.session.add(
            Task(
                authority_id=act.authority.id,
                submission_id=act.id,
                kind=KIND,
                title=f"{BEFORE}{said}"[:_LONGEST],
                due_on=today if message == REMINDER else today + timedelta(days=1),
                opened_at=act.now,
            )
        )


def forget(act: Act) -> None:
    """Closes these tasks: what they say holds no more."""
    mine = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    still = (col(Task.kind) == KIND, col(Task.title).startswith(BEFORE), col(Task.closed_at).is_(None))
    act.session.execute(update(Task).where(*mine, *still).values(closed_at=act.now))


def _did_it(act: Act) -> bool:
    """Whether it is the citizen, on their own page, who changed it and reads what came of it."""
    return isinstance(act.by, Visitor) and act.by.agent is None and not act.by.program


def _said(act: Act, message: str) -> str:
    label = act.procedure.workflow.state(act.submission.state).label
    standing = act.appointment()
    if standing is not None and standing.starts_at > act.now:
        when = _when(act, standing)
        return f"rappeler le rendez-vous du {when}" if message == REMINDER else f"{label}, {when}"
    gone = None if standing is not None else _left(act)
    if gone is None or gone.starts_at <= act.now:
        return ""
    return f"le rendez-vous du {_when(act, gone)} ne tient plus ({label})"


def _left(act: Act) -> Appointment | None:
    """The appointment that stood in the state before."""
    before = select(col(Event.state)).where(
        col(Event.authority_id) == act.authority.id,
        col(Event.submission_id) == act.id,
        col(Event.sequence) == act.submission.revision - 1,
    )
    name = act.session.execute(before).scalar_one_or_none()
    workflow = act.procedure.workflow
    if name is None or name not in workflow.states or not workflow.state(name).appointed:
        return None
    return appointments.read(act.procedure, act.context(), act.authority.zone)


def _when(act: Act, fixed: Appointment) -> str:
    zone = act.authority.zone
    day = wording.long_date(clock.day_in(zone, fixed.starts_at))
    return f"{day} {wording.hours(fixed.starts_at, fixed.ends_at, zone)}"
