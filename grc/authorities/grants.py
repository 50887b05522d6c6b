"""The rights that agents hold beside their role: granted over a service or a procedure, or lent by an absence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, bindparam, case, cast, column, null, or_, select, table, union_all
from sqlalchemy import literal as text_of
from sqlmodel import Session

from grc.access.reach import Reach, Right
from grc.authorities.models import Absence, Agent, Grant
from grc.db import Prepared

_GRANTS = Grant.__table__  # type: ignore[attr-defined]
_ABSENCES = Absence.__table__  # type: ignore[attr-defined]
_AGENTS = Agent.__table__  # type: ignore[attr-defined]
PROCEDURES = table(
    "procedure", column("id", BigInteger), column("authority_id", BigInteger), column("is_sensitive", Boolean)
)
"""Of grc.catalogue.models, which stands above: what a right needs to know of it."""
_AUTHORITY, _AGENT = bindparam("authority", type_=BigInteger), bindparam("agent", type_=BigInteger)
_TODAY, _NOW = bindparam("today", type_=Date), bindparam("now", type_=_AGENTS.c.expires_at.type)
_NO_KEY, _NO_DAY = cast(null(), BigInteger), cast(null(), Date)
_IN_FORCE = or_(_GRANTS.c.until_on.is_(None), _GRANTS.c.until_on >= _TODAY)
_OPEN = (_AGENTS.c.is_active, or_(_AGENTS.c.expires_at.is_(None), _AGENTS.c.expires_at > _NOW))
_AWAY = (_ABSENCES.c.authority_id == _AUTHORITY, _ABSENCES.c.first_on <= _TODAY, _ABSENCES.c.last_on >= _TODAY)
_LENDS = (*_OPEN, _AGENTS.c.guest_from == "")
"""Who lends what they hold to a deputy: no guest."""
_ABSENT = (_AGENTS.c.id, _AGENTS.c.given_name + " " + _AGENTS.c.family_name)
_SENSITIVE = "*"
"""Stands for the role in the rows that name a sensitive procedure."""


def _everything(*, of_one: bool) -> Any:
    """Granted rights, what absent agents lend, which procedures are sensitive, of one agent or of all: one question.

    Each row: who holds it (nobody for a sensitive procedure), then the parts of a `Right`.
    """
    own = select(
        _GRANTS.c.agent_id,
        _GRANTS.c.role,
        _GRANTS.c.service_id,
        _GRANTS.c.procedure_id,
        _GRANTS.c.until_on,
        _NO_KEY.label("absent_id"),
        text_of("").label("absent_name"),
    ).where(_GRANTS.c.authority_id == _AUTHORITY, _IN_FORCE)
    lent = (
        select(_ABSENCES.c.deputy_id, _AGENTS.c.role, _NO_KEY, _NO_KEY, _ABSENCES.c.last_on, *_ABSENT)
        .join_from(_ABSENCES, _AGENTS, _AGENTS.c.id == _ABSENCES.c.agent_id)
        .where(*_AWAY, *_LENDS, _AGENTS.c.role != "")
    )
    until = case((_GRANTS.c.until_on < _ABSENCES.c.last_on, _GRANTS.c.until_on), else_=_ABSENCES.c.last_on)
    narrow = (
        select(_ABSENCES.c.deputy_id, _GRANTS.c.role, _GRANTS.c.service_id, _GRANTS.c.procedure_id, until, *_ABSENT)
        .join_from(_ABSENCES, _AGENTS, _AGENTS.c.id == _ABSENCES.c.agent_id)
        .join(_GRANTS, _GRANTS.c.agent_id == _AGENTS.c.id)
        .where(*_AWAY, *_LENDS, _GRANTS.c.authority_id == _AUTHORITY, _IN_FORCE)
    )
    guarded = select(_NO_KEY, text_of(_SENSITIVE), _NO_KEY, PROCEDURES.c.id, _NO_DAY, _NO_KEY, text_of("")).where(
        PROCEDURES.c.authority_id == _AUTHORITY, PROCEDURES.c.is_sensitive
    )
    held = (_ABSENCES.c.deputy_id == _AGENT) if of_one else _ABSENCES.c.deputy_id.is_not(None)
    if of_one:
        own = own.where(_GRANTS.c.agent_id == _AGENT)
    return select(union_all(own, lent.where(held), narrow.where(held), guarded).subquery())


_OF_ONE, _OF_ALL = Prepared(_everything(of_one=True)), Prepared(_everything(of_one=False))
_EVERYBODY = Prepared(
    select(_AGENTS)
    .where(_AGENTS.c.authority_id == _AUTHORITY, *_OPEN)
    .order_by(_AGENTS.c.family_name, _AGENTS.c.given_name, _AGENTS.c.id)
)


def ask(session: Session, authority_id: int, agent_id: int, *, on: date, now: datetime) -> Callable[[str], Reach]:
    """What gives the agent's reach on a legal day, once it is called with their role in the whole authority."""
    values = {"authority": authority_id, "agent": agent_id, "today": on, "now": now}
    rows = _OF_ONE.ask_all(session, values)
    return lambda role: _reach(role, rows())


def everyone(session: Session, authority_id: int, *, on: date, now: datetime) -> list[tuple[Any, Reach]]:
    """The row of each open account of the authority, by name, with what its agent reaches that day."""
    values = {"authority": authority_id, "today": on, "now": now}
    found = _OF_ALL.all(session, values)
    agents = _EVERYBODY.all(session, {"authority": authority_id, "now": now})
    return [(agent, _reach(agent.role, [row for row in found if row[0] in (None, agent.id)])) for agent in agents]


def _reach(role: str, found: list[Any]) -> Reach:
    whole = (Right(role),) if role else ()
    held = tuple(Right(*row[1:]) for row in found if row[1] != _SENSITIVE)
    return Reach(whole + held, frozenset(row[3] for row in found if row[1] == _SENSITIVE))
