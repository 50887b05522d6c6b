"""Agents' accounts as administrators keep them: opened, changed, closed, and never without an administrator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from grc.access.actors import AgentActor
from grc.access.permissions import ROLES, Permission
from grc.authorities import absences, door, factors, granting, lost_passwords
from grc.authorities.models import Agent, Authority, Service
from grc.errors import Invalid, NotFound, Problem

ADMINISTRATORS = tuple(role for role, held in ROLES.items() if Permission.AGENT_MANAGE in held)
SYNDICATE = "syndicate"
"""The kind of the authority that hosts the others."""
_LONGEST = {"email": 254, "given_name": 100, "family_name": 100, "capacity": 200}
_LABELS = {
    "email": "l’adresse électronique",
    "given_name": "le prénom",
    "family_name": "le nom",
    "capacity": "la qualité, telle que les courriers l’impriment",
}


@dataclass(frozen=True)
class Facts:
    """What an administrator states of an agent. service_id: None for no service. role: "" for none everywhere."""

    email: str
    given_name: str
    family_name: str
    capacity: str
    role: str
    service_id: int | None = None
    needs_second_factor: bool = False


@dataclass(frozen=True)
class Listed:
    """An account in the list, closed ones included."""

    id: int
    name: str
    email: str
    capacity: str
    role: str
    is_active: bool
    has_password: bool
    is_vouched: bool
    held: factors.Held


def listed(session: Session, authority_id: int) -> Sequence[Listed]:
    """Every account of the authority, the open ones first, by name."""
    statement = select(Agent).where(Agent.authority_id == authority_id)
    ordered = statement.order_by(col(Agent.is_active).desc(), col(Agent.family_name), col(Agent.given_name))
    return [_listed(session, row) for row in session.exec(ordered)]


def services(session: Session, authority_id: int) -> Sequence[tuple[int, str]]:
    """The services of the authority, by name."""
    statement = select(Service.id, Service.name).where(Service.authority_id == authority_id)
    return [(key or 0, name) for key, name in session.exec(statement.order_by(col(Service.name)))]


def authority_names(session: Session, authority_id: int) -> tuple[str, str]:
    """The name and the slug of the authority: what passwords must not be made of."""
    row = session.get_one(Authority, authority_id)
    return row.name, row.slug


def known_of(session: Session, agent: Agent) -> Sequence[str]:
    """What anybody knows of an agent and of the commune: no password is made of it."""
    names = authority_names(session, agent.authority_id)
    return [agent.email, agent.given_name, agent.family_name, agent.capacity, *names]


def one(session: Session, authority_id: int, agent_id: int) -> Agent:
    """An account, closed or not; raises NotFound."""
    statement = select(Agent).where(Agent.authority_id == authority_id, Agent.id == agent_id)
    row = session.exec(statement).one_or_none()
    if row is None:
        raise NotFound("Ce compte n’existe pas dans cette collectivité.")
    return row


def of_email(session: Session, authority_id: int, email: str) -> Agent:
    """An account by its address, closed or not; raises NotFound."""
    statement = select(Agent).where(Agent.authority_id == authority_id, Agent.email == email.strip().lower())
    row = session.exec(statement).one_or_none()
    if row is None:
        raise NotFound("Aucun agent n’a cette adresse dans cette collectivité.")
    return row


def add(session: Session, authority_id: int, facts: Facts, *, now: datetime) -> Agent:
    """A new account without password: its agent comes by ProConnect, or chooses one by a link. Raises Invalid."""
    _check(session, authority_id, facts, but=None)
    row = Agent(authority_id=authority_id, password_hash="", created_at=now, **_columns(facts))
    session.add(row)
    session.flush()
    return row


def change(session: Session, authority_id: int, agent_id: int, facts: Facts) -> bool:
    """Whether rights changed, for the caller to end the agent's sessions. Raises Invalid, or NotFound.

    A guest keeps the role of the invitation, and the second factor.
    """
    row = one(session, authority_id, agent_id)
    _check(session, authority_id, facts, but=agent_id)
    _keep_guest(row, facts.role)
    if row.guest_from:
        facts = replace(facts, needs_second_factor=True)
    if row.is_active and facts.role not in ADMINISTRATORS:
        _keep_one(session, row)
    before = (row.role, row.needs_second_factor, row.email)
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    if before == (row.role, row.needs_second_factor, row.email):
        return False
    door.forget_agent(session, authority_id, agent_id)
    return True


def differing(session: Session, authority_id: int, agent_id: int, facts: Facts) -> list[str]:
    """The names of the facts that would change, for the journal, which keeps no values of people."""
    row = one(session, authority_id, agent_id)
    return sorted(name for name, value in _columns(facts).items() if getattr(row, name) != value)


def is_role_here(session: Session, authority_id: int, role: str) -> bool:
    """Whether agents of this authority may hold the role: that of the platform belongs to the syndicate's."""
    of_syndicate = session.get_one(Authority, authority_id).kind == SYNDICATE
    return role in ROLES and (of_syndicate or Permission.FIGURES_READ not in ROLES[role])


