"""Installs, overlays and updates a catalogue's procedure in an authority: first what would happen, then all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session, col, select

from grc.access.actors import Actor
from grc.access.permissions import Permission, require
from grc.authorities import queries as authorities
from grc.authorities.models import Service
from grc.catalogue import definition, differences, overlaying, publishing, queries, updating
from grc.catalogue.definition import Procedure
from grc.catalogue.differences import Difference
from grc.catalogue.models import InstalledProcedure, ProcedureVersion
from grc.catalogue.overlaying import Overlay
from grc.catalogue.updating import Choice, Conflict
from grc.conditions import suggestion
from grc.errors import Conflict as StateConflict
from grc.errors import Fault, Invalid, Misconfigured, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.workflow.actions import FUNCTION
from grc.workflow.definition import Workflow

_HELD = ("handler", "supervisor")
"""The functions that an authority binds; those of citizens and of the system are nobody's to give."""
_SERVICE_CLOSED = (
    "Le service chargé de cette démarche est fermé. Rouvrez-le, ou donnez d’abord la démarche à un autre service."
)


_OTHER_PLAN = "Ce qui se ferait a changé depuis que vous l’avez lu. Rien n’est publié : relisez-le."


class PlanChanged(StateConflict):
    """What would happen is not what was shown: nothing is done."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of an installation; what is None or "" stays as it is.

    service: slug of the service in charge. functions: services by function; one that is not named stays, () gives it
    back to the service in charge. overlay: the whole of it, stated over what
    the catalogue says now; None: the one that is there goes on. settled: what is done about its conflicts.
    confirmed: what the authority takes upon itself now, beside what it had for the same rules.
    """

    service: str = ""
    functions: Mapping[str, Sequence[str]] | None = None
    overlay: Overlay | None = None
    settled: Mapping[str, Choice] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """What would happen, and every reason why it may not.

    number: of the published version, 0 for none; next_number: of the one that would be published, the same when nothing
    changes. functions: the services of each function of the workflow, by default the one in charge. bound: those that
    were chosen. procedure: as it would be offered, None when the overlay does not stand. was_sensitive: whether the
    installed one is.
    """

    slug: str
    title: str
    service: str
    functions: Mapping[str, Sequence[str]]
    bound: Mapping[str, Sequence[str]]
    overlay: Overlay
    number: int
    next_number: int
    conflicts: Sequence[Conflict]
    agreed: Sequence[str]
    faults: Sequence[Fault]
    confirmed: frozenset[str]
    catalogue_sha256: str
    procedure: Procedure | None
    was_sensitive: bool

    @property
    def sensitivity(self) -> str:
        """The sentence of a procedure that becomes sensitive, or ends to be; "" where nothing changes."""
        if self.procedure is None or self.procedure.sensitive == self.was_sensitive:
            return ""
        if self.was_sensitive:
            return "Elle n’est plus sensible : ses demandes, même anciennes, s’ouvrent à tous les rôles."
        return "Elle est sensible : seuls les droits qui la nomment, ou son service, ouvrent ses demandes."

    @property
    def every_fault(self) -> Sequence[Fault]:
        """The faults, those of conflicts first."""
        return (*(each.fault for each in self.conflicts), *self.faults)

    @property
    def digest(self) -> str:
        """What is shown to whoever decides, as a hash that `install` asks for; what they take upon themselves aside."""
        published = "" if self.procedure is None else definition.sha256(self.procedure.document)
        bound, held = ({name: [*slugs] for name, slugs in each.items()} for each in (self.bound, self.functions))
        return definition.sha256(
            [
                self.slug,
                self.number,
                published,
                self.catalogue_sha256,
                self.overlay,
                self.service,
                bound,
                held,
                self.sensitivity,
            ]
        )


def functions_in(workflow: Workflow) -> tuple[str, ...]:
    """The functions that a workflow asks of an authority's agents, those that take a transition first."""
    named = [name for step in workflow.transitions for name in step.by]
    named += [str(each.params.get("to", "")).removeprefix(FUNCTION) for each in workflow.actions]
    return tuple(name for name in dict.fromkeys(named) if name in _HELD)


