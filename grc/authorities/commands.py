"""Creates authorities, services, agents and their identity clients: what the operator's commands and the demo call."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session, select

from grc.access.permissions import ROLES
from grc.authorities import colleagues, passwords
from grc.authorities.factors import EVERYONE
from grc.authorities.models import Agent, Authority, IdentityClient, Service
from grc.db import keyring_of
from grc.errors import Invalid, Problem
from grc.franceconnect import registration

RESERVED_SLUGS = frozenset({"static", "theme", "healthz", "readyz", "exploitation", "agents", "admin", "api"})


def add_authority(session: Session, *, slug: str, name: str, now: datetime, **facts: Any) -> Authority:
    """A new authority; raises Invalid with every problem at once. facts: other columns of Authority."""
    problems = [*_slug_problems(session, slug), *_authority_problems(facts)]
    if problems:
        raise Invalid("Cette collectivité ne peut pas être créée.", problems)
    row = Authority(slug=slug, name=name, created_at=now, **{"kind": "municipality", **facts})
    session.add(row)
    session.flush()
    return row


def add_service(session: Session, authority_id: int, *, slug: str, name: str, **facts: Any) -> Service:
    """A new service of the authority. facts: email, telephone, postal_address (list of lines), hours."""
    row = Service(authority_id=authority_id, slug=slug, name=name, **facts)
    session.add(row)
    session.flush()
    return row


def close_accounts_unused_for(session: Session, authority_id: int, *, years: int) -> None:
    """Has citizens' accounts that nobody used for so many years closed; 0 for never. See grc.submissions.closing."""
    row = session.get_one(Authority, authority_id)
    row.texts = {**row.texts, "unused_account_years": years}
    session.add(row)
    session.flush()


def ask_second_factor(session: Session, authority_id: int, *, of_everyone: bool) -> None:
    """Asks a second factor of every agent of the authority, or only of those whose role needs one."""
    row = session.get_one(Authority, authority_id)
    others = {key: value for key, value in row.texts.items() if key != "second_factor"}
    row.texts = {**others, "second_factor": EVERYONE} if of_everyone else others
    session.add(row)
    session.flush()


def add_agent(
    session: Session,
    authority_id: int,
    *,
    email: str,
    password: str,
    given_name: str,
    family_name: str,
    capacity: str,
    role: str,
    now: datetime,
    service_id: int | None = None,
) -> Agent:
    """A new agent with a local account; raises Invalid with every problem at once."""
    problems = _agent_problems(session, authority_id, email=email, password=password, role=role)
    if problems:
        raise Invalid("Ce compte ne peut pas être créé.", problems)
    row = Agent(
        authority_id=authority_id,
        service_id=service_id,
        email=email.strip().lower(),
        given_name=given_name,
        family_name=family_name,
        capacity=capacity,
        role=role,
        password_hash=passwords.hashed(password),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def change_password(session: Session, authority_id: int, email: str, password: str) -> int:
    """Replaces an agent's password and gives its id, for the caller to end its sessions.

    Raises NotFound, or Invalid for a password that is too short or guessed first.
    """
    row = colleagues.of_email(session, authority_id, email)
    known = colleagues.known_of(session, row)
    problems = passwords.problems(password, known=known)
    if problems:
        raise Invalid("Ce mot de passe ne convient pas.", problems)
    colleagues.set_password(session, row, passwords.hashed(password))
    return row.id or 0


def set_identity_client(
    session: Session,
    authority_id: int,
    *,
    provider: str,
    issuer: str,
    client_id: str,
    secret: str,
    algorithm: str,
    options: dict[str, Any] | None = None,
) -> None:
    """Registers, or replaces, the authority's client at a provider; the secret is sealed.

    options: what differs from the provider's usual ways; None or {} for nothing. Raises Invalid.
    """
    problem = registration.issuer_problem(issuer)
    if problem:
        raise Invalid("Ce client ne convient pas.", [Problem("issuer", "address", problem)])
    statement = select(IdentityClient).where(
        IdentityClient.authority_id == authority_id, IdentityClient.provider == provider
    )
    row = session.exec(statement).one_or_none() or IdentityClient(
        authority_id=authority_id, provider=provider, issuer="", client_id="", sealed_secret=""
    )
    row.issuer, row.client_id, row.algorithm = issuer, client_id, algorithm
    row.sealed_secret = keyring_of(session).seal(secret)
    row.options = registration.checked(options or {}) or None
    session.add(row)
    session.flush()


def _slug_problems(session: Session, slug: str) -> list[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,58}", slug) or slug in RESERVED_SLUGS:
        return [Problem("slug", "invalid", "L’identifiant a des lettres minuscules, des chiffres et des tirets.")]
    if session.exec(select(Authority.id).where(Authority.slug == slug)).first() is not None:
        return [Problem("slug", "taken", f"L’identifiant « {slug} » est déjà pris. Choisissez-en un autre.")]
    return []


def _authority_problems(facts: dict[str, Any]) -> list[Problem]:
    problems = []
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", str(facts.get("sender_address", ""))):
        message = "Donnez l’adresse électronique d’où partent les accusés de réception."
        problems.append(Problem("sender_address", "required", message))
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(facts.get("colour", "#1f5f8b"))):
        problems.append(Problem("colour", "format", "La couleur s’écrit #rrggbb, par exemple #1f5f8b."))
    try:
        ZoneInfo(str(facts.get("zone", "Europe/Paris")))
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(Problem("zone", "unknown", "Ce fuseau horaire n’existe pas, par exemple Europe/Paris."))
    return problems


def _agent_problems(session: Session, authority_id: int, *, email: str, password: str, role: str) -> list[Problem]:
    problems = passwords.problems(password, known=[email, *colleagues.authority_names(session, authority_id)])
    if role not in ROLES:
        problems.append(Problem("role", "unknown", f"Le rôle est l’un de ceux-ci : {', '.join(ROLES)}."))
    statement = select(Agent.id).where(Agent.authority_id == authority_id, Agent.email == email.strip().lower())
    if session.exec(statement).first() is not None:
        problems.append(Problem("email", "taken", "Un agent a déjà cette adresse dans cette collectivité."))
    return problems
