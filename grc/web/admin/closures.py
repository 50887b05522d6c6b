"""The days on which the authority, or a service, is closed: stated beforehand, read by citizens, no clock stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may, require
from grc.authorities import closures, services
from grc.authorities.closures import ClosureView
from grc.errors import Invalid, Problem
from grc.web import closings
from grc.web.admin import forms
from grc.web.admin.forms import Ask, Choice, FormPage
from grc.web.admin.services import key_of
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/fermetures"
_WHOLE = "Toute la collectivité"


@dataclass(frozen=True)
class ClosureRow:
    """A closure in the list. is_told: whether citizens read of it today. remove: the address of a POST."""

    whom: str
    days: str
    reason: str
    is_current: bool
    is_told: bool
    remove: str


@dataclass(frozen=True)
class ClosuresPage(FormPage):
    """The closures to come, and the form of a new one. holidays: where public holidays are chosen, "" without right."""

    rows: Sequence[ClosureRow] = ()
    ahead: int = closures.AHEAD.days
    holidays: str = ""


async def index(visit: Visit[AgentActor]) -> Response:
    """The closures that have not ended, and the form."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    return await _page(visit, {})


async def state(visit: Visit[AgentActor]) -> Response:
    """A new closure."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    posted = await visit.form()
    typed = forms.typed(posted, asks(()))
    try:
        await visit.write(_state, typed, visit.today)
    except Invalid as invalid:
        return await _page(visit, typed, invalid.problems)
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="fermeture-ajoutee"))


async def remove(visit: Visit[AgentActor]) -> Response:
    """The closure taken back."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    await visit.form()
    await visit.write(_remove, key_of(visit, "closure"))
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="fermeture-retiree"))


def asks(choices: Sequence[Choice]) -> Sequence[Ask]:
    return (
        Ask("service", "Qui est fermé", "choice", options=choices),
        Ask("first_on", "Premier jour", "day", required=True),
        Ask("last_on", "Dernier jour", "day", hint="Laissez vide pour un seul jour."),
        Ask("reason", "Raison", hint="Montrée aux usagers, par exemple « congés de fin d’année »."),
    )


async def _page(visit: Visit[AgentActor], typed: Mapping[str, str], problems: Sequence[Problem] = ()) -> Response:
    rows, offered = await visit.read(_found, visit.today)
    choices = [Choice("", _WHOLE), *(Choice(str(one.view.id), one.view.name) for one in offered if not one.closed_at)]
    page = ClosuresPage(
        title="Fermetures",
        action=visit.links.agents(PATH),
        back=visit.links.agents(ADMINISTRATION),
        back_text="Administration",
        asks=asks(choices),
        typed=typed,
        button="Annoncer la fermeture",
        problems=Problems(problems),
        rows=[_row(visit, one) for one in rows],
        holidays=_settings(visit),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/closures.html", code=422 if problems else 200, frame=frame, page=page)


def _settings(visit: Visit[AgentActor]) -> str:
    has_right = may(visit.actor, Permission.AUTHORITY_CHANGE)
    return visit.links.agents(f"{ADMINISTRATION}/collectivite") if has_right else ""


def _row(visit: Visit[AgentActor], one: ClosureView) -> ClosureRow:
    return ClosureRow(
        whom=one.service or _WHOLE,
        days=closings.days(one),
        reason=one.reason,
        is_current=one.first_on <= visit.today,
        is_told=one.is_near(visit.today),
        remove=visit.links.agents(f"{PATH}/{one.id}/retrait"),
    )


def _found(session: Session, today: date, *, by: AgentActor) -> tuple[Sequence[ClosureView], Sequence[services.Listed]]:
    return closures.from_day(session, by.authority_id, today), services.listed(session, by.authority_id)


def _state(session: Session, typed: Mapping[str, str], today: date, *, by: AgentActor, now: datetime) -> None:
    closures.state(session, by.authority_id, typed, today=today, by=by, now=now)


def _remove(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    closures.remove(session, by.authority_id, key, by=by, now=now)