def plan(session: Session, authority_id: int, catalogue: Procedure, wanted: Wanted) -> Plan:
    """What installing, overlaying or updating would do; nothing is written."""
    row = installed(session, authority_id, catalogue.slug)
    last = None if row is None else _version(session, row)
    merged = _merged(catalogue, row, wanted)
    faults = list(_waiting(catalogue, row, wanted))
    try:
        procedure: Procedure | None = overlaying.overlaid(catalogue, merged.overlay)
    except Misconfigured as error:
        procedure, faults = None, [*faults, *error.faults]
    judged = procedure or catalogue
    service = wanted.service or _service_slug(session, row)
    bound = _bound(row, wanted, catalogue.workflow)
    faults += _of_functions(session, authority_id, catalogue, wanted.functions or {})
    confirmed = wanted.confirmed | _confirmed_before(last, judged)
    if service:
        faults += publishing.faults_of(session, authority_id, judged, service_slug=service, confirmed=confirmed)
    else:
        faults.append(Fault(catalogue.slug, "il manque le service chargé de la démarche.", "Choisissez-le."))
    number = 0 if last is None else last.number
    changes = last is None or last.sha256 != definition.sha256(judged.document)
    return Plan(
        slug=catalogue.slug,
        title=judged.title,
        service=service,
        functions={name: bound.get(name, (service,)) for name in functions_in(catalogue.workflow)},
        bound=bound,
        overlay=merged.overlay,
        number=number,
        next_number=number + 1 if changes else number,
        conflicts=merged.conflicts,
        agreed=merged.agreed,
        faults=faults,
        confirmed=confirmed,
        catalogue_sha256=definition.sha256(catalogue.source),
        procedure=procedure,
        was_sensitive=row is not None and row.is_sensitive,
    )


def changes(session: Session, authority_id: int, made: Plan) -> list[Difference]:
    """What the plan changes of the version that is published; [] when none is."""
    row = installed(session, authority_id, made.slug)
    if row is None or row.version_id is None or made.procedure is None:
        return []
    return differences.between(queries.version(session, authority_id, row.version_id), made.procedure)


def is_objected(session: Session, authority_id: int, catalogue: Procedure, wanted: Wanted) -> bool:
    """Whether some of the faults are a careful reader's, which an author may publish in spite of (`LINT`)."""
    insisting = replace(wanted, confirmed=wanted.confirmed | {publishing.LINT})
    before, after = (plan(session, authority_id, catalogue, each).every_fault for each in (wanted, insisting))
    return len(after) < len(before)


def install(
    session: Session,
    authority_id: int,
    catalogue: Procedure,
    wanted: Wanted,
    *,
    seen: str,
    by: Actor | None,
    now: datetime,
) -> Plan:
    """Does what `plan` says and writes it in the journal; raises Misconfigured with every fault, and nothing is done.

    seen: the digest of the plan that was shown; raises PlanChanged when it is another by now. by: None for a command
    of the operator. Raises Forbidden where a sensitive procedure would end to be one by who may not grant rights.
    """
    hold(session, authority_id, catalogue.slug)
    made = plan(session, authority_id, catalogue, wanted)
    if made.every_fault or made.procedure is None:
        raise Misconfigured(made.every_fault)
    if made.digest != seen:
        raise PlanChanged(_OTHER_PLAN)
    if by is not None and made.was_sensitive and not made.procedure.sensitive:
        require(by, Permission.RIGHT_GRANT)
    version = publishing.publish(
        session,
        authority_id,
        made.procedure,
        service_slug=made.service,
        confirmed=made.confirmed,
        overlay=made.overlay,
        catalogue_sha256=made.catalogue_sha256,
        functions=made.bound,
        by="operator" if by is None else f"agent:{by.id}",
        now=now,
    )
    act = JournalAct.PROCEDURE_PUBLISHED if version.number > made.number else JournalAct.PROCEDURE_SET
    data = {"version": version.number, "service": made.service, "overlaid": overlaying.count(made.overlay)}
    data["sensitive"] = made.procedure.sensitive
    record(session, authority_id, act, ("procedure", catalogue.slug), by=by, now=now, data=data)
    return made


def hold(session: Session, authority_id: int, slug: str) -> None:
    """Waits for whoever publishes that procedure, so that what is planned then is what is done; demandes do not wait.

    What was read of its row before is read again.
    """
    mine = (col(InstalledProcedure.authority_id) == authority_id, col(InstalledProcedure.slug) == slug)
    statement = select(InstalledProcedure).where(*mine).with_for_update(key_share=True)
    session.exec(statement, execution_options={"populate_existing": True}).one_or_none()


def set_open(session: Session, authority_id: int, slug: str, *, is_open: bool, by: Actor | None, now: datetime) -> None:
    """Opens the procedure to new requests, or closes it; drafts and requests stay. Raises NotFound.

    Raises Invalid when the service in charge, which the receipts name, is closed.
    """
    row = require_installed(session, authority_id, slug)
    service = session.get(Service, row.service_id)
    if is_open and service is not None and service.closed_at is not None:
        raise Invalid(_SERVICE_CLOSED, [Problem("open", "service_closed", _SERVICE_CLOSED)])
    if row.is_open != is_open:
        row.is_open = is_open
        session.add(row)
        act = JournalAct.PROCEDURE_OPENED if is_open else JournalAct.PROCEDURE_CLOSED
        record(session, authority_id, act, ("procedure", slug), by=by, now=now)


