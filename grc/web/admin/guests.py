"""The syndicate's access: whom a commune lets in for a time, until when, and how it ends at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import colleagues
from grc.authorities import guests as rules
from grc.authorities.guests import Guest, Invitation
from grc.catalogue import queries as catalogue
from grc.errors import Invalid, Problem
from grc.sessions import commands as sessions
from grc.web.admin import forms
from grc.web.admin.forms import Ask, Choice, FormPage
from grc.web.admin.services import key_of
from grc.web.agents import colleague_acts, fresh
from grc.web.agents.roles import role_name
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/acces-du-syndicat"
_WHOLE = "all"
_DAYS = f"Nombre de jours, de 1 à {rules.LONGEST}"


INTRO = (
    "L’accès finit seul au soir du dernier jour. Chaque page que cette personne ouvre est inscrite au journal.",
    "Vous lui remettrez un lien pour choisir son mot de passe. Un second moyen de connexion lui sera demandé.",
)


@dataclass(frozen=True)
class GuestRow:
    """A guest in the list. last_on: their last day. over: what the access opens. end: address of the POST, or ""."""

    name: str
    email: str
    guest_from: str
    role: str
    over: str
    last_on: date
    is_open: bool
    end: str
    link: str


@dataclass(frozen=True)
class GuestsPage:
    """Who is in, then who was. new: where somebody is let in, "" without a syndicate here."""

    rows: Sequence[GuestRow]
    new: str
    back: str
    journal: str


@dataclass(frozen=True)
class Offered:
    """What the form offers: syndicates by name, services and procedures by id."""

    syndicates: Sequence[str]
    services: Sequence[tuple[int, str]]
    procedures: Sequence[tuple[int, str]]


async def index(visit: Visit[AgentActor]) -> Response:
    """Every guest, present or past."""
    require(visit.actor, Permission.GUEST_ADMIT)
    found, offered = await visit.read(_listed, visit.now)
    page = GuestsPage(
        [_row(visit, one, offered) for one in found],
        new=visit.links.agents(f"{PATH}/nouveau") if offered.syndicates else "",
        back=visit.links.agents(ADMINISTRATION),
        journal=visit.links.agents(f"{ADMINISTRATION}/journal"),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/guests.html", frame=frame, page=page)


async def show_new(visit: Visit[AgentActor]) -> Response:
    """The empty form."""
    require(visit.actor, Permission.GUEST_ADMIT)
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/nouveau"))
    return stale or await _form(visit, {"days": "7", "reason": "help", "role": "reader", "over": _WHOLE})


async def admit(visit: Visit[AgentActor]) -> Response:
    """Somebody let in, then the link by which they choose a password, shown once."""
    require(visit.actor, Permission.GUEST_ADMIT)
    posted = await visit.form()
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/nouveau"))
    if stale is not None:
        return stale
    offered = await visit.read(_offered)
    typed = forms.typed(posted, asks(offered))
    try:
        key = await visit.write(_admit, _invitation(typed, offered))
    except Invalid as invalid:
        return await _form(visit, typed, problems=invalid.problems)
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(f"collegues/{key}/mot-de-passe"))


async def end(visit: Visit[AgentActor]) -> Response:
    """A guest's time ended now, and their sessions."""
    require(visit.actor, Permission.GUEST_ADMIT)
    await visit.form()
    await visit.write(_end, key_of(visit, "guest"))
    visit.platform.forget(visit.authority.id)
    return visit.redirect(visit.links.agents(PATH, fait="invite-fini"))


def _row(visit: Visit[AgentActor], one: Guest, offered: Offered) -> GuestRow:
    last = clock.day_in(visit.authority.zone, one.expires_at - timedelta(microseconds=1))
    return GuestRow(
        name=one.name,
        email=one.email,
        guest_from=one.guest_from,
        role=role_name(one.role),
        over=_over(one, offered),
        last_on=last,
        is_open=one.is_open,
        end=visit.links.agents(f"{PATH}/{one.id}/fin") if one.is_open else "",
        link=visit.links.agents(f"collegues/{one.id}") if one.is_open else "",
    )


