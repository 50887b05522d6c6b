"""The page where a procedure goes to the catalogue's new version, and where its conflicts are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session, select
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.authorities.models import Service
from grc.calling import lifting
from grc.catalogue import installing, publishing, telling
from grc.catalogue.definition import Procedure
from grc.catalogue.differences import Difference
from grc.catalogue.installing import Plan, PlanChanged, Wanted
from grc.catalogue.publishing import LINT
from grc.catalogue.updating import Choice, Conflict
from grc.errors import Misconfigured, NotFound, Problem
from grc.web.admin import planned
from grc.web.admin.installation import held, refusal
from grc.web.admin.planned import Changes
from grc.web.admin.procedure_words import WORDS, Stated, problems_of, sentence, stated, told
from grc.web.admin.procedures import Found, address, find, is_behind
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_CHOICES: dict[str, Choice] = {"keep": "keep", "take": "take"}


@dataclass(frozen=True)
class ConflictRow:
    """A property that both sides changed. name: of its radios, as the catalogue writes it."""

    name: str
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

    changes: of the published version, without the conflicts. seen: the digest of that plan, "" while one is open.
    sensitivity: a sentence where the procedure becomes sensitive, or ends to be, else "". held: which services hold the
    functions of its workflow, a sentence each.
    """

    title: str
    action: str
    back: str
    is_behind: bool
    conflicts: Sequence[ConflictRow]
    changes: Changes
    seen: str
    goes_on: Sequence[Stated]
    confirms: Sequence[tuple[str, str]]
    confirmed: frozenset[str] = frozenset()
    sensitivity: str = ""
    held: Sequence[str] = ()
    problems: Problems = field(default_factory=Problems)


async def show(visit: Visit[AgentActor]) -> Response:
    """The conflicts, if any, and what goes on."""
    return await _page(visit, {})


async def update(visit: Visit[AgentActor]) -> Response:
    """What the new version would publish, once every conflict is settled; then it is published."""
    posted, slug = await visit.form(), visit.path["slug"]
    found = await visit.read(find, slug)
    plan, _ = await visit.read(_plan, found, Wanted())
    typed = {each.key: posted.one(each.key) for each in plan.conflicts}
    settled = {name: _CHOICES[said] for name, said in typed.items() if said in _CHOICES}
    if plan.was_sensitive and found.catalogue is not None and not found.catalogue.sensitive:
        stale = await refusal(visit, address(visit, slug, "mise-a-jour"))
        if stale is not None:
            return stale
    wanted, seen = Wanted(settled=settled, confirmed=frozenset(posted.many("confirm"))), posted.one(planned.PLAN)
    open_ones = [each for each in plan.conflicts if each.key not in settled]
    if open_ones or posted.one("then") == "preview":
        problems = [Problem(f"{each.key}-take", "required", _choose(each)) for each in open_ones]
        return await _page(visit, typed, wanted, problems=problems, code=422 if problems else 200)
    refused, code = planned.refusal(seen)
    if seen:
        try:
            await visit.write(_update, slug, wanted, seen)
            return visit.redirect(f"{address(visit, slug)}?fait=demarche-a-jour")
        except Misconfigured as error:
            return await _page(visit, typed, wanted, problems=problems_of(error.faults), code=422)
        except PlanChanged:
            pass  # the page tells it, with what would be done now
    return await _page(visit, typed, wanted, problems=[refused], code=code)


def _choose(conflict: Conflict) -> str:
    return f"{_title(conflict, {})}, {WORDS.get(conflict.name, conflict.name)} : choisissez quoi garder."


def _plan(session: Session, found: Found, wanted: Wanted, *, by: AgentActor) -> tuple[Plan, list[Difference]]:
    if found.catalogue is None:
        raise NotFound("Le catalogue n’a plus cette démarche : elle reste telle qu’elle est publiée.")
    made = installing.plan(session, by.authority_id, found.catalogue, wanted)
    return made, installing.changes(session, by.authority_id, made)


