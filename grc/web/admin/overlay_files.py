"""The whole overlay of a procedure as a file: to read, to copy to another commune, to replace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.catalogue import installing, overlaying
from grc.catalogue.definition import Procedure
from grc.catalogue.installing import Plan, Wanted
from grc.catalogue.overlaying import Overlay
from grc.catalogue.publishing import LINT
from grc.errors import Fault, Misconfigured, NotFound, Problem
from grc.web.admin.procedure_words import problems_of
from grc.web.admin.procedures import address, find
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_NAME = "surcharge"


@dataclass(frozen=True)
class FilePage:
    """The overlay as JSON, in a text area. may_insist: what is objected to may be published all the same."""

    title: str
    action: str
    back: str
    text: str
    revision: int
    may_insist: bool = False
    problems: Problems = field(default_factory=Problems)


async def show(visit: Visit[AgentActor]) -> Response:
    """The overlay as it stands."""
    return await _page(visit, None)


async def change(visit: Visit[AgentActor]) -> Response:
    """The overlay replaced by what the text says, or every fault of it with its line."""
    posted, slug = await visit.form(), visit.path["slug"]
    text, confirmed = posted.text("file"), frozenset(posted.many("confirm"))
    try:
        await visit.write(_publish, slug, text, posted.revision, confirmed)
    except Misconfigured as error:
        problems = [Problem("file", "refused", _with_line(each, text)) for each in error.faults]
        may_insist = await visit.read(_is_objected, slug, text, confirmed)
        return await _page(visit, text, problems=problems, may_insist=may_insist, code=422)
    return visit.redirect(f"{address(visit, slug)}?fait=demarche-adaptee")


def _publish(
    session: Session, slug: str, text: str, revision: int, confirmed: frozenset[str], *, by: AgentActor, now: datetime
) -> Plan:
    found = find(session, slug, by=by)
    if found.catalogue is None:
        raise NotFound("Le catalogue n’a plus cette démarche.")
    if found.version.number != revision:
        raise Misconfigured([Fault(_NAME, "une autre version vient d’être publiée.", "Rechargez la page.")])
    wanted = _wanted(found.catalogue, text, confirmed)
    return installing.install(session, by.authority_id, found.catalogue, wanted, by=by, now=now)


def _wanted(catalogue: Procedure, text: str, confirmed: frozenset[str]) -> Wanted:
    return Wanted(overlay=overlaying.stated(catalogue, overlaying.parse(text, _NAME)), confirmed=confirmed)


def _is_objected(session: Session, slug: str, text: str, confirmed: frozenset[str], *, by: AgentActor) -> bool:
    """Whether the author may publish in spite of some of the faults; no for a text that says nothing."""
    found = find(session, slug, by=by)
    try:
        wanted = None if found.catalogue is None else _wanted(found.catalogue, text, confirmed)
    except Misconfigured:
        wanted = None
    if found.catalogue is None or wanted is None:
        return False
    return LINT in confirmed or installing.is_objected(session, by.authority_id, found.catalogue, wanted)


def _with_line(fault: Fault, text: str) -> str:
    """The fault as a sentence, with the id that it is about and its line."""
    (problem,) = problems_of([fault])
    identifier = fault.where.partition("#")[0]
    at = next((n for n, line in enumerate(text.split("\n"), 1) if f'"{identifier}"' in line), 0)
    return f"{problem.message} ({fault.where}, ligne {at})" if at else problem.message


def written(overlay: Overlay) -> str:
    """The overlay as a file states it: {id: {property: value}}."""
    plain = {each: {name: one["value"] for name, one in said.items()} for each, said in overlay.items()}
    return json.dumps(plain, ensure_ascii=False, indent=2)


async def _page(
    visit: Visit[AgentActor],
    text: str | None,
    *,
    problems: Sequence[Problem] = (),
    may_insist: bool = False,
    code: int = 200,
) -> Response:
    slug = visit.path["slug"]
    found = await visit.read(find, slug)
    if found.catalogue is None:
        raise NotFound("Le catalogue n’a plus cette démarche : elle reste telle qu’elle est publiée.")
    page = FilePage(
        title=found.offered.procedure.title,
        action=address(visit, slug, "fichier"),
        back=address(visit, slug),
        text=written(found.row.overlay or {}) if text is None else text,
        revision=found.version.number,
        may_insist=may_insist,
        problems=Problems(problems),
    )
    return visit.page("admin/procedures/file.html", code=code, frame=agent_frame(visit), page=page)