def set_role(session: Session, authority_id: int, agent_id: int, role: str) -> bool:
    """Whether the role changed; "" leaves what is granted alone. Raises Invalid for the last administrator."""
    if role and not is_role_here(session, authority_id, role):
        message = "Ce rôle est celui des agents du syndicat."
        raise Invalid(message, [Problem("role", "unknown", message)])
    row = one(session, authority_id, agent_id)
    _keep_guest(row, role)
    if row.is_active and role not in ADMINISTRATORS:
        _keep_one(session, row)
    changed, row.role = row.role != role, role
    door.forget_agent(session, authority_id, agent_id)
    session.add(row)
    session.flush()
    return changed


def close(session: Session, authority_id: int, agent_id: int, *, by: AgentActor | None, now: datetime) -> None:
    """Closes an account, for the caller to end its sessions; what the agent did stays. Raises Invalid.

    Its rights over services and procedures, and what it lends while away, do not come back if it is opened again.
    """
    row = one(session, authority_id, agent_id)
    _keep_one(session, row)
    door.forget_agent(session, authority_id, agent_id)
    granting.forget(session, authority_id, agent_id, by=by, now=now)
    absences.forget(session, authority_id, agent_id, by=by, now=now)
    row.is_active = False
    session.add(row)
    session.flush()


def reopen(session: Session, authority_id: int, agent_id: int) -> None:
    """Opens an account again, without any of its former ways in but ProConnect: they may be known to others by now."""
    row = one(session, authority_id, agent_id)
    if row.is_active:
        return
    factors.reset(session, row)
    row.is_active, row.password_hash = True, ""
    session.add(row)
    session.flush()


def set_password(session: Session, agent: Agent, hashed: str) -> None:
    """Replaces a password, for the caller to end the sessions; what the former one began is forgotten, links too."""
    agent.password_hash = hashed
    session.add(agent)
    session.flush()
    door.forget_agent(session, agent.authority_id, agent.id or 0)
    lost_passwords.forget(session, agent.authority_id, agent.id or 0)


def _listed(session: Session, row: Agent) -> Listed:
    return Listed(
        id=row.id or 0,
        name=f"{row.given_name} {row.family_name}",
        email=row.email,
        capacity=row.capacity,
        role=row.role,
        is_active=row.is_active,
        has_password=bool(row.password_hash),
        is_vouched=bool(row.subject),
        held=factors.held(session, row),
    )


def _keep_guest(row: Agent, role: str) -> None:
    """Nothing, or Invalid for another role of a guest, who was let in for one thing."""
    if row.guest_from and role != row.role:
        message = "Le rôle d’un accès temporaire ne change pas. Terminez cet accès et ouvrez-en un autre."
        raise Invalid(message, [Problem("role", "guest", message)])


def _keep_one(session: Session, row: Agent) -> None:
    """Nothing, or Invalid when no other administrator would be left; their rows are locked meanwhile."""
    if row.role not in ADMINISTRATORS or not row.is_active:
        return
    here = (Agent.authority_id == row.authority_id, col(Agent.is_active), col(Agent.expires_at).is_(None))
    theirs = (*here, col(Agent.role).in_(ADMINISTRATORS), Agent.guest_from == "")
    left = session.exec(select(Agent.id).where(*theirs).order_by(col(Agent.id)).with_for_update()).all()
    if set(left) <= {row.id}:
        message = "C’est le dernier administrateur de la commune. Donnez d’abord ce rôle à un autre agent."
        raise Invalid(message, [Problem("role", "last", message)])


def _check(session: Session, authority_id: int, facts: Facts, *, but: int | None) -> None:
    problems = [problem for name in _LONGEST if (problem := _text_problem(name, getattr(facts, name))) is not None]
    taken = select(Agent.id).where(Agent.authority_id == authority_id, Agent.email == facts.email.strip().lower())
    holder = session.exec(taken).first()
    if holder is not None and holder != but:
        problems.append(Problem("email", "taken", "Un agent a déjà cette adresse. Rouvrez son compte s’il est fermé."))
    if facts.role and not is_role_here(session, authority_id, facts.role):
        problems.append(Problem("role", "unknown", "Choisissez le rôle de l’agent."))
    if facts.service_id is not None and facts.service_id not in dict(services(session, authority_id)):
        problems.append(Problem("service", "unknown", "Choisissez un service de la liste, ou aucun."))
    if problems:
        raise Invalid("Ce compte ne peut pas être enregistré.", problems)


def _text_problem(name: str, value: str) -> Problem | None:
    if not value.strip():
        return Problem(name, "required", f"Écrivez {_LABELS[name]}.")
    if len(value) > _LONGEST[name]:
        return Problem(name, "long", f"Raccourcissez {_LABELS[name]} : {_LONGEST[name]} caractères au plus.")
    if name == "email" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value.strip()):
        return Problem(name, "email", "Écrivez une adresse électronique, par exemple prenom.nom@commune.fr.")
    return None


def _columns(facts: Facts) -> dict[str, Any]:
    return {
        "email": facts.email.strip().lower(),
        "given_name": facts.given_name.strip(),
        "family_name": facts.family_name.strip(),
        "capacity": facts.capacity.strip(),
        "role": facts.role,
        "service_id": facts.service_id,
        "needs_second_factor": facts.needs_second_factor,
    }