def plans(session: Session, found: Found, wanted: Wanted, *, by: AgentActor) -> tuple[Plan, Plan, list[Difference]]:
    """The plan before anything is settled, then after, and what it changes; a conflict that is gone is let go."""
    before, _ = _plan(session, found, Wanted(), by=by)
    there = {each.key for each in before.conflicts}
    settled = {key: said for key, said in wanted.settled.items() if key in there}
    return before, *_plan(session, found, replace(wanted, settled=settled), by=by)


def _around(session: Session, plan: Plan, now: datetime, *, by: AgentActor) -> tuple[str, dict[str, str]]:
    """Whom its demandes open to, as a sentence, and the names of the services by slug."""
    rows = session.exec(select(Service).where(Service.authority_id == by.authority_id))
    return lifting.sentence(session, by.authority_id, plan, now), {one.slug: one.name for one in rows}


def _is_objected(session: Session, catalogue: Procedure, wanted: Wanted, *, by: AgentActor) -> bool:
    return installing.is_objected(session, by.authority_id, catalogue, wanted)


def _update(session: Session, slug: str, wanted: Wanted, seen: str, *, by: AgentActor, now: datetime) -> None:
    found = find(session, slug, by=by)
    if found.catalogue is None or not is_behind(found):
        raise PlanChanged("Cette démarche est déjà à jour.")
    installing.install(session, by.authority_id, found.catalogue, wanted, seen=seen, by=by, now=now)


async def _page(
    visit: Visit[AgentActor],
    typed: Mapping[str, str],
    wanted: Wanted | None = None,
    *,
    problems: Sequence[Problem] = (),
    code: int = 200,
) -> Response:
    found, wanted = await visit.read(find, visit.path["slug"]), wanted or Wanted()
    before, plan, differing = await visit.read(plans, found, wanted)
    opened, names = await visit.read(_around, plan, visit.now)
    assert found.catalogue is not None  # noqa: S101 - _plan raised else
    gone = {each.id: f"{each.what} «\u00a0{each.title}\u00a0»" for each in differing if each.kind == "removed"}
    is_lifted = plan.was_sensitive and not found.catalogue.sensitive
    asked = publishing.confirmable(plan.procedure or found.catalogue, is_lifted=is_lifted)
    if LINT in wanted.confirmed or await visit.read(_is_objected, found.catalogue, wanted):
        asked[LINT] = "Publier malgré ces remarques"
    page = UpdatePage(
        title=found.offered.procedure.title,
        action=address(visit, found.row.slug, "mise-a-jour"),
        back=address(visit, found.row.slug),
        is_behind=is_behind(found),
        conflicts=[_row(each, typed, gone) for each in before.conflicts],
        changes=planned.changes(differing, besides={each.key for each in plan.conflicts}),
        seen="" if plan.conflicts else plan.digest,
        goes_on=stated(found.catalogue, plan.overlay),
        confirms=[(name, words) for name, words in asked.items() if name not in plan.confirmed or name == LINT],
        confirmed=wanted.confirmed,
        sensitivity=opened,
        held=held(plan, names),
        problems=Problems(problems),
    )
    return visit.page("admin/procedures/update.html", code=code, frame=agent_frame(visit), page=page)


def _title(conflict: Conflict, gone: Mapping[str, str]) -> str:
    """What the conflict is about, in French even where the catalogue has it no longer."""
    title = "élément retiré du catalogue" if conflict.title == conflict.id else conflict.title
    return sentence(gone.get(conflict.id, title))


def _row(conflict: Conflict, typed: Mapping[str, str], gone: Mapping[str, str]) -> ConflictRow:
    """gone: the titles of what the new version no longer has, by id."""
    ours, theirs = telling.excerpts(told(conflict.ours), told(conflict.theirs))
    return ConflictRow(
        name=conflict.key,
        what=_title(conflict, gone),
        word=WORDS.get(conflict.name, conflict.name),
        why=conflict.why,
        ours=ours,
        over=telling.excerpts(told(conflict.over), told(conflict.theirs))[0],
        theirs=theirs,
        may_keep=conflict.may_keep,
        chosen=typed.get(conflict.key, ""),
    )