def _over(one: Guest, offered: Offered) -> str:
    """What the access opens, in words."""
    if one.procedure_id is not None:
        return dict(offered.procedures).get(one.procedure_id, "Une démarche")
    if one.service_id is not None:
        return dict(offered.services).get(one.service_id, "Un service")
    return "Toute la commune, sauf les démarches sensibles"


async def _form(visit: Visit[AgentActor], typed: dict[str, str], *, problems: Sequence[Problem] = ()) -> Response:
    offered = await visit.read(_offered)
    page = FormPage(
        title="Ouvrir un accès au syndicat",
        action=visit.links.agents(f"{PATH}/nouveau"),
        back=visit.links.agents(PATH),
        back_text="Accès du syndicat",
        asks=asks(offered),
        typed=typed,
        intro=INTRO,
        button="Ouvrir l’accès",
        problems=Problems(problems),
    )
    return visit.page("admin/form.html", code=422 if problems else 200, frame=agent_frame(visit), page=page)


def asks(offered: Offered) -> Sequence[Ask]:
    """What is asked of an access."""
    over = [
        Choice(_WHOLE, "Toute la commune, sauf les démarches sensibles"),
        *(Choice(f"s{key}", f"Service\u00a0: {name}") for key, name in offered.services),
        *(Choice(f"p{key}", f"Démarche\u00a0: {title}") for key, title in offered.procedures),
    ]
    roles = [Choice(role, role_name(role)) for role in rules.ROLES]
    return (
        Ask("syndicate", "Syndicat", "choice", options=[Choice(name, name) for name in offered.syndicates]),
        Ask("given_name", "Prénom", required=True),
        Ask("family_name", "Nom", required=True),
        Ask("capacity", "Fonction", hint="Par exemple « chargée d’assistance ».", required=True),
        Ask("email", "Adresse électronique", "email", required=True),
        Ask("reason", "Pourquoi", "choice", options=[Choice(*one) for one in rules.REASONS.items()]),
        Ask("role", "Ce que la personne pourra faire", "choice", options=roles),
        Ask("over", "Sur quoi", "choice", options=over),
        Ask("days", _DAYS, hint="Aujourd’hui compris.", required=True, size="govuk-input--width-3"),
    )


def _invitation(typed: dict[str, str], offered: Offered) -> Invitation:
    days, over = typed["days"], typed["over"]
    key = int(over[1:]) if over[1:].isascii() and over[1:].isdigit() and len(over) < 18 else -1
    narrow: dict[str, int] = {}
    if over != _WHOLE:
        narrow = {"procedure_id" if over.startswith("p") else "service_id": key}
    return Invitation(
        syndicate=typed["syndicate"] or next(iter(offered.syndicates), ""),
        email=typed["email"].lower(),
        given_name=typed["given_name"],
        family_name=typed["family_name"],
        capacity=typed["capacity"],
        role=typed["role"],
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
        reason=typed["reason"],
        **narrow,
    )


def _offered(session: Session, *, by: AgentActor) -> Offered:
    published = catalogue.all_published(session, by.authority_id)
    procedures = sorted((one.procedure_id, one.procedure.title) for one in published)
    return Offered(rules.syndicates(session), colleagues.services(session, by.authority_id), procedures)


def _listed(session: Session, now: datetime, *, by: AgentActor) -> tuple[Sequence[Guest], Offered]:
    return rules.listed(session, by.authority_id, now=now), _offered(session, by=by)


def _admit(session: Session, invited: Invitation, *, by: AgentActor, now: datetime) -> int:
    key = rules.admit(session, invited, by=by, now=now)
    sessions.close_of_agent(session, key)
    colleague_acts.link(session, key, by=by, now=now)
    return key


def _end(session: Session, key: int, **told: Any) -> None:
    rules.end(session, key, **told)
    sessions.close_of_agent(session, key)
