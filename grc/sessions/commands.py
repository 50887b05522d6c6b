"""Opens, finds, renews and closes browser sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, delete, insert, select, update
from sqlmodel import Session

from grc import references
from grc.db import Prepared
from grc.sessions.models import BrowserSession

CITIZEN_IDLE = timedelta(minutes=30)
"""Of a signed-in citizen: FranceConnect tells nobody of a logout, so local sessions are short."""
VISITOR_LIFE = timedelta(days=30)
"""Of a browser without account: as long as its draft."""
DOOR_LIFE = timedelta(hours=1)
"""Of a browser at the agents' door, where nobody has come in yet."""
AGENT_LIFE = timedelta(hours=12)
AGENT_IDLE = timedelta(hours=2)
_SEEN_EVERY = timedelta(minutes=1)
_DRAFT_SEEN_EVERY = timedelta(days=1)
GRANT_IDLE = timedelta(hours=1)
"""Of what a code opened, without account: a computer may be shared; the code opens it again."""
MOST_GRANTED = 20

_TABLE = BrowserSession.__table__  # type: ignore[attr-defined]
_INSERT = Prepared(insert(_TABLE).returning(_TABLE.c.id))


@dataclass(frozen=True)
class OpenSession:
    """A session as a request finds it."""

    id: int
    authority_id: int
    public: str
    citizen_id: int | None
    agent_id: int | None
    shown_name: str
    granted: tuple[int, ...]
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    means: str
    acr: str
    second_factor_at: datetime | None


@dataclass(frozen=True)
class NewSession:
    """A session just opened and the token for its cookie, which is kept nowhere else."""

    id: int
    token: str
    expires_at: datetime


_FIND = Prepared(
    select(*(_TABLE.c[name] for name in OpenSession.__dataclass_fields__)).where(
        _TABLE.c.token_hash == bindparam("token_hash")
    )
)


def find(session: Session, *, authority_id: int, public: str, token: str, now: datetime) -> OpenSession | None:
    """The open session of a cookie's token in this authority and for this public, or None."""
    row = _FIND.one(session, {"token_hash": token_hash(token)})
    if row is None or row.authority_id != authority_id or row.public != public or row.expires_at <= now:
        return None
    granted = () if _is_stale(row, now) else tuple(row.granted)
    return OpenSession(*row._replace(granted=granted))


def open_session(
    session: Session,
    *,
    authority_id: int,
    public: str,
    now: datetime,
    citizen_id: int | None = None,
    agent_id: int | None = None,
    shown_name: str = "",
    granted: tuple[int, ...] = (),
    sealed_id_token: str | None = None,
    means: str = "",
    acr: str = "",
    device: str = "",
    second_factor_at: datetime | None = None,
) -> NewSession:
    """A new session, with a new token: at sign-in, at sign-out and at any change of rights, never reused.

    means, acr, device: how its person signed in, at which level, from what (see SignInRecord).
    """
    token = references.new_token()
    expires_at = now + _life(public, citizen_id, agent_id)
    values = {
        "authority_id": authority_id,
        "token_hash": token_hash(token),
        "public": public,
        "citizen_id": citizen_id,
        "agent_id": agent_id,
        "shown_name": shown_name,
        "granted": list(granted),
        "sealed_id_token": sealed_id_token,
        "created_at": now,
        "seen_at": now,
        "expires_at": expires_at,
        "means": means,
        "acr": acr[:120],
        "device": device[:120],
        "second_factor_at": second_factor_at,
    }
    key = _INSERT.scalar(session, values)
    return NewSession(id=key, token=token, expires_at=expires_at)


def needs_renewal(found: OpenSession, now: datetime) -> bool:
    """Whether the idle limit should be pushed back: at most once a minute, once a day for a draft alone."""
    has_rights = found.citizen_id is not None or found.agent_id is not None or found.granted
    return now - found.seen_at >= (_SEEN_EVERY if has_rights else _DRAFT_SEEN_EVERY)


def renew(session: Session, found: OpenSession, *, now: datetime) -> None:
    """Pushes the idle limit back, never beyond an agent's twelve hours; nothing for a session closed meanwhile.

    What a code opened too long ago is closed for good: being seen again must not open it.
    """
    expires_at = now + _life(found.public, found.citizen_id, found.agent_id)
    if found.agent_id is not None:
        expires_at = min(expires_at, found.created_at + AGENT_LIFE)
    values: dict[str, object] = {"seen_at": now, "expires_at": expires_at}
    if _is_stale(found, now):
        values["granted"] = []
    session.execute(update(_TABLE).where(_TABLE.c.id == found.id).values(values))


def rotate(session: Session, session_id: int, *, granted: tuple[int, ...], now: datetime) -> NewSession:
    """The same session under a new token, with these rights: whoever held the old token holds nothing."""
    token = references.new_token()
    stored = session.get_one(BrowserSession, session_id)
    stored.token_hash, stored.granted, stored.seen_at = token_hash(token), list(granted)[-MOST_GRANTED:], now
    session.add(stored)
    session.flush()
    return NewSession(id=session_id, token=token, expires_at=stored.expires_at)


def revoke(session: Session, authority_id: int, submission_id: int, *, but: int | None) -> None:
    """Takes a submission back from every browser that its code opened it in, but one."""
    held = (_TABLE.c.authority_id == authority_id, _TABLE.c.public == "citizen", _TABLE.c.id != (but or 0))
    wanted = cast(_TABLE.c.granted, String).like(f"%{int(submission_id)}%")
    rows = session.execute(select(_TABLE.c.id, _TABLE.c.granted).where(*held, wanted)).all()
    for row in rows:
        left = [key for key in row.granted if key != submission_id]
        session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(granted=left))


def close(session: Session, session_id: int) -> str | None:
    """Ends the session; what comes back is the sealed id_token of the provider, if it had one."""
    sealed = session.execute(select(_TABLE.c.sealed_id_token).where(_TABLE.c.id == session_id)).scalar_one_or_none()
    session.execute(delete(_TABLE).where(_TABLE.c.id == session_id))
    return sealed


def close_of_agent(session: Session, agent_id: int) -> None:
    """Ends every session of an agent: when the account is closed or its password changed."""
    session.execute(delete(_TABLE).where(_TABLE.c.agent_id == agent_id))


def purge(session: Session, *, now: datetime) -> int:
    """Deletes expired sessions; gives their number."""
    return int(session.execute(delete(_TABLE).where(expired(now))).rowcount)  # type: ignore[attr-defined]


def expired(now: datetime) -> ColumnElement[bool]:
    """That a session is over."""
    is_over: ColumnElement[bool] = _TABLE.c.expires_at <= now
    return is_over


def token_hash(token: str) -> str:
    """What the database keeps of a token of 256 random bits: its SHA-256 (no key needed at that length)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_stale(found: Any, now: datetime) -> bool:
    """Whether what a code opened in this session, without account, was left alone too long."""
    return found.citizen_id is None and now - found.seen_at > GRANT_IDLE


def _life(public: str, citizen_id: int | None, agent_id: int | None) -> timedelta:
    if public == "agent":
        return DOOR_LIFE if agent_id is None else AGENT_IDLE
    return VISITOR_LIFE if citizen_id is None else CITIZEN_IDLE
