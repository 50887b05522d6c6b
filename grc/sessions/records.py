"""The trace of sign-ins, opened and refused: what their person, an administrator or FranceConnect's support may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlmodel import Session, col

from grc.sessions.models import SignInRecord

KEPT = timedelta(days=365)
"""How long they are kept: a choice of ours, between the six months and the year that the CNIL advises for such logs."""
OPENED = "opened"


@dataclass(frozen=True)
class SignInView:
    """One sign-in as its person reads it. outcome: "opened", or the code of the refusal."""

    at: datetime
    means: str
    outcome: str
    device: str


def record(
    session: Session,
    authority_id: int,
    *,
    means: str,
    outcome: str,
    now: datetime,
    citizen_id: int | None = None,
    agent_id: int | None = None,
    detail: str = "",
    device: str = "",
) -> None:
    """Adds the trace of a sign-in: codes and dates, never a name, an address or a token."""
    session.add(
        SignInRecord(
            authority_id=authority_id,
            citizen_id=citizen_id,
            agent_id=agent_id,
            at=now,
            means=means,
            outcome=outcome[:40],
            detail=detail[:120],
            device=device[:120],
        )
    )
    session.flush()


def of_citizen(session: Session, authority_id: int, citizen_id: int, *, most: int = 50) -> Sequence[SignInView]:
    """The last sign-ins of an account, newest first."""
    return _newest(session, authority_id, col(SignInRecord.citizen_id) == citizen_id, most)


def of_agent(session: Session, authority_id: int, agent_id: int, *, most: int = 50) -> Sequence[SignInView]:
    """The last sign-ins of an agent, newest first."""
    return _newest(session, authority_id, col(SignInRecord.agent_id) == agent_id, most)


def failures(session: Session, authority_id: int, *, outcomes: Sequence[str], since: datetime) -> int:
    """How many sign-ins ended with one of these outcomes since then."""
    statement = select(func.count()).select_from(SignInRecord)
    return int(
        session.execute(
            statement.where(
                col(SignInRecord.authority_id) == authority_id,
                col(SignInRecord.outcome).in_(outcomes),
                col(SignInRecord.at) >= since,
            )
        ).scalar_one()
    )


def purge(session: Session, *, now: datetime) -> int:
    """Deletes the traces older than a year; gives their number."""
    return int(session.execute(delete(SignInRecord).where(too_old(now))).rowcount)  # type: ignore[attr-defined]


def too_old(now: datetime) -> ColumnElement[bool]:
    """That a trace is older than a year."""
    return col(SignInRecord.at) <= now - KEPT


def _newest(session: Session, authority_id: int, whose: object, most: int) -> Sequence[SignInView]:
    statement = (
        select(SignInRecord)
        .where(col(SignInRecord.authority_id) == authority_id, whose)  # type: ignore[arg-type]
        .order_by(col(SignInRecord.at).desc(), col(SignInRecord.id).desc())
        .limit(most)
    )
    rows = session.execute(statement).scalars()
    return [SignInView(row.at, row.means, row.outcome, row.device) for row in rows]
