"""Absences and deputies: stated by each agent for themselves, by administrators for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import absences, colleagues
from grc.authorities.absences import Away
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import wording
from grc.web.admin import forms
from grc.web.admin.forms import Ask, Choice, FormPage
from grc.web.admin.services import key_of
from grc.web.agents import fresh, holding
from grc.web.agents.colleague_words import PATH
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

OWN = "compte/absence"


@dataclass(frozen=True)
class AbsenceRow:
    """An absence that is not over. cancel: the address of a POST."""

    days: str
    deputy: str
    is_current: bool
    cancel: str


@dataclass(frozen=True)
class AbsencePage(FormPage):
    """Somebody's absences, and the form of a new one. standing_in: whom the reader stands in for, a sentence each."""

    is_own: bool = True
    rows: Sequence[AbsenceRow] = ()
    standing_in: Sequence[str] = ()


@dataclass(frozen=True)
class _Found:
    name: str
    rows: Sequence[absences.Listed]
    deputies: Sequence[tuple[int, str]]


async def show_own(visit: Visit[AgentActor]) -> Response:
    """One's own absences."""
    return await _page(visit, visit.actor.id, {})


async def state_own(visit: Visit[AgentActor]) -> Response:
    """One's own absence, stated."""
    return await _state(visit, visit.actor.id)


async def cancel_own(visit: Visit[AgentActor]) -> Response:
    """One's own absence, cancelled."""
    return await _cancel(visit, visit.actor.id)


async def show(visit: Visit[AgentActor]) -> Response:
    """A colleague's absences."""
    require(visit.actor, Permission.ABSENCE_STATE)
    return await _page(visit, key_of(visit, "agent"), {})


async def state(visit: Visit[AgentActor]) -> Response:
    """A colleague's absence, stated for them."""
    require(visit.actor, Permission.ABSENCE_STATE)
    return await _state(visit, key_of(visit, "agent"))


async def cancel(visit: Visit[AgentActor]) -> Response:
    """A colleague's absence, cancelled."""
    require(visit.actor, Permission.ABSENCE_STATE)
    return await _cancel(visit, key_of(visit, "agent"))


async def _state(visit: Visit[AgentActor], key: int) -> Response:
    posted = await visit.form()
    typed = forms.typed(posted, asks(()))
    if (stale := await fresh.needed(visit, _here(visit, key))) is not None:
        return stale
    try:
        await visit.write(_write, key, _away(typed), visit.today)
    except Invalid as invalid:
        return await _page(visit, key, typed, invalid.problems)
    return visit.redirect(f"{_here(visit, key)}?fait=absence-declaree")


async def _cancel(visit: Visit[AgentActor], key: int) -> Response:
    await visit.form()
    if (stale := await fresh.needed(visit, _here(visit, key))) is not None:
        return stale
    await visit.write(_undo, key, key_of(visit, "absence"))
    return visit.redirect(f"{_here(visit, key)}?fait=absence-annulee")


def _is_own(visit: Visit[AgentActor]) -> bool:
    return "agent" not in visit.path


def _here(visit: Visit[AgentActor], key: int) -> str:
    return visit.links.agents(OWN if _is_own(visit) else f"{PATH}/{key}/absences")


def asks(deputies: Sequence[tuple[int, str]]) -> Sequence[Ask]:
    """What the form asks, among these colleagues."""
    return (
        Ask("first_on", "Premier jour", "day", required=True),
        Ask("last_on", "Dernier jour", "day", required=True),
        Ask(
            "deputy",
            "Qui remplace",
            "choice",
            "Ces jours-là, cette personne lit et traite les mêmes demandes, démarches sensibles comprises.",
            options=[Choice("", "Personne"), *(Choice(str(key), name) for key, name in deputies)],
        ),
    )


def _away(typed: Mapping[str, str]) -> Away:
    deputy = typed["deputy"]
    key = int(deputy) if deputy.isascii() and deputy.isdigit() and len(deputy) <= 18 else -1
    return Away(_day(typed["first_on"]), _day(typed["last_on"]), key if deputy else None)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


async def _page(
    visit: Visit[AgentActor], key: int, typed: Mapping[str, str], problems: Sequence[Problem] = ()
) -> Response:
    found: _Found = await visit.read(_find, key, visit.today)
    is_own = _is_own(visit)
    page = AbsencePage(
        title="Mes absences" if is_own else f"Absences de {found.name}",
        action=_here(visit, key),
        back=visit.links.agents("compte" if is_own else f"{PATH}/{key}"),
        back_text="Mon compte" if is_own else found.name,
        asks=asks(found.deputies),
        typed=typed,
        button="Déclarer l’absence",
        problems=Problems(problems),
        is_own=is_own,
        rows=[
            AbsenceRow(
                f"du {wording.short_date(one.first_on)} au {wording.short_date(one.last_on)}",
                one.deputy,
                one.first_on <= visit.today,
                f"{_here(visit, key)}/{one.id}/annulation",
            )
            for one in found.rows
        ],
        standing_in=holding.standing_in(visit.actor) if is_own else (),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/absences.html", code=422 if problems else 200, frame=frame, page=page)


def _find(session: Session, key: int, today: date, *, by: AgentActor) -> _Found:
    agent = colleagues.one(session, by.authority_id, key)
    if not agent.is_active:
        raise Conflict("Ce compte est fermé. Rouvrez-le d’abord.")
    return _Found(
        name=f"{agent.given_name} {agent.family_name}",
        rows=absences.listed(session, by.authority_id, key, today=today),
        deputies=absences.deputies(session, by.authority_id, key),
    )


def _write(session: Session, key: int, away: Away, today: date, *, by: AgentActor, now: datetime) -> None:
    absences.state(session, by.authority_id, key, away, by=by, today=today, now=now)


def _undo(session: Session, key: int, absence: int, *, by: AgentActor, now: datetime) -> None:
    absences.cancel(session, by.authority_id, key, absence, by=by, now=now)
