"""What may be destroyed: lists for the archives, their visas, what was destroyed on each; nothing goes without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import checking
from grc.authorities.views import AuthorityView
from grc.errors import Invalid, Problem
from grc.submissions import visas
from grc.submissions.kept_models import Visa
from grc.submissions.visas import Granted, Proposed
from grc.web import journalling
from grc.web.admin import forms
from grc.web.admin.forms import Ask, Choice, FormPage
from grc.web.admin.services import key_of
from grc.web.agents import fresh
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/conservation"
ASKS: tuple[Ask, ...] = (
    Ask("number", "Numéro du visa", hint="Comme les Archives départementales l’ont écrit.", required=True),
    Ask(
        "granted_by", "Qui l’a donné", hint="Par exemple « la directrice des Archives départementales ».", required=True
    ),
    Ask("granted_on", "Jour du visa", "day", required=True),
)
UNTIL = Ask("until_on", "Dernier jour", "day", hint="Laissez vide s’il vaut jusqu’à son retrait.")


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure: how long its demandes are kept, how many wait for a list. slug: posted to draw one up."""

    slug: str
    title: str
    kept: str
    source: str
    count: int


@dataclass(frozen=True)
class VisaRow:
    """A list or a standing visa. state, done: in words. waits: whether the archives have not answered."""

    title: str
    href: str
    what: str
    state: str
    done: str
    waits: bool


@dataclass(frozen=True)
class RetentionPage:
    """What waits, and the lists and visas. draw_up: the address of a POST. standing: the form of a standing visa."""

    back: str
    draw_up: str
    standing: str
    procedures: Sequence[ProcedureRow]
    visas: Sequence[VisaRow]


@dataclass(frozen=True)
class ListPage(FormPage):
    """A list, or a standing visa, with the form of its visa while it waits. facts: pairs of a term and its text.

    lines: (reference, first day, last day, kept until, files), the first of them. withdraw: of a POST, or "".
    """

    facts: Sequence[tuple[str, str]] = ()
    lines: Sequence[tuple[str, date, date, date, int]] = ()
    more: int = 0
    csv: str = ""
    waits: bool = False
    withdraw: str = ""


_SHOWN = 50


