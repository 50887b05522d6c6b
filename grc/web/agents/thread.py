"""What agents write on a demande: to the citizen, or for themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.errors import Invalid
from grc.submissions import automatic, queries, thread
from grc.submissions.queries import Whole
from grc.web import exchange, uploads
from grc.web.agents import messages, submission
from grc.web.exchange import Taken
from grc.web.visit import Visit


async def send(visit: Visit[AgentActor]) -> Response:
    """A message to the citizen, who is told by mail where they can be."""

    async def again(found: Whole, taken: Taken) -> Response:
        return await submission.page_of(visit, found, thread=messages.thread_panel(visit, found, taken), code=422)

    return await _add(visit, thread.answer, "votre message", again)


async def note(visit: Visit[AgentActor]) -> Response:
    """A note that agents alone read."""

    async def again(found: Whole, taken: Taken) -> Response:
        return await submission.page_of(visit, found, notes=messages.notes_panel(visit, found, taken), code=422)

    return await _add(visit, thread.note, "votre note", again)


async def read(visit: Visit[AgentActor]) -> Response:
    """The citizen's messages noted as read, for those that call for no answer; noted again, nothing changes."""
    require(visit.actor, Permission.SUBMISSION_HANDLE)
    await visit.form()
    reference = visit.path["reference"]
    await visit.write(thread.read, visit.authority, reference)
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=message-lu")


async def _add(
    visit: Visit[AgentActor],
    command: Callable[..., Any],
    what: str,
    again: Callable[[Whole, Taken], Awaitable[Response]],
) -> Response:
    """Adds by that command; what is refused stays in the form of the page that `again` gives."""
    require(visit.actor, Permission.SUBMISSION_HANDLE)
    await visit.form(max_files=uploads.MOST_AT_ONCE)
    reference = visit.path["reference"]
    found: Whole = await visit.read(queries.whole, reference, to=Permission.SUBMISSION_HANDLE)
    taken = await exchange.take(visit, found, sender="agent", what=what)
    if taken.problems:
        return await again(found, taken)
    try:
        async with uploads.kept_by(visit.platform.storage, taken.kept):
            added = await visit.write(command, visit.authority, reference, taken.written)
    except Invalid as invalid:
        return await again(found, Taken(taken.text, problems=list(invalid.problems)))
    if not added:
        await uploads.forget(visit.platform.storage, [file.key for file in taken.kept])
    visit.platform.wake()
    done = "note" if command is thread.note else _told(found)
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait={done}")


def _told(found: Whole) -> str:
    return "message-usager" if automatic.is_told(found.submission) else "message-lu-en-ligne"
