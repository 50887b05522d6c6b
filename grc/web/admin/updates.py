"""The page where a procedure goes to the catalogue's new version, and where its conflicts are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.catalogue import installing, publishing
from grc.catalogue.definition import Procedure
from grc.catalogue.installing import Plan, Wanted
from grc.catalogue.publishing import LINT
from grc.catalogue.updating import Choice
from grc.errors import Misconfigured, NotFound, Problem
from grc.web.admin.installation import refusal
from grc.web.admin.procedure_words import WORDS, Stated, problems_of, sentence, stated, told
from grc.web.admin.procedures import Found, address, find, is_behind
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_CHOICES: dict[str, Choice] = {"keep": "keep", "take": "take"}


@dataclass(frozen=True)
class ConflictRow:
    """A property that both sides changed. name: of its radios. identifier: as the catalogue writes it."""

    name: str
    identifier: str
    what: str
    word: str
    why: str
    ours: str
    over: str
    theirs: str
    may_keep: bool
    chosen: str = ""


@dataclass(frozen=True)
class UpdatePage:
    """What the new version brings. is_behind: whether there is one. goes_on: what is adapted and stays.

    sensitivity: a sentence where the procedure becomes sensitive, or ends to be, else "".
    """

    title: str
    action: str
    back: str
    is_behind: bool
    conflicts: Sequence[ConflictRow]
    goes_on: Sequence[Stated]
    confirms: Sequence[tuple[str, str]]
    confirmed: frozenset[str] = frozenset()
    sensitivity: str = ""
    problems: Problems = field(default_factory=Problems)


async def show(visit: Visit[AgentActor]) -> Response:
    """The conflicts, if any, and what goes on."""
    return await _page(visit, {})


async def update(visit: Visit[AgentActor]) -> Response:
    """The procedure in the catalogue's version, once every conflict is settled."""
    posted, slug = await visit.form(), visit.path["slug"]
    found = await visit.read(find, slug)
    plan = await visit.read(_plan, found)
    typed = {each.key: posted.one(each.key) for each in plan.conflicts}
    settled = {name: _CHOICES[said] for name, said in typed.items() if said in _CHOICES}
    if plan.was_sensitive and found.catalogue is not None and not found.catalogue.sensitive:
        stale = await refusal(visit, address(visit, slug, "mise-a-jour"))
        if stale is not None:
            return stale
    open_ones = [name for name in typed if name not in settled]
    wanted = Wanted(settled=settled, confirmed=frozenset(posted.many("confirm")))
    if open_ones:
        problems = [Problem(f"{name}-take", "required", f"Choisissez quoi garder de {name}.") for name in open_ones]
        return await _page(visit, typed, wanted, problems=problems, code=422)
    try:
        await visit.write(_update, slug, wanted)
    except Misconfigured as error:
        return await _page(visit, typed, wanted, problems=problems_of(error.faults), code=422)
    return visit.redirect(f"{address(visit, slug)}?fait=demarche-a-jour")


def _plan(session: Session, found: Found, *, by: AgentActor) -> Plan:
    if found.catalogue is None:
        raise NotFound("Le catalogue n’a plus cette démarche : elle reste telle qu’elle est publiée.")
    return installing.plan(session, by.authority_id, found.catalogue, Wanted())


def _is_objected(session: Session, catalogue: Procedure, wanted: Wanted, *, by: AgentActor) -> bool:
    return installing.is_objected(session, by.authority_id, catalogue, wanted)


def _update(session: Session, slug: str, wanted: Wanted, *, by: AgentActor, now: datetime) -> None:
    found = find(session, slug, by=by)
    if found.catalogue is not None and is_behind(found):
        installing.install(session, by.authority_id, found.catalogue, wanted, by=by, now=now)


async def _page(
    visit: Visit[AgentActor],
    typed: Mapping[str, str],
    wanted: Wanted | None = None,
    *,
    problems: Sequence[Problem] = (),
    code: int = 200,
) -> Response:
    found, wanted = await visit.read(find, visit.path["slug"]), wanted or Wanted()
    plan = await visit.read(_plan, found)
    assert found.catalogue is not None  # noqa: S101 - _plan raised else
    is_lifted = plan.was_sensitive and not found.catalogue.sensitive
    asked = publishing.confirmable(plan.procedure or found.catalogue, is_lifted=is_lifted)
    if LINT in wanted.confirmed or await visit.read(_is_objected, found.catalogue, wanted):
        asked[LINT] = "Publier malgré ces remarques"
    page = UpdatePage(
        title=found.offered.procedure.title,
        action=address(visit, found.row.slug, "mise-a-jour"),
        back=address(visit, found.row.slug),
        is_behind=is_behind(found),
        conflicts=[
            ConflictRow(
                name=each.key,
                identifier=each.id,
                what=sentence(each.title),
                word=WORDS.get(each.name, each.name),
                why=each.why,
                ours=told(each.ours),
                over=told(each.over),
                theirs=told(each.theirs),
                may_keep=each.may_keep,
                chosen=typed.get(each.key, ""),
            )
            for each in plan.conflicts
        ],
        goes_on=stated(found.catalogue, plan.overlay),
        confirms=[(name, words) for name, words in asked.items() if name not in plan.confirmed],
        confirmed=wanted.confirmed,
        sensitivity=plan.sensitivity,
        problems=Problems(problems),
    )
    return visit.page("admin/procedures/update.html", code=code, frame=agent_frame(visit), page=page)
