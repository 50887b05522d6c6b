"""A second factor set up at the first sign-in, before anything else opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import segno
from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.authorities import door as steps
from grc.authorities import factors, totp
from grc.authorities.door import Step
from grc.authorities.models import Agent
from grc.errors import Problem
from grc.web.agents import account_views as views
from grc.web.agents import door, parties
from grc.web.agents.door import Entered
from grc.web.frame import Problems
from grc.web.framing import tenant_frame
from grc.web.visit import A, Visit

_WRONG = Problem(
    "code", "refused", "Ce code n’est pas le bon. Vérifiez l’heure du téléphone, puis tapez le code suivant."
)


@dataclass(frozen=True)
class Enrolling:
    """The step of this browser, and for whom."""

    step: Step
    email: str


async def show(visit: Visit[Visitor]) -> Response:
    """The page that has it set up; who is not at this step begins at the door."""
    found = await visit.read(find, visit.now)
    return visit.redirect(visit.links.agents("connexion")) if found is None else page(visit, found)


async def prove(visit: Visit[Visitor]) -> Response:
    """The session under a new token, once a first code proved the application; then the recovery codes."""
    posted = await visit.form()
    came_in = await visit.write(_prove, posted.text("code"))
    if came_in is not None:
        return door.entered(visit, came_in, asked=visit.links.agents("compte/codes"))
    found = await visit.read(find, visit.now)
    if found is None:
        return visit.redirect(visit.links.agents("connexion", souci="delai"))
    return page(visit, found, _WRONG)


def find(session: Session, now: datetime, *, by: Visitor) -> Enrolling | None:
    """The step of this browser, None for none."""
    found = enrolling(session, by=by, now=now)
    return None if found is None else Enrolling(found[0], found[1].email)


def enrolling(session: Session, *, by: Visitor, now: datetime) -> tuple[Step, Agent] | None:
    """The step of this browser and its agent, None for none.

    Of two browsers at this step at once, the first one that finishes ends the other: a password alone, stolen, never
    replaces a factor.
    """
    step = steps.current(session, by.authority_id, by.session_id, "enrol", now=now)
    if step is None:
        return None
    agent = door.agent_of(session, step)
    return None if factors.held(session, agent).any else (step, agent)


def page(visit: Visit[Visitor], found: Enrolling, *problems: Problem, name: str = "") -> Response:
    """The page, with what is wrong."""
    shown = views.EnrolPage(
        restart=visit.links.agents("connexion"),
        totp=setup(visit, found.step.state, email=found.email, action=visit.links.agents("connexion/protection")),
        passkey=parties.form(visit, "connexion/protection/cle"),
        typed_name=name,
        problems=Problems(problems),
    )
    frame = tenant_frame(visit.tenant, space="Espace des agents")
    return visit.page("agents/enrolment.html", code=422 if problems else 200, frame=frame, page=shown)


def setup(visit: Visit[A], secret: str, *, email: str, action: str) -> views.TotpSetup:
    """What an application needs: the secret as a square code and in letters."""
    address = totp.address(secret, account=email, issuer=visit.authority.name)
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return views.TotpSetup(action, drawn, totp.grouped(secret))


def enter(session: Session, step: Step, agent: Agent, *, by: Visitor, now: datetime) -> Entered:
    """The session of who just set a factor up, with recovery codes to be shown in it once."""
    came_in = door.finish(session, step, agent, by=by, now=now)
    show_codes(session, agent, came_in.new.id, following=came_in.following, now=now)
    return came_in


def show_codes(session: Session, agent: Agent, session_id: int, *, following: str, now: datetime) -> None:
    """New recovery codes, to be shown in this session for ten minutes at most."""
    codes = " ".join(factors.new_codes(session, agent))
    steps.begin(
        session,
        agent.authority_id,
        session_id,
        purpose="codes",
        agent_id=agent.id,
        state=codes,
        next_path=following,
        now=now,
    )


def _prove(session: Session, code: str, *, by: Visitor, now: datetime) -> Entered | None:
    found = enrolling(session, by=by, now=now)
    if found is None:
        return None
    step, agent = found
    if factors.set_totp(session, agent, step.state, code, now=now):
        return enter(session, step, agent, by=by, now=now)
    steps.count_try(session, step)
    return None
