"""The whole overlay of a procedure as a file: to read, to copy to another commune, to replace."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.catalogue import installing, overlaying
from grc.catalogue.definition import Procedure
from grc.catalogue.installing import Plan, Wanted
from grc.catalogue.overlaying import Overlay
from grc.catalogue.publishing import LINT
from grc.errors import Conflict, Fault, Misconfigured, NotFound, Problem
from grc.web.admin import planned
from grc.web.admin.planned import Changes
from grc.web.admin.procedure_words import problems_of
from grc.web.admin.procedures import address, find
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_NAME = "surcharge"


@dataclass(frozen=True)
class FilePage:
    """The overlay as JSON, in a text area. seen: the digest of the plan that is shown, "" without one.

    changes: what it would change. may_insist: what is objected to may be published all the same.
    """

    title: str
    action: str
    back: str
    text: str
    revision: int
    seen: str = ""
    changes: Changes | None = None
    may_insist: bool = False
    confirmed: frozenset[str] = frozenset()
    problems: Problems = field(default_factory=Problems)


@dataclass(frozen=True)
class Typed:
    """What a form said. revision: of the version that its page was made from."""

    text: str
    revision: int
    confirmed: frozenset[str]


async def show(visit: Visit[AgentActor]) -> Response:
    """The overlay as it stands."""
    return await _page(visit, None)


async def change(visit: Visit[AgentActor]) -> Response:
    """What replacing the overlay would change, or every fault of the text with its line; then it is published."""
    posted, slug = await visit.form(), visit.path["slug"]
    typed = Typed(posted.text("file"), posted.revision, frozenset(posted.many("confirm")))
    if posted.one("then") != "publish":
        return await _planned_page(visit, typed)
    seen = posted.one(planned.PLAN)
    if seen:
        try:
            await visit.write(_publish, slug, typed, seen)
            return visit.redirect(f"{address(visit, slug)}?fait=demarche-adaptee")
        except (Misconfigured, Conflict):
            pass  # told below, in full
    return await _planned_page(visit, typed, planned.refusal(seen))


async def _planned_page(visit: Visit[AgentActor], typed: Typed, refused: tuple[Problem, int] | None = None) -> Response:
    """What would be published, or why it may not. refused: why a plan without a fault was not, and the status."""
    slug = visit.path["slug"]
    try:
        plan, faults, changes = await visit.read(_plan, slug, typed)
    except Misconfigured as error:
        problems = [Problem("file", "refused", _with_line(each, typed.text)) for each in error.faults]
        return await _page(visit, typed, problems=problems, code=422)
    except Conflict as error:
        return await _page(visit, typed, problems=[Problem("file", "stale", error.message)], code=409)
    problems = [Problem("file", "refused", _with_line(each, typed.text)) for each in faults]
    code = 422 if faults else 200
    if refused is not None and not faults:
        problems, code = [refused[0]], refused[1]
    may_insist = plan is not None and (bool(faults) or LINT in typed.confirmed)
    return await _page(visit, typed, plan=plan, changes=changes, may_insist=may_insist, problems=problems, code=code)


def _plan(
    session: Session, slug: str, typed: Typed, *, by: AgentActor
) -> tuple[Plan | None, Sequence[Fault], Changes | None]:
    """What would be published, None where it may not, even by an author who insists; its faults; what it changes."""
    catalogue, wanted = _found(session, slug, typed, by)
    made = installing.plan(session, by.authority_id, catalogue, wanted)
    faults = made.every_fault
    if faults:
        insisting = replace(wanted, confirmed=wanted.confirmed | {LINT})
        made = installing.plan(session, by.authority_id, catalogue, insisting)
    if made.every_fault:
        return None, faults, None
    return made, faults, planned.changes(installing.changes(session, by.authority_id, made))


def _found(session: Session, slug: str, typed: Typed, by: AgentActor) -> tuple[Procedure, Wanted]:
    """The catalogue's procedure and what is asked; raises Conflict, and Misconfigured for a text that says nothing."""
    found = find(session, slug, by=by)
    if found.catalogue is None:
        raise NotFound("Le catalogue n’a plus cette démarche.")
    if found.version.number != typed.revision:
        raise Conflict("Une autre version vient d’être publiée. Copiez votre texte, puis rechargez la page.")
    overlay = overlaying.stated(found.catalogue, overlaying.parse(typed.text, _NAME))
    return found.catalogue, Wanted(overlay=overlay, confirmed=typed.confirmed)


def _publish(session: Session, slug: str, typed: Typed, seen: str, *, by: AgentActor, now: datetime) -> Plan:
    catalogue, wanted = _found(session, slug, typed, by)
    return installing.install(session, by.authority_id, catalogue, wanted, seen=seen, by=by, now=now)


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
    typed: Typed | None,
    *,
    plan: Plan | None = None,
    changes: Changes | None = None,
    may_insist: bool = False,
    problems: Sequence[Problem] = (),
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
        text=written(found.row.overlay or {}) if typed is None else typed.text,
        revision=found.version.number if typed is None else typed.revision,
        seen="" if plan is None else plan.digest,
        changes=changes,
        may_insist=may_insist,
        confirmed=frozenset() if typed is None else typed.confirmed,
        problems=Problems(problems),
    )
    return visit.page("admin/procedures/file.html", code=code, frame=agent_frame(visit), page=page)
