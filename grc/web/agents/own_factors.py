"""The second factors of one's own account: the application, the passkeys, the recovery codes."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from grc.access.actors import AgentActor
from grc.authorities import colleagues, factors, passkeys, totp
from grc.authorities import door as steps
from grc.authorities.door import Step
from grc.authorities.factors import Held
from grc.authorities.models import Agent
from grc.authorities.passkeys import Party
from grc.errors import NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.sessions import commands as sessions
from grc.sessions import listing
from grc.sessions.commands import NewSession
from grc.sessions.models import BrowserSession
from grc.web.agents import account, enrolment, fresh, keys, parties
from grc.web.agents import account_views as views
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.links import safe_next
from grc.web.visit import Visit

_LOG = logging.getLogger("grc.accounts")
_LAST = Problem(
    "", "last", "C’est votre seul second moyen, et votre compte en demande un. Ajoutez-en d’abord un autre."
)
_WRONG = Problem("code", "refused", "Ce code n’est pas le bon. Vérifiez l’heure du téléphone, puis tapez le suivant.")
_MANY = Problem("name", "many", f"Vous avez déjà {passkeys.MOST} clés d’accès. Retirez-en une d’abord.")


async def show_application(visit: Visit[AgentActor]) -> Response:
    """The application that is being set up; who has not begun goes back to the account."""
    step = await visit.read(_step, "totp", visit.now)
    if step is None:
        return visit.redirect(visit.links.agents("compte"))
    return await _application(visit, step)


async def begin_application(visit: Visit[AgentActor]) -> Response:
    """A new secret, kept until a first code proves it; or the code that does."""
    posted = await visit.form()
    stale = await fresh.needed(visit, visit.links.agents("compte"))
    if stale is not None:
        return stale
    code, home = posted.text("code"), visit.links.agents("compte/application")
    if not code:
        await visit.write(_begin_application)
        return visit.redirect(home)
    step = await visit.read(_step, "totp", visit.now)
    if step is None:
        return visit.redirect(visit.links.agents("compte"))
    new = await visit.write(_prove_application, code)
    if new is None:
        return await _application(visit, step, _WRONG)
    return visit.with_session(visit.redirect(await _after(visit, "application")), new)


async def drop_application(visit: Visit[AgentActor]) -> Response:
    """The codes of six digits, taken away."""
    await visit.form()
    return await _dropped(visit, None)


async def show_keys(visit: Visit[AgentActor]) -> Response:
    """The form of a new passkey."""
    stale = await fresh.needed(visit, visit.links.agents("compte/cles"))
    return stale if stale is not None else _new_key(visit)


async def challenge(visit: Visit[AgentActor]) -> Response:
    """What the browser is asked to make."""
    await visit.form()
    if not await visit.read(fresh.is_fresh, visit.now):
        raise NotFound("Confirmez d’abord que c’est bien vous.")
    return JSONResponse(await visit.write(_challenge, keys.required(visit)))


async def add_key(visit: Visit[AgentActor]) -> Response:
    """The passkey that the browser made."""
    posted = await visit.form()
    name, who = posted.text("name")[:100], keys.required(visit)
    stale = await fresh.needed(visit, visit.links.agents("compte/cles"))
    if stale is not None:
        return stale
    if len((await visit.read(_own))[1]) >= passkeys.MOST:
        return _new_key(visit, _MANY, name=name)
    new = await visit.write(_add_key, who, posted.one("credential"), name or keys.UNNAMED)
    if new is None:
        return _new_key(visit, keys.NOT_MADE, name=name)
    return visit.with_session(visit.redirect(await _after(visit, "cle")), new)


async def drop_key(visit: Visit[AgentActor]) -> Response:
    """A passkey, taken away; it is still on the device, where it opens nothing."""
    await visit.form()
    key = str(visit.path["key"])
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise NotFound("Cette clé d’accès n’est plus là.")
    return await _dropped(visit, int(key))


async def show_codes(visit: Visit[AgentActor]) -> Response:
    """The recovery codes just made, to be noted; afterwards how many are left."""
    step = await visit.read(_step, "codes", visit.now)
    (held, _), links = await visit.read(_own), visit.links
    page = views.CodesPage(
        back=links.agents("compte"),
        left=held.codes,
        kept=links.agents("compte/codes/notes") if step else "",
        renew="" if step or not held.any else links.agents("compte/codes"),
        codes=step.state.split() if step else (),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("agents/account/codes.html", frame=frame, page=page)


async def renew_codes(visit: Visit[AgentActor]) -> Response:
    """Ten new recovery codes; the older ones are good no more."""
    await visit.form()
    stale = await fresh.needed(visit, visit.links.agents("compte/codes"))
    if stale is not None:
        return stale
    await visit.write(_renew_codes)
    return visit.redirect(visit.links.agents("compte/codes"))


async def keep_codes(visit: Visit[AgentActor]) -> Response:
    """The codes are noted: they are not shown again. On to the page first asked for."""
    await visit.form()
    following = await visit.write(_keep_codes)
    return visit.redirect(safe_next(following, root=visit.tenant.root) or visit.links.agents("compte"))


async def _after(visit: Visit[AgentActor], done: str) -> str:
    """The codes to note when the first factor just made some, else the account."""
    _LOG.info("agent %s %d set up %s", visit.authority.slug, visit.actor.id, done)
    if await visit.read(_step, "codes", visit.now) is not None:
        return visit.links.agents("compte/codes", fait=done)
    return visit.links.agents("compte", fait=done)


async def _dropped(visit: Visit[AgentActor], key: int | None) -> Response:
    stale = await fresh.needed(visit, visit.links.agents("compte"))
    if stale is not None:
        return stale
    if not await visit.write(_drop, key):
        return await account.page(visit, _LAST)
    _LOG.info("agent %s %d removed %s", visit.authority.slug, visit.actor.id, "application" if key is None else "key")
    return visit.redirect(visit.links.agents("compte", fait="retrait-moyen"))


async def _application(visit: Visit[AgentActor], step: Step, *problems: Problem) -> Response:
    held, _ = await visit.read(_own)
    email = await visit.read(_email)
    action = visit.links.agents("compte/application")
    shown = views.TotpPage(
        back=visit.links.agents("compte"),
        totp=enrolment.setup(visit, step.state, email=email, action=action),
        replaces=held.totp,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/account/application.html", code=code, frame=agent_frame(visit), page=shown)


def _new_key(visit: Visit[AgentActor], *problems: Problem, name: str = "") -> Response:
    shown = views.NewKeyPage(
        back=visit.links.agents("compte"),
        passkey=parties.form(visit, "compte/cles"),
        typed_name=name,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/account/key.html", code=code, frame=agent_frame(visit), page=shown)


def _agent(session: Session, by: AgentActor) -> Agent:
    return colleagues.one(session, by.authority_id, by.id)


def _own(session: Session, *, by: AgentActor) -> tuple[Held, list[int]]:
    agent = _agent(session, by)
    return factors.held(session, agent), [key.id for key in passkeys.of_agent(session, agent)]


def _email(session: Session, *, by: AgentActor) -> str:
    return _agent(session, by).email


def _step(session: Session, purpose: str, now: datetime, *, by: AgentActor) -> Step | None:
    return steps.current(session, by.authority_id, by.session_id, purpose, now=now)


def _begin_application(session: Session, *, by: AgentActor, now: datetime) -> None:
    steps.begin(
        session, by.authority_id, by.session_id, purpose="totp", agent_id=by.id, state=totp.new_secret(), now=now
    )


def _prove_application(session: Session, code: str, *, by: AgentActor, now: datetime) -> NewSession | None:
    step, agent = _step(session, "totp", now, by=by), _agent(session, by)
    if step is None or not factors.set_totp(session, agent, step.state, code, now=now):
        if step is not None:
            steps.count_try(session, step)
        return None
    steps.end(session, by.authority_id, by.session_id, "totp")
    _note(session, "application_added", by=by, now=now)
    return _strengthened(session, agent, by=by, now=now)


def _challenge(session: Session, who: Party, *, by: AgentActor, now: datetime) -> object:
    return keys.begin(session, who, _agent(session, by), by.session_id, now=now)


def _add_key(
    session: Session, who: Party, answer: str, name: str, *, by: AgentActor, now: datetime
) -> NewSession | None:
    agent = _agent(session, by)
    if not keys.made(session, who, agent, by.session_id, answer, name, now=now):
        return None
    _note(session, "key_added", by=by, now=now)
    return _strengthened(session, agent, by=by, now=now)


def _note(session: Session, done: str, *, by: AgentActor, now: datetime) -> None:
    data = {"done": done}
    record(session, by.authority_id, JournalAct.OWN_FACTORS_CHANGED, ("agent", by.id), by=by, now=now, data=data)


def _strengthened(session: Session, agent: Agent, *, by: AgentActor, now: datetime) -> NewSession:
    """This session under a new token: a factor was just given in it, and those opened without it are ended.

    The first factor comes with recovery codes.
    """
    stored = session.get_one(BrowserSession, by.session_id)
    stored.second_factor_at = now
    session.add(stored)
    session.flush()
    if factors.held(session, agent).codes == 0:
        enrolment.show_codes(session, agent, by.session_id, following="", now=now)
    listing.close_others(session, by.authority_id, by.id, but=by.session_id)
    return sessions.rotate(session, by.session_id, granted=(), now=now)


def _drop(session: Session, key: int | None, *, by: AgentActor, now: datetime) -> bool:
    """Whether it was taken away: the last factor of somebody who needs one stays."""
    agent = _agent(session, by)
    held = factors.held(session, agent)
    by_everyone = factors.of_everyone(session, by.authority_id)
    if held.totp + held.passkeys <= 1 and factors.is_needed(agent, by_everyone=by_everyone):
        return False
    if key is None:
        factors.forget_totp(session, agent)
    elif not passkeys.forget(session, agent, key):
        raise NotFound("Cette clé d’accès n’est plus là.")
    _note(session, "application_removed" if key is None else "key_removed", by=by, now=now)
    listing.close_others(session, by.authority_id, by.id, but=by.session_id)
    return True


def _renew_codes(session: Session, *, by: AgentActor, now: datetime) -> None:
    agent = _agent(session, by)
    if not factors.held(session, agent).any:
        raise NotFound("Ajoutez d’abord un second moyen.")
    _note(session, "codes_renewed", by=by, now=now)
    enrolment.show_codes(session, agent, by.session_id, following="", now=now)


def _keep_codes(session: Session, *, by: AgentActor, now: datetime) -> str:
    step = steps.take(session, by.authority_id, by.session_id, "codes", now=now)
    return "" if step is None else step.next_path
