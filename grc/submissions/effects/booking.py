"""The actions `book` and `release`: what the demande asks for is taken, or given back, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grc.bookings import commands
from grc.submissions.effects.told import Told
from grc.workflow.definition import FILED, Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act


def book(act: Act, action: Action, _told: Told) -> None:
    """Takes what the answers of today ask for, as an option or for good; raises Invalid for what is not free."""
    commands.book(
        act.session,
        act.authority,
        act.id,
        "" if act.event == FILED else act.submission.reference,
        act.procedure,
        act.submission.current_answers,
        is_firm=action.params["as"] == "firm",
        by=act.by,
        now=act.now,
    )


def release(act: Act, _action: Action, _told: Told) -> None:
    """Gives back all that the demande holds."""
    commands.release(act.session, act.authority.id, act.id)
