"""The second factors of agents: who needs one, what each holds, and whether an answer is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from grc import references
from grc.access.permissions import NEEDS_SECOND_FACTOR, ROLES
from grc.authorities import door, totp
from grc.authorities.models import Agent, Authority, Passkey, RecoveryCode
from grc.db import keyring_of
from grc.db.hashes import hashes

EVERYONE = "everyone"
"""What Authority.texts holds under "second_factor" where every agent needs one."""
CODES = 10
_CODES = RecoveryCode.__table__  # type: ignore[attr-defined]
_AGENTS = Agent.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Held:
    """What an agent can answer with. codes: recovery codes not used yet."""

    totp: bool
    passkeys: int
    codes: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor; recovery codes alone are none."""
        return self.totp or self.passkeys > 0


def is_needed(agent: Agent, *, by_everyone: bool) -> bool:
    """Whether the agent never comes in with one factor: asked of all, of this agent, or of the role."""
    of_role = not NEEDS_SECOND_FACTOR.isdisjoint(ROLES.get(agent.role, frozenset()))
    return by_everyone or agent.needs_second_factor or of_role


def of_everyone(session: Session, authority_id: int) -> bool:
    """Whether the authority asks a second factor of all its agents."""
    return session.get_one(Authority, authority_id).texts.get("second_factor") == EVERYONE


def held(session: Session, agent: Agent) -> Held:
    """The factors of an agent."""
    keys = session.execute(select(func.count()).select_from(Passkey).where(*_keys_of(agent))).scalar_one()
    left = select(func.count()).where(*_codes_of(agent), _CODES.c.used_at.is_(None))
    return Held(agent.sealed_totp is not None, keys, session.execute(left).scalar_one())


def awaited(session: Session, agent: Agent) -> str:
    """The step between a first factor and the session: "factor" to give one, "enrol" to set one up, "" for none."""
    if held(session, agent).any:
        return "factor"
    return "enrol" if is_needed(agent, by_everyone=of_everyone(session, agent.authority_id)) else ""


def set_totp(session: Session, agent: Agent, secret: str, typed: str, *, now: datetime) -> bool:
    """Whether a first code proved the secret, which is then the agent's; it replaces the one before."""
    step = totp.step_of(secret, typed, now=now, after=None)
    if step is None:
        return False
    agent.sealed_totp, agent.totp_step = keyring_of(session).seal(secret), step
    session.add(agent)
    session.flush()
    return True


def answers_totp(session: Session, agent: Agent, typed: str, *, now: datetime) -> bool:
    """Whether that is the agent's code, used now for the first time: of two posts at once, one is right."""
    if agent.sealed_totp is None:
        return False
    secret = keyring_of(session).open(agent.sealed_totp)
    step = totp.step_of(secret, typed, now=now, after=agent.totp_step)
    if step is None:
        return False
    unused = or_(_AGENTS.c.totp_step.is_(None), _AGENTS.c.totp_step < step)
    used = session.execute(update(_AGENTS).where(_AGENTS.c.id == agent.id, unused).values(totp_step=step))
    return used.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def answers_recovery(session: Session, agent: Agent, typed: str, *, now: datetime) -> bool:
    """Whether that is one of the agent's recovery codes, used now: each is good once."""
    code = references.read_code(typed)
    if code is None:
        return False
    known = hashes(session, agent.authority_id, "recovery", f"{agent.id}:{code}")
    which = (*_codes_of(agent), _CODES.c.code_hash.in_(known), _CODES.c.used_at.is_(None))
    used = session.execute(update(_CODES).where(*which).values(used_at=now))
    return used.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def new_codes(session: Session, agent: Agent) -> Sequence[str]:
    """Ten new recovery codes, to be shown once: only their hashes are kept, and the older ones are good no more."""
    session.execute(delete(_CODES).where(*_codes_of(agent)))
    made = [references.new_code() for _ in range(CODES)]
    keyring = keyring_of(session)
    for code in made:
        hashed = keyring.hash("recovery", f"{agent.id}:{references.read_code(code)}")
        session.add(RecoveryCode(authority_id=agent.authority_id, agent_id=agent.id or 0, code_hash=hashed))
    session.flush()
    return made


def forget_totp(session: Session, agent: Agent) -> None:
    """Takes the codes of six digits away. The last step stays: a code already used is never good again."""
    agent.sealed_totp = None
    session.add(agent)
    session.flush()


def reset(session: Session, agent: Agent) -> None:
    """Takes every factor away, recovery codes included: who needs one sets one up at the next sign-in."""
    door.forget_agent(session, agent.authority_id, agent.id or 0)
    agent.sealed_totp, agent.totp_step, agent.passkey_handle = None, None, None
    session.add(agent)
    session.flush()
    session.execute(delete(_CODES).where(*_codes_of(agent)))
    session.execute(delete(Passkey).where(*_keys_of(agent)))


def _codes_of(agent: Agent) -> tuple[Any, ...]:
    return _CODES.c.authority_id == agent.authority_id, _CODES.c.agent_id == agent.id


def _keys_of(agent: Agent) -> tuple[Any, ...]:
    return col(Passkey.authority_id) == agent.authority_id, col(Passkey.agent_id) == agent.id
