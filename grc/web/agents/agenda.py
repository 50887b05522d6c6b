"""The agenda of what an authority lends: what is taken, month by month, and what agents keep without a demande."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may, require
from grc.bookings import keeping, queries, wanted, words
from grc.bookings.keeping import MOST_WEEKS, Kept
from grc.bookings.queries import Thing
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Takes
from grc.errors import Invalid, NotFound, Problem
from grc.forms import answers, parsing
from grc.forms.days import MONTHS
from grc.forms.definition import Form
from grc.forms.fields import input_of
from grc.submissions import agenda
from grc.submissions.agenda import Line
from grc.web import journalling
from grc.web.agents import agenda_views as views
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

Json = Any
_WHY = "Par exemple : travaux. Sans nom de personne. Pour une demande sur papier, sa référence."
_FIRST_YEAR, _LAST_YEAR = 1970, 9897


@dataclass(frozen=True)
class Lent:
    """A list of which a published procedure lends the things."""

    source: str
    title: str
    takes: Takes
    things: Mapping[str, Thing]


async def index(visit: Visit[AgentActor]) -> Response:
    """Every list that is lent by the day or by the hour."""
    _require_reading(visit.actor)
    found: Mapping[str, tuple[str, Takes]] = await visit.read(_all)
    rows = sorted((title, visit.links.agent_agenda(source)) for source, (title, _) in found.items())
    return visit.page("agents/agenda/index.html", frame=agent_frame(visit), page=views.AgendasPage(rows))


async def show(visit: Visit[AgentActor]) -> Response:
    """What is taken this month, or that of the address."""
    _require_reading(visit.actor)
    return await _page(visit, await visit.read(_lent, visit.path["source"]), {})


async def keep(visit: Visit[AgentActor]) -> Response:
    """Days kept without a demande: all of them, or none with what is taken."""
    require(visit.actor, Permission.LIST_CHANGE)
    posted = await visit.form()
    lent: Lent = await visit.read(_lent, visit.path["source"])
    if lent.takes.when:
        raise NotFound("Ces éléments ont leurs propres jours\u00a0: fermez-les dans la liste.")
    form = _form(lent)
    read = answers.read_page(form, form.pages[0], posted.values, {}, as_of=visit.today, files={})
    if read.problems:
        return await _page(visit, lent, read.typed, problems=read.problems)
    zone = visit.authority.zone
    try:
        kept = _kept(read.answers, zone)
        await visit.write(keeping.keep, lent.takes, lent.source, kept, zone)
    except Invalid as invalid:
        return await _page(visit, lent, read.typed, problems=invalid.problems)
    month = read.answers["stay"]["start"][:7]
    return visit.redirect(f"{visit.links.agent_agenda(lent.source)}?mois={month}&fait=garde")


async def give_back(visit: Visit[AgentActor]) -> Response:
    """Days that an agent kept, free again."""
    require(visit.actor, Permission.LIST_CHANGE)
    await visit.form()
    source, key = visit.path["source"], visit.path["booking"]
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotFound("Cette réservation n’existe plus.")
    await visit.write(keeping.give_back, source, int(key), visit.authority.zone)
    return visit.redirect(f"{visit.links.agent_agenda(source)}?fait=rendu")


def _require_reading(agent: AgentActor) -> None:
    """Who keeps the lists reads what is taken of them, as who reads demandes; raises Forbidden."""
    if not may(agent, Permission.LIST_CHANGE):
        require(agent, Permission.SUBMISSION_READ)


def _all(session: Session, *, by: AgentActor) -> dict[str, tuple[str, Takes]]:
    """By source, the title of each list and how its things are taken; by the first procedure where several lend it."""
    found: dict[str, tuple[str, Takes]] = {}
    for each in catalogue.all_published(session, by.authority_id):
        takes, form = each.procedure.takes, each.procedure.form
        if takes is not None and (takes.days or takes.when):
            choices = takes.field_in(form).schema["x-choices"]
            found.setdefault(takes.source_in(form), (str(choices.get("title", "")), takes))
    return found


def _lent(session: Session, source: str, *, by: AgentActor) -> Lent:
    found = _all(session, by=by).get(source)
    if found is None:
        raise NotFound("Aucune démarche publiée ne prête ce qui est dans cette liste.")
    title, takes = found
    return Lent(source, title, takes, queries.things(session, by.authority_id, takes, source))


def _form(lent: Lent) -> Form:
    """What an agent says of days to keep."""
    things = [{"const": each.item, "title": each.label} for each in lent.things.values() if each.is_open]
    properties: dict[str, Json] = {
        "item": {"type": "string", "title": "Quoi ?", "oneOf": things},
        "stay": {"type": "object", "x-interval": "date", "title": "Du premier au dernier jour"},
        "hours": {
            "type": "object",
            "x-interval": "hour-minute",
            "title": "De quelle heure à quelle heure ?",
            "description": "Pour un seul jour. Rien : la journée entière.",
        },
        "weeks": {
            "type": "integer",
            "title": "Combien de semaines de suite ?",
            "description": f"Les mêmes jours chaque semaine, {MOST_WEEKS} fois au plus. Rien : une seule fois.",
            "minimum": 1,
            "maximum": MOST_WEEKS,
        },
        "quantity": {"type": "integer", "title": "Combien ?", "minimum": 1, "maximum": 100000},
        "reason": {"type": "string", "title": "Pourquoi ?", "description": _WHY, "maxLength": 100},
    }
    if not lent.takes.stock:
        del properties["quantity"]
    controls: list[Json] = [{"type": "Control", "scope": f"#/properties/{name}"} for name in properties]
    controls[0]["options"] = {"format": "select"}
    page = {"type": "Category", "x-id": "garder", "label": "Garder des jours", "elements": controls}
    required = [name for name in ("item", "stay", "quantity", "reason") if name in properties]
    schema = {"type": "object", "required": required, "properties": properties}
    return parsing.parse(schema, {"type": "Categorization", "elements": [page]}, where="agenda", blocks={})


def _kept(said: Mapping[str, Json], zone: str) -> Kept:
    first, last = (date.fromisoformat(said["stay"][end]) for end in ("start", "end"))
    if not (wanted.is_within(first) and wanted.is_within(last)):
        raise Invalid("", [Problem("stay", "day", words.BEYOND)])
    between = said.get("hours")
    if between and first != last:
        message = "Les heures ne valent que pour un seul jour. Donnez deux fois le même jour, ou ôtez-les."
        raise Invalid("", [Problem("hours", "day", message)])
    span = wanted.whole_days(first, last, zone)
    if between:
        span = wanted.hours(first, time.fromisoformat(between["start"]), time.fromisoformat(between["end"]), zone)
    return Kept(said["item"], span, said["reason"], said.get("quantity", 1), said.get("weeks", 1))


async def _page(
    visit: Visit[AgentActor], lent: Lent, typed: Mapping[str, Json], *, problems: Sequence[Problem] = ()
) -> Response:
    first = _month(visit.query.get("mois", ""), visit.today)
    span = wanted.whole_days(first, date.fromordinal(_next(first).toordinal() - 1), visit.authority.zone)
    lines: Sequence[Line] = await visit.read(agenda.between, lent.source, span.starts_at, span.ends_at)
    await journalling.listed(visit, "agenda", [each.reference for each in lines if each.reference])
    may_keep = may(visit.actor, Permission.LIST_CHANGE)
    keeps = may_keep and bool(lent.things) and lent.takes.when is None
    fields = {field.name: field for field in _form(lent).fields} if keeps else {}
    here = visit.links.agent_agenda(lent.source)
    page = views.AgendaPage(
        title=lent.title,
        month=_named(first),
        before=(_named(_before(first)), f"{here}?mois={_before(first):%Y-%m}"),
        after=(_named(_next(first)), f"{here}?mois={_next(first):%Y-%m}"),
        taken=[_taken(visit, lent, each, may_keep=may_keep) for each in lines],
        lost=[(each.label, each.lost) for each in lent.things.values() if each.lost],
        back=visit.links.agent_agenda(),
        action=here,
        fields=list(fields.values()),
        typed=typed,
        problems=Problems(problems),
        anchors={each.field: input_of(fields[each.field], each) for each in problems if each.field in fields},
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    return visit.page("agents/agenda/show.html", code=422 if problems else 200, frame=frame, page=page)


def _taken(visit: Visit[AgentActor], lent: Lent, line: Line, *, may_keep: bool) -> views.Taken:
    thing = lent.things.get(line.item)
    count = f"{line.quantity} × " if line.quantity > 1 else ""
    if line.is_of_demande:
        state = f"Demande {line.reference}".strip() + ("" if line.is_firm else ", option")
    else:
        state = line.reason
    return views.Taken(
        when=_first_capital(words.when(wanted.as_days(line.span, visit.authority.zone), visit.authority.zone)),
        title=f"{count}{thing.label if thing else line.item}",
        state=state,
        href=visit.links.agent_submission(line.reference) if line.reference else "",
        give_back="" if line.is_of_demande or not may_keep else visit.links.agent_agenda(lent.source, str(line.id)),
    )


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _month(typed: str, today: date) -> date:
    try:
        found = date.fromisoformat(f"{typed}-01") if len(typed) == len("2027-06") else today
    except ValueError:
        found = today
    return (found if _FIRST_YEAR <= found.year <= _LAST_YEAR else today).replace(day=1)


def _next(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1) if first.year < _LAST_YEAR else first


def _before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1) if first.year > _FIRST_YEAR else first


def _named(first: date) -> str:
    return f"{MONTHS[first.month - 1]} {first.year}"
