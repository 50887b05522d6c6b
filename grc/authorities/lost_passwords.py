"""Links of one use by which an agent chooses a password: made by an administrator, who hands them over."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session

from grc import references
from grc.authorities import queries
from grc.authorities.door import LINK_LIFE
from grc.authorities.models import Agent, DoorStep

_PURPOSE = "password"
_NO_SESSION = 0
_TABLE = DoorStep.__table__  # type: ignore[attr-defined]


def make(session: Session, agent: Agent, *, now: datetime) -> str:
    """A link's secret part; the agent's earlier links are good no more. Only its hash is kept."""
    forget(session, agent.authority_id, agent.id or 0)
    token = references.new_token()
    row = DoorStep(
        authority_id=agent.authority_id,
        session_id=_NO_SESSION,
        agent_id=agent.id,
        purpose=_PURPOSE,
        next_path=_hash(token),
        tries=0,
        started_at=now,
    )
    session.add(row)
    session.flush()
    return f"{row.id}-{token}"


def agent_of(session: Session, authority_id: int, link: str, *, now: datetime) -> Agent | None:
    """The agent who may choose a password by this link; None for a link used, replaced, too old or never made."""
    found = re.fullmatch(r"(\d{1,18})-([\w-]{43})", link, re.ASCII)
    if found is None:
        return None
    which = (_TABLE.c.authority_id == authority_id, _TABLE.c.purpose == _PURPOSE, _TABLE.c.id == int(found[1]))
    row = session.execute(select(_TABLE).where(*which, _TABLE.c.started_at > now - LINK_LIFE)).first()
    if row is None or not hmac.compare_digest(row.next_path, _hash(found[2])):
        return None
    return queries.agent_of_id(session, authority_id, row.agent_id)


def is_waiting(session: Session, agent: Agent, *, now: datetime) -> bool:
    """Whether a link that was made for this agent is still good."""
    which = (_TABLE.c.authority_id == agent.authority_id, _TABLE.c.purpose == _PURPOSE, _TABLE.c.agent_id == agent.id)
    found = session.execute(select(_TABLE.c.id).where(*which, _TABLE.c.started_at > now - LINK_LIFE).limit(1))
    return found.first() is not None


def forget(session: Session, authority_id: int, agent_id: int) -> int:
    """The agent's links are good no more; gives how many there were."""
    which = (_TABLE.c.authority_id == authority_id, _TABLE.c.purpose == _PURPOSE, _TABLE.c.agent_id == agent_id)
    return int(session.execute(delete(_TABLE).where(*which)).rowcount)  # type: ignore[attr-defined]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
