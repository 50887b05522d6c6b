"""What agents of the demonstration do at the end of a day: letters printed and posted, tasks noted as done."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.authorities.views import AuthorityView
from grc.errors import GrcError
from grc.notifications import letters as printed
from grc.submissions import letters, notices, tasks
from grc.submissions.models import Submission, Task

_RESTS = timedelta(hours=20)
"""How old a task is before anybody comes to it."""
_DONE_IN_A_DAY = 0.3
_STAY_UNDONE = timedelta(days=2)
"""Of letters: those of the last days are still to print."""


@dataclass(frozen=True)
class Chores:
    """The end of a day in one commune. until: of the past, today."""

    authority: AuthorityView
    agents: Sequence[AgentActor]
    chance: random.Random
    until: datetime

    def do(self, session: Session, now: datetime) -> None:
        """Posts the letters of the days before, and closes some of the tasks that are closed by hand."""
        mine = (col(Task.authority_id) == self.authority.id, col(Task.closed_at).is_(None))
        old = select(Task).where(*mine, col(Task.opened_at) < now - _RESTS).order_by(col(Task.id))
        for task in session.execute(old).scalars().all():
            is_letter = task.kind == notices.PRINT_LETTER and self.until - now > _STAY_UNDONE
            is_by_hand = task.kind in tasks.BY_HAND and self.chance.random() < _DONE_IN_A_DAY
            if is_letter or is_by_hand:
                self._one(session, task, now)

    def _one(self, session: Session, task: Task, now: datetime) -> None:
        row = session.get_one(Submission, task.submission_id)
        able = [agent for agent in self.agents if may(agent, Permission.SUBMISSION_HANDLE, row)]
        in_charge = [agent for agent in able if agent.id == row.case_agent_id] or able
        if not in_charge or task.id is None:
            return
        try:
            with session.begin_nested():
                if task.notice_id is None:
                    tasks.close(session, self.authority, row.reference, task.id, by=in_charge[0], now=now)
                else:
                    self._post(session, row, task.notice_id, in_charge[0], now)
        except GrcError:
            return

    def _post(self, session: Session, row: Submission, notice_id: int, by: AgentActor, now: datetime) -> None:
        where = session, self.authority, row.reference, notice_id
        sheet = letters.sheet(session, row.reference, notice_id, by=by)
        if not printed.is_printable(sheet.facts):
            return
        pdf = printed.render(sheet.facts, accent=self.authority.colour, to=sheet.to)
        letters.keep(*where, pdf, by=by, now=now)
        posted_on = clock.day_in(self.authority.zone, now)
        letters.note_posted(*where, posted_on, revision=row.revision, by=by, now=now)
