"""The open sessions of an agent: what they are shown of them, and how they end them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session

from grc.sessions.models import BrowserSession, SignInRecord
from grc.sessions.records import OPENED

_TABLE = BrowserSession.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class SessionView:
    """A session as its person reads it. means, acr, device: how it was opened (see SignInRecord)."""

    id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    means: str
    acr: str
    device: str
    second_factor_at: datetime | None
    sealed_id_token: str | None


_COLUMNS = tuple(_TABLE.c[name] for name in SessionView.__dataclass_fields__)


def one(session: Session, authority_id: int, session_id: int) -> SessionView | None:
    """A session of this authority, rights or none; None once it is closed."""
    found = select(*_COLUMNS).where(_TABLE.c.authority_id == authority_id, _TABLE.c.id == session_id)
    row = session.execute(found).first()
    return None if row is None else SessionView(*row)


def of_agent(session: Session, authority_id: int, agent_id: int, *, now: datetime) -> Sequence[SessionView]:
    """The sessions that are open, last used first."""
    found = select(*_COLUMNS).where(*_theirs(authority_id, agent_id), _TABLE.c.expires_at > now)
    return [SessionView(*row) for row in session.execute(found.order_by(_TABLE.c.seen_at.desc(), _TABLE.c.id.desc()))]


def last_of_agents(session: Session, authority_id: int) -> dict[int, datetime]:
    """When each agent last signed in, by agent."""
    columns, latest = SignInRecord.__table__.c, func.max(SignInRecord.__table__.c.at).label("at")  # type: ignore[attr-defined]
    opened = (columns.authority_id == authority_id, columns.agent_id.is_not(None), columns.outcome == OPENED)
    rows = session.execute(select(columns.agent_id, latest).where(*opened).group_by(columns.agent_id))
    return {row.agent_id: row.at for row in rows}


def close_one(session: Session, authority_id: int, agent_id: int, session_id: int) -> bool:
    """Whether that session was theirs and is ended."""
    ended = session.execute(delete(_TABLE).where(*_theirs(authority_id, agent_id), _TABLE.c.id == session_id))
    return ended.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def close_others(session: Session, authority_id: int, agent_id: int, *, but: int) -> int:
    """Ends every session of the agent but one; gives their number."""
    ended = session.execute(delete(_TABLE).where(*_theirs(authority_id, agent_id), _TABLE.c.id != but))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def _theirs(authority_id: int, agent_id: int) -> tuple[Any, ...]:
    return (_TABLE.c.authority_id == authority_id, _TABLE.c.public == "agent", _TABLE.c.agent_id == agent_id)
