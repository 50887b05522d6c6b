"""The second factors of agents: who needs one, and what each holds."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.permissions import NEEDS_SECOND_FACTOR, ROLES
from grc.authorities.models import Agent, Authority, Passkey

EVERYONE = "everyone"
"""What Authority.texts holds under "second_factor" where every agent needs one."""


def is_needed(agent: Agent, *, by_everyone: bool) -> bool:
    """Whether the agent never comes in with one factor: asked of all, of this agent, or of the role."""
    of_role = not NEEDS_SECOND_FACTOR.isdisjoint(ROLES.get(agent.role, frozenset()))
    return by_everyone or agent.needs_second_factor or of_role


def has_any(session: Session, agent: Agent) -> bool:
    """Whether the agent set one up: codes of six digits or a passkey."""
    if agent.sealed_totp is not None:
        return True
    passkey = select(Passkey.id).where(col(Passkey.authority_id) == agent.authority_id, Passkey.agent_id == agent.id)  # type: ignore[call-overload]
    return session.execute(passkey.limit(1)).first() is not None


def of_everyone(session: Session, authority_id: int) -> bool:
    """Whether the authority asks a second factor of all its agents."""
    return session.get_one(Authority, authority_id).texts.get("second_factor") == EVERYONE


def awaited(session: Session, agent: Agent) -> str:
    """The step between a first factor and the session: "factor" to give one, "enrol" to set one up, "" for none."""
    if has_any(session, agent):
        return "factor"
    return "enrol" if is_needed(agent, by_everyone=of_everyone(session, agent.authority_id)) else ""
