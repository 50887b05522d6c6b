"""The lines that an agent's looks leave in the journal, written before the page is made: no line, no page.

Every address that names a submission is held to it by `grc.web.site`, so that a new one cannot forget it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import AgentActor, Visitor
from grc.attachments.models import Attachment
from grc.catalogue.models import InstalledProcedure
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.submissions import watched
from grc.web.visit import Visit

_SUBMISSION = "/agents/demandes/{reference}"
_TAKEN_AWAY = (".csv", ".json", ".zip")
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_KNOWN: dict[str, Any] = {
    "slug": (InstalledProcedure.slug, InstalledProcedure.authority_id),
    "file": (Attachment.public_id, Attachment.authority_id),
}
"""By name of a route's parameter, where a value of it stands if it is one of the authority's."""


async def before(visit: Visit[Any], path: str, method: str) -> None:
    """Writes the line that this visit owes, in a transaction of its own, or nothing where it owes none.

    path: of the route, with the names of its parameters. Owed: for an answer of a sensitive submission, for a file of
    answers taken away, and for whatever a guest asks. Raises Unavailable when the line cannot be written.
    """
    agent = visit.actor.agent if isinstance(visit.actor, Visitor) else visit.actor
    if not isinstance(agent, AgentActor):
        return
    if "reference" in visit.path:
        await _of_submission(visit, agent, path, method)
    elif agent.guest_from:
        await _visited(visit, agent, path, method)


async def listed(visit: Visit[AgentActor], view: str, references: Sequence[str], *, beyond_reach: bool = False) -> None:
    """Writes one line for the submissions that a list is about to name: the sensitive ones, all of them for a guest.

    beyond_reach: whether it names them to who may not open them.
    """
    if not references or not _may_owe(visit.actor):
        return

    if await visit.read(watched.owed, references, beyond_reach=beyond_reach):
        await visit.write(watched.note_listed, view, references, beyond_reach=beyond_reach)


async def _of_submission(visit: Visit[Any], agent: AgentActor, path: str, method: str) -> None:
    is_taken = method == "GET" and path.endswith(_TAKEN_AWAY)
    if not (is_taken or _may_owe(agent)):
        return
    typed = str(visit.path["reference"])

    def look(session: Session) -> watched.Watched | None:
        return watched.of_reference(session, typed, by=agent)

    seen = await visit.platform.db.read(look, scope=visit.authority.id)
    if seen is None and agent.guest_from:  # what a guest tries is told, not what they typed
        await _visited(visit, agent, path, method)
    if seen is None or not (is_taken or seen.is_sensitive or agent.guest_from):
        return
    act = JournalAct.SUBMISSION_READ if method == "GET" else JournalAct.SUBMISSION_ACTED
    data = {"page": path.removeprefix(_SUBMISSION)[:80] or "/"}
    await _write(
        visit, agent, JournalAct.SUBMISSION_EXPORTED if is_taken else act, ("submission", seen.reference), data
    )


def _may_owe(agent: AgentActor) -> bool:
    """Whether looks of the agent may owe a line: a guest's do, and everybody's where a procedure is sensitive."""
    return bool(agent.guest_from) or agent.rights.sensitive != frozenset()


async def _visited(visit: Visit[Any], agent: AgentActor, path: str, method: str) -> None:
    await _write(visit, agent, JournalAct.GUEST_VISITED, ("page", path[:80]), {"method": method})


async def _write(
    visit: Visit[Any], agent: AgentActor, act: JournalAct, subject: tuple[str, str], data: dict[str, Any]
) -> None:
    def write(session: Session) -> None:
        told = {**data, **_named(session, visit)}
        record(session, visit.authority.id, act, subject, by=agent, now=visit.now, data=told)

    await visit.platform.db.write(write, scope=visit.authority.id)


def _named(session: Session, visit: Visit[Any]) -> dict[str, str]:
    """What else the address names, where it is of the authority: never words of who typed it (no line is mended)."""
    told = {name: str(value) for name, value in visit.path.items() if name not in ("reference", "link")}
    return {
        name: value
        for name, value in told.items()
        if _NUMBER.fullmatch(value) or _is_known(session, visit, name, value)
    }


def _is_known(session: Session, visit: Visit[Any], name: str, value: str) -> bool:
    if name not in _KNOWN:
        return False
    column, authority = (col(one) for one in _KNOWN[name])
    return session.execute(select(column).where(authority == visit.authority.id, column == value)).first() is not None
