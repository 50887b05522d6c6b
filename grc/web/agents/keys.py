"""Passkeys at the door: what the browser is asked, and the session that its answer opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from grc.access.actors import Visitor
from grc.authorities import door as steps
from grc.authorities import passkeys
from grc.authorities.models import Agent
from grc.authorities.passkeys import Party
from grc.errors import NotFound, Problem
from grc.sessions import commands as sessions
from grc.sessions import limits, records
from grc.sessions.commands import NewSession
from grc.web.agents import door, enrolment, parties, second_factor
from grc.web.agents import session as password_door
from grc.web.agents.door import Entered
from grc.web.visit import A, Visit

REFUSED = Problem(
    "",
    "refused",
    "Cette clé d’accès n’a pas été reconnue. Réessayez, ou choisissez un autre moyen de vous connecter.",
)
NOT_MADE = Problem("name", "refused", "La clé d’accès n’a pas été créée. Réessayez, ou choisissez l’application.")
UNNAMED = "Clé d’accès"


@dataclass(frozen=True)
class Asked:
    """What the browser is asked, as JSON values; new: the session that was opened to remember it."""

    options: dict[str, Any]
    new: NewSession | None = None


async def challenge(visit: Visit[Visitor]) -> Response:
    """What the browser is asked, for whoever has a passkey of this authority: it is good once, for ten minutes."""
    await visit.form()
    asked = await visit.write(_challenge, required(visit), client=visit.client_address)
    response = JSONResponse(asked.options)
    return response if asked.new is None else visit.with_session(response, asked.new)


async def enter(visit: Visit[Visitor]) -> Response:
    """The session of the passkey's agent, under a new token: it is two factors, what one has and who one is."""
    posted = await visit.form()
    who, typed, following = required(visit), posted.one("credential"), posted.text("next")
    awaited = await visit.read(second_factor.find, visit.now)
    found = await visit.write(_enter, who, typed, device=door.device_of(visit))
    if isinstance(found, Entered):
        return door.entered(visit, found)
    if found is not None:
        return await door.admit(visit, found, means="passkey", following=following, has_second_factor=True)
    if awaited is not None and await visit.read(second_factor.find, visit.now) is not None:
        return second_factor.page(visit, awaited, REFUSED)
    return password_door.page(visit, following=following, problem=REFUSED)


async def enrolment_challenge(visit: Visit[Visitor]) -> Response:
    """What the browser is asked to make, for who must set a factor up."""
    await visit.form()
    options = await visit.write(_enrolment_challenge, required(visit))
    return JSONResponse(options)


async def enrol(visit: Visit[Visitor]) -> Response:
    """The session under a new token, once a passkey is made; then the recovery codes."""
    posted = await visit.form()
    name = posted.text("name")[:100]
    came_in = await visit.write(_enrol, required(visit), posted.one("credential"), name or UNNAMED)
    if came_in is not None:
        return door.entered(visit, came_in, asked=visit.links.agents("compte/codes"))
    found = await visit.read(enrolment.find, visit.now)
    if found is None:
        return visit.redirect(visit.links.agents("connexion", souci="delai"))
    return enrolment.page(visit, found, NOT_MADE, name=name)


def required(visit: Visit[A]) -> Party:
    """The party of this page; raises NotFound where no passkey is possible."""
    who = parties.party(visit)
    if who is None:
        raise NotFound("Les clés d’accès ne sont pas possibles à cette adresse.")
    return who


def begin(session: Session, who: Party, agent: Agent, session_id: int, *, now: datetime) -> dict[str, Any]:
    """What the browser is asked to make for the agent; the challenge is kept in its session."""
    options, state = passkeys.to_register(session, who, agent)
    steps.begin(session, agent.authority_id, session_id, purpose="passkey", agent_id=agent.id, state=state, now=now)
    return options


def made(
    session: Session, who: Party, agent: Agent, session_id: int | None, answer: str, name: str, *, now: datetime
) -> bool:
    """Whether the browser's answer to what it was asked made a passkey; right or not, it cannot answer again."""
    asked = steps.take(session, agent.authority_id, session_id, "passkey", now=now)
    if asked is None or asked.agent_id != agent.id:
        return False
    return passkeys.register(session, who, agent, state=asked.state, answer=answer, name=name, now=now)


def _challenge(session: Session, who: Party, *, client: str, by: Visitor, now: datetime) -> Asked:
    limits.hit(session, (limits.AGENT_PASSKEYS_FROM, client), authority_id=by.authority_id, now=now)
    new = None
    if by.session_id is None:
        new = sessions.open_session(session, authority_id=by.authority_id, public="agent", now=now)
    options, state = passkeys.to_answer(who)
    key = new.id if new is not None else by.session_id or 0
    steps.begin(session, by.authority_id, key, purpose="passkey", state=state, now=now)
    return Asked(options, new)


def _enter(
    session: Session, who: Party, typed: str, *, device: str, by: Visitor, now: datetime
) -> Entered | int | None:
    """The session of who was at the second step, the key of who comes by a passkey alone, or None for nobody."""
    asked = steps.take(session, by.authority_id, by.session_id, "passkey", now=now)
    agent_id, is_right = None, False
    if asked is not None and asked.agent_id is None:
        agent_id, is_right = passkeys.answers(session, by.authority_id, who, state=asked.state, answer=typed, now=now)
    step = steps.current(session, by.authority_id, by.session_id, "factor", now=now)
    if not is_right or agent_id is None:
        if step is not None:
            steps.count_try(session, step)
        records.record(
            session,
            by.authority_id,
            means="passkey",
            outcome="refused",
            now=now,
            agent_id=agent_id,
            device=device,
        )
        return None
    if step is None or step.agent_id != agent_id:
        return agent_id
    return door.finish(session, step, door.agent_of(session, step), by=by, now=now)


def _enrolment_challenge(session: Session, who: Party, *, by: Visitor, now: datetime) -> dict[str, Any]:
    found = enrolment.enrolling(session, by=by, now=now)
    if found is None or by.session_id is None:
        raise NotFound("Cette étape est terminée. Recommencez la connexion.")
    return begin(session, who, found[1], by.session_id, now=now)


def _enrol(session: Session, who: Party, answer: str, name: str, *, by: Visitor, now: datetime) -> Entered | None:
    found = enrolment.enrolling(session, by=by, now=now)
    if found is None:
        return None
    step, agent = found
    if not made(session, who, agent, by.session_id, answer, name, now=now):
        return None
    return enrolment.enter(session, step, agent, by=by, now=now)
