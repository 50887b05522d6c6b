"""The agents' door: ProConnect, then local accounts; the same words and the same work for any wrong answer."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor, Visitor
from grc.authorities import passwords, queries
from grc.errors import Problem, TooMany
from grc.sessions import commands as sessions
from grc.sessions import limits, records
from grc.web.agents import door, parties, proconnect, views
from grc.web.agents.proconnect_words import TROUBLES
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import tenant_frame
from grc.web.visit import Visit

_REFUSED = "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez-les, puis réessayez."
_NOTICES = {
    "delai": "Le délai de dix minutes est passé. Recommencez la connexion.",
    "essais": "Cinq codes étaient faux. Recommencez la connexion.",
    **TROUBLES,
}


async def show(visit: Visit[Visitor]) -> Response:
    """The door."""
    return page(visit, following=visit.query.get("suite", ""))


async def enter(visit: Visit[Visitor]) -> Response:
    """A session for the agent, under a new token, then the page first asked for."""
    posted = await visit.form()
    email, following = posted.text("email"), posted.text("next")
    agent_id, stored = await visit.write(_stored_hash, email, client=visit.client_address)
    is_right = await visit.platform.hashing(passwords.matches, stored, posted.one("password"))
    if agent_id is not None and is_right:
        if stored is not None and passwords.is_outdated(stored):
            hashed = await visit.platform.hashing(passwords.hashed, posted.one("password"))
            await visit.write(_hash_again, agent_id, stored, hashed)
        return await door.admit(visit, agent_id, means="password", following=following)
    await visit.write(_refuse, agent_id, device=door.device_of(visit))
    return page(visit, following=following, email=email[:254], problem=Problem("email", "refused", _REFUSED))


async def leave(visit: Visit[AgentActor]) -> Response:
    """The session, closed; then that of ProConnect, where it came from there."""
    await visit.form()
    sealed: str | None = await visit.write(_close)
    return await proconnect.leave(visit, sealed)


def page(visit: Visit[Visitor], *, following: str, email: str = "", problem: Problem | None = None) -> Response:
    """The page of the door, with what was typed and what is wrong."""
    shown = views.SignInPage(
        action=visit.links.agents("connexion"),
        next=following,
        typed_email=email,
        problems=Problems([problem] if problem else []),
        notice=_NOTICES.get(visit.query.get("souci", ""), ""),
        proconnect=visit.links.agents(proconnect.BEGIN) if visit.tenant.has_proconnect else "",
        passkey=parties.form(visit, "connexion/cle", following=following),
    )
    frame = with_flash(tenant_frame(visit.tenant, space="Espace des agents"), visit.query.get("fait", ""))
    return visit.page("agents/sign_in.html", code=422 if problem else 200, frame=frame, page=shown)


def _stored_hash(
    session: Session, email: str, *, client: str, by: Visitor, now: datetime
) -> tuple[int | None, str | None]:
    """The agent and the hash to compare with, once the try is counted: a flood of tries never reaches the slow work.

    Tries are counted by account from one address, by address, and by account from everywhere (a high limit): so nobody
    can easily lock an agent out from elsewhere, nor try many accounts from one place, nor one account from many.
    """
    account = email.strip().lower()
    counted = (
        (limits.AGENT_SIGN_INS, f"{account} {client}"),
        (limits.AGENT_SIGN_INS_FROM, client),
        (limits.AGENT_SIGN_INS_TO, account),
    )
    for limit, subject in counted:
        if limits.count(session, limit, subject, authority_id=by.authority_id, now=now) > limit.hits:
            raise TooMany("Trop d’essais de connexion. Attendez dix minutes, puis réessayez.", retry_after=600)
    found = queries.agent_of_email(session, by.authority_id, email)
    return (None, None) if found is None else (found.id, found.password_hash)


def _hash_again(session: Session, agent_id: int, before: str, hashed: str, *, by: Visitor, now: datetime) -> None:
    """The same password under today's parameters, unless it was changed meanwhile."""
    agent = queries.agent_of_id(session, by.authority_id, agent_id)
    if agent is not None and agent.password_hash == before:
        agent.password_hash = hashed
        session.add(agent)


def _refuse(session: Session, agent_id: int | None, *, device: str, by: Visitor, now: datetime) -> None:
    """The trace of a wrong answer: the same statement whether the account exists or not."""
    records.record(
        session, by.authority_id, means="password", outcome="refused", now=now, agent_id=agent_id, device=device
    )


def _close(session: Session, *, by: AgentActor, now: datetime) -> str | None:
    return sessions.close(session, by.session_id)
