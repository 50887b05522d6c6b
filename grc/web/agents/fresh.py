"""Sensitive acts want a proof of ten minutes at most: password, code or passkey are asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from grc.access.actors import AgentActor
from grc.authorities import colleagues, factors, passkeys, passwords
from grc.authorities import door as steps
from grc.authorities.models import Agent
from grc.authorities.passkeys import Party
from grc.errors import Problem
from grc.sessions import limits, listing
from grc.web.agents import account_views as views
from grc.web.agents import keys, parties
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.links import safe_next
from grc.web.visit import Visit

FRESH = steps.STEP_LIFE
_PATH = "compte/confirmation"
_WRONG_PASSWORD = Problem("password", "refused", "Ce mot de passe n’est pas le vôtre.")
_WRONG_CODE = Problem("code", "refused", "Ce code n’est pas le bon, ou il a déjà servi.")
_EMPTY = Problem("", "required", "Donnez votre mot de passe ou un code.")


@dataclass(frozen=True)
class Means:
    """What this agent may prove themselves with."""

    password: bool
    totp: bool
    passkeys: bool


async def show(visit: Visit[AgentActor]) -> Response:
    """The page that asks again."""
    return await _page(visit, visit.query.get("suite", ""))


async def prove(visit: Visit[AgentActor]) -> Response:
    """Back to the act, once the password or the code is right."""
    posted = await visit.form()
    following, password, code = posted.text("next"), posted.one("password"), posted.text("code")
    if not password and not code:
        return await _page(visit, following, _EMPTY)
    if password:
        stored = await visit.write(_stored, client=visit.client_address)
        if not await visit.platform.hashing(passwords.matches, stored, password):
            return await _page(visit, following, _WRONG_PASSWORD)
        await visit.write(_confirm)
    elif not await visit.write(_code, code, client=visit.client_address):
        return await _page(visit, following, _WRONG_CODE)
    return visit.redirect(_onward(visit, following))


async def challenge(visit: Visit[AgentActor]) -> Response:
    """What the browser is asked, for a passkey of this agent."""
    await visit.form()
    return JSONResponse(await visit.write(_challenge, keys.required(visit), client=visit.client_address))


async def prove_key(visit: Visit[AgentActor]) -> Response:
    """Back to the act, once a passkey of this agent has answered."""
    posted = await visit.form()
    following = posted.text("next")
    if not await visit.write(_key, keys.required(visit), posted.one("credential")):
        return await _page(visit, following, keys.REFUSED)
    return visit.redirect(_onward(visit, following))


async def needed(visit: Visit[AgentActor], back: str) -> Response | None:
    """Where to prove oneself first, None for whoever just did. back: the page of the act."""
    if await visit.read(is_fresh, visit.now):
        return None
    return visit.redirect(f"{visit.links.agents(_PATH)}?suite={quote(back)}")


def is_fresh(session: Session, now: datetime, *, by: AgentActor) -> bool:
    """Whether the agent signed in, or proved themselves again, ten minutes ago at most."""
    found = listing.one(session, by.authority_id, by.session_id)
    if found is None:
        return False
    if now - max(found.created_at, found.second_factor_at or found.created_at) <= FRESH:
        return True
    return steps.current(session, by.authority_id, by.session_id, "confirmed", now=now) is not None


def means_of(session: Session, *, by: AgentActor) -> Means:
    """What this agent may prove themselves with."""
    agent = _agent(session, by)
    held = factors.held(session, agent)
    return Means(bool(agent.password_hash), held.totp, held.passkeys > 0)


def _agent(session: Session, by: AgentActor) -> Agent:
    return colleagues.one(session, by.authority_id, by.id)


def _onward(visit: Visit[AgentActor], following: str) -> str:
    return safe_next(following, root=visit.tenant.root) or visit.links.agents("compte")


async def _page(visit: Visit[AgentActor], following: str, *problems: Problem) -> Response:
    means = await visit.read(means_of)
    shown = views.ConfirmPage(
        action=visit.links.agents(_PATH),
        back=visit.links.agents("compte"),
        next=_onward(visit, following),
        has_password=means.password,
        has_totp=means.totp,
        passkey=parties.form(visit, f"{_PATH}/cle", following=following) if means.passkeys else None,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/account/confirm.html", code=code, frame=agent_frame(visit), page=shown)


def _limited(session: Session, client: str, by: AgentActor, now: datetime) -> None:
    counted = ((limits.AGENT_FACTORS, f"{by.id} {client}"), (limits.AGENT_FACTORS_TO, str(by.id)))
    limits.hit(session, *counted, authority_id=by.authority_id, now=now)


def _stored(session: Session, *, client: str, by: AgentActor, now: datetime) -> str:
    _limited(session, client, by, now)
    return _agent(session, by).password_hash


def _confirm(session: Session, *, by: AgentActor, now: datetime) -> None:
    steps.begin(session, by.authority_id, by.session_id, purpose="confirmed", agent_id=by.id, now=now)


def _code(session: Session, code: str, *, client: str, by: AgentActor, now: datetime) -> bool:
    _limited(session, client, by, now)
    is_right = factors.answers_totp(session, _agent(session, by), code, now=now)
    if is_right:
        _confirm(session, by=by, now=now)
    return is_right


def _challenge(session: Session, who: Party, *, client: str, by: AgentActor, now: datetime) -> object:
    _limited(session, client, by, now)
    options, state = passkeys.to_answer(who)
    steps.begin(session, by.authority_id, by.session_id, purpose="passkey", state=state, now=now)
    return options


def _key(session: Session, who: Party, answer: str, *, by: AgentActor, now: datetime) -> bool:
    asked = steps.take(session, by.authority_id, by.session_id, "passkey", now=now)
    if asked is None or asked.agent_id is not None:
        return False
    owner, is_right = passkeys.answers(session, by.authority_id, who, state=asked.state, answer=answer, now=now)
    if owner != by.id or not is_right:
        return False
    _confirm(session, by=by, now=now)
    return True
