"""The services of an authority: who answers, with what every receipt must say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import services
from grc.authorities.merging import Meanwhile
from grc.authorities.models import Service
from grc.authorities.services import Listed
from grc.catalogue import responsible
from grc.errors import Invalid, NotFound, Problem
from grc.web.admin import forms
from grc.web.admin.forms import Ask, FormPage
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/services"
SLUG = Ask(
    "slug",
    "Identifiant",
    hint="Dans les adresses et les fichiers, par exemple etat-civil. Il ne change plus ensuite.",
    required=True,
    size="govuk-input--width-20",
)
ASKS = (
    Ask("name", "Nom", hint="Tel que les accusés de réception l’impriment.", required=True),
    Ask("telephone", "Téléphone", "telephone", hint="Les accusés de réception doivent le donner."),
    Ask("email", "Adresse électronique", "email", hint="Les courriels des nouvelles demandes y arrivent."),
    Ask("postal_address", "Adresse postale", "address", hint="Comme sur une enveloppe, sans le nom du service."),
    Ask("hours", "Horaires", hint="Par exemple « Du lundi au vendredi, de 9 h à 12 h »."),
)


@dataclass(frozen=True)
class ServiceRow:
    """A service in the list. contact: its telephone and address. lacking: what receipts would miss of it."""

    name: str
    slug: str
    href: str
    contact: Sequence[str]
    lacking: Sequence[str]
    procedures: int
    is_open: bool


@dataclass(frozen=True)
class ServicesPage:
    """Every service. new: where one is added. back: the administration."""

    rows: Sequence[ServiceRow]
    new: str
    back: str


@dataclass(frozen=True)
class ServicePage(FormPage):
    """The form of a service. slug: "" for a new one. procedures: that it answers. closed_on: in words, "" while open.

    turn: the address of the POST that closes or reopens it, "" when it cannot be closed. held: its open procedures.
    """

    slug: str = ""
    procedures: Sequence[str] = ()
    held: Sequence[str] = ()
    closed_at: datetime | None = None
    turn: str = ""


@dataclass(frozen=True)
class Found:
    """A service with the procedures that it answers, and the open ones among them."""

    row: Service
    procedures: Sequence[str]
    held: Sequence[str]


async def index(visit: Visit[AgentActor]) -> Response:
    """Every service of the authority, closed ones last."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    rows, counts = await visit.read(_listed)
    page = ServicesPage(
        [_row(visit, one, counts.get(one.view.id, 0)) for one in rows],
        new=visit.links.agents(f"{PATH}/nouveau"),
        back=visit.links.agents(ADMINISTRATION),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/services.html", frame=frame, page=page)


async def show_new(visit: Visit[AgentActor]) -> Response:
    """The empty form."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    return _form(visit, None, {})


async def add(visit: Visit[AgentActor]) -> Response:
    """A new service, then the list."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    posted = await visit.form()
    typed = forms.typed(posted, (SLUG, *ASKS))
    try:
        await visit.write(services.add, visit.authority.id, typed["slug"], typed)
    except Invalid as invalid:
        return _form(visit, None, typed, problems=invalid.problems)
    return visit.redirect(visit.links.agents(PATH, fait="service-ajoute"))


async def show(visit: Visit[AgentActor]) -> Response:
    """The form of a service, filled in."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    found = await visit.read(_found, key_of(visit))
    return _form(visit, found, services.told(found.row))


async def change(visit: Visit[AgentActor]) -> Response:
    """A service said otherwise, refused while a receipt would lack a mention because of it."""
    require(visit.actor, Permission.SERVICE_CHANGE)
    posted, key = await visit.form(), key_of(visit)
    typed, seen = forms.typed(posted, ASKS), forms.seen(posted, ASKS)
    try:
        await visit.write(_change, key, typed, seen)
    except (Invalid, Meanwhile) as error:
        found, again = await visit.read(_found, key), forms.again(error, typed, seen)
        return _form(visit, found, again.typed, seen=again.seen, problems=again.problems, code=again.code)
    return visit.redirect(visit.links.agents(PATH, fait="service-modifie"))


async def close(visit: Visit[AgentActor]) -> Response:
    """Nothing new given to the service; refused while it answers open procedures."""
    return await _turn(visit, _close, "service-ferme")


async def reopen(visit: Visit[AgentActor]) -> Response:
    """The service open again."""
    return await _turn(visit, _reopen, "service-rouvert")


async def _turn(visit: Visit[AgentActor], unit: object, done: str) -> Response:
    require(visit.actor, Permission.SERVICE_CHANGE)
    await visit.form()
    key = key_of(visit)
    try:
        await visit.write(unit, key)  # type: ignore[arg-type]
    except Invalid as invalid:
        found = await visit.read(_found, key)
        return _form(visit, found, services.told(found.row), problems=invalid.problems)
    return visit.redirect(visit.links.agents(PATH, fait=done))


def key_of(visit: Visit[AgentActor], name: str = "service") -> int:
    """The row that the address names; raises NotFound for what is no key."""
    typed = str(visit.path[name])
    if not typed.isascii() or not typed.isdigit() or len(typed) > 18:
        raise NotFound("Cette page n’existe pas.")
    return int(typed)


def _row(visit: Visit[AgentActor], one: Listed, procedures: int) -> ServiceRow:
    service = one.view
    contact = [part for part in (service.telephone, service.email) if part]
    return ServiceRow(
        service.name,
        service.slug,
        visit.links.agents(f"{PATH}/{service.id}"),
        contact,
        one.lacking,
        procedures,
        one.closed_at is None,
    )


def _form(
    visit: Visit[AgentActor],
    found: Found | None,
    typed: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    code: int = 422,
) -> Response:
    """The form of a service. seen: what the form had shown; None: what is stored now."""
    row = None if found is None else found.row
    here = f"{PATH}/{row.id}" if row is not None else f"{PATH}/nouveau"
    page = ServicePage(
        title="Ajouter un service" if row is None else row.name,
        action=visit.links.agents(here),
        back=visit.links.agents(PATH),
        back_text="Tous les services",
        asks=(ASKS[0], SLUG, *ASKS[1:]) if row is None else ASKS,
        typed=typed,
        seen={} if row is None else (services.told(row) if seen is None else seen),
        button="Ajouter le service" if row is None else "Enregistrer",
        problems=Problems(problems),
        slug="" if row is None else row.slug,
        procedures=found.procedures if found else (),
        held=found.held if found else (),
        closed_at=None if row is None or row.closed_at is None else clock.local(visit.authority.zone, row.closed_at),
        turn="" if row is None else _turning(visit, row, found.held if found else ()),
    )
    return visit.page("admin/service.html", code=code if problems else 200, frame=agent_frame(visit), page=page)


def _turning(visit: Visit[AgentActor], row: Service, held: Sequence[str]) -> str:
    if row.closed_at is not None:
        return visit.links.agents(f"{PATH}/{row.id}/reouverture")
    return "" if held else visit.links.agents(f"{PATH}/{row.id}/fermeture")


def _listed(session: Session, *, by: AgentActor) -> tuple[Sequence[Listed], Mapping[int, int]]:
    return services.listed(session, by.authority_id), responsible.counts(session, by.authority_id)


def _found(session: Session, key: int, *, by: AgentActor) -> Found:
    row = services.one(session, by.authority_id, key)
    offered = responsible.of_service(session, by.authority_id, key)
    titles = [one.procedure.title for one in offered]
    return Found(row, titles, [one.procedure.title for one in offered if one.is_open])


def _change(
    session: Session, key: int, typed: Mapping[str, str], seen: Mapping[str, str], *, by: AgentActor, now: datetime
) -> None:
    services.change(session, by.authority_id, key, typed, seen=seen, by=by, now=now)
    responsible.require_complete(session, by.authority_id, key)


def _close(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    services.one(session, by.authority_id, key, is_held=True)
    responsible.require_idle(session, by.authority_id, key)
    services.close(session, by.authority_id, key, by=by, now=now)


def _reopen(session: Session, key: int, *, by: AgentActor, now: datetime) -> None:
    services.reopen(session, by.authority_id, key, by=by, now=now)
