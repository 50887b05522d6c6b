"""Authorities of a table, made or changed in one transaction: each under its own scope, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from grc.authorities import colleagues, importing, services, spreadsheets
from grc.authorities.importing import Imported, Parsed
from grc.authorities.models import Agent, Authority, Service
from grc.authorities.views import service_view
from grc.conditions import Faults
from grc.db import acting_for
from grc.journal import recording
from grc.journal.acts import JournalAct

_ROLES = {"syndicate": "platform_admin"}
_TITLES: Mapping[type, Mapping[str, str]] = {
    Authority: importing.AUTHORITY,
    Service: importing.SERVICE,
    Agent: importing.ADMINISTRATOR,
}
_DEFAULTS: dict[str, Any] = {"kind": "municipality", "sender_address": "", "name": ""}


@dataclass(frozen=True)
class Enrolled:
    """What was done. administrators: slug and address of each account made, which waits for its link."""

    made: int
    changed: int
    same: int
    administrators: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Step:
    """A line with the rows that it speaks of; None for what is not there yet. changes: column, before, after.

    said_of_service: what is written of the service, None for nothing; the slug of one that is there never changes.
    """

    said: Imported
    authority: Authority | None
    service: Service | None
    agent: Agent | None
    changes: tuple[tuple[str, str, str], ...]
    said_of_service: Mapping[str, Any] | None = None

    @property
    def differs(self) -> tuple[str, ...]:
        """The columns of the table that say something else than what is there."""
        return tuple(dict.fromkeys(column for column, _, _ in self.changes))


def enrol(session: Session, parsed: Parsed, *, update: bool, now: datetime) -> Enrolled:
    """Makes the authorities that are not there, with their service and first administrator; identical ones stay.

    session: of the platform. update: whether those that differ are changed; without it they are faults. An account that
    is there already keeps its role, its password and its state. Raises Misconfigured with every fault, before anything
    is written.
    """
    steps = check(session, parsed, update=update)
    changed = [step for step in steps if step.authority is not None and step.differs]
    for step in changed:  # two authorities may have exchanged their host names
        if step.authority is not None and "domain" in step.said.authority:
            step.authority.domain = None
    session.flush()
    administrators = [
        found for step in steps if (step.authority is None or step.differs) and (found := _write(session, step, now))
    ]
    return Enrolled(*tally(steps), tuple(administrators))


def unopened(session: Session, parsed: Parsed) -> Iterator[tuple[int, Agent]]:
    """The administrators of the table whose account nothing opens yet, each told in the scope of its authority."""
    present = {row.slug: row.id or 0 for row in session.exec(select(Authority))}
    for said in parsed.rows:
        if said.administrator is not None and said.slug in present:
            with acting_for(session, present[said.slug]):
                agent = _agent_of(session, present[said.slug], said.administrator["email"])
                if agent is not None and agent.is_active and not agent.password_hash and not agent.subject:
                    yield present[said.slug], agent


def tally(steps: Sequence[_Step]) -> tuple[int, int, int]:
    """How many are made, changed, left as they are."""
    made = sum(step.authority is None for step in steps)
    changed = sum(step.authority is not None and bool(step.differs) for step in steps)
    return made, changed, len(steps) - made - changed


def told(steps: Sequence[_Step]) -> list[str]:
    """What would be done, a line for each authority made and for each column changed."""
    found = []
    for step in steps:
        slug = step.said.slug
        found += [f"{slug} : à créer"] if step.authority is None else []
        found += [f"{slug}, {column} : « {before} » → « {after} »" for column, before, after in step.changes]
    return found


def check(session: Session, parsed: Parsed, *, update: bool) -> list[_Step]:
    """What each line would do. Raises Misconfigured with every fault, those of the file and those of the database."""
    faults, rows = parsed.faults, parsed.rows
    present = {row.slug: row for row in session.exec(select(Authority))}
    steps = [_step(session, row, present.get(row.slug)) for row in rows]
    _check_others(rows, present, faults)
    for step in steps:
        _check_service(step, faults)
        if step.authority is None:
            continue
        if "type" in step.differs:
            faults.add(step.said.where, "une collectivité ne change pas de type.", "Créez-en une autre.")
        elif step.differs and not update:
            text = f"« {step.said.slug} » existe et diffère : {', '.join(step.differs)}."
            faults.add(step.said.where, text, "Ajoutez --update pour la modifier, ou retirez la ligne.")
    faults.raise_any()
    return steps


def _check_service(step: _Step, faults: Faults) -> None:
    """That a new service has a telephone, and that none loses what the receipts of its procedures say (L112-12)."""
    said, where = step.said_of_service, step.said.where
    if said is not None and step.service is None and not said.get("telephone"):
        text = "un téléphone manque : tout accusé de réception en dit un (R112-11-1)."
        faults.add(f"{where}, colonne « telephone »", text, "Donnez celui de la mairie ou du service.")
    elif said is not None and step.service is not None and step.authority is not None:
        before, address = service_view(step.service), step.authority.postal_address
        told = services.lacking(before, address)
        address = step.said.authority.get("postal_address", address)
        for mention in services.lacking(replace(before, **said), address):
            if mention not in told:
                text = f"le service « {before.name} » perdrait {mention}, que ses lettres disent (R112-11-1, L111-2)."
                faults.add(f"{where}, colonne « service »", text, "Donnez celui de la mairie ou du service.")


def _check_others(rows: Sequence[Imported], present: Mapping[str, Authority], faults: Faults) -> None:
    """That no host name nor SIRET is that of an authority which the file does not speak of."""
    named = {row.slug for row in rows}
    columns = (("domain", "le domaine"), ("siret", "le SIRET"))
    taken = {
        (field, getattr(other, field)): other.slug
        for other in present.values()
        for field, _ in columns
        if getattr(other, field) and (other.slug not in named or not _speaks(rows, other.slug, field))
    }
    for row in rows:
        for field, what in columns:
            holder = taken.get((field, row.authority.get(field)))
            if holder is not None and holder != row.slug:
                text = f"{what} « {row.authority[field]} » est déjà celui de « {holder} »."
                faults.add(row.where, text, "Corrigez l’un des deux.")


def _speaks(rows: Sequence[Imported], slug: str, field: str) -> bool:
    return any(row.slug == slug and field in row.authority for row in rows)


def _step(session: Session, said: Imported, row: Authority | None) -> _Step:
    if row is None:
        return _Step(said, None, None, None, (), said.service)
    changes = _changes(row, said.authority)
    service = agent = of_service = None
    with acting_for(session, row.id or 0):
        if said.service is not None and said.names_service:
            service = _service_of(session, row.id or 0, said.service)
            of_service = {key: each for key, each in said.service.items() if service is None or key != "slug"}
            changes += _changes(service, of_service, "service")
        if said.administrator is not None:
            agent = _agent_of(session, row.id or 0, said.administrator["email"])
            changes += _changes(agent, said.administrator, "admin_courriel")
    return _Step(said, row, service, agent, tuple(changes), of_service)


def _changes(row: Any, said: Mapping[str, Any], absent: str = "") -> list[tuple[str, str, str]]:
    """The columns of the table that say something else than the row. absent: that which stands for a missing row."""
    if row is None:
        return [(absent, "", _shown(said["name" if absent == "service" else "email"]))]
    titles = _TITLES[type(row)]
    differing = ((field, getattr(row, field), value) for field, value in said.items())
    return [(titles[field], _shown(was), _shown(value)) for field, was, value in differing if was != value]


def _shown(value: Any) -> str:
    """A value as the table writes it."""
    return "|".join(value) if isinstance(value, list | tuple) else str(value or "")


def _service_of(session: Session, key: int, said: Mapping[str, Any]) -> Service | None:
    """The service of that name, else of nearly that name (accents, capitals), else of the slug made of it."""
    every = session.exec(select(Service).where(Service.authority_id == key).order_by(col(Service.id))).all()
    plain = spreadsheets.plain(said["name"])
    tests: tuple[Callable[[Service], bool], ...] = (
        lambda row: row.name == said["name"],
        lambda row: spreadsheets.plain(row.name) == plain,
        lambda row: row.slug == said["slug"],
    )
    return next((row for test in tests for row in every if test(row)), None)


def _agent_of(session: Session, key: int, email: str) -> Agent | None:
    return session.exec(select(Agent).where(Agent.authority_id == key, Agent.email == email)).one_or_none()


def _write(session: Session, step: _Step, now: datetime) -> tuple[str, str] | None:
    """Slug and address of the account made, None for none."""
    said = step.said
    row = step.authority or Authority(created_at=now, **{**_DEFAULTS, "slug": said.slug})
    _set(row, said.authority)
    session.add(row)
    session.flush()
    key, is_new_agent = row.id or 0, said.administrator is not None and step.agent is None
    with acting_for(session, key):
        if step.said_of_service is not None:
            service = step.service or Service(authority_id=key, slug="", name="")
            _set(service, step.said_of_service)
            session.add(service)
        if said.administrator is not None and step.agent is not None:
            _set(step.agent, said.administrator)
            session.add(step.agent)
        elif said.administrator is not None:
            facts: dict[str, Any] = {**said.administrator, "role": _ROLES.get(row.kind, "administrator")}
            colleagues.add(session, key, colleagues.Facts(**facts), now=now)
        data = {"made": step.authority is None, "changed": list(step.differs)}
        recording.record(
            session, key, JournalAct.AUTHORITY_IMPORTED, ("authority", said.slug), by=None, now=now, data=data
        )
    return (said.slug, said.administrator["email"]) if is_new_agent and said.administrator else None


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
