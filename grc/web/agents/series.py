"""Slots by the dozen, for a list of which the items have hours: the mayor's hours of Tuesday, until June."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.bookings import series
from grc.bookings.series import LONGEST, MOST_WEEKS, SHORTEST, Series
from grc.catalogue.definition import When
from grc.errors import Invalid, NotFound, Problem
from grc.forms import answers, parsing
from grc.forms.definition import Form
from grc.forms.fields import input_of
from grc.forms.items import Columns
from grc.web.agents import list_views as views
from grc.web.agents import slots_made
from grc.web.agents.lists import declared
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

Json = Any
MOST_YEARS = 3
"""How far the first day may be: a slot of 2072 is a mistyped one that nobody would see."""
_DAY = "Par exemple 12\u00a01\u00a02027."
_OWN: Mapping[str, Json] = {
    "name": {
        "type": "string",
        "title": "Comment s’appellent ces créneaux\u00a0?",
        "description": "Par exemple\u00a0: Permanence du maire. Le jour et l’heure s’ajoutent seuls.",
        "maxLength": 60,
    },
    "first_on": {
        "type": "string",
        "format": "date",
        "title": "Le premier jour",
        "description": _DAY,
        "x-min": {"days": 0},
        "x-max": {"years": MOST_YEARS},
    },
    "hours": {
        "type": "object",
        "x-interval": "hour-minute",
        "title": "De quelle heure à quelle heure\u00a0?",
        "description": "La durée de la permanence entière.",
    },
    "minutes": {
        "type": "integer",
        "title": "Combien de minutes dure un créneau\u00a0?",
        "minimum": SHORTEST,
        "maximum": LONGEST,
    },
    "weeks": {
        "type": "integer",
        "title": "Combien de semaines de suite\u00a0?",
        "description": f"Le même jour chaque semaine, {MOST_WEEKS} fois au plus. Rien\u00a0: une seule fois.",
        "minimum": 1,
        "maximum": MOST_WEEKS,
    },
}
_NEEDED = ["name", "first_on", "hours", "minutes"]


async def show(visit: Visit[AgentActor]) -> Response:
    """The empty form of slots by the dozen."""
    require(visit.actor, Permission.LIST_CHANGE)
    columns, form = await visit.read(_asked, visit.path["source"])
    return _page(visit, columns, form, {})


async def make(visit: Visit[AgentActor]) -> Response:
    """Slots of the same hours each week, at the end of the list: all of them, or none with the reason."""
    require(visit.actor, Permission.LIST_CHANGE)
    posted = await visit.form()
    columns, form = await visit.read(_asked, visit.path["source"])
    read = answers.read_page(form, form.pages[0], posted.values, {}, as_of=visit.today, files={})
    if read.problems:
        return _page(visit, columns, form, read.typed, problems=read.problems)
    try:
        made = await visit.write(series.make, visit.authority, columns.source, _wanted(read.answers))
    except Invalid as invalid:
        problems = [Problem(_INPUTS.get(each.field, ""), each.code, each.message) for each in invalid.problems]
        return _page(visit, columns, form, read.typed, problems=problems)
    return visit.redirect(f"{visit.links.agent_lists(columns.source)}?{slots_made.query(made)}")


_INPUTS = {"label": "name", "first_on": "first_on", "start": "hours", "weeks": "weeks"}
"""By field of a refusal, the question that asks for it."""


def _asked(session: Session, source: str, *, by: AgentActor) -> tuple[Columns, Form]:
    columns, _, _ = declared(session, source, by=by)
    takes = series.takes_of(session, source, by=by)
    if takes is None or takes.when is None or not takes.when.start:
        raise NotFound("Les éléments de cette liste n’ont pas d’heures.")
    return columns, _form(columns, takes.when, takes.stock)


def _form(columns: Columns, when: When, stock: str) -> Form:
    """What an agent says of slots: their hours, then what else the list says of each, one answer for all.

    How many there are of each (stock) must be said: a slot of which nobody said it is offered to nobody.
    """
    named = {field.name: field.schema for field in columns.form.fields}
    rest = [name for name in columns.attributes if name not in (when.first, when.start, when.end)]
    properties = {**_OWN, **{_key(name): named[name] for name in rest}}
    controls = [{"type": "Control", "scope": f"#/properties/{name}"} for name in properties]
    page = {"type": "Category", "x-id": "creneaux", "label": "Créneaux", "elements": controls}
    schema = {"type": "object", "required": [*_NEEDED, *([_key(stock)] if stock else [])], "properties": properties}
    return parsing.parse(schema, {"type": "Categorization", "elements": [page]}, where="créneaux", blocks={})


def _key(name: str) -> str:
    """The name of an attribute's question, apart from ours."""
    return f"of_each_{name}"


def _wanted(said: Mapping[str, Json]) -> Series:
    return Series(
        name=said["name"],
        first_on=date.fromisoformat(said["first_on"]),
        start=time.fromisoformat(said["hours"]["start"]),
        end=time.fromisoformat(said["hours"]["end"]),
        minutes=said["minutes"],
        weeks=said.get("weeks", 1),
        attributes={name.removeprefix(_key("")): value for name, value in said.items() if name.startswith(_key(""))},
    )


def _page(
    visit: Visit[AgentActor],
    columns: Columns,
    form: Form,
    typed: Mapping[str, Json],
    *,
    problems: Sequence[Problem] = (),
) -> Response:
    fields = {field.name: field for field in form.fields}
    page = views.ItemPage(
        title="Créer des créneaux",
        list_title=columns.title,
        action=visit.links.agent_lists(columns.source, "creneaux"),
        back=visit.links.agent_lists(columns.source),
        fields=list(fields.values()),
        typed=typed,
        problems=Problems(problems),
        button="Créer les créneaux",
        anchors={each.field: input_of(fields[each.field], each) for each in problems if each.field in fields},
    )
    return visit.page("agents/lists/item.html", code=422 if problems else 200, frame=agent_frame(visit), page=page)
