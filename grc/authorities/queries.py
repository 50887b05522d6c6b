"""Look-ups of authorities, services and agents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from grc import clock
from grc.access.actors import AgentActor
from grc.access.reach import Reach
from grc.authorities import grants
from grc.authorities.models import Agent, Authority, IdentityClient, Service
from grc.authorities.views import AuthorityView, ServiceView, authority_view, service_view
from grc.db import Prepared
from grc.errors import NotFound

_AUTHORITIES = Authority.__table__  # type: ignore[attr-defined]
_SERVICES = Service.__table__  # type: ignore[attr-defined]
_AGENTS = Agent.__table__  # type: ignore[attr-defined]
_AGENT = Prepared(
    core_select(_AGENTS).where(_AGENTS.c.authority_id == bindparam("authority"), _AGENTS.c.id == bindparam("wanted"))
)
_AUTHORITY = Prepared(core_select(_AUTHORITIES).where(_AUTHORITIES.c.id == bindparam("wanted")))
_SERVICE = Prepared(
    core_select(_SERVICES).where(
        _SERVICES.c.authority_id == bindparam("authority"), _SERVICES.c.id == bindparam("wanted")
    )
)


def authority_of_domain(session: Session, domain: str) -> AuthorityView | None:
    """The authority that is served on this host name, or None."""
    row = session.exec(select(Authority).where(Authority.domain == domain)).one_or_none()
    return None if row is None else authority_view(row)


def authority_of_slug(session: Session, slug: str) -> AuthorityView | None:
    """The authority of this path, or None."""
    row = session.exec(select(Authority).where(Authority.slug == slug)).one_or_none()
    return None if row is None else authority_view(row)


def authority(session: Session, authority_id: int) -> AuthorityView:
    """The authority; raises NotFound."""
    row = _AUTHORITY.one(session, {"wanted": authority_id})
    if row is None:
        raise NotFound("Cette commune n’existe pas ici.")
    return authority_view(row)


def day_of(session: Session, authority_id: int, instant: datetime) -> date:
    """The legal day of an instant where the authority is; raises NotFound."""
    return clock.day_in(authority(session, authority_id).zone, instant)


def municipalities(session: Session) -> list[AuthorityView]:
    """The authorities that citizens file with, by name."""
    statement = select(Authority).where(Authority.kind != "syndicate").order_by(col(Authority.name))
    return [authority_view(row) for row in session.exec(statement)]


def every_authority(session: Session) -> list[AuthorityView]:
    """All authorities, by id: for sweeps and checks."""
    return [authority_view(row) for row in session.exec(select(Authority).order_by(col(Authority.id)))]


def every_key(session: Session) -> list[int]:
    """The keys of all authorities, in order."""
    return [int(key) for key in session.exec(select(Authority.id).order_by(col(Authority.id))) if key is not None]


def service(session: Session, authority_id: int, service_id: int) -> ServiceView:
    """A service of the authority; raises NotFound."""
    row = _SERVICE.one(session, {"authority": authority_id, "wanted": service_id})
    if row is None:
        raise NotFound("Ce service n’existe pas.")
    return service_view(row)


def service_of_slug(session: Session, authority_id: int, slug: str) -> ServiceView | None:
    """A service of the authority by its slug, or None."""
    statement = select(Service).where(Service.authority_id == authority_id, Service.slug == slug)
    row = session.exec(statement).one_or_none()
    return None if row is None else service_view(row)


def is_open(now: datetime | None = None) -> ColumnElement[bool]:
    """That an account is neither closed nor at its end."""
    expires = col(Agent.expires_at)
    return col(Agent.is_active) & or_(expires.is_(None), expires > (now or clock.now()))


def agent_of_email(session: Session, authority_id: int, email: str) -> Agent | None:
    """The agent with this address in this authority whose account is open, or None."""
    statement = select(Agent).where(Agent.authority_id == authority_id, Agent.email == email.strip().lower(), is_open())
    return session.exec(statement).one_or_none()


def agent_of_id(session: Session, authority_id: int, agent_id: int) -> Agent | None:
    """The agent of this authority, None once the account is closed or past its end."""
    statement = select(Agent).where(Agent.authority_id == authority_id, Agent.id == agent_id, is_open())
    return session.exec(statement).one_or_none()


def admitted(
    session: Session, authority_id: int, agent_id: int, *, zone: str, now: datetime
) -> tuple[Any, Reach] | None:
    """The row of an open account with everything that its agent reaches that day; None once it is closed."""
    reach = grants.ask(session, authority_id, agent_id, on=clock.day_in(zone, now), now=now)
    row = _AGENT.one(session, {"authority": authority_id, "wanted": agent_id})
    if row is None or not row.is_active or (row.expires_at is not None and row.expires_at <= now):
        reach("")
        return None
    return row, reach(row.role)


def agent_actor(
    session: Session, authority_id: int, agent_id: int, *, session_id: int = 0, now: datetime | None = None
) -> AgentActor | None:
    """The agent as an actor, with what they reach; None once the account is closed or past its end."""
    zone = authority(session, authority_id).zone
    found = admitted(session, authority_id, agent_id, zone=zone, now=now or clock.now())
    return None if found is None else actor_of(found[0], reach=found[1], session_id=session_id)


def everyone(session: Session, authority_id: int, *, now: datetime | None = None) -> list[AgentActor]:
    """The agents of the authority whose accounts are open, by name, each with what they reach today."""
    instant = now or clock.now()
    on = day_of(session, authority_id, instant)
    return [actor_of(row, reach=reach) for row, reach in grants.everyone(session, authority_id, on=on, now=instant)]


def actor_of(row: Any, *, reach: Reach | None = None, session_id: int = 0) -> AgentActor:
    """A stored agent as an actor. reach: what they hold; without it what their role alone gives."""
    assert row.id is not None  # noqa: S101 - it was read from the database
    return AgentActor(
        authority_id=row.authority_id,
        id=row.id,
        role=row.role,
        given_name=row.given_name,
        family_name=row.family_name,
        capacity=row.capacity,
        session_id=session_id,
        reach=reach,
        guest_from=row.guest_from,
    )


def agent_names(session: Session, authority_id: int) -> dict[int, str]:
    """First name and name of every agent of the authority, closed accounts included, by id."""
    statement = select(Agent.id, Agent.given_name, Agent.family_name).where(Agent.authority_id == authority_id)
    return {key: f"{given} {family}" for key, given, family in session.exec(statement) if key is not None}


def identity_clients(session: Session, authority_id: int) -> list[IdentityClient]:
    """Every registration of the authority at a provider, in the order of their names."""
    mine = select(IdentityClient).where(IdentityClient.authority_id == authority_id)
    return list(session.exec(mine.order_by(col(IdentityClient.provider))).all())


def identity_client(session: Session, authority_id: int, provider: str) -> IdentityClient | None:
    """The authority's registration at the provider ("franceconnect"), or None."""
    statement = select(IdentityClient).where(
        IdentityClient.authority_id == authority_id, IdentityClient.provider == provider
    )
    return session.exec(statement).one_or_none()
