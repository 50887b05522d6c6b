"""What each action of a workflow does to a submission: one function a type, found by its name."""

from __future__ import annotations

from collections.abc import Mapping

from grc.submissions.effects import agents, booking, calling, citizens, leading, mailing, marks, thread
from grc.submissions.effects.told import Effect, Told

__all__ = ["EFFECTS", "Effect", "Told"]

EFFECTS: Mapping[str, Effect] = {
    "mail": mailing.mail,
    "post_message": thread.post_message,
    "note": thread.note,
    "task": agents.task,
    "request_documents": citizens.by_its_command,
    "edit": citizens.edit,
    "decision": citizens.by_its_command,
    "assign": agents.assign,
    "set": marks.set_variable,
    "label": marks.label,
    "link": leading.link,
    "transfer": citizens.by_its_command,
    "call": calling.call,
    "propose_destruction": marks.propose_destruction,
    "redirect": leading.redirect,
    "book": booking.book,
    "release": booking.release,
}
