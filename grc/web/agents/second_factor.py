"""The second factor at the door: a code of six digits, or a recovery code; a passkey is answered in its own module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities import door as steps
from grc.authorities import factors
from grc.authorities.door import Step
from grc.authorities.factors import Held
from grc.errors import Problem
from grc.sessions import limits
from grc.web.agents import account_views as views
from grc.web.agents import door, parties
from grc.web.agents.door import Entered
from grc.web.frame import Problems
from grc.web.framing import tenant_frame
from grc.web.visit import Visit

_EMPTY = Problem("code", "required", "Tapez le code à six chiffres que montre votre application.")
_WRONG = Problem("code", "refused", "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis tapez-le.")
_WRONG_RECOVERY = Problem("recovery", "refused", "Ce code de secours n’est pas le bon, ou il a déjà servi.")


@dataclass(frozen=True)
class Awaited:
    """The step of this browser, and what its agent can answer with."""

    step: Step
    held: Held


async def show(visit: Visit[Visitor]) -> Response:
    """The page that asks for it; who is not at this step begins at the door."""
    awaited = await visit.read(find, visit.now)
    if awaited is None:
        return visit.redirect(visit.links.agents("connexion"))
    return page(visit, awaited)


async def answer(visit: Visit[Visitor]) -> Response:
    """The agent's session under a new token; after five wrong answers the sign-in begins anew."""
    posted = await visit.form()
    code, recovery = posted.text("code"), posted.text("recovery")
    awaited = await visit.read(find, visit.now)
    if awaited is None:
        return visit.redirect(visit.links.agents("connexion", souci="delai"))
    if not code and not recovery:
        return page(visit, awaited, _EMPTY)
    came_in = await visit.write(_answer, code, recovery, client=visit.client_address)
    if came_in is not None:
        return door.entered(visit, came_in)
    if await visit.read(find, visit.now) is None:
        return visit.redirect(visit.links.agents("connexion", souci="essais"))
    return page(visit, awaited, _WRONG_RECOVERY if recovery else _WRONG)


def find(session: Session, now: datetime, *, by: Visitor) -> Awaited | None:
    """What is awaited of this browser, None for nothing."""
    step = steps.current(session, by.authority_id, by.session_id, "factor", now=now)
    return None if step is None else Awaited(step, factors.held(session, door.agent_of(session, step)))


def page(visit: Visit[Visitor], awaited: Awaited, *problems: Problem) -> Response:
    """The page, with what is wrong."""
    keys = parties.form(visit, "connexion/cle") if awaited.held.passkeys else None
    shown = views.SecondFactorPage(
        action=visit.links.agents("connexion/code"),
        restart=visit.links.agents("connexion"),
        has_totp=awaited.held.totp,
        codes_left=awaited.held.codes,
        passkey=keys,
        problems=Problems(problems),
    )
    frame = tenant_frame(visit.tenant, space="Espace des agents")
    return visit.page("agents/second_factor.html", code=422 if problems else 200, frame=frame, page=shown)


def _answer(session: Session, code: str, recovery: str, *, client: str, by: Visitor, now: datetime) -> Entered | None:
    """The session, or None for a wrong answer, which is counted.

    Tries are counted by step (five), by account from one address, and by account from everywhere in a day: who does
    not have the password reaches none of these, so nobody is locked out by a stranger.
    """
    step = steps.current(session, by.authority_id, by.session_id, "factor", now=now)
    if step is None:
        return None
    limits.hit(
        session,
        (limits.AGENT_FACTORS, f"{step.agent_id} {client}"),
        (limits.AGENT_FACTORS_TO, str(step.agent_id)),
        authority_id=by.authority_id,
        now=now,
    )
    agent = door.agent_of(session, step)
    if recovery:
        is_right = factors.answers_recovery(session, agent, recovery, now=now)
    else:
        is_right = factors.answers_totp(session, agent, code, now=now)
    if is_right:
        return door.finish(session, step, agent, by=by, now=now)
    door.refuse(session, step, outcome="wrong_recovery_code" if recovery else "wrong_code", by=by, now=now)
    return None
