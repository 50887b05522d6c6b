"""Agents of the syndicate whom a commune lets in for a time: every act and look of theirs is journalled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, column, delete, func, table
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import colleagues, factors, lost_passwords, queries
from grc.authorities.models import Agent, Authority, Grant, Service
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.journal.acts import JournalAct
from grc.journal.recording import record

LONGEST = 30
"""Days."""
ROLES = ("reader", "handler", "supervisor")
"""What a guest may be; never an administrator."""
REASONS = {
    "help": "Aider un agent de la commune",
    "fault": "Chercher une panne",
    "setting": "Régler une démarche",
    "check": "Vérifier la sécurité ou la protection des données",
}
"""Why: a closed list, since the journal keeps no free text."""
_SHOWN_ENDED = 20
_LONGEST = {"given_name": 100, "family_name": 100, "capacity": 200}
_PROCEDURES = table("procedure", column("id", BigInteger), column("authority_id", BigInteger))
"""Of grc.catalogue.models, which stands above."""


@dataclass(frozen=True)
class Invitation:
    """Whom a commune lets in. service_id, procedure_id: the only ones that open; both None: the whole authority, but
    for sensitive procedures. days: from today, today included. reason: a key of REASONS."""

    syndicate: str
    email: str
    given_name: str
    family_name: str
    capacity: str
    role: str
    days: int
    reason: str
    service_id: int | None = None
    procedure_id: int | None = None


@dataclass(frozen=True)
class Guest:
    """A guest, present or past. reach: service and procedure by id, None for every one."""

    id: int
    name: str
    email: str
    guest_from: str
    role: str
    expires_at: datetime
    is_open: bool
    service_id: int | None = None
    procedure_id: int | None = None


def admit(session: Session, invited: Invitation, *, by: AgentActor, now: datetime) -> int:
    """Lets an agent of the syndicate in until the end of the last day; gives the account's key. Raises Invalid.

    Who was a guest before has the same account, without the ways in that it had.
    """
    require(by, Permission.GUEST_ADMIT)
    row = _former(session, by.authority_id, invited.email)
    _check(session, by.authority_id, invited, row, now)
    zone = queries.authority(session, by.authority_id).zone
    until = last_instant(zone, clock.day_in(zone, now) + timedelta(days=invited.days - 1))
    if row is None:
        row = Agent(authority_id=by.authority_id, email=invited.email, created_at=now, **_facts(invited))
    else:
        _emptied(session, row)
        for name, value in _facts(invited).items():
            setattr(row, name, value)
    row.expires_at, row.is_active = until, True
    session.add(row)
    session.flush()
    key = row.id or 0
    _grant(session, key, invited, by=by, until=clock.day_in(zone, until), now=now)
    _note(session, JournalAct.GUEST_ADMITTED, key, by=by, now=now, data=_told(invited, until))
    return key


def end(session: Session, guest_id: int, *, by: AgentActor, now: datetime) -> None:
    """Ends a guest’s time now, for the caller to end its sessions; raises NotFound, Conflict where it is over."""
    require(by, Permission.GUEST_ADMIT)
    row = colleagues.one(session, by.authority_id, guest_id)
    if not row.guest_from:
        raise NotFound("Cet accès n’existe pas.")
    if not _is_open(row, now):
        raise Conflict("Cet accès est déjà terminé.")
    _emptied(session, row)
    row.is_active, row.expires_at = False, now
    session.add(row)
    session.flush()
    _note(session, JournalAct.GUEST_ENDED, guest_id, by=by, now=now, data={})


def listed(session: Session, authority_id: int, *, now: datetime) -> Sequence[Guest]:
    """Those who are in, the first to leave first, then the last ones who were."""
    rows = session.exec(
        select(Agent)
        .where(Agent.authority_id == authority_id, col(Agent.guest_from) != "")
        .order_by(col(Agent.expires_at).desc(), col(Agent.id).desc())
        .limit(_SHOWN_ENDED + 100)
    ).all()
    narrow = {grant.agent_id: grant for grant in session.exec(select(Grant).where(Grant.authority_id == authority_id))}
    found = [_guest(row, narrow.get(row.id or 0), now) for row in rows if row.expires_at is not None]
    inside = sorted((one for one in found if one.is_open), key=lambda one: one.expires_at)
    return [*inside, *[one for one in found if not one.is_open][:_SHOWN_ENDED]]


def last_end(session: Session, authority_id: int, *, now: datetime) -> datetime | None:
    """When the last guest who is in will have left; None where there is none."""
    inside = (Agent.authority_id == authority_id, col(Agent.guest_from) != "", col(Agent.is_active))
    statement = select(func.max(Agent.expires_at)).where(*inside, col(Agent.expires_at) > now)
    found: datetime | None = session.exec(statement).one()
    return found


def syndicates(session: Session) -> Sequence[str]:
    """The names of the syndicates of the installation."""
    statement = select(Authority.name).where(Authority.kind == "syndicate").order_by(col(Authority.name))
    return list(session.exec(statement))


def last_instant(zone: str, day: date) -> datetime:
    """The end of a day there, aware: the midnight after it."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def _former(session: Session, authority_id: int, email: str) -> Agent | None:
    statement = select(Agent).where(Agent.authority_id == authority_id, Agent.email == email)
    return session.exec(statement).one_or_none()


