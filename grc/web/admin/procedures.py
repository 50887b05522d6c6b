"""The procedures of an authority: what is offered, in which version, by which service; open, closed, installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, covering, require
from grc.authorities.models import Service
from grc.catalogue import installing, overlaying, queries, shelf, updating
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure
from grc.errors import Forbidden, Invalid
from grc.receipts.wording import short_date
from grc.web.admin.procedure_words import FUNCTIONS, Stated, stated
from grc.web.flashes import with_flash
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/demarches"


@dataclass(frozen=True)
class ProcedureRow:
    """An installed procedure. state: in words. overlaid: how many properties. update: where one waits, or "".

    choices: of how many properties the update asks what to keep.
    """

    title: str
    href: str
    state: str
    is_open: bool
    service: str
    version: int
    overlaid: int
    update: str = ""
    choices: int = 0


@dataclass(frozen=True)
class CatalogueRow:
    """A procedure that the authority may install."""

    title: str
    href: str
    text: str


@dataclass(frozen=True)
class ProceduresPage:
    """What is offered here, and what the catalogue has beside."""

    rows: Sequence[ProcedureRow]
    more: Sequence[CatalogueRow]
    back: str


@dataclass(frozen=True)
class Part:
    """A part of the procedure that may be adapted. count: of what is adapted in it."""

    title: str
    href: str
    count: int


@dataclass(frozen=True)
class ProcedurePage:
    """One installed procedure. turn: where it is opened or closed. update: where an update waits, or "".

    parts: none when the catalogue no longer has it.
    """

    title: str
    back: str
    state: str
    is_open: bool
    turn: str
    service: str
    functions: Sequence[tuple[str, str]]
    version: int
    published_at: datetime
    install: str
    update: str
    file: str
    page: str
    parts: Sequence[Part]
    stated: Sequence[Stated]


@dataclass(frozen=True)
class Found:
    """An installed procedure as it stands. catalogue: None when the catalogue no longer has it."""

    row: InstalledProcedure
    offered: queries.Published
    version: queries.VersionFacts
    catalogue: Procedure | None


async def index(visit: Visit[AgentActor]) -> Response:
    """Every procedure of the authority, then what the catalogue has beside."""
    require(visit.actor, Permission.PROCEDURE_CHANGE)
    installed, entries = await visit.read(_everything)
    rows = [_row(visit, one) for one in installed if may_change(visit.actor, one.row.id)]
    held = {one.row.slug for one in installed}
    more = [
        CatalogueRow(one.title, address(visit, one.slug, "installation"), one.description)
        for one in entries
        if one.slug not in held and may_change(visit.actor, None)
    ]
    page = ProceduresPage(rows, more, visit.links.agents(ADMINISTRATION))
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/procedures/index.html", frame=frame, page=page)


async def show(visit: Visit[AgentActor]) -> Response:
    """One procedure: its state, its services, what is adapted in it."""
    found = await visit.read(find, visit.path["slug"])
    row, offered = found.row, found.offered
    page = ProcedurePage(
        title=offered.procedure.title,
        back=visit.links.agents(PATH),
        state=state_of(offered, visit.today),
        is_open=row.is_open,
        turn=address(visit, row.slug, "ouverture"),
        service=offered.service.name,
        functions=await visit.read(_functions, row, offered.service.name),
        version=found.version.number,
        published_at=found.version.published_at,
        install=address(visit, row.slug, "installation") if found.catalogue is not None else "",
        update=address(visit, row.slug, "mise-a-jour") if is_behind(found) else "",
        file=address(visit, row.slug, "fichier") if found.catalogue is not None else "",
        page=visit.links.procedure(row.slug),
        parts=parts(visit, found),
        stated=stated(found.catalogue, row.overlay or {}),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/procedures/show.html", frame=frame, page=page)


async def turn(visit: Visit[AgentActor]) -> Response:
    """The procedure open to new demandes, or closed to them."""
    slug = visit.path["slug"]
    await visit.read(find, slug)
    posted = await visit.form()
    is_open = {"yes": True, "no": False}.get(posted.one("open"))
    if is_open is None:
        raise Invalid("Choisissez d’ouvrir ou de fermer cette démarche.")
    await visit.write(_turn, slug, is_open=is_open)
    return visit.redirect(f"{address(visit, slug)}?fait=demarche-{'ouverte' if is_open else 'fermee'}")


def address(visit: Visit[AgentActor], slug: str = "", act: str = "") -> str:
    """A page of the procedures."""
    return visit.links.agents("/".join(part for part in (PATH, slug, act) if part))


def may_change(actor: AgentActor, procedure_id: int | None) -> bool:
    """Whether the agent may set this procedure, sensitive or not: no demande is read here. None: one not yet here."""
    rights = covering(actor, Permission.PROCEDURE_CHANGE)
    return any(
        right.is_whole or (right.procedure_id is not None and right.procedure_id == procedure_id) for right in rights
    )


def require_change(actor: AgentActor, procedure_id: int | None) -> None:
    """Nothing, or Forbidden."""
    if not may_change(actor, procedure_id):
        require(actor, Permission.PROCEDURE_CHANGE)
        raise Forbidden("Vos droits ne portent pas sur cette démarche. Demandez-les à l’administrateur.")


def find(session: Session, slug: str, *, by: AgentActor) -> Found:
    """An installed procedure that the agent may change; raises Forbidden, NotFound."""
    require(by, Permission.PROCEDURE_CHANGE)
    row = installing.require_installed(session, by.authority_id, slug)
    require_change(by, row.id)
    offered = queries.published(session, by.authority_id, slug)
    version = queries.version_facts(session, by.authority_id, offered.version_id)
    session.expunge(row)
    return Found(row, offered, version, shelf.entries().get(slug))


def is_behind(found: Found) -> bool:
    """Whether the catalogue has another version than the one that is adapted here."""
    return found.catalogue is not None and installing.is_behind(found.row, found.catalogue)


def state_of(offered: queries.Published, today: date) -> str:
    """Open, closed, or from when to when, in words."""
    if not offered.is_open:
        return "Fermée"
    opens_on, closes_on = offered.procedure.opens_on, offered.procedure.closes_on
    if opens_on is not None and today < opens_on:
        return f"Ouvre le {short_date(opens_on)}"
    if closes_on is None:
        return "Ouverte"
    word = "Ouverte jusqu’au" if today <= closes_on else "Fermée depuis le"
    return f"{word} {short_date(closes_on)}"


def sections(catalogue: Procedure) -> list[str]:
    """The parts of a procedure that may be adapted, in order."""
    return list(dict.fromkeys(place.section for place in overlaying.places_of(catalogue).values()))


def parts(visit: Visit[AgentActor], found: Found) -> list[Part]:
    """The parts of the procedure, with how much of each is adapted."""
    if found.catalogue is None:
        return []
    places, overlay = overlaying.places_of(found.catalogue), found.row.overlay or {}
    counts: dict[str, int] = {}
    for identifier, properties in overlay.items():
        section = places[identifier].section if identifier in places else ""
        counts[section] = counts.get(section, 0) + len(properties)
    return [
        Part(title, address(visit, found.row.slug, f"adaptation/{number}"), counts.get(title, 0))
        for number, title in enumerate(sections(found.catalogue), start=1)
    ]


def _everything(session: Session, *, by: AgentActor) -> tuple[list[Found], list[Procedure]]:
    rows = session.exec(
        select(InstalledProcedure)
        .where(InstalledProcedure.authority_id == by.authority_id, col(InstalledProcedure.version_id).is_not(None))
        .order_by(col(InstalledProcedure.slug))
    ).all()
    entries = shelf.entries()
    found = []
    for row in rows:
        offered = queries.published(session, by.authority_id, row.slug)
        version = queries.version_facts(session, by.authority_id, offered.version_id)
        session.expunge(row)
        found.append(Found(row, offered, version, entries.get(row.slug)))
    return sorted(found, key=lambda one: one.offered.procedure.title), list(entries.values())


def _row(visit: Visit[AgentActor], one: Found) -> ProcedureRow:
    return ProcedureRow(
        title=one.offered.procedure.title,
        href=address(visit, one.row.slug),
        state=state_of(one.offered, visit.today),
        is_open=one.offered.is_open_on(visit.today),
        service=one.offered.service.name,
        version=one.version.number,
        overlaid=overlaying.count(one.row.overlay),
        update=address(visit, one.row.slug, "mise-a-jour") if is_behind(one) else "",
        choices=_choices(one),
    )


def _choices(one: Found) -> int:
    """How many properties of the overlay are in conflict with the catalogue's new version."""
    if one.catalogue is None or not one.row.overlay or not is_behind(one):
        return 0
    return len(updating.merge(one.catalogue, one.row.overlay).conflicts)


def _functions(session: Session, row: InstalledProcedure, service: str, *, by: AgentActor) -> list[tuple[str, str]]:
    """Who holds each function that was given to services, in words."""
    statement = select(Service.slug, Service.name).where(Service.authority_id == by.authority_id)
    names = dict(session.exec(statement).all())
    bound = row.functions or {}
    return [
        (words, ", ".join(names.get(slug, slug) for slug in bound.get(name, ())) or service)
        for name, words in FUNCTIONS.items()
        if name in bound
    ]


def _turn(session: Session, slug: str, *, is_open: bool, by: AgentActor, now: datetime) -> None:
    find(session, slug, by=by)
    installing.set_open(session, by.authority_id, slug, is_open=is_open, by=by, now=now)
