"""Where an administrator attaches an identity that ProConnect brought to an account, on the agent's own word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import attaching
from grc.authorities.attaching import Arrival, Candidate
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.web.agents import fresh
from grc.web.agents.letter_views import Question
from grc.web.agents.proconnect_words import AttachPage
from grc.web.agents.views import Option
from grc.web.bodies import Posted
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

PAGE = "identites"


async def show(visit: Visit[AgentActor]) -> Response:
    """The identities that wait, and the form."""
    require(visit.actor, Permission.AGENT_MANAGE)
    return await fresh.needed(visit, visit.links.agents(PAGE)) or await _page(visit, Posted())


async def attach(visit: Visit[AgentActor]) -> Response:
    """The identity of a code attached to an account, whose sessions end; what is wrong keeps what was typed."""
    require(visit.actor, Permission.AGENT_MANAGE)
    posted = await visit.form()
    stale = await fresh.needed(visit, visit.links.agents(PAGE))
    if stale is not None:
        return stale
    await visit.write(_counted)
    chosen = posted.text("agent")[:15]
    try:
        agent_id = int(chosen) if chosen.isascii() and chosen.isdecimal() else 0
        asked = {"code": posted.text("code")[:40], "proof": posted.text("proof")}
        await visit.write(_attached, agent_id, **asked, differs=posted.one("differs") == _seen(posted))
    except Invalid as invalid:
        return await _page(visit, posted, invalid.problems)
    except NotFound:
        return await _page(visit, posted, [_no_agent()])
    except Conflict as conflict:
        return await _page(visit, posted, [Problem("code", "taken", conflict.message)])
    return visit.redirect(visit.links.agents(PAGE, fait="identite"))


def _attached(session: Session, agent_id: int, *, by: AgentActor, now: datetime, **told: Any) -> None:
    found = attaching.attach(session, by.authority_id, agent_id=agent_id, by=by.id, now=now, **told)
    sessions.close_of_agent(session, found)
    record(session, by.authority_id, JournalAct.IDENTITY_ATTACHED, ("agent", found), by=by, now=now)


def _counted(session: Session, *, by: AgentActor, now: datetime) -> None:
    limits.hit(session, (limits.AGENT_SIGN_INS, f"attach {by.id}"), authority_id=by.authority_id, now=now)


def _listed(session: Session, now: datetime, *, by: AgentActor) -> tuple[Sequence[Arrival], Sequence[Candidate]]:
    waiting = attaching.waiting(session, by.authority_id, now=now)
    return waiting, attaching.candidates(session, by.authority_id)


async def _page(visit: Visit[AgentActor], posted: Posted, problems: Sequence[Problem] = ()) -> Response:
    waiting, candidates = await visit.read(_listed, visit.now)
    zone = visit.authority.zone
    page = AttachPage(
        action=visit.links.agents(PAGE),
        back=visit.links.agents("collegues"),
        questions=_questions(posted, candidates, problems),
        waiting=[replace(one, at=clock.local(zone, one.at)) for one in waiting],
        problems=Problems(problems),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("agents/proconnect/attach.html", code=422 if problems else 200, frame=frame, page=page)


def _questions(posted: Posted, candidates: Sequence[Candidate], problems: Sequence[Problem]) -> list[Question]:
    chosen = posted.text("agent")
    options = [Option(str(one.id), _title(one), str(one.id) == chosen) for one in candidates]
    return [
        Question(
            "code", "Le repère que l’agent vous donne", "text", "Par exemple K7PQ-2M4X.", posted.text("code")[:40]
        ),
        Question("agent", "Son compte", "choice", options=options),
        Question(
            "proof",
            "Comment vous savez que c’est cette personne",
            "text",
            "Par exemple : elle est venue dans mon bureau. Gardé avec votre nom et la date.",
            posted.text("proof")[:500],
        ),
        *([_difference(posted)] if any(one.field == "differs" for one in problems) else []),
    ]


def _difference(posted: Posted) -> Question:
    label = "L’identité et le compte ne portent pas le même nom ou la même adresse"
    answers = [Option(_seen(posted), "C’est bien la même personne"), Option("no", "Non, ou je ne sais pas")]
    return Question("differs", label, "choice", options=answers)


def _seen(posted: Posted) -> str:
    """What the difference was shown of: another account or another code is another question."""
    return f"{posted.text('agent')[:15]} {posted.text('code')[:40]}"


def _title(one: Candidate) -> str:
    told = f"{one.name}, {one.email}"
    return f"{told} (remplace l’identité déjà rattachée)" if one.is_attached else told


def _no_agent() -> Problem:
    return Problem("agent", "required", "Choisissez le compte de l’agent.")
