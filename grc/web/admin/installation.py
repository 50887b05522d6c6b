"""The page where a procedure is installed, or given to other services: what it would do, then the act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select
from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may, require
from grc.authorities.models import Service
from grc.calling import lifting
from grc.catalogue import installing, overlaying, publishing, shelf
from grc.catalogue.definition import Procedure
from grc.catalogue.installing import Plan, PlanChanged, Wanted
from grc.catalogue.models import InstalledProcedure
from grc.catalogue.publishing import LINT
from grc.errors import Forbidden, Misconfigured, NotFound, Problem
from grc.web.admin import planned
from grc.web.admin.forms import Choice
from grc.web.admin.offered import Box, boxes
from grc.web.admin.planned import Changes
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
class Function:
    """A function of the workflow, with the services that may hold it. words: in French. held: by whom today."""

    name: str
    words: str
    boxes: Sequence[Box]
    held: str


@dataclass(frozen=True)
class InstallPage:
    """The choice of services, then what it would do. plan: sentences, none before it was asked.

    service: the one in charge. confirms: (name, sentence) to take upon oneself. hidden: what the act posts, the digest
    of the plan included. changes: of the published version.
    """

    title: str
    action: str
    back: str
    is_new: bool
    services: Sequence[Choice]
    service: str
    functions: Sequence[Function]
    confirms: Sequence[tuple[str, str]]
    confirmed: frozenset[str] = frozenset()
    plan: Sequence[str] = ()
    hidden: Sequence[tuple[str, str]] = ()
    changes: Changes | None = None
    problems: Problems = field(default_factory=Problems)


Chosen = Mapping[str, Sequence[str]]
"""The service in charge under "service", and the services of each function under its name."""


async def show_install(visit: Visit[AgentActor]) -> Response:
    """The services of a procedure, new here or not; once they are chosen, what that would do.

    A link chooses services, but takes nothing upon the authority.
    """
    asked = visit.request.query_params
    chosen = _chosen(asked.getlist)
    return await _install_page(visit, chosen, frozenset(), is_asked="service" in asked)


async def install(visit: Visit[AgentActor]) -> Response:
    """What it would do, then the procedure installed, or its services changed.

    Those of a sensitive one are, by who may grant rights, proved anew.
    """
    posted, slug = await visit.form(), visit.path["slug"]
    chosen, confirmed, seen = _chosen(posted.many), frozenset(posted.many("confirm")), posted.one(planned.PLAN)
    if posted.one("then") == "preview":
        return await _install_page(visit, chosen, confirmed, is_asked=True)
    opens = await visit.read(_opens, slug, chosen, confirmed)
    if opens:
        stale = await refusal(visit, address(visit, slug, "installation"))
        if stale is not None:
            return stale
    if seen:
        try:
            await visit.write(publish, slug, chosen, confirmed, seen, opens)
            return visit.redirect(f"{address(visit, slug)}?fait=demarche-installee")
        except (Misconfigured, PlanChanged):
            pass  # told below, in full
    return await _install_page(visit, chosen, confirmed, is_asked=True, refused=planned.refusal(seen))


def _chosen(many: Callable[[str], Sequence[str]]) -> Chosen:
    return {name: [each for each in many(name) if each] for name in ("service", *FUNCTIONS)}


async def refusal(visit: Visit[AgentActor], back: str) -> Response | None:
    """Where who opens demandes of a sensitive procedure proves themselves anew, None if done; raises Forbidden.

    back: the page of the act.
    """
    if not may(visit.actor, Permission.RIGHT_GRANT):
        raise Forbidden(_SENSITIVE)
    return await fresh.needed(visit, back)


def _wanted(catalogue: Procedure, chosen: Chosen, confirmed: frozenset[str]) -> Wanted:
    """What is asked: a function without a service goes back to the one in charge."""
    known = installing.functions_in(catalogue.workflow)
    functions = {name: tuple(chosen.get(name, ())) for name in FUNCTIONS if name in known}
    return Wanted(service=next(iter(chosen["service"]), ""), functions=functions, confirmed=confirmed)


def _entry(session: Session, slug: str, by: AgentActor) -> tuple[Procedure, InstalledProcedure | None]:
    require(by, Permission.PROCEDURE_CHANGE)
    row = installing.installed(session, by.authority_id, slug)
    require_change(by, None if row is None else row.id)
    catalogue = shelf.entries().get(slug)
    if catalogue is None:
        raise NotFound("Le catalogue n’a pas cette démarche.")
    return catalogue, row


def _opens(session: Session, slug: str, chosen: Chosen, confirmed: frozenset[str], *, by: AgentActor) -> bool:
    """Whether it would give demandes of a sensitive procedure to other services, or to every role."""
    catalogue, row = _entry(session, slug, by)
    if not (catalogue.sensitive or (row is not None and row.is_sensitive)):
        return False
    both = (Wanted(), _wanted(catalogue, chosen, confirmed))
    before, after = (installing.plan(session, by.authority_id, catalogue, each) for each in both)
    if after.was_sensitive and not catalogue.sensitive:
        return True
    return (before.service, before.bound) != (after.service, after.bound)


def publish(
    session: Session,
    slug: str,
    chosen: Chosen,
    confirmed: frozenset[str],
    seen: str,
    is_proved: bool,
    *,
    by: AgentActor,
    now: datetime,
) -> Plan:
    """Publishes; is_proved: whether who may open demandes of a sensitive procedure just proved themselves.

    Raises PlanChanged where it would open some since then.
    """
    installing.hold(session, by.authority_id, slug)
    if not is_proved and _opens(session, slug, chosen, confirmed, by=by):
        raise PlanChanged("Depuis que vous l’avez lu, ce changement ouvre des demandes sensibles. Relisez-le.")
    catalogue, _ = _entry(session, slug, by)
    wanted = _wanted(catalogue, chosen, confirmed)
    return installing.install(session, by.authority_id, catalogue, wanted, seen=seen, by=by, now=now)


@dataclass(frozen=True)
class _Choices:
    """What the page of installation is made from. names: of every service, closed ones too.

    opened: whom the demandes open to or close to, as a sentence, or "".
    """

    catalogue: Procedure
    present: Chosen
    is_new: bool
    services: Sequence[Choice]
    names: Mapping[str, str]
    plan: Plan | None
    changes: Changes | None
    may_insist: bool
    is_lifted: bool
    opened: str


def _choices(
    session: Session,
    slug: str,
    chosen: Chosen,
    confirmed: frozenset[str],
    is_asked: bool,
    now: datetime,
    *,
    by: AgentActor,
) -> _Choices:
    catalogue, row = _entry(session, slug, by)
    statement = select(Service).where(Service.authority_id == by.authority_id)
    services = session.exec(statement.order_by(col(Service.name))).all()
    present: dict[str, Sequence[str]] = dict((row.functions if row is not None else None) or {})
    present["service"] = [one.slug for one in services if row is not None and one.id == row.service_id]
    wanted = _wanted(catalogue, chosen, confirmed)
    plan = installing.plan(session, by.authority_id, catalogue, wanted) if is_asked else None
    found = [] if plan is None else installing.changes(session, by.authority_id, plan)
    return _Choices(
        catalogue=catalogue,
        present=present,
        is_new=row is None or row.version_id is None,
        services=[Choice(one.slug, one.name) for one in services if one.closed_at is None],
        names={one.slug: one.name if one.closed_at is None else f"{one.name} (fermé)" for one in services},
        plan=plan,
        changes=planned.changes(found),
        may_insist=plan is not None and installing.is_objected(session, by.authority_id, catalogue, wanted),
        is_lifted=publishing.lifts(session, by.authority_id, catalogue),
        opened="" if plan is None else lifting.sentence(session, by.authority_id, plan, now),
    )


async def _install_page(
    visit: Visit[AgentActor],
    chosen: Chosen,
    confirmed: frozenset[str],
    *,
    is_asked: bool,
    refused: tuple[Problem, int] | None = None,
) -> Response:
    """The page; refused: why nothing was published where the plan has no fault, and the status."""
    slug = visit.path["slug"]
    found = await visit.read(_choices, slug, chosen, confirmed, is_asked, visit.now)
    faults = () if found.plan is None else found.plan.every_fault
    told = problems_of(faults) if faults or refused is None else [refused[0]]
    is_posted = visit.request.method == "POST"
    code = 422 if faults and is_posted else 200 if refused is None else refused[1]
    shown = chosen if is_asked else found.present
    is_planned = found.plan is not None and not faults
    page = InstallPage(
        title=found.catalogue.title,
        action=address(visit, slug, "installation"),
        back=visit.links.agents(PATH) if found.is_new else address(visit, slug),
        is_new=found.is_new,
        services=found.services,
        service=next(iter(shown["service"]), ""),
        functions=_functions(found, shown),
        confirms=_confirms(found, confirmed),
        confirmed=confirmed,
        plan=_plan(found.plan, found) if found.plan is not None and is_planned else (),
        hidden=_hidden(found.plan, chosen, confirmed) if found.plan is not None and is_planned else (),
        changes=found.changes,
        problems=Problems(told),
    )
    return visit.page("admin/procedures/install.html", code=code, frame=agent_frame(visit), page=page)


def _functions(found: _Choices, shown: Chosen) -> list[Function]:
    """The functions of the workflow; a service that is closed stays among the boxes while it holds one."""
    known, open_ones = (
        installing.functions_in(found.catalogue.workflow),
        {one.value: one.label for one in found.services},
    )
    made = []
    for name, words in FUNCTIONS.items():
        ticked = shown.get(name, ())
        offered = {**open_ones, **{each: found.names.get(each, each) for each in ticked}}
        if name in known:
            held = ", ".join(offered[each] for each in ticked) or "le service chargé de la démarche"
            made.append(Function(name, words, boxes(offered, ticked), held))
    return made


def _confirms(found: _Choices, confirmed: frozenset[str]) -> list[tuple[str, str]]:
    """What the authority may take upon itself."""
    insists = [(LINT, "Publier malgré ces remarques")] if found.may_insist or LINT in confirmed else []
    return [*publishing.confirmable(found.catalogue, is_lifted=found.is_lifted).items(), *insists]


def _hidden(plan: Plan, chosen: Chosen, confirmed: frozenset[str]) -> list[tuple[str, str]]:
    """What the act posts: what was chosen, and which plan was read."""
    services = [(name, slug) for name, slugs in chosen.items() for slug in slugs]
    return [*services, *(("confirm", name) for name in sorted(confirmed)), (planned.PLAN, plan.digest)]


def _plan(plan: Plan, found: _Choices) -> list[str]:
    """What would happen, a sentence each."""
    names = found.names
    if plan.number == plan.next_number:
        lines = [f"La version {plan.number} publiée ne change pas."]
    elif plan.number:
        lines = [f"La version {plan.next_number} est publiée après la {plan.number}."]
    else:
        lines = ["La démarche est publiée et ouverte."]
    lines.append(f"Le service chargé de la démarche : {names.get(plan.service, plan.service)}.")
    lines += held(plan, names)
    if found.opened:
        lines.append(found.opened)
    if plan.overlay:
        lines.append(f"Vos adaptations restent : {overlaying.count(plan.overlay)}.")
    return lines


def held(plan: Plan, names: Mapping[str, str]) -> list[str]:
    """Which services hold each function of the workflow, a sentence each. names: of the services, by slug."""
    return [
        f"{FUNCTIONS[name]} : {', '.join(names.get(each, each) for each in services)}."
        for name, services in plan.functions.items()
    ]
