"""Rights over one service or one procedure: given by who keeps the accounts, taken back, always with a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from grc.access.actors import AgentActor
from grc.access.permissions import NARROW, Permission, require
from grc.authorities import queries
from grc.authorities.grants import PROCEDURES
from grc.authorities.models import Grant, Service
from grc.errors import Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record


@dataclass(frozen=True)
class Given:
    """A right to give. service_id, procedure_id: one of the two at least. until_on: the last day, None without end."""

    role: str
    service_id: int | None = None
    procedure_id: int | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Held:
    """A right that an agent holds. service: "" for every one. granted_by: "" for the operator."""

    id: int
    role: str
    service: str
    procedure_id: int | None
    until_on: date | None
    granted_by: str
    granted_at: datetime


def grant(
    session: Session,
    authority_id: int,
    agent_id: int,
    given: Given,
    *,
    by: AgentActor | None,
    today: date,
    now: datetime,
) -> Grant:
    """The right, given; raises Forbidden to who may not give any, Invalid with what is wrong, NotFound.

    by: None for the operator's command.
    """
    if by is not None:
        require(by, Permission.RIGHT_GRANT)
    if queries.agent_of_id(session, authority_id, agent_id) is None:
        raise NotFound("Ce compte n’existe pas dans cette collectivité, ou il est fermé.")
    problems = _problems(session, authority_id, agent_id, given, today)
    if problems:
        raise Invalid("Ce droit ne peut pas être accordé.", problems)
    row = Grant(
        authority_id=authority_id,
        agent_id=agent_id,
        role=given.role,
        service_id=given.service_id,
        procedure_id=given.procedure_id,
        until_on=given.until_on,
        granted_by_id=None if by is None else by.id,
        granted_at=now,
    )
    session.add(row)
    session.flush()
    record(session, authority_id, JournalAct.RIGHT_GRANTED, ("agent", agent_id), by=by, now=now, data=_told(row))
    return row


def take_back(
    session: Session, authority_id: int, agent_id: int, key: int, *, by: AgentActor | None, now: datetime
) -> None:
    """The right, taken back at once; raises Forbidden, NotFound."""
    if by is not None:
        require(by, Permission.RIGHT_GRANT)
    mine = (Grant.authority_id == authority_id, Grant.agent_id == agent_id, Grant.id == key)
    row = session.exec(select(Grant).where(*mine)).one_or_none()
    if row is None:
        raise NotFound("Ce droit n’existe pas, ou il est déjà retiré.")
    told = _told(row)
    session.delete(row)
    session.flush()
    record(session, authority_id, JournalAct.RIGHT_TAKEN_BACK, ("agent", agent_id), by=by, now=now, data=told)


def forget(session: Session, authority_id: int, agent_id: int, *, by: AgentActor | None, now: datetime) -> None:
    """Every right of an agent who leaves, taken back with a line each."""
    mine = (Grant.authority_id == authority_id, Grant.agent_id == agent_id)
    rows = session.exec(select(Grant).where(*mine).order_by(col(Grant.id))).all()
    for row in rows:
        record(
            session,
            authority_id,
            JournalAct.RIGHT_TAKEN_BACK,
            ("agent", agent_id),
            by=by,
            now=now,
            data=_told(row),
        )
        session.delete(row)
    session.flush()


def held(session: Session, authority_id: int, agent_id: int, *, today: date) -> Sequence[Held]:
    """The rights of an agent over services and procedures, without those that are over."""
    names = queries.agent_names(session, authority_id)
    services = dict(session.exec(select(Service.id, Service.name).where(Service.authority_id == authority_id)).all())
    mine = (Grant.authority_id == authority_id, Grant.agent_id == agent_id)
    still = col(Grant.until_on).is_(None) | (col(Grant.until_on) >= today)
    return [
        Held(
            id=row.id or 0,
            role=row.role,
            service="" if row.service_id is None else services.get(row.service_id, ""),
            procedure_id=row.procedure_id,
            until_on=row.until_on,
            granted_by=names.get(row.granted_by_id or 0, ""),
            granted_at=row.granted_at,
        )
        for row in session.exec(select(Grant).where(*mine, still).order_by(col(Grant.id)))
    ]


def _told(row: Grant) -> dict[str, Any]:
    return {
        "right": row.id,
        "role": row.role,
        "service": row.service_id,
        "procedure": row.procedure_id,
        "until_on": row.until_on,
    }


def _problems(session: Session, authority_id: int, agent_id: int, given: Given, today: date) -> list[Problem]:
    found = []
    if given.role not in NARROW:
        found.append(Problem("role", "unknown", "Choisissez un rôle de la liste."))
    if given.service_id is None and given.procedure_id is None:
        found.append(Problem("service", "required", "Choisissez un service, une démarche, ou les deux."))
    if given.service_id is not None and not _is_service(session, authority_id, given.service_id):
        found.append(Problem("service", "unknown", "Choisissez un service de la liste."))
    if given.procedure_id is not None and not _is_procedure(session, authority_id, given.procedure_id):
        found.append(Problem("procedure", "unknown", "Choisissez une démarche de la liste."))
    if given.until_on is not None and given.until_on < today:
        found.append(Problem("until_on", "past", "Choisissez un dernier jour qui n’est pas passé, ou aucun."))
    if not found and _is_held(session, authority_id, agent_id, given, today):
        found.append(Problem("role", "held", "L’agent a déjà ce droit. Retirez-le d’abord pour changer sa fin."))
    return found


def _is_held(session: Session, authority_id: int, agent_id: int, given: Given, today: date) -> bool:
    mine = (Grant.authority_id == authority_id, Grant.agent_id == agent_id)
    same = (
        Grant.role == given.role,
        Grant.service_id == given.service_id,
        Grant.procedure_id == given.procedure_id,
        col(Grant.until_on).is_(None) | (col(Grant.until_on) >= today),
    )
    return session.exec(select(Grant.id).where(*mine, *same)).first() is not None


def _is_service(session: Session, authority_id: int, key: int) -> bool:
    mine = (Service.authority_id == authority_id, Service.id == key)
    return session.exec(select(Service.id).where(*mine)).first() is not None


def _is_procedure(session: Session, authority_id: int, key: int) -> bool:
    mine = (PROCEDURES.c.authority_id == authority_id, PROCEDURES.c.id == key)
    return session.execute(core_select(PROCEDURES.c.id).where(*mine)).first() is not None
