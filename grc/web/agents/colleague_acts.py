"""What administrators do to an account beside changing it: close, reopen, put its ways in back to nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import colleagues as accounts
from grc.authorities import door as steps
from grc.authorities import factors, lost_passwords
from grc.authorities.models import Agent
from grc.errors import Conflict, Invalid
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.notifications import links as absolute
from grc.sessions import commands as sessions
from grc.web.agents import account_views as views
from grc.web.agents import fresh
from grc.web.agents.colleague_words import PATH
from grc.web.agents.colleagues import find, form, key_of, note, stored
from grc.web.framing import agent_frame
from grc.web.visit import Visit


async def close(visit: Visit[AgentActor]) -> Response:
    """The account closed, and its sessions."""
    return await _act(visit, _close, "closed", "agent-ferme")


async def reopen(visit: Visit[AgentActor]) -> Response:
    """The account opened again, without its former password and factors."""
    return await _act(visit, _reopen, "reopened", "agent-rouvert")


async def reset_factors(visit: Visit[AgentActor]) -> Response:
    """The second factors taken away, and the sessions ended: for who lost a telephone."""
    return await _act(visit, _reset, "factors reset", "agent-moyens")


async def end_sessions(visit: Visit[AgentActor]) -> Response:
    """Every session of the account, ended."""
    return await _act(visit, _end, "sessions ended", "sessions")


async def make_link(visit: Visit[AgentActor]) -> Response:
    """A link by which the agent chooses a password, shown once: the administrator hands it over."""
    require(visit.actor, Permission.AGENT_MANAGE)
    await visit.form()
    key = key_of(visit)
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/{key}"))
    if stale is not None:
        return stale
    await visit.write(link, key)
    note(visit, key, "password link made")
    return visit.redirect(visit.links.agents(f"{PATH}/{key}/mot-de-passe"))


async def show_link(visit: Visit[AgentActor]) -> Response:
    """The link just made, for ten minutes in this session; afterwards that it is not shown again."""
    require(visit.actor, Permission.AGENT_MANAGE)
    key = key_of(visit)
    name, link = await visit.read(_made_link, key, visit.now)
    root = absolute.root(visit.authority, visit.platform.config.base_url)
    page = views.PasswordLinkPage(
        back=visit.links.agents(f"{PATH}/{key}"),
        name=name,
        link=f"{root}/agents/connexion/mot-de-passe/{link}" if link else "",
    )
    return visit.page("agents/colleagues/link.html", frame=agent_frame(visit), page=page)


async def _act(visit: Visit[AgentActor], unit: Callable[..., None], done: str, flash: str) -> Response:
    require(visit.actor, Permission.AGENT_MANAGE)
    await visit.form()
    key = key_of(visit)
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/{key}"))
    if stale is not None:
        return stale
    try:
        await visit.write(unit, key)
    except Invalid as invalid:
        found = await visit.read(find, key, visit.now)
        return await form(visit, found, stored(found.agent), invalid.problems)
    note(visit, key, done)
    if key == visit.actor.id:
        return visit.redirect(visit.links.agents("connexion"))
    return visit.redirect(visit.links.agents(f"{PATH}/{key}", fait=flash))


def _close(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    accounts.close(session, by.authority_id, key, by=by, now=now)
    _noted(session, JournalAct.AGENT_CLOSED, key, by=by, now=now)
    lost_passwords.forget(session, by.authority_id, key)
    sessions.close_of_agent(session, key)


def _reopen(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    accounts.reopen(session, by.authority_id, key)
    _noted(session, JournalAct.AGENT_REOPENED, key, by=by, now=now)


def _reset(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    factors.reset(session, accounts.one(session, by.authority_id, key))
    _noted(session, JournalAct.FACTORS_RESET, key, by=by, now=now)
    sessions.close_of_agent(session, key)


def _end(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    accounts.one(session, by.authority_id, key)
    _noted(session, JournalAct.SESSIONS_ENDED, key, by=by, now=now)
    steps.forget_agent(session, by.authority_id, key)
    sessions.close_of_agent(session, key)


def link(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    """A link, kept to be shown in this session; the agent's earlier ones are good no more."""
    made = lost_passwords.make(session, _open_one(session, key, by), now=now)
    _noted(session, JournalAct.PASSWORD_LINK_MADE, key, by=by, now=now)
    steps.begin(session, by.authority_id, by.session_id, purpose="link", agent_id=key, state=made, now=now)


def _noted(session: Session, act: JournalAct, key: int, *, by: AgentActor, now: datetime) -> None:
    record(session, by.authority_id, act, ("agent", key), by=by, now=now)


def _open_one(session: Session, key: int, by: AgentActor) -> Agent:
    agent = accounts.one(session, by.authority_id, key)
    if not agent.is_active:
        raise Conflict("Ce compte est fermé. Rouvrez-le d’abord.")
    return agent


def _made_link(session: Session, key: int, now: datetime, *, by: AgentActor) -> tuple[str, str]:
    """The name of the agent, and the link just made in this session, "" for none."""
    agent = accounts.one(session, by.authority_id, key)
    step = steps.current(session, by.authority_id, by.session_id, "link", now=now)
    link = step.state if step is not None and step.agent_id == key else ""
    return f"{agent.given_name} {agent.family_name}", link
