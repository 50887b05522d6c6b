"""The action `mail`: to the citizen, the service, the agents of a function, or the address given in an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from grc import receipts
from grc.catalogue import installing
from grc.errors import Fault, Misconfigured
from grc.outbox.post import Posting
from grc.submissions import notices
from grc.submissions.effects import agents, phoning
from grc.submissions.effects.told import Told
from grc.submissions.models import Notice
from grc.workflow.actions import ANSWER, FUNCTION
from grc.workflow.definition import REMINDER, STATE_CHANGED, Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act

AGENT = "agent:"
"""What stands before the key of an agent, as the recipient of a mail."""
SERVICE = "service:"
"""What stands before the key of a service that holds a function; the one in charge is "service"."""
TO_ANSWER = "answer"
_SOON = timedelta(hours=1)


def mail(act: Act, action: Action, told: Told) -> None:
    """Fixes what the mail states and posts it: the address is read when its bytes are made.

    Nobody is reminded of an appointment that does not stand any more, or that has begun, nor twice within the hour: a
    sweep that was away finds several reminders due. Who has no address is to be called.
    """
    to = str(action.params.get("to", "citizen"))
    message = str(action.params["message"])
    if message == REMINDER and (not _is_to_come(act) or _is_just_reminded(act)):
        return
    if to == "citizen":
        if message in (STATE_CHANGED, REMINDER):
            phoning.tell(act, message)
        notices.tell(act.session, act.submission, _message(act, action, told), now=act.now)
    elif to == "service":
        notices.tell(act.session, act.submission, act.service_update(), now=act.now, recipient="service")
    elif to.startswith(FUNCTION):
        _to_others(act, act.service_update(), to, _of_function(act, to.removeprefix(FUNCTION)))
    else:
        _to_others(act, _for_others(act, message, told), to, [(TO_ANSWER, to.removeprefix(ANSWER))])


def _is_to_come(act: Act) -> bool:
    fixed = act.appointment()
    return fixed is not None and fixed.starts_at > act.now


def _is_just_reminded(act: Act) -> bool:
    """Whether another act reminded of the same appointment less than an hour ago."""
    table, name = Notice, f"{REMINDER}:{act.submission.revision}"
    mine = (col(table.authority_id) == act.authority.id, col(table.submission_id) == act.id)
    others = (col(table.name).startswith(f"{REMINDER}:"), col(table.name) != name)
    recent = select(col(table.facts)).where(*mine, *others, col(table.created_at) > act.now - _SOON)
    fixed = receipts.as_json(act.state_notice(REMINDER))["appointment"]
    return any(facts.get("appointment") == fixed for facts in act.session.execute(recent).scalars())


def _for_others(act: Act, message: str, told: Told) -> receipts.StateNotice:
    """The reminder, or a new state without the appointment: the place, perhaps a home, is the person's to tell."""
    if message == REMINDER:
        return act.state_notice(REMINDER, note=told.note)
    return replace(act.state_notice(STATE_CHANGED, note=told.note), appointment=None)


def _of_function(act: Act, function: str) -> list[tuple[str, str]]:
    """The mailboxes of the services to which the authority gave the function, else the agents who hold it."""
    bound = installing.functions_of_procedure(act.session, act.submission.procedure_id).get(function, ())
    keys = () if bound else agents.of_function(act, function)
    return [*((f"{SERVICE}{key}", "") for key in bound), *((f"{AGENT}{key}", "") for key in keys)]


def _message(act: Act, action: Action, told: Told) -> receipts.Notice:
    name = str(action.params["message"])
    if name in (STATE_CHANGED, REMINDER):
        return act.state_notice(name, note=told.note)
    if name not in told.messages:
        where = f"{act.procedure.slug}/workflow.json#{action.name}"
        raise Misconfigured([Fault(where, f"le message « {name} » n’a rien à dire ici.")])
    return told.messages[name]


def _to_others(act: Act, facts: receipts.Notice, to: str, recipients: list[tuple[str, str]]) -> None:
    """One notice for all of them, beside the citizen's own."""
    if not recipients:
        return
    name = f"other:{act.submission.revision}:{to}"[:60]
    notice_id = notices.fix(
        act.session, facts, authority_id=act.authority.id, submission_id=act.id, name=name, now=act.now
    )
    postings = [Posting(notice_id, facts.KIND, recipient=recipient, answer=answer) for recipient, answer in recipients]
    notices.send(act.session, act.submission, postings, now=act.now)