async def index(visit: Visit[AgentActor]) -> Response:
    """What waits for a list, by procedure; the lists, the visas, what was destroyed on them."""
    require(visit.actor, Permission.VISA_RECORD)
    proposed, found = await visit.read(_found, visit.authority)
    titles = {one.slug: one.title for one in proposed}
    page = RetentionPage(
        back=visit.links.agents(ADMINISTRATION),
        draw_up=visit.links.agents(f"{PATH}/listes"),
        standing=visit.links.agents(f"{PATH}/permanent"),
        procedures=[_procedure(one) for one in proposed],
        visas=[_row(visit, visa, titles, gone) for visa, gone in found],
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/retention.html", frame=frame, page=page)


async def draw_up(visit: Visit[AgentActor]) -> Response:
    """A new list of one procedure; leads to it."""
    require(visit.actor, Permission.VISA_RECORD)
    posted = await visit.form()
    visa: Visa = await visit.write(_draw_up, visit.authority, posted.text("procedure"))
    return visit.redirect(visit.links.agents(f"{PATH}/listes/{visa.id}", fait="liste-dressee"))


async def show(visit: Visit[AgentActor]) -> Response:
    """A list or a standing visa."""
    require(visit.actor, Permission.VISA_RECORD)
    return await _list(visit, {})


async def record(visit: Visit[AgentActor]) -> Response:
    """The visa of a list."""
    require(visit.actor, Permission.VISA_RECORD)
    typed, key = forms.typed(await visit.form(), ASKS), key_of(visit, "visa")
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/listes/{key}"))
    if stale is not None:
        return stale
    try:
        await visit.write(_record, visit.authority, key, _granted(typed))
    except Invalid as invalid:
        return await _list(visit, typed, invalid.problems)
    return visit.redirect(visit.links.agents(PATH, fait="visa-enregistre"))


async def withdraw(visit: Visit[AgentActor]) -> Response:
    """Nothing more is destroyed on it."""
    require(visit.actor, Permission.VISA_RECORD)
    await visit.form()
    await visit.write(_withdraw, visit.authority, key_of(visit, "visa"))
    return visit.redirect(visit.links.agents(PATH, fait="visa-retire"))


async def as_csv(visit: Visit[AgentActor]) -> Response:
    """The list as it goes to the archives, byte for byte."""
    require(visit.actor, Permission.VISA_RECORD)
    visa: Visa = await visit.read(_visa, key_of(visit, "visa"))
    named = [line["reference"] for line in visa.listed or []]
    await journalling.listed(visit, "bordereau", named, beyond_reach=True)
    name = f"elimination-{visit.authority.slug}-{visa.id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(visas.as_csv(visa), media_type="text/csv; charset=utf-8", headers=headers)


async def show_standing(visit: Visit[AgentActor]) -> Response:
    """The form of a standing visa."""
    require(visit.actor, Permission.VISA_RECORD)
    return await _standing(visit, {})


async def stand(visit: Visit[AgentActor]) -> Response:
    """A standing visa."""
    require(visit.actor, Permission.VISA_RECORD)
    typed = forms.typed(await visit.form(), (Ask("procedure", ""), *ASKS, UNTIL))
    stale = await fresh.needed(visit, visit.links.agents(f"{PATH}/permanent"))
    if stale is not None:
        return stale
    until_on = checking.day(typed["until_on"]) if typed["until_on"] else None
    if typed["until_on"] and until_on is None:
        problem = Problem("until_on", "day", "Écrivez le dernier jour, par exemple 31/12/2027, ou laissez-le vide.")
        return await _standing(visit, typed, [problem])
    try:
        await visit.write(_stand, visit.authority, typed["procedure"], _granted(typed), until_on)
    except Invalid as invalid:
        return await _standing(visit, typed, invalid.problems)
    return visit.redirect(visit.links.agents(PATH, fait="visa-enregistre"))


async def _list(visit: Visit[AgentActor], typed: Mapping[str, str], problems: Sequence[Problem] = ()) -> Response:
    visa, gone, title = await visit.read(_whole, key_of(visit, "visa"))
    here = f"{PATH}/listes/{visa.id}"
    lines = visa.listed or []
    await journalling.listed(visit, "conservation", [each["reference"] for each in lines[:_SHOWN]], beyond_reach=True)
    waits = visa.recorded_at is None and visa.withdrawn_at is None
    page = ListPage(
        title=_title(visa, title),
        action=visit.links.agents(here),
        back=visit.links.agents(PATH),
        back_text="Conservation et destruction",
        asks=ASKS,
        typed=typed,
        button="Enregistrer le visa",
        problems=Problems(problems),
        facts=[*_facts(visa, title), ("État", _state(visit.authority, visa)), ("Détruites", _count(gone))],
        lines=[_line(each) for each in lines[:_SHOWN]],
        more=max(0, len(lines) - _SHOWN),
        csv=visit.links.agents(f"{here}/bordereau.csv") if lines else "",
        waits=waits,
        withdraw=visit.links.agents(f"{here}/retrait") if _may_stop(visa) else "",
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("admin/retention_list.html", code=422 if problems else 200, frame=frame, page=page)


async def _standing(visit: Visit[AgentActor], typed: Mapping[str, str], problems: Sequence[Problem] = ()) -> Response:
    proposed, _ = await visit.read(_found, visit.authority)
    which = Ask("procedure", "Démarche", "choice", options=[Choice(one.slug, one.title) for one in proposed])
    page = FormPage(
        title="Enregistrer un visa permanent",
        action=visit.links.agents(f"{PATH}/permanent"),
        back=visit.links.agents(PATH),
        back_text="Conservation et destruction",
        asks=(which, *ASKS, UNTIL),
        typed=typed,
        intro=(
            "Les Archives peuvent autoriser d’avance la destruction de toutes les demandes d’une démarche, à leur "
            "terme. Elles sont alors détruites sans liste.",
        ),
        button="Enregistrer le visa",
        problems=Problems(problems),
    )
    return visit.page("admin/form.html", code=422 if problems else 200, frame=agent_frame(visit), page=page)


def _procedure(one: Proposed) -> ProcedureRow:
    return ProcedureRow(one.slug, one.title, _months(one.months), one.source, one.count)


def _months(months: int) -> str:
    if months % 12:
        return f"{months} mois"
    return f"{months // 12} an{'s' if months > 12 else ''}"


def _row(visit: Visit[AgentActor], visa: Visa, titles: Mapping[str, str], gone: int) -> VisaRow:
    return VisaRow(
        title=_title(visa, titles.get(visa.procedure_slug, visa.procedure_slug)),
        href=visit.links.agents(f"{PATH}/listes/{visa.id}"),
        what="Toutes, à leur terme" if visa.listed is None else _count(len(visa.listed)),
        state=_state(visit.authority, visa),
        done=_count(gone),
        waits=visa.recorded_at is None and visa.withdrawn_at is None,
    )


def _title(visa: Visa, procedure: str) -> str:
    return (
        f"Visa permanent\u00a0: {procedure}" if visa.listed is None else f"Liste n°\u00a0{visa.id}\u00a0: {procedure}"
    )


def _count(number: int) -> str:
    return f"{number} demande{'s' if number > 1 else ''}" if number else "Aucune"


def _state(authority: AuthorityView, visa: Visa) -> str:
    """Where it stands, in words."""
    made_on = f"{clock.day_in(authority.zone, visa.made_at):%d/%m/%Y}"
    if visa.withdrawn_at is not None:
        return f"Retiré le {clock.day_in(authority.zone, visa.withdrawn_at):%d/%m/%Y}"
    if visa.recorded_at is None:
        return f"Dressée le {made_on}, attend le visa"
    until = f", jusqu’au {visa.until_on:%d/%m/%Y}" if visa.until_on else ""
    ended = ". Terminée" if visa.done_at else ""
    return f"Visa {visa.number} du {visa.granted_on:%d/%m/%Y}, par {visa.granted_by}{until}{ended}"


def _facts(visa: Visa, title: str) -> list[tuple[str, str]]:
    """What a bordereau says: service, description, extreme dates, number, volume, and the hash of the list."""
    lines = visa.listed or []
    if not lines:
        return [("Démarche", title)]
    first, last = min(line["first_on"] for line in lines), max(line["last_on"] for line in lines)
    size = sum(line["bytes"] for line in lines)
    return [
        ("Service", ", ".join(sorted({line["service"] for line in lines}))),
        ("Description", f"Demandes\u00a0: {title}"),
        ("Dates extrêmes", f"{date.fromisoformat(first):%d/%m/%Y} – {date.fromisoformat(last):%d/%m/%Y}"),
        ("Nombre", _count(len(lines))),
        ("Volume", f"{sum(line['files'] for line in lines)} fichier(s), {size / 1_000_000:.1f} Mo".replace(".", ",")),
        ("Empreinte de la liste", visa.sha256),
    ]


def _line(line: Mapping[str, str]) -> tuple[str, date, date, date, int]:
    days = (date.fromisoformat(line[name]) for name in ("first_on", "last_on", "kept_until"))
    first, last, kept = days
    return str(line["reference"]), first, last, kept, int(line["files"])


def _may_stop(visa: Visa) -> bool:
    return visa.withdrawn_at is None and visa.done_at is None


def _granted(typed: Mapping[str, str]) -> Granted:
    return Granted(typed["number"], typed["granted_by"], checking.day(typed["granted_on"]))


def _found(
    session: Session, authority: AuthorityView, *, by: AgentActor
) -> tuple[list[Proposed], list[tuple[Visa, int]]]:
    return visas.proposed(session, authority), visas.every(session, authority.id)


def _whole(session: Session, key: int, *, by: AgentActor) -> tuple[Visa, int, str]:
    visa = visas.find(session, by.authority_id, key)
    return visa, visas.destroyed_on(session, visa), visas.title_of(session, visa)


def _visa(session: Session, key: int, *, by: AgentActor) -> Visa:
    return visas.find(session, by.authority_id, key)


def _draw_up(session: Session, authority: AuthorityView, slug: str, *, by: AgentActor, now: datetime) -> Visa:
    return visas.draw_up(session, authority, slug, by=by, now=now)


def _record(
    session: Session, authority: AuthorityView, key: int, granted: Granted, *, by: AgentActor, now: datetime
) -> None:
    visas.record(session, authority, key, granted, by=by, now=now)


def _withdraw(session: Session, authority: AuthorityView, key: int, *, by: AgentActor, now: datetime) -> None:
    visas.withdraw(session, authority, key, by=by, now=now)


def _stand(
    session: Session,
    authority: AuthorityView,
    slug: str,
    granted: Granted,
    until_on: date | None,
    *,
    by: AgentActor,
    now: datetime,
) -> None:
    visas.stand(session, authority, slug, granted, until_on, by=by, now=now)
