"""An agent's rights over services and procedures: listed, granted, taken back, by who keeps the accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import NARROW, Permission, require
from grc.authorities import checking, colleagues, granting
from grc.authorities.granting import Given
from grc.errors import Conflict, Invalid, Problem
from grc.web.admin import forms
from grc.web.admin.forms import Ask, Choice, FormPage
from grc.web.admin.services import key_of
from grc.web.agents import fresh, holding, roles
from grc.web.agents.colleague_words import PATH
from grc.web.agents.holding import Held
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_NO_DAY = Problem("until_on", "day", "Saisissez une date, par exemple 30/11/2027, ou laissez vide.")


@dataclass(frozen=True)
class RightRow:
    """A right. take_back: the address of a POST."""

    held: Held
    take_back: str


@dataclass(frozen=True)
class RightsPage(FormPage):
    """The rights of an agent, and the form of a new one. whole: their role in the whole authority, in words."""

    name: str = ""
    whole: str = ""
    rows: Sequence[RightRow] = ()


@dataclass(frozen=True)
class _Found:
    name: str
    role: str
    held: Sequence[Held]
    services: Sequence[tuple[int, str]]
    procedures: Mapping[int, str]


async def show(visit: Visit[AgentActor]) -> Response:
    """The rights, and the empty form."""
    require(visit.actor, Permission.RIGHT_GRANT)
    return await _page(visit, {})


async def grant(visit: Visit[AgentActor]) -> Response:
    """A right more, at once."""
    require(visit.actor, Permission.RIGHT_GRANT)
    posted, key = await visit.form(), key_of(visit, "agent")
    typed = forms.typed(posted, asks((), {}))
    stale = await fresh.needed(visit, _here(visit, key))
    if stale is not None:
        return stale
    try:
        await visit.write(_grant, key, _given(typed), visit.today)
    except Invalid as invalid:
        return await _page(visit, typed, invalid.problems)
    return visit.redirect(f"{_here(visit, key)}?fait=droit-accorde")


async def take_back(visit: Visit[AgentActor]) -> Response:
    """A right less, at once."""
    require(visit.actor, Permission.RIGHT_GRANT)
    await visit.form()
    key = key_of(visit, "agent")
    stale = await fresh.needed(visit, _here(visit, key))
    if stale is not None:
        return stale
    await visit.write(_take_back, key, key_of(visit, "right"))
    return visit.redirect(f"{_here(visit, key)}?fait=droit-retire")


def _here(visit: Visit[AgentActor], key: int) -> str:
    return visit.links.agents(f"{PATH}/{key}/droits")


def asks(services: Sequence[tuple[int, str]], procedures: Mapping[int, str]) -> Sequence[Ask]:
    """What the form asks, among these services and procedures."""

    def keys(pairs: Iterable[tuple[int, str]], none: str) -> list[Choice]:
        return [Choice("", none), *(Choice(str(key), name) for key, name in pairs)]

    return (
        Ask("role", "Rôle", "choice", options=[Choice(name, roles.role_name(name)) for name in NARROW]),
        Ask(
            "service",
            "Service",
            "choice",
            "Le droit porte sur les demandes que ce service traite.",
            options=keys(services, "Aucun en particulier"),
        ),
        Ask(
            "procedure",
            "Démarche",
            "choice",
            "Avec un service, le droit porte sur cette démarche dans ce service seulement.",
            options=keys(procedures.items(), "Aucune en particulier"),
        ),
        Ask("until_on", "Dernier jour", "day", "Laissez vide pour un droit sans fin."),
    )


def _given(typed: Mapping[str, str]) -> Given:
    """What was typed; raises Invalid for a day that cannot be read. -1: a key that is none."""
    until = checking.day(typed["until_on"])
    if typed["until_on"] and until is None:
        raise Invalid("Ce droit ne peut pas être accordé.", [_NO_DAY])
    return Given(typed["role"][:20], _key(typed["service"]), _key(typed["procedure"]), until)


def _key(typed: str) -> int | None:
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else -1


async def _page(visit: Visit[AgentActor], typed: Mapping[str, str], problems: Sequence[Problem] = ()) -> Response:
    key = key_of(visit, "agent")
    found: _Found = await visit.read(_find, key, visit.today)
    page = RightsPage(
        title=f"Droits de {found.name}",
        action=_here(visit, key),
        back=visit.links.agents(f"{PATH}/{key}"),
        back_text=found.name,
        asks=asks(found.services, found.procedures),
        typed=typed,
        button="Accorder ce droit",
        problems=Problems(problems),
        name=found.name,
        whole=roles.role_name(found.role) if found.role else "",
        rows=[RightRow(one, f"{_here(visit, key)}/{one.id}/retrait") for one in found.held],
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/rights.html", code=422 if problems else 200, frame=frame, page=page)


def _find(session: Session, key: int, today: date, *, by: AgentActor) -> _Found:
    agent = colleagues.one(session, by.authority_id, key)
    if not agent.is_active:
        raise Conflict("Ce compte est fermé. Rouvrez-le d’abord.")
    return _Found(
        name=f"{agent.given_name} {agent.family_name}",
        role=agent.role,
        held=holding.of_agent(session, key, today, by=by),
        services=colleagues.services(session, by.authority_id),
        procedures={
            key: f"{title} (sensible)" if key in (by.rights.sensitive or ()) else title
            for key, title in holding.procedures(session, by.authority_id).items()
        },
    )


def _grant(session: Session, key: int, given: Given, today: date, *, by: AgentActor, now: datetime) -> None:
    granting.grant(session, by.authority_id, key, given, by=by, today=today, now=now)


def _take_back(session: Session, key: int, right: int, *, by: AgentActor, now: datetime) -> None:
    granting.take_back(session, by.authority_id, key, right, by=by, now=now)
