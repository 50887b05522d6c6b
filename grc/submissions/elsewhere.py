"""What a demande sent on by another authority chose of a list: judged against the list here, where it arrives.

An item is what it is for one authority: the same slug elsewhere is another hall, another hour. What is not exactly
offered here is kept by its name alone, which takes nothing, fixes no appointment and runs no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from grc import clock
from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.bookings import commands as bookings
from grc.bookings import queries
from grc.catalogue.appointments import named
from grc.catalogue.definition import Procedure
from grc.conditions import mapping, reads, value_at
from grc.forms.definition import Field
from grc.forms.fields import listed

Json = Any

_BEFORE = "Rien n’est réservé pour cette demande, qui vient d’ailleurs\u00a0: "
_LONGEST = 200


@dataclass(frozen=True)
class Judged:
    """answers: to keep. guarding: what the guards of the first state read. lost: names of what is not offered here."""

    answers: dict[str, Json]
    guarding: dict[str, Json]
    lost: tuple[str, ...] = ()


def judged(
    session: Session,
    authority: AuthorityView,
    procedure: Procedure,
    answers: Mapping[str, Json],
    origin: str,
    *,
    now: datetime,
) -> Judged:
    """The answers as they count here. origin: the slug of the authority where they were given.

    What is free here stays so until the transaction ends, where the workflow takes it at once. The guards of the first
    state do not read the question of what is lost, nor those that made it asked: who chose no slot asked for none.
    """
    asked, kept = list(_asked(procedure)), deepcopy(dict(answers))
    if not asked:
        return Judged(kept, kept)
    offered = queries.offered(session, authority.id, procedure)
    day, lost, guarding = clock.day_in(authority.zone, now), [], deepcopy(kept)
    for top, field in asked:
        chosen = list(_chosen(top, field, kept))
        here = listed.offering(field, offered.get(listed.source_of(field), ()), day)
        is_here = all(listed.problem_of(here, said[field.path[-1]]) is None for said in chosen)
        if not chosen or (is_here and not _taken(session, authority, procedure, top, kept, now)):
            continue
        for said in chosen:
            lost.append(str(said[field.path[-1]].get("label", "")))
            said[field.path[-1]] = _by_name(field, said[field.path[-1]], origin)
        for path in (top.path, *(tuple(each.split(".")) for each in _askers(procedure, top))):
            _forget(guarding, path)
    return Judged(kept, guarding, tuple(lost))


def told(judged_: Judged, refused: Exception | None = None) -> str:
    """What agents are to know of what could not be taken, in the title of a task; "" where all is well."""
    if judged_.lost:
        names = ", ".join(f"«\u00a0{each}\u00a0»" for each in judged_.lost)
        return _cut(f"{_BEFORE}le choix fait là-bas n’est pas proposé ici ({names})")
    return _cut(f"{_BEFORE}{refused}") if refused is not None else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _asked(procedure: Procedure) -> Iterator[tuple[Field, Field]]:
    """The questions by which the demande takes something or has an appointment, each with the group of its rows."""
    form, takes = procedure.form, procedure.takes
    seen = set()
    if takes is not None:
        top = form.field(takes.rows or takes.item)
        seen.add(top.name)
        yield top, (top.form.field(takes.item) if top.form is not None else top)
    for paths in procedure.workflow.appointment:
        for path in (paths.day, paths.place):
            found = named(path, form, procedure.agent_forms) if path.startswith("answers.") else None
            if found is not None and found.field.kind == "listed" and found.field.name not in seen:
                seen.add(found.field.name)
                yield found.field, found.field


def _chosen(top: Field, field: Field, answers: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """What holds each answer to the question: it may be changed in place."""
    holders = [answers] if top is field else value_at(dict(answers), top.path) or ()
    for each in holders:
        holder = value_at(each, field.path[:-1]) if field.path[:-1] else each
        if isinstance(holder, dict) and isinstance(holder.get(field.path[-1]), dict):
            yield holder


def _taken(
    session: Session,
    authority: AuthorityView,
    procedure: Procedure,
    top: Field,
    answers: Mapping[str, Json],
    now: datetime,
) -> bool:
    """Whether what would be taken at once is full here, or has begun: as for a citizen who would send it now."""
    takes = procedure.takes
    if takes is None or not procedure.takes_at_once or top.name != (takes.rows or takes.item):
        return False
    return bool(bookings.refusals(session, authority, procedure, answers, by=Visitor(authority.id), now=now))


def _by_name(field: Field, value: Json, origin: str) -> dict[str, Json]:
    """The answer that shows what was chosen, and that no list knows: no slug has a stroke."""
    said = mapping(value)
    return {"id": f"{origin}/{said.get('id', '')}", "label": listed.display(field, said)}


def _askers(procedure: Procedure, field: Field) -> frozenset[str]:
    """The questions whose answers make this one asked."""
    groups = [group for page in procedure.form.pages for group in page.groups if field in group.fields]
    return reads(field.rule).union(*(reads(each.rule) for each in groups))


def _forget(answers: dict[str, Json], path: tuple[str, ...]) -> None:
    holder = value_at(answers, path[:-1]) if path[:-1] else answers
    if isinstance(holder, dict):
        holder.pop(path[-1], None)
