"""The actions `post_message` and `note`: what the workflow writes in the thread, for both sides or for agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grc.submissions import conversation
from grc.submissions.effects.told import Told
from grc.submissions.exchange_models import ThreadEntry
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act

_AUTHOR = "system"


def post_message(act: Act, action: Action, _told: Told) -> None:
    """Writes to the citizen, apart from what people write; a mail is an action of its own."""
    _write(act, action, conversation.AUTOMATIC)


def note(act: Act, action: Action, _told: Told) -> None:
    """Writes for agents alone."""
    _write(act, action, conversation.NOTE)


def _write(act: Act, action: Action, kind: str) -> None:
    act.session.add(
        ThreadEntry(
            authority_id=act.authority.id,
            submission_id=act.id,
            at=act.now,
            kind=kind,
            author_kind=_AUTHOR,
            text=str(action.params["text"]),
            event_sequence=act.submission.revision,
        )
    )
