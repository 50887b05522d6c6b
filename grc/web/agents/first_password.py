"""A password chosen by a link of one use, which an administrator handed over."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities import colleagues, lost_passwords, passwords, queries
from grc.errors import NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.web.agents import account_views as views
from grc.web.agents.account import AGAIN
from grc.web.frame import Problems
from grc.web.framing import tenant_frame
from grc.web.visit import Visit

_LOG = logging.getLogger("grc.accounts")
_GONE = "Ce lien ne sert plus : il a été utilisé, remplacé, ou il a plus de trois jours. Demandez-en un autre."


async def show(visit: Visit[Visitor]) -> Response:
    """The form of a new password; raises NotFound for a link that is good no more."""
    await visit.read(_known, visit.path["link"], visit.now)
    return _page(visit)


async def choose(visit: Visit[Visitor]) -> Response:
    """The password chosen, the link used, and every session of the agent ended: on to the door."""
    posted = await visit.form()
    password, again = posted.one("password"), posted.one("again")
    known = await visit.write(_counted, visit.path["link"], client=visit.client_address)
    problems = passwords.problems(password, known=known)
    if not problems and again != password:
        problems = [AGAIN]
    if problems:
        return _page(visit, *problems)
    hashed = await visit.platform.hashing(passwords.hashed, password)
    key = await visit.write(_choose, visit.path["link"], hashed)
    _LOG.info("agent %s %d password chosen by link", visit.authority.slug, key)
    return visit.redirect(visit.links.agents("connexion", fait="mot-de-passe-choisi"))


def _page(visit: Visit[Visitor], *problems: Problem) -> Response:
    shown = views.PasswordPage(
        action=visit.links.agents(f"connexion/mot-de-passe/{visit.path['link']}"),
        back="",
        minimum=passwords.MINIMUM_LENGTH,
        problems=Problems(problems),
    )
    frame = tenant_frame(visit.tenant, space="Espace des agents")
    response = visit.page("agents/account/password.html", code=422 if problems else 200, frame=frame, page=shown)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _known(session: Session, link: str, now: datetime, *, by: Visitor) -> Sequence[str]:
    agent = lost_passwords.agent_of(session, by.authority_id, link, now=now)
    if agent is None:
        raise NotFound(_GONE)
    return colleagues.known_of(session, agent)


def _counted(session: Session, link: str, *, client: str, by: Visitor, now: datetime) -> Sequence[str]:
    limits.hit(session, (limits.AGENT_SIGN_INS_FROM, client), authority_id=by.authority_id, now=now)
    return _known(session, link, now, by=by)


def _choose(session: Session, link: str, hashed: str, *, by: Visitor, now: datetime) -> int:
    agent = lost_passwords.agent_of(session, by.authority_id, link, now=now)
    if agent is None or lost_passwords.forget(session, by.authority_id, agent.id or 0) == 0:
        raise NotFound(_GONE)
    colleagues.set_password(session, agent, hashed)
    subject = ("agent", agent.id or 0)
    record(session, by.authority_id, JournalAct.PASSWORD_CHANGED, subject, by=queries.actor_of(agent), now=now)
    sessions.close_of_agent(session, agent.id or 0)
    return agent.id or 0
