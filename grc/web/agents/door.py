"""The one way in for agents: by password, by ProConnect, by passkey; the second factor stands between, where needed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities import door, factors, queries, totp, vouching
from grc.authorities.door import Step
from grc.authorities.models import Agent
from grc.db import keyring_of
from grc.errors import Forbidden
from grc.sessions import commands as sessions
from grc.sessions import listing, records
from grc.sessions.commands import NewSession
from grc.web import devices
from grc.web.links import safe_next
from grc.web.visit import A, Visit

_LOG = logging.getLogger("grc.sign_in")
PENDING = "second_factor_awaited"


async def admit(
    visit: Visit[Visitor],
    agent_id: int,
    *,
    means: str,
    following: str,
    acr: str = "",
    id_token: str = "",
    has_second_factor: bool = False,
) -> Response:
    """The page asked for, with the cookie of the agent's session, opened under a new token; or the second factor.

    agent_id: of this authority, whose first factor was right. means: as in SignInRecord. following: a path typed by
    anybody, kept only if it is ours. id_token: what the provider's logout asks for. has_second_factor: whether the
    means was itself of two factors (a passkey that verified its user); ProConnect's acr is read here.
    Raises Forbidden for an account that is closed.
    """
    vouched = means == "proconnect" and acr in vouching.SECOND_FACTOR
    new, step = await visit.write(
        _admitted,
        agent_id,
        means=means,
        following=safe_next(following, root=visit.tenant.root) or "",
        acr=acr,
        id_token=id_token,
        has_second_factor=has_second_factor or vouched,
        device=device_of(visit),
    )
    _LOG.info("sign-in %s agent %s %s", visit.authority.slug, means, PENDING if step else records.OPENED)
    if step:
        asked = visit.links.agents("connexion/code" if step == "factor" else "connexion/protection")
    else:
        asked = safe_next(following, root=visit.tenant.root) or visit.links.agents()
    return visit.with_session(visit.redirect(asked), new)


def _admitted(
    session: Session,
    agent_id: int,
    *,
    means: str,
    following: str,
    acr: str,
    id_token: str,
    has_second_factor: bool,
    device: str,
    by: Visitor,
    now: datetime,
) -> tuple[NewSession, str]:
    """The session and "", or a session without rights and the step that is awaited in it."""
    agent = _active(session, by.authority_id, agent_id)
    leave_behind(session, by.session_id, by.authority_id)
    sealed = keyring_of(session).seal(id_token) if id_token else None
    step = "" if has_second_factor else factors.awaited(session, agent)
    if not step:
        factor_at = now if has_second_factor else None
        return open_for(
            session, agent, means=means, acr=acr, sealed=sealed, device=device, factor_at=factor_at, now=now
        ), ""
    records.record(session, by.authority_id, means=means, outcome=PENDING, now=now, agent_id=agent.id, device=device)
    new = sessions.open_session(
        session,
        authority_id=by.authority_id,
        public="agent",
        now=now,
        sealed_id_token=sealed,
        means=means,
        acr=acr,
        device=device,
    )
    secret = totp.new_secret() if step == "enrol" else ""
    door.begin(
        session, by.authority_id, new.id, purpose=step, agent_id=agent.id, state=secret, next_path=following, now=now
    )
    return new, step


@dataclass(frozen=True)
class Entered:
    """A sign-in that is finished: its session, and the page first asked for ("" for none)."""

    new: NewSession
    following: str


def entered(visit: Visit[Visitor], came_in: Entered, *, asked: str = "") -> Response:
    """The page asked for, with the cookie of the session just opened."""
    _LOG.info("sign-in %s agent %s", visit.authority.slug, records.OPENED)
    return visit.with_session(visit.redirect(asked or came_in.following or visit.links.agents()), came_in.new)


def finish(session: Session, step: Step, agent: Agent, *, by: Visitor, now: datetime) -> Entered:
    """The session of whoever gave the second factor, under a new token; the one that awaited it is closed."""
    before = listing.one(session, by.authority_id, by.session_id or 0)
    assert before is not None  # noqa: S101 - the step was found in it
    sealed = leave_behind(session, by.session_id, by.authority_id)
    new = open_for(
        session,
        agent,
        means=before.means,
        acr=before.acr,
        sealed=sealed,
        device=before.device,
        factor_at=now,
        now=now,
    )
    return Entered(new, step.next_path)


def agent_of(session: Session, step: Step) -> Agent:
    """Whose first factor was right; raises Forbidden once the account is closed."""
    return _active(session, step.authority_id, step.agent_id or 0)


def refuse(session: Session, step: Step, *, outcome: str, by: Visitor, now: datetime) -> None:
    """Counts a wrong answer to the step, and leaves its trace."""
    door.count_try(session, step)
    before = listing.one(session, by.authority_id, by.session_id or 0)
    records.record(
        session,
        by.authority_id,
        means=before.means if before else "password",
        outcome=outcome,
        now=now,
        agent_id=step.agent_id,
        device=before.device if before else "",
    )


def open_for(
    session: Session,
    agent: Agent,
    *,
    means: str,
    acr: str,
    sealed: str | None,
    device: str,
    factor_at: datetime | None,
    now: datetime,
) -> NewSession:
    """The agent's session, under a new token, and the trace of it. factor_at: when a second factor was given."""
    records.record(
        session, agent.authority_id, means=means, outcome=records.OPENED, now=now, agent_id=agent.id, device=device
    )
    return sessions.open_session(
        session,
        authority_id=agent.authority_id,
        public="agent",
        now=now,
        agent_id=agent.id,
        shown_name=f"{agent.given_name} {agent.family_name}",
        sealed_id_token=sealed,
        means=means,
        acr=acr,
        device=device,
        second_factor_at=factor_at,
    )


def leave_behind(session: Session, session_id: int | None, authority_id: int) -> str | None:
    """Closes the session that this browser had, with what was awaited in it; gives the id_token it kept, sealed."""
    if session_id is None:
        return None
    door.end(session, authority_id, session_id)
    return sessions.close(session, session_id)


def _active(session: Session, authority_id: int, agent_id: int) -> Agent:
    agent = queries.agent_of_id(session, authority_id, agent_id)
    if agent is None:
        raise Forbidden("Ce compte est fermé. Adressez-vous à l’administrateur de votre commune.")
    return agent


def device_of(visit: Visit[A]) -> str:
    """The browser of this request, in words."""
    return devices.words(visit.request.headers.get("user-agent", ""))
