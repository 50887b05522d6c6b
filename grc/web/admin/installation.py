"""The page where a procedure is installed, or given to other services: what it would do, then the act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may, require
from grc.authorities.models import Service
from grc.catalogue import installing, overlaying, publishing, shelf
from grc.catalogue.definition import Procedure
from grc.catalogue.installing import Plan, Wanted
from grc.catalogue.models import InstalledProcedure
from grc.catalogue.publishing import LINT
from grc.errors import Forbidden, Misconfigured, NotFound, Problem
from grc.web.admin.forms import Choice
from grc.web.admin.procedure_words import FUNCTIONS, problems_of
from grc.web.admin.procedures import PATH, address, require_change
from grc.web.agents import fresh
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_SENSITIVE = (
    "Cette démarche est sensible : ce changement ouvre ses demandes à d’autres agents. Demandez-le à "
    "l’administrateur de la commune."
)


@dataclass(frozen=True)
class InstallPage:
    """The choice of services, then what it would do. plan: sentences, none before it was asked.

    together: by function, those that hold it together today, as one more choice: their slugs between commas.
    confirms: (name, sentence) to take upon oneself. chosen: service, functions and confirmations.
    """

    title: str
    action: str
    back: str
    is_new: bool
    services: Sequence[Choice]
    functions: Sequence[tuple[str, str]]
    confirms: Sequence[tuple[str, str]]
    chosen: Mapping[str, str]
    confirmed: frozenset[str] = frozenset()
    plan: Sequence[str] = ()
    together: Mapping[str, Choice] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)


async def show_install(visit: Visit[AgentActor]) -> Response:
    """The services of a procedure, new here or not; once they are chosen, what that would do."""
    chosen = {name: visit.query.get(name, "") for name in ("service", *FUNCTIONS)}
    confirmed = frozenset(visit.request.query_params.getlist("confirm"))
    return await _install_page(visit, chosen, confirmed, is_asked="service" in visit.query)


async def install(visit: Visit[AgentActor]) -> Response:
    """The procedure installed, or its services changed: of a sensitive one, by who may grant rights, proved anew."""
    posted, slug = await visit.form(), visit.path["slug"]
    chosen = {name: posted.text(name) for name in ("service", *FUNCTIONS)}
    confirmed = frozenset(posted.many("confirm"))
    if await visit.read(_opens, slug, _wanted(chosen, confirmed)):
        stale = await refusal(visit, address(visit, slug, "installation"))
        if stale is not None:
            return stale
    try:
        await visit.write(_install, slug, _wanted(chosen, confirmed))
    except Misconfigured as error:
        problems = problems_of(error.faults)
        return await _install_page(visit, chosen, confirmed, is_asked=False, problems=problems, code=422)
    return visit.redirect(f"{address(visit, slug)}?fait=demarche-installee")


async def refusal(visit: Visit[AgentActor], back: str) -> Response | None:
    """Where who opens demandes of a sensitive procedure proves themselves anew, None if done; raises Forbidden.

    back: the page of the act.
    """
    if not may(visit.actor, Permission.RIGHT_GRANT):
        raise Forbidden(_SENSITIVE)
    return await fresh.needed(visit, back)


def _wanted(chosen: Mapping[str, str], confirmed: frozenset[str]) -> Wanted:
    functions = {name: tuple(filter(None, chosen.get(name, "").split(","))) for name in FUNCTIONS}
    return Wanted(service=chosen.get("service", ""), functions=functions, confirmed=confirmed)


def _entry(session: Session, slug: str, by: AgentActor) -> tuple[Procedure, InstalledProcedure | None]:
    require(by, Permission.PROCEDURE_CHANGE)
    row = installing.installed(session, by.authority_id, slug)
    require_change(by, None if row is None else row.id)
    catalogue = shelf.entries().get(slug)
    if catalogue is None:
        raise NotFound("Le catalogue n’a pas cette démarche.")
    return catalogue, row


def _opens(session: Session, slug: str, wanted: Wanted, *, by: AgentActor) -> bool:
    """Whether it would give demandes of a sensitive procedure to other services, or to every role."""
    catalogue, row = _entry(session, slug, by)
    if not (catalogue.sensitive or (row is not None and row.is_sensitive)):
        return False
    before, after = (installing.plan(session, by.authority_id, catalogue, each) for each in (Wanted(), wanted))
    if after.was_sensitive and not catalogue.sensitive:
        return True
    return (before.service, before.bound) != (after.service, after.bound)


def _install(session: Session, slug: str, wanted: Wanted, *, by: AgentActor, now: datetime) -> Plan:
    catalogue, _ = _entry(session, slug, by)
    return installing.install(session, by.authority_id, catalogue, wanted, by=by, now=now)


@dataclass(frozen=True)
class _Choices:
    """What the page of installation is made from."""

    catalogue: Procedure
    present: Mapping[str, str]
    is_new: bool
    services: Sequence[Choice]
    plan: Plan | None
    may_insist: bool
    is_lifted: bool


def _choices(session: Session, slug: str, wanted: Wanted, is_asked: bool, *, by: AgentActor) -> _Choices:
    catalogue, row = _entry(session, slug, by)
    statement = select(Service).where(Service.authority_id == by.authority_id, col(Service.closed_at).is_(None))
    services = session.exec(statement.order_by(col(Service.name))).all()
    present = {name: ",".join(slugs) for name, slugs in ((row.functions if row is not None else None) or {}).items()}
    present["service"] = next((one.slug for one in services if row is not None and one.id == row.service_id), "")
    plan = installing.plan(session, by.authority_id, catalogue, wanted) if is_asked else None
    options = [Choice(one.slug, one.name) for one in services]
    may_insist = plan is not None and installing.is_objected(session, by.authority_id, catalogue, wanted)
    is_new = row is None or row.version_id is None
    is_lifted = publishing.lifts(session, by.authority_id, catalogue)
    return _Choices(catalogue, present, is_new, options, plan, may_insist, is_lifted)


async def _install_page(
    visit: Visit[AgentActor],
    chosen: Mapping[str, str],
    confirmed: frozenset[str],
    *,
    is_asked: bool,
    problems: Sequence[Problem] = (),
    code: int = 200,
) -> Response:
    slug = visit.path["slug"]
    found = await visit.read(_choices, slug, _wanted(chosen, confirmed), is_asked or bool(problems))
    insists = [(LINT, "Publier malgré ces remarques")] if found.may_insist or LINT in confirmed else []
    plan, functions = found.plan, installing.functions_in(found.catalogue.workflow)
    told_ = () if plan is None or plan.every_fault else _plan(plan, found)
    page = InstallPage(
        title=found.catalogue.title,
        action=address(visit, slug, "installation"),
        back=visit.links.agents(PATH) if found.is_new else address(visit, slug),
        is_new=found.is_new,
        services=found.services,
        functions=[(name, words) for name, words in FUNCTIONS.items() if name in functions],
        confirms=[*publishing.confirmable(found.catalogue, is_lifted=found.is_lifted).items(), *insists],
        chosen=chosen if any(chosen.values()) else found.present,
        confirmed=confirmed,
        plan=told_,
        together=_together(found),
        problems=Problems(problems or (problems_of(plan.every_fault) if plan is not None else ())),
    )
    return visit.page("admin/procedures/install.html", code=code, frame=agent_frame(visit), page=page)


def _together(found: _Choices) -> dict[str, Choice]:
    """The functions that several services hold today."""
    names = {one.value: one.label for one in found.services}
    several = {name: slugs for name, slugs in found.present.items() if "," in slugs}
    return {
        name: Choice(slugs, ", ".join(names.get(each, each) for each in slugs.split(",")))
        for name, slugs in several.items()
    }


def _plan(plan: Plan, found: _Choices) -> list[str]:
    """What would happen, a sentence each."""
    names = {one.value: one.label for one in found.services}
    if plan.number == plan.next_number:
        lines = [f"La version {plan.number} publiée ne change pas."]
    elif plan.number:
        lines = [f"La version {plan.next_number} est publiée après la {plan.number}."]
    else:
        lines = ["La démarche est publiée et ouverte."]
    lines.append(f"Le service chargé de la démarche : {names.get(plan.service, plan.service)}.")
    for name, services in plan.functions.items():
        lines.append(f"{FUNCTIONS[name]} : {', '.join(names.get(each, each) for each in services)}.")
    if plan.sensitivity:
        lines.append(plan.sensitivity)
    if plan.overlay:
        lines.append(f"Vos adaptations restent : {overlaying.count(plan.overlay)}.")
    return lines
