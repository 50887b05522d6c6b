"""An agent's own account: what it is known by, its password, its sessions, its last sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.authorities import colleagues, factors, passkeys, passwords
from grc.authorities.factors import Held
from grc.authorities.models import Agent
from grc.authorities.passkeys import KeyView
from grc.errors import NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.sessions import commands as sessions
from grc.sessions import listing, records
from grc.sessions.commands import NewSession
from grc.sessions.listing import SessionView
from grc.sessions.records import SignInView
from grc.web.agents import account_views as views
from grc.web.agents import fresh, holding, told
from grc.web.agents.roles import role_name
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_SHOWN = 20
AGAIN = Problem("again", "different", "Les deux mots de passe diffèrent. Tapez deux fois le même.")


@dataclass(frozen=True)
class Account:
    """What the page shows of an account."""

    agent: Agent
    service: str
    held: Held
    keys: Sequence[KeyView]
    is_needed: bool
    open_sessions: Sequence[SessionView]
    sign_ins: Sequence[SignInView]
    rights: Sequence[str]


async def show(visit: Visit[AgentActor]) -> Response:
    """The agent's own account."""
    return await page(visit)


async def page(visit: Visit[AgentActor], *problems: Problem) -> Response:
    """The agent's own account, with what is wrong."""
    found = await visit.read(_account, visit.now, visit.today)
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    code = 422 if problems else 200
    return visit.page("agents/account/show.html", code=code, frame=frame, page=_shown(visit, found, problems))


async def show_password(visit: Visit[AgentActor]) -> Response:
    """The form of a new password."""
    stale = await fresh.needed(visit, visit.links.agents("compte/mot-de-passe"))
    return stale if stale is not None else _password_page(visit)


async def change_password(visit: Visit[AgentActor]) -> Response:
    """The password changed; every other session is ended, and this one goes on under a new token."""
    posted = await visit.form()
    stale = await fresh.needed(visit, visit.links.agents("compte/mot-de-passe"))
    if stale is not None:
        return stale
    password, again = posted.one("password"), posted.one("again")
    problems = passwords.problems(password, known=await visit.read(_known))
    if not problems and again != password:
        problems = [AGAIN]
    if problems:
        return _password_page(visit, *problems)
    hashed = await visit.platform.hashing(passwords.hashed, password)
    new = await visit.write(_set_password, hashed)
    return visit.with_session(visit.redirect(visit.links.agents("compte", fait="mot-de-passe")), new)


async def end_session(visit: Visit[AgentActor]) -> Response:
    """One of the agent's other sessions, ended."""
    await visit.form()
    key = str(visit.path["session"])
    if not key.isascii() or not key.isdigit() or len(key) > 18 or not await visit.write(_end, int(key)):
        raise NotFound("Cette session est déjà terminée.")
    return visit.redirect(visit.links.agents("compte", fait="sessions"))


async def end_others(visit: Visit[AgentActor]) -> Response:
    """All of the agent's sessions but this one, ended."""
    await visit.form()
    await visit.write(_end_others)
    return visit.redirect(visit.links.agents("compte", fait="sessions"))


def _known(session: Session, *, by: AgentActor) -> Sequence[str]:
    return colleagues.known_of(session, colleagues.one(session, by.authority_id, by.id))


def _account(session: Session, now: datetime, today: date, *, by: AgentActor) -> Account:
    agent = colleagues.one(session, by.authority_id, by.id)
    by_everyone = factors.of_everyone(session, by.authority_id)
    return Account(
        agent=agent,
        service=dict(colleagues.services(session, by.authority_id)).get(agent.service_id or 0, ""),
        held=factors.held(session, agent),
        keys=passkeys.of_agent(session, agent),
        is_needed=factors.is_needed(agent, by_everyone=by_everyone),
        open_sessions=listing.of_agent(session, by.authority_id, by.id, now=now),
        sign_ins=records.of_agent(session, by.authority_id, by.id, most=_SHOWN),
        rights=[f"{one.label}, {one.over}, {one.until}" for one in holding.of_agent(session, by.id, today, by=by)],
    )


def _shown(visit: Visit[AgentActor], found: Account, problems: Sequence[Problem]) -> views.AccountPage:
    links, agent, held = visit.links, found.agent, found.held
    last = found.is_needed and held.totp + held.passkeys == 1
    return views.AccountPage(
        facts=[
            ("Nom", f"{agent.given_name} {agent.family_name}"),
            ("Adresse électronique", agent.email),
            ("Qualité", agent.capacity),
            ("Service", found.service or "Aucun en particulier"),
            ("Rôle", role_name(agent.role)),
        ],
        password=links.agents("compte/mot-de-passe"),
        has_password=bool(agent.password_hash),
        is_needed=found.is_needed,
        has_totp=held.totp,
        totp=links.agents("compte/application"),
        totp_removal=links.agents("compte/application/retrait") if held.totp and not last else "",
        keys=[_key(visit, key, is_last=last) for key in found.keys],
        new_key=links.agents("compte/cles"),
        codes=links.agents("compte/codes") if held.any else "",
        codes_left=held.codes,
        sessions=[_session(visit, one) for one in found.open_sessions],
        end_others=links.agents("compte/sessions/fin") if len(found.open_sessions) > 1 else "",
        sign_ins=told.sign_ins(found.sign_ins, visit.authority.zone),
        absences=links.agents("compte/absence"),
        roles=links.agents("administration/roles"),
        rights=found.rights,
        problems=Problems(problems),
    )


def _key(visit: Visit[AgentActor], key: KeyView, *, is_last: bool) -> views.KeyRow:
    zone = visit.authority.zone
    return views.KeyRow(
        name=key.name,
        created_at=clock.local(zone, key.created_at),
        used_at=clock.local(zone, key.used_at) if key.used_at else None,
        removal="" if is_last else visit.links.agents(f"compte/cles/{key.id}/retrait"),
    )


def _session(visit: Visit[AgentActor], one: SessionView) -> views.SessionRow:
    zone = visit.authority.zone
    return views.SessionRow(
        device=one.device,
        means=told.MEANS.get(one.means, one.means),
        created_at=clock.local(zone, one.created_at),
        seen_at=clock.local(zone, one.seen_at),
        expires_at=clock.local(zone, one.expires_at),
        end="" if one.id == visit.actor.session_id else visit.links.agents(f"compte/sessions/{one.id}/fin"),
    )


def _password_page(visit: Visit[AgentActor], *problems: Problem) -> Response:
    shown = views.PasswordPage(
        action=visit.links.agents("compte/mot-de-passe"),
        back=visit.links.agents("compte"),
        minimum=passwords.MINIMUM_LENGTH,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/account/password.html", code=code, frame=agent_frame(visit), page=shown)


def _set_password(session: Session, hashed: str, *, by: AgentActor, now: datetime) -> NewSession:
    agent = colleagues.one(session, by.authority_id, by.id)
    colleagues.set_password(session, agent, hashed)
    record(session, by.authority_id, JournalAct.PASSWORD_CHANGED, ("agent", by.id), by=by, now=now)
    listing.close_others(session, by.authority_id, by.id, but=by.session_id)
    return sessions.rotate(session, by.session_id, granted=(), now=now)


def _end(session: Session, key: int, *, by: AgentActor, now: datetime) -> bool:
    return listing.close_one(session, by.authority_id, by.id, key)


def _end_others(session: Session, *, by: AgentActor, now: datetime) -> int:
    return listing.close_others(session, by.authority_id, by.id, but=by.session_id)
