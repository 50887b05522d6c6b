"""What an agent sees beside a demande: tasks, forms of agents, calls, links, edits of the citizen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.bookings.queries import Standing
from grc.conditions import render
from grc.errors import NotFound
from grc.forms import rows
from grc.forms.fields import KINDS
from grc.submissions import phases, surroundings, tasks, watched
from grc.submissions.models import SubmissionRevision
from grc.submissions.queries import Whole
from grc.submissions.surroundings import Surroundings
from grc.web import appointments
from grc.web.agents import forms
from grc.web.appointments import Fixed
from grc.web.visit import Visit

_EMPTY = "Sans réponse"


@dataclass(frozen=True)
class TaskLine:
    """Something to do. close: address of a POST that says it is done."""

    title: str
    due_on: date | None
    close: str


@dataclass(frozen=True)
class Filled:
    """A form as an agent filled it."""

    title: str
    author: str
    at: datetime
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Change:
    """A question whose answer the citizen changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Edited:
    """An edit of the citizen, from the first to the last."""

    at: datetime
    changes: Sequence[Change]


@dataclass(frozen=True)
class CallLine:
    """A call to another system, in words."""

    endpoint: str
    text: str
    at: datetime | None


@dataclass(frozen=True)
class Lent:
    """A thing that the demande asks for. state: what it holds of it, in words. text: why it cannot have it, or ""."""

    title: str
    state: str
    is_taken: bool
    text: str


@dataclass(frozen=True)
class Beside:
    """labels: in words, as the workflow writes them. links: pairs of a text and an address. agenda: of what is lent."""

    tasks: Sequence[TaskLine] = ()
    filled: Sequence[Filled] = ()
    edited: Sequence[Edited] = ()
    calls: Sequence[CallLine] = ()
    links: Sequence[tuple[str, str]] = ()
    labels: Sequence[str] = ()
    destruction_on: date | None = None
    lent: Sequence[Lent] = ()
    agenda: str = ""
    appointment: Fixed | None = None


async def of(visit: Visit[AgentActor], found: Whole) -> Beside:
    """All that stands beside the demande."""

    def read(session: Session, *, by: AgentActor) -> tuple[Surroundings, set[str]]:
        around = surroundings.of(session, found.submission, found.procedure, visit.authority.zone)
        return around, watched.reached(session, [each.reference for each in around.links], by=by)

    around, reached = await visit.read(read)
    zone, row = visit.authority.zone, found.submission
    return Beside(
        tasks=[
            TaskLine(_title(task.kind, task.title), task.due_on, _closing(visit, found, task.id))
            for task in found.tasks
            if task.kind in tasks.BY_HAND
        ],
        filled=_filled(visit, found, around),
        edited=[_edited(visit, found, each) for each in reversed(around.edits)],
        calls=[
            CallLine(call.endpoint, _answer(call.status_code), call.answered_at and clock.local(zone, call.answered_at))
            for call in around.calls
        ],
        links=[
            (each.reference, visit.links.agent_submission(each.reference))
            for each in around.links
            if each.reference in reached
        ],
        labels=[each.replace("_", " ") for each in row.labels or ()],
        destruction_on=row.destruction_proposed_on,
        agenda=_agenda(visit, found) if around.lent else "",
        appointment=appointments.of(visit, found, page=visit.links.agent_submission(row.reference)),
        lent=[_lent(each, is_open=row.phase in phases.OPEN) for each in around.lent],
    )


async def close_task(visit: Visit[AgentActor]) -> Response:
    """A task done."""
    await visit.form()
    reference, key = visit.path["reference"], visit.path["task"]
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotFound("Cette tâche n’existe pas dans cette demande.")
    await visit.write(tasks.close, visit.authority, reference, int(key))
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=tache")


def _closing(visit: Visit[AgentActor], found: Whole, key: int | None) -> str:
    return visit.links.agent_submission(found.submission.reference, f"taches/{key}")


def _title(kind: str, title: str) -> str:
    return f"Un autre système n’a pas répondu : {title}. Prévenez l’exploitant." if kind == tasks.CALL_FAILED else title


def _answer(status: int | None) -> str:
    if status is None:
        return "Pas encore de réponse"
    return "Reçu" if 200 <= status < 300 else f"Refusé (réponse {status})"


def _lent(thing: Standing, *, is_open: bool) -> Lent:
    """In words; what a demande that has ended does not hold is of no interest any more."""
    count = f"{thing.quantity} × " if thing.quantity > 1 else ""
    title = f"{count}{thing.label or 'Ce qui est demandé'}" + (f", {thing.when}" if thing.when else "")
    if thing.is_firm is not None:
        return Lent(title, "Réservé pour cette demande" if thing.is_firm else "Option pour cette demande", False, "")
    if not is_open:
        return Lent(title, "Rien n’est réservé", False, "")
    taken = "Pris" if thing.quantity == 1 else "Pas assez"
    state = (taken if thing.label else "Pas encore réservé") if thing.refused else "Libre"
    return Lent(title, state, bool(thing.refused), thing.refused)


def _agenda(visit: Visit[AgentActor], found: Whole) -> str:
    takes = found.procedure.takes
    return (
        visit.links.agent_agenda(takes.source_in(found.procedure.form)) if takes and (takes.days or takes.when) else ""
    )


def _filled(visit: Visit[AgentActor], found: Whole, around: Surroundings) -> list[Filled]:
    known = found.procedure.agent_forms
    return [
        Filled(
            title=known[each.form].pages[0].title,
            author=found.agents.get(each.agent_id, "Un agent"),
            at=clock.local(visit.authority.zone, each.at),
            lines=forms.lines(known[each.form], each.answers),
        )
        for each in around.forms
        if each.form in known
    ]


def _edited(visit: Visit[AgentActor], found: Whole, edit: SubmissionRevision) -> Edited:
    form, names = found.procedure.form, {"authority": {"name": visit.authority.name}}
    known = {field.name: field for field in form.fields}

    def said(name: str, values: Mapping[str, object]) -> str:
        value, asked = values.get(name), known[name]
        if value is None:
            return _EMPTY
        if asked.form is not None:
            return rows.in_words(asked, value) or _EMPTY
        return KINDS[asked.kind].display(asked, value)

    changes = [
        Change(render(known[name].title, names), said(name, edit.before), said(name, edit.after))
        for name in edit.after
        if name in known
    ]
    return Edited(clock.local(visit.authority.zone, edit.at), changes)