def installed(session: Session, authority_id: int, slug: str) -> InstalledProcedure | None:
    """The row of a procedure in an authority, None where it was never installed."""
    statement = select(InstalledProcedure).where(
        InstalledProcedure.authority_id == authority_id, InstalledProcedure.slug == slug
    )
    return session.exec(statement).one_or_none()


def require_installed(session: Session, authority_id: int, slug: str) -> InstalledProcedure:
    """The same; raises NotFound."""
    row = installed(session, authority_id, slug)
    if row is None or row.version_id is None:
        raise NotFound("Cette démarche n’est pas installée ici.")
    return row


def functions_of_procedure(session: Session, procedure_id: int) -> dict[str, tuple[int, ...]]:
    """The services, by key, to which an authority gave functions of a workflow; a function nobody chose is absent."""
    row = session.get(InstalledProcedure, procedure_id)
    if row is None or not row.functions:
        return {}
    rows = session.exec(
        select(Service.slug, Service.id).where(
            Service.authority_id == row.authority_id, col(Service.closed_at).is_(None)
        )
    )
    keys = {slug: key for slug, key in rows if key is not None}
    found = {name: tuple(keys[slug] for slug in slugs if slug in keys) for name, slugs in row.functions.items()}
    return {name: services for name, services in found.items() if services}


def is_behind(row: InstalledProcedure, catalogue: Procedure) -> bool:
    """Whether the catalogue has another version than the one under the installed procedure."""
    return row.catalogue_sha256 != definition.sha256(catalogue.source)


def _merged(catalogue: Procedure, row: InstalledProcedure | None, wanted: Wanted) -> updating.Merged:
    if wanted.overlay is not None:
        return updating.Merged(wanted.overlay, ())
    return updating.merge(catalogue, (row.overlay if row is not None else None) or {}, wanted.settled)


def _waiting(catalogue: Procedure, row: InstalledProcedure | None, wanted: Wanted) -> Iterator[Fault]:
    """An overlay is stated over the version that is published: an update comes first, with its conflicts."""
    is_published = row is not None and row.version_id is not None
    if row is not None and is_published and wanted.overlay is not None and is_behind(row, catalogue):
        message = "le catalogue a une nouvelle version de cette démarche."
        yield Fault(catalogue.slug, message, "Mettez-la à jour d’abord : ses conflits se règlent là.")


def _version(session: Session, row: InstalledProcedure) -> ProcedureVersion | None:
    return None if row.version_id is None else session.get(ProcedureVersion, row.version_id)


def _service_slug(session: Session, row: InstalledProcedure | None) -> str:
    found = None if row is None else session.get(Service, row.service_id)
    return "" if found is None else found.slug


def _bound(row: InstalledProcedure | None, wanted: Wanted, workflow: Workflow) -> dict[str, tuple[str, ...]]:
    before = (row.functions if row is not None else None) or {}
    chosen = {**before, **(wanted.functions or {})}
    held = functions_in(workflow)
    return {name: tuple(slugs) for name, slugs in chosen.items() if slugs and name in held}


def _of_functions(
    session: Session, authority_id: int, catalogue: Procedure, functions: Mapping[str, Sequence[str]]
) -> Iterator[Fault]:
    known = functions_in(catalogue.workflow)
    for name, slugs in functions.items():
        if name not in known:
            message = f"le circuit n’a pas de fonction « {name} »."
            yield Fault(f"{catalogue.slug}, {name}", message, suggestion(name, known))
        for slug in slugs:
            service = authorities.service_of_slug(session, authority_id, slug)
            if service is None:
                yield Fault(f"{catalogue.slug}, {name}", f"le service « {slug} » n’existe pas.", "Créez-le d’abord.")
            elif service.closed_at is not None:
                yield Fault(f"{catalogue.slug}, {name}", f"le service « {slug} » est fermé.", "Choisissez-en un autre.")


def _confirmed_before(last: ProcedureVersion | None, procedure: Procedure) -> frozenset[str]:
    """What was confirmed for the published version, where the same rules stand; "lint" for the same words only."""
    if last is None:
        return frozenset()
    before, after = last.document["procedure"], procedure.document["procedure"]
    same = {name for name in ("silence", "appeal", "dpia") if before.get(name) == after.get(name)}
    if last.sha256 == definition.sha256(procedure.document):
        same.add(publishing.LINT)
    return frozenset(same.intersection(last.confirmed))
