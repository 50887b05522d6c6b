"""The lists that agents keep and forms offer: their items, to add, change, close and put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.bookings import series
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Takes
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.forms import answers, items
from grc.forms.answers import PageRead
from grc.forms.definition import Field
from grc.forms.fields import KINDS, input_of
from grc.forms.items import LABEL, Columns
from grc.lists import commands, queries
from grc.lists.importing import facts_of
from grc.lists.queries import Row
from grc.submissions import holders
from grc.submissions.holders import Holders
from grc.web import journalling
from grc.web.agents import list_views as views
from grc.web.agents import slots_made
from grc.web.flashes import with_flash
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit


@dataclass(frozen=True)
class Declared:
    """The lists that the published procedures of an authority offer, and which procedures offer each."""

    columns: Mapping[str, Columns]
    used_by: Mapping[str, Sequence[str]]


async def index(visit: Visit[AgentActor]) -> Response:
    """Every list that a published procedure offers."""
    require(visit.actor, Permission.LIST_CHANGE)
    found, counts = await visit.read(_overview)
    rows = [
        views.ListRow(each.title, visit.links.agent_lists(source), counts.get(source, 0), found.used_by[source])
        for source, each in sorted(found.columns.items(), key=lambda pair: pair[1].title)
    ]
    return visit.page("agents/lists/index.html", frame=agent_frame(visit), page=views.ListsPage(rows))


async def show(visit: Visit[AgentActor]) -> Response:
    """The items of one list, closed ones included."""
    require(visit.actor, Permission.LIST_CHANGE)
    columns, used_by, rows = await visit.read(declared, visit.path["source"])
    takes: Takes | None = await visit.read(series.takes_of, columns.source)
    taken: Mapping[str, int] = await visit.read(holders.counts, columns.source) if takes else {}
    when = takes.when if takes else None
    shown = [row for row in rows if row.is_open or not series.is_past(when, row.attributes, visit.today)]
    if when:
        shown.sort(key=lambda row: series.moment(when, row.attributes))
    page = views.ListPage(
        title=columns.title,
        source=columns.source,
        columns=[field.title for field in _attributes(columns)],
        rows=[
            _row(visit, columns, row, number, len(shown), takes=takes, taken=taken.get(row.slug, 0))
            for number, row in enumerate(shown, start=1)
        ],
        has_order=when is None,
        used_by=used_by,
        new=visit.links.agent_lists(columns.source, "nouveau"),
        back=visit.links.agent_lists(),
        series=visit.links.agent_lists(columns.source, "creneaux") if when and when.start else "",
        hidden=len(rows) - len(shown),
    )
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    made = slots_made.flash(visit.query)
    frame = replace(frame, flash=made) if made else frame
    return visit.page("agents/lists/show.html", frame=frame, page=page)


async def show_new(visit: Visit[AgentActor]) -> Response:
    """The empty form of an item."""
    require(visit.actor, Permission.LIST_CHANGE)
    columns, _, _ = await visit.read(declared, visit.path["source"])
    return _form(visit, columns, None, {})


async def add(visit: Visit[AgentActor]) -> Response:
    """A new item, at the end of the list."""
    require(visit.actor, Permission.LIST_CHANGE)
    posted = await visit.form()
    columns, _, _ = await visit.read(declared, visit.path["source"])
    read = _read(visit, columns, posted.values)
    if read.problems:
        return _form(visit, columns, None, read.typed, problems=read.problems)
    takes: Takes | None = await visit.read(series.takes_of, columns.source)
    facts = facts_of(read.answers)
    facts = replace(facts, named=series.named(takes.when if takes else None, facts.label, facts.attributes))
    try:
        await visit.write(commands.add, columns.source, facts)
    except Invalid as invalid:
        return _form(visit, columns, None, read.typed, problems=invalid.problems)
    return _told(visit, columns, "liste-ajout")


async def show_item(visit: Visit[AgentActor]) -> Response:
    """The form of an item, filled in."""
    require(visit.actor, Permission.LIST_CHANGE)
    columns, _, rows = await visit.read(declared, visit.path["source"])
    row = _found(rows, visit.path["item"])
    held: Holders | None = None
    if await visit.read(series.takes_of, columns.source):
        held = await visit.read(holders.of_item, columns.source, row.slug)
        await journalling.listed(visit, "agenda", held.references if held else ())
    return _form(visit, columns, row, _stored(columns, row), held=held)


async def change(visit: Visit[AgentActor]) -> Response:
    """An item said otherwise; whoever was too late sees what they typed, and may send it again."""
    require(visit.actor, Permission.LIST_CHANGE)
    posted = await visit.form()
    columns, _, rows = await visit.read(declared, visit.path["source"])
    row, read = _found(rows, visit.path["item"]), _read(visit, columns, posted.values)
    if read.problems:
        return _form(visit, columns, row, read.typed, problems=read.problems, revision=posted.revision)
    try:
        facts, revision = facts_of(read.answers), posted.revision
        told = await visit.write(holders.change_item, columns.source, row.slug, facts, revision=revision)
    except Invalid as invalid:
        return _form(visit, columns, row, read.typed, problems=invalid.problems, revision=posted.revision)
    except Conflict:
        return _form(visit, columns, row, read.typed, problems=[_too_late(row)], code=409)
    return _told(visit, columns, "liste-change-pris" if told else "liste-change")


async def place(visit: Visit[AgentActor]) -> Response:
    """The item one place up or down."""
    require(visit.actor, Permission.LIST_CHANGE)
    posted = await visit.form()
    up = {"up": True, "down": False}.get(posted.one("to"))
    if up is None:
        raise Invalid("Choisissez de monter ou de descendre cet élément.")
    source, item = visit.path["source"], visit.path["item"]
    await visit.write(commands.move, source, item, up=up)
    return visit.redirect(f"{visit.links.agent_lists(source)}#{item}")


async def state(visit: Visit[AgentActor]) -> Response:
    """The item offered to citizens, or no longer."""
    require(visit.actor, Permission.LIST_CHANGE)
    posted = await visit.form()
    is_open = {"yes": True, "no": False}.get(posted.one("open"))
    if is_open is None:
        raise Invalid("Choisissez de proposer cet élément ou de ne plus le proposer.")
    source, item = visit.path["source"], visit.path["item"]
    await visit.write(commands.set_open, source, item, is_open=is_open, revision=posted.revision)
    return visit.redirect(f"{visit.links.agent_lists(source)}?fait=liste-{'ouvert' if is_open else 'ferme'}#{item}")


def _declared(session: Session, by: AgentActor) -> Declared:
    offered = [each.procedure for each in catalogue.all_published(session, by.authority_id)]
    found = items.columns(each.form for each in offered)
    used_by = {source: [each.title for each in offered if source in each.form.sources] for source in found}
    return Declared(found, used_by)


def _overview(session: Session, *, by: AgentActor) -> tuple[Declared, dict[str, int]]:
    return _declared(session, by), queries.counts(session, by=by)


def declared(session: Session, source: str, *, by: AgentActor) -> tuple[Columns, Sequence[str], list[Row]]:
    """A list that a published procedure offers, the titles of those that do, and its items; raises NotFound."""
    known = _declared(session, by)
    if source not in known.columns:
        raise NotFound("Aucune démarche publiée n’utilise cette liste.")
    return known.columns[source], known.used_by[source], queries.rows(session, source, by=by)


def _attributes(columns: Columns) -> list[Field]:
    return [field for field in columns.form.fields if field.name != LABEL]


def _found(rows: Sequence[Row], slug: str) -> Row:
    found = next((row for row in rows if row.slug == slug), None)
    if found is None:
        raise NotFound("Cet élément n’existe pas dans cette liste.")
    return found


def _read(visit: Visit[AgentActor], columns: Columns, posted: Mapping[str, Sequence[str]]) -> PageRead:
    form = columns.form
    return answers.read_page(form, form.pages[0], posted, {}, as_of=visit.today, files={})


def _stored(columns: Columns, row: Row) -> Mapping[str, Any]:
    """What to show in the inputs for an item as it is."""
    return answers.as_typed(columns.form.pages[0], {LABEL: row.label, **row.attributes})


def _too_late(row: Row) -> Problem:
    who = row.changed_by or "Quelqu’un"
    message = f"{who} a modifié cet élément entre-temps. Comparez avec la liste, puis enregistrez à nouveau."
    return Problem("", "stale", message)


def _told(visit: Visit[AgentActor], columns: Columns, done: str) -> Response:
    return visit.redirect(f"{visit.links.agent_lists(columns.source)}?fait={done}")


def _missing(columns: Columns, takes: Takes | None, row: Row) -> str:
    """The attribute without which an item of its own days is offered to nobody: its day, how many there are.

    Where people may wait, what has no place is offered for that.
    """
    named = {field.name: field.title for field in columns.form.fields}
    needed = (takes.when.first, "" if takes.waiting else takes.stock) if takes and takes.when else ()
    return next((named.get(name, name) for name in needed if name and not row.attributes.get(name)), "")


def _row(
    visit: Visit[AgentActor],
    columns: Columns,
    row: Row,
    number: int,
    count: int,
    *,
    takes: Takes | None,
    taken: int,
) -> views.ItemRow:
    """number, count: its place among those shown. taken: by how many demandes."""
    here = row.slug
    return views.ItemRow(
        id=here,
        label=row.label,
        cells=[_cell(field, row.attributes.get(field.name)) for field in _attributes(columns)],
        is_open=row.is_open,
        revision=row.revision,
        edit=visit.links.agent_lists(columns.source, here),
        place=visit.links.agent_lists(columns.source, here, "place"),
        state=visit.links.agent_lists(columns.source, here, "etat"),
        first=number == 1,
        last=number == count,
        changed_at=clock.local(visit.authority.zone, row.changed_at),
        changed_by=row.changed_by,
        missing=_missing(columns, takes, row),
        taken=taken,
    )


def _cell(field: Field, value: Any) -> str:
    return "" if value is None else KINDS[field.kind].display(field, value)


def _form(
    visit: Visit[AgentActor],
    columns: Columns,
    row: Row | None,
    typed: Mapping[str, Any],
    *,
    problems: Sequence[Problem] = (),
    revision: int | None = None,
    code: int = 422,
    held: Holders | None = None,
) -> Response:
    """The form of an item. revision: the one that was seen; None: the present one. held: who has taken it."""
    present = 0 if row is None else row.revision
    fields = {field.name: field for field in columns.form.fields}
    page = views.ItemPage(
        title="Ajouter un élément" if row is None else f"Modifier « {row.label} »",
        list_title=columns.title,
        action=visit.links.agent_lists(columns.source, "nouveau" if row is None else row.slug),
        back=visit.links.agent_lists(columns.source),
        fields=list(fields.values()),
        typed=typed,
        problems=Problems(problems),
        anchors={each.field: input_of(fields[each.field], each) for each in problems if each.field in fields},
        revision=present if revision is None else revision,
        taken=held.count if held else 0,
        holders=[(each, visit.links.agent_submission(each)) for each in held.references] if held else (),
    )
    return visit.page("agents/lists/item.html", code=code if problems else 200, frame=agent_frame(visit), page=page)
