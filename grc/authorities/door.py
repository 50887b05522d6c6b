"""Sign-ins of agents that are not finished: what is awaited, of whom, for ten minutes and five tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session

from grc.authorities.models import DoorStep
from grc.db import keyring_of

STEP_LIFE = timedelta(minutes=10)
LINK_LIFE = timedelta(days=3)
"""Of a link by which an agent chooses a password."""
MOST_TRIES = 5
"""Of one step: then the sign-in begins anew, and its own limits count."""

_TABLE = DoorStep.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Step:
    """A step as a request finds it. state: what the answer is compared with, opened; "" for none."""

    id: int
    authority_id: int
    agent_id: int | None
    purpose: str
    state: str
    next_path: str
    tries: int
    started_at: datetime


def begin(
    session: Session,
    authority_id: int,
    session_id: int,
    *,
    purpose: str,
    now: datetime,
    agent_id: int | None = None,
    state: str = "",
    next_path: str = "",
) -> None:
    """A new step of this purpose in the browser's session; the one before it is forgotten.

    purpose: "factor", "enrol", "passkey" (a challenge), "totp" (a secret not proved yet) or "codes" (to be shown).
    """
    end(session, authority_id, session_id, purpose)
    session.add(
        DoorStep(
            authority_id=authority_id,
            session_id=session_id,
            agent_id=agent_id,
            purpose=purpose,
            sealed_state=keyring_of(session).seal(state) if state else "",
            next_path=next_path[:500],
            tries=0,
            started_at=now,
        )
    )
    session.flush()


def current(session: Session, authority_id: int, session_id: int | None, purpose: str, *, now: datetime) -> Step | None:
    """The step of this purpose in the browser's session, while it lasts; None for none."""
    if session_id is None:
        return None
    found = (_TABLE.c.authority_id == authority_id, _TABLE.c.session_id == session_id, _TABLE.c.purpose == purpose)
    row = session.execute(select(_TABLE).where(*found, _TABLE.c.started_at > now - STEP_LIFE)).first()
    if row is None or row.tries >= MOST_TRIES:
        return None
    try:
        state = keyring_of(session).open(row.sealed_state) if row.sealed_state else ""
    except ValueError:
        return None
    return Step(row.id, authority_id, row.agent_id, row.purpose, state, row.next_path, row.tries, row.started_at)


def count_try(session: Session, step: Step) -> None:
    """Counts one answer to the step, in one statement: two at once count as two."""
    session.execute(update(_TABLE).where(_TABLE.c.id == step.id).values(tries=_TABLE.c.tries + 1))


def take(session: Session, authority_id: int, session_id: int | None, purpose: str, *, now: datetime) -> Step | None:
    """The step, which is good no more: a challenge is answered once, rightly or not."""
    step = current(session, authority_id, session_id, purpose, now=now)
    if step is None:
        return None
    taken = session.execute(delete(_TABLE).where(_TABLE.c.id == step.id))
    return step if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def end(session: Session, authority_id: int, session_id: int, purpose: str = "") -> None:
    """Forgets the steps of the browser's session: of one purpose, or all."""
    whose = (_TABLE.c.authority_id == authority_id, _TABLE.c.session_id == session_id)
    which = (_TABLE.c.purpose == purpose,) if purpose else ()
    session.execute(delete(_TABLE).where(*whose, *which))


def forget_agent(session: Session, authority_id: int, agent_id: int) -> None:
    """Forgets every sign-in of the agent that is not finished: what it began with may be good no more."""
    theirs = (_TABLE.c.authority_id == authority_id, _TABLE.c.agent_id == agent_id)
    session.execute(delete(_TABLE).where(*theirs, _TABLE.c.purpose.in_(("factor", "enrol"))))


def purge(session: Session, *, now: datetime) -> int:
    """Deletes the steps that nobody finished, and the links that nobody used; gives their number."""
    return int(session.execute(delete(_TABLE).where(unfinished(now))).rowcount)  # type: ignore[attr-defined]


def unfinished(now: datetime) -> ColumnElement[bool]:
    """That a step or a link is over."""
    is_link = _TABLE.c.purpose == "password"
    is_step: ColumnElement[bool] = (_TABLE.c.started_at <= now - STEP_LIFE) & ~is_link
    is_old: ColumnElement[bool] = is_step | (_TABLE.c.started_at <= now - LINK_LIFE) & is_link
    return is_old