def _check(session: Session, authority_id: int, invited: Invitation, row: Agent | None, now: datetime) -> None:
    """Raises Invalid with every problem at once."""
    problems = []
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", invited.email) or len(invited.email) > 254:
        problems.append(Problem("email", "format", "Saisissez une adresse électronique, par exemple nom@syndicat.fr."))
    elif row is not None and (not row.guest_from or _is_open(row, now)):
        problems.append(Problem("email", "taken", "Cette adresse a déjà un compte ici, ou un accès en cours."))
    for name, words in (("given_name", "le prénom"), ("family_name", "le nom"), ("capacity", "la fonction")):
        text = getattr(invited, name)
        if not text:
            problems.append(Problem(name, "required", f"Saisissez {words}."))
        elif len(text) > _LONGEST[name]:
            problems.append(Problem(name, "long", f"Écrivez {words} en {_LONGEST[name]} caractères au plus."))
    problems += _choices(session, authority_id, invited)
    if problems:
        raise Invalid("Cet accès ne peut pas être ouvert.", problems)


def _choices(session: Session, authority_id: int, invited: Invitation) -> list[Problem]:
    problems = []
    if invited.syndicate not in syndicates(session):
        problems.append(Problem("syndicate", "unknown", "Choisissez le syndicat d’où vient cette personne."))
    if invited.role not in ROLES:
        problems.append(Problem("role", "unknown", "Choisissez ce que cette personne pourra faire."))
    if not 1 <= invited.days <= LONGEST:
        problems.append(Problem("days", "range", f"Donnez un nombre de jours, de 1 à {LONGEST}."))
    if invited.reason not in REASONS:
        problems.append(Problem("reason", "unknown", "Choisissez pourquoi vous ouvrez cet accès."))
    if not _is_ours(session, authority_id, invited):
        problems.append(Problem("over", "unknown", "Choisissez ce que cet accès ouvre."))
    return problems


def _is_ours(session: Session, authority_id: int, invited: Invitation) -> bool:
    """Whether the service and the procedure, where they are given, are the authority's."""
    services, ours = Service.__table__, []  # type: ignore[attr-defined]
    for place, key in ((services, invited.service_id), (_PROCEDURES, invited.procedure_id)):
        wanted = core_select(place.c.id).where(place.c.authority_id == authority_id, place.c.id == key)
        ours.append(key is None or session.execute(wanted).first() is not None)
    return all(ours)


def _facts(invited: Invitation) -> dict[str, Any]:
    is_narrow = invited.service_id is not None or invited.procedure_id is not None
    return {
        "given_name": invited.given_name,
        "family_name": invited.family_name,
        "capacity": invited.capacity,
        "role": "" if is_narrow else invited.role,
        "password_hash": "",
        "guest_from": invited.syndicate,
        "needs_second_factor": True,
        "service_id": None,
    }


def _grant(session: Session, key: int, invited: Invitation, *, by: AgentActor, until: date, now: datetime) -> None:
    """The narrow right of a guest who does not have the whole authority."""
    if invited.service_id is None and invited.procedure_id is None:
        return
    session.add(
        Grant(
            authority_id=by.authority_id,
            agent_id=key,
            role=invited.role,
            service_id=invited.service_id,
            procedure_id=invited.procedure_id,
            granted_by_id=by.id,
            granted_at=now,
            until_on=until,
        )
    )
    session.flush()


def _emptied(session: Session, row: Agent) -> None:
    """The account without any way in nor right."""
    key = row.id or 0
    session.execute(delete(Grant).where(col(Grant.authority_id) == row.authority_id, col(Grant.agent_id) == key))
    lost_passwords.forget(session, row.authority_id, key)
    factors.reset(session, row)
    row.password_hash = row.issuer = row.subject = ""


def _guest(row: Agent, grant: Grant | None, now: datetime) -> Guest:
    assert row.expires_at is not None  # noqa: S101 - chosen by whoever calls
    return Guest(
        id=row.id or 0,
        name=f"{row.given_name} {row.family_name}",
        email=row.email,
        guest_from=row.guest_from,
        role=row.role or (grant.role if grant else ""),
        expires_at=row.expires_at,
        is_open=_is_open(row, now),
        service_id=grant.service_id if grant else None,
        procedure_id=grant.procedure_id if grant else None,
    )


def _is_open(row: Agent, now: datetime) -> bool:
    return row.is_active and row.expires_at is not None and row.expires_at > now


def _told(invited: Invitation, until: datetime) -> dict[str, Any]:
    return {
        "role": invited.role,
        "reason": invited.reason,
        "until": until,
        "service": invited.service_id,
        "procedure": invited.procedure_id,
    }


def _note(
    session: Session, act: JournalAct, key: int, *, by: AgentActor, now: datetime, data: Mapping[str, Any]
) -> None:
    record(session, by.authority_id, act, ("agent", key), by=by, now=now, data=data)
