"""The agents' door: local accounts for now; the same words and the same work for any wrong answer."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor, Visitor
from grc.authorities import passwords, queries
from grc.errors import Problem, TooMany
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.sessions.commands import NewSession
from grc.web.agents import views
from grc.web.frame import Problems
from grc.web.framing import tenant_frame
from grc.web.links import safe_next
from grc.web.visit import Visit

_REFUSED = "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez-les, puis réessayez."


async def show(visit: Visit[Visitor]) -> Response:
    """The door."""
    return _page(visit, following=visit.query.get("suite", ""))


async def enter(visit: Visit[Visitor]) -> Response:
    """A session for the agent, under a new token, then the page first asked for."""
    posted = await visit.form()
    email, following = posted.text("email"), posted.text("next")
    stored = await visit.write(_stored_hash, email, client=visit.client_address)
    is_right = await visit.platform.hashing(passwords.matches, stored, posted.one("password"))
    new = await visit.write(_open, email, is_right=is_right)
    if new is None:
        return _page(visit, following=following, email=email[:254], problem=Problem("email", "refused", _REFUSED))
    asked = safe_next(following, root=visit.tenant.root) or visit.links.agents()
    return visit.with_session(visit.redirect(asked), new)


async def leave(visit: Visit[AgentActor]) -> Response:
    """The session, closed."""
    await visit.form()
    await visit.write(_close)
    return visit.without_session(visit.redirect(visit.links.agents("connexion")))


def _stored_hash(session: Session, email: str, *, client: str, by: Visitor, now: datetime) -> str | None:
    """The hash to compare with, once the try is counted: a flood of tries never reaches the slow comparison.

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
    return None if found is None else found.password_hash


def _open(session: Session, email: str, *, is_right: bool, by: Visitor, now: datetime) -> NewSession | None:
    """The agent's session, None for a wrong answer; the one that this browser had is closed."""
    agent = queries.agent_of_email(session, by.authority_id, email)
    if agent is None or not is_right:
        return None
    if by.session_id is not None:
        sessions.close(session, by.session_id)
    return sessions.open_session(
        session,
        authority_id=by.authority_id,
        public="agent",
        now=now,
        agent_id=agent.id,
        shown_name=f"{agent.given_name} {agent.family_name}",
    )


def _close(session: Session, *, by: AgentActor, now: datetime) -> None:
    sessions.close(session, by.session_id)


def _page(visit: Visit[Visitor], *, following: str, email: str = "", problem: Problem | None = None) -> Response:
    page = views.SignInPage(
        action=visit.links.agents("connexion"),
        next=following,
        typed_email=email,
        problems=Problems([problem] if problem else []),
    )
    frame = tenant_frame(visit.tenant, space="Espace des agents")
    return visit.page("agents/sign_in.html", code=422 if problem else 200, frame=frame, page=page)
