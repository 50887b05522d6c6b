"""The accounts of colleagues, for administrators: opened, changed, closed, their ways in put back to nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import colleagues, factors
from grc.authorities.colleagues import Facts, Listed
from grc.authorities.models import Agent
from grc.errors import Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.sessions import commands as sessions
from grc.sessions import listing, records
from grc.web.agents import account_views as views
from grc.web.agents import colleague_words as words
from grc.web.agents import fresh, holding, roles, told
from grc.web.agents.colleague_words import PATH, Found
from grc.web.bodies import Posted
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_LOG = logging.getLogger("grc.accounts")
_SHOWN = 10
_NOT_CHOSEN = "?"
"""Stands for the role of a form in which none was chosen: there is no such role."""


async def index(visit: Visit[AgentActor]) -> Response:
    """Every account of the authority."""
    require(visit.actor, Permission.AGENT_MANAGE)
    rows, last = await visit.read(_listed)
    page = views.ColleaguesPage(
        new=visit.links.agents(f"{PATH}/nouveau"),
        rows=[words.row(visit, row, last.get(row.id)) for row in rows],
        identities=visit.links.agents("identites") if visit.tenant.has_proconnect else "",
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("agents/colleagues/index.html", frame=frame, page=page)


async def show_new(visit: Visit[AgentActor]) -> Response:
    """The empty form."""
    require(visit.actor, Permission.AGENT_MANAGE)
    return await form(visit, None, views.ColleagueForm())


async def add(visit: Visit[AgentActor]) -> Response:
    """A new account, then its page, where a link for its password is made."""
    require(visit.actor, Permission.AGENT_MANAGE)
    posted = await visit.form()
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/nouveau"))
    if stale is not None:
        return stale
    try:
        made = await visit.write(_add, _facts(posted))
    except Invalid as invalid:
        return await form(visit, None, _typed(posted), invalid.problems)
    note(visit, made, "opened")
    return visit.redirect(visit.links.agents(f"{PATH}/{made}", fait="agent-ouvert"))


async def show(visit: Visit[AgentActor]) -> Response:
    """An account: its form, what can be done with it, its last sign-ins."""
    require(visit.actor, Permission.AGENT_MANAGE)
    found = await visit.read(find, key_of(visit), visit.now)
    return await form(visit, found, stored(found.agent))


async def change(visit: Visit[AgentActor]) -> Response:
    """What is stated of an account, changed; when rights change its sessions are ended."""
    require(visit.actor, Permission.AGENT_MANAGE)
    posted, key = await visit.form(), key_of(visit)
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/{key}"))
    if stale is not None:
        return stale
    try:
        await visit.write(_change, key, _facts(posted))
    except Invalid as invalid:
        return await form(visit, await visit.read(find, key, visit.now), _typed(posted), invalid.problems)
    note(visit, key, "changed")
    return visit.redirect(visit.links.agents(f"{PATH}/{key}", fait="agent-change"))


def note(visit: Visit[AgentActor], key: int, done: str) -> None:
    """One line in the log: who did what to which account, by their numbers."""
    _LOG.info("agent %s %d %s by %d", visit.authority.slug, key, done, visit.actor.id)


def key_of(visit: Visit[AgentActor]) -> int:
    """The account that the address names; raises NotFound for what is no key."""
    typed = str(visit.path["agent"])
    if not typed.isascii() or not typed.isdigit() or len(typed) > 18:
        raise NotFound("Ce compte n’existe pas dans cette collectivité.")
    return int(typed)


def _facts(posted: Posted) -> Facts:
    typed = _typed(posted)
    return Facts(
        email=typed.email,
        given_name=typed.given_name,
        family_name=typed.family_name,
        capacity=typed.capacity,
        role="" if typed.role == roles.NOWHERE else typed.role or _NOT_CHOSEN,
        service_id=_service(typed.service),
        needs_second_factor=typed.needs_second_factor,
    )


def _service(typed: str) -> int | None:
    """The service chosen: None for none, -1 for what is no service."""
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else -1


def _typed(posted: Posted) -> views.ColleagueForm:
    return views.ColleagueForm(
        email=posted.text("email"),
        given_name=posted.text("given_name"),
        family_name=posted.text("family_name"),
        capacity=posted.text("capacity"),
        service=posted.one("service"),
        role=posted.one("role"),
        needs_second_factor=posted.one("needs_second_factor") == "yes",
    )


def stored(agent: Agent) -> views.ColleagueForm:
    return views.ColleagueForm(
        email=agent.email,
        given_name=agent.given_name,
        family_name=agent.family_name,
        capacity=agent.capacity,
        service="" if agent.service_id is None else str(agent.service_id),
        role=agent.role or roles.NOWHERE,
        needs_second_factor=agent.needs_second_factor,
    )


async def form(
    visit: Visit[AgentActor], found: Found | None, typed: views.ColleagueForm, problems: Sequence[Problem] = ()
) -> Response:
    services = await visit.read(_services)
    key = found.agent.id if found else 0
    page = views.ColleaguePage(
        action=visit.links.agents(f"{PATH}/{key}" if found else f"{PATH}/nouveau"),
        back=visit.links.agents(PATH),
        typed=typed,
        roles=roles.choices(visit.authority.kind),
        services=[views.Choice("", "Aucun en particulier"), *(views.Choice(str(one), name) for one, name in services)],
        name=f"{found.agent.given_name} {found.agent.family_name}" if found else "",
        is_active=found.agent.is_active if found else True,
        facts=words.facts(found) if found else (),
        acts=words.acts(visit, found) if found else (),
        sign_ins=told.sign_ins(found.sign_ins, visit.authority.zone) if found else (),
        rights=await _rights(visit, found) if found else (),
        grants=visit.links.agents(f"{PATH}/{key}/droits") if found and found.agent.is_active else "",
        absences=visit.links.agents(f"{PATH}/{key}/absences") if found and found.agent.is_active else "",
        problems=Problems(problems),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("agents/colleagues/show.html", code=422 if problems else 200, frame=frame, page=page)


async def _rights(visit: Visit[AgentActor], found: Found) -> Sequence[str]:
    """What the agent holds beside their role, in words."""
    held = await visit.read(holding.of_agent, found.agent.id or 0, visit.today)
    return [f"{one.label}, {one.over}, {one.until}" for one in held]


def _listed(session: Session, *, by: AgentActor) -> tuple[Sequence[Listed], dict[int, datetime]]:
    return colleagues.listed(session, by.authority_id), listing.last_of_agents(session, by.authority_id)


def _services(session: Session, *, by: AgentActor) -> Sequence[tuple[int, str]]:
    return colleagues.services(session, by.authority_id)


def find(session: Session, key: int, now: datetime, *, by: AgentActor) -> Found:
    agent = colleagues.one(session, by.authority_id, key)
    return Found(
        agent,
        factors.held(session, agent),
        len(listing.of_agent(session, by.authority_id, key, now=now)),
        records.of_agent(session, by.authority_id, key, most=_SHOWN),
    )


def _add(session: Session, facts: Facts, *, by: AgentActor, now: datetime) -> int:
    made = colleagues.add(session, by.authority_id, facts, now=now).id or 0
    data = {"role": facts.role, "service": facts.service_id}
    record(session, by.authority_id, JournalAct.AGENT_OPENED, ("agent", made), by=by, now=now, data=data)
    return made


def _change(session: Session, key: int, facts: Facts, *, by: AgentActor, now: datetime) -> None:
    data: dict[str, Any] = {"role": facts.role, "service": facts.service_id, "second_factor": facts.needs_second_factor}
    data["changed"] = colleagues.differing(session, by.authority_id, key, facts)
    is_of_rights = colleagues.change(session, by.authority_id, key, facts)
    record(session, by.authority_id, JournalAct.AGENT_CHANGED, ("agent", key), by=by, now=now, data=data)
    if is_of_rights:
        sessions.close_of_agent(session, key)
