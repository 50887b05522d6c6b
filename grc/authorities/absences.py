"""Days when an agent is away, and who stands in: what the deputy does stays the deputy's own act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import queries
from grc.authorities.models import Absence, Agent
from grc.errors import Forbidden, Invalid, NotFound, Problem
from grc.journal import recording
from grc.journal.acts import JournalAct

LONGEST = timedelta(days=366)
_NO_GUEST = "Un accès temporaire ne se délègue pas. La commune peut le terminer et en ouvrir un autre."


@dataclass(frozen=True)
class Away:
    """What is stated of an absence. first_on, last_on: None for a day that cannot be read."""

    first_on: date | None
    last_on: date | None
    deputy_id: int | None = None


@dataclass(frozen=True)
class Listed:
    """An absence that is not over. deputy: "" for nobody."""

    id: int
    first_on: date
    last_on: date
    deputy: str


def state(
    session: Session,
    authority_id: int,
    agent_id: int,
    away: Away,
    *,
    by: AgentActor | None,
    today: date,
    now: datetime,
) -> Absence:
    """A new absence of an agent, themselves or another; raises Invalid with what is wrong, Forbidden, NotFound.

    by: None for the operator. A guest has no absence, stated by anybody: what they hold is not theirs to lend.
    """
    _require(by, agent_id)
    agent = queries.agent_of_id(session, authority_id, agent_id)
    if agent is None or agent.guest_from:
        raise NotFound("Ce compte n’existe pas dans cette collectivité, ou il est fermé.")
    problems = _problems(session, agent, away, today)
    if problems:
        raise Invalid("Cette absence ne peut pas être enregistrée.", problems)
    assert away.first_on is not None and away.last_on is not None  # noqa: S101 - just judged
    row = Absence(
        authority_id=agent.authority_id,
        agent_id=agent_id,
        deputy_id=away.deputy_id,
        first_on=away.first_on,
        last_on=away.last_on,
        stated_by_id=None if by is None else by.id,
        stated_at=now,
    )
    session.add(row)
    session.flush()
    data = {"absence": row.id, "first_on": row.first_on, "last_on": row.last_on, "deputy": row.deputy_id}
    subject = ("agent", agent_id)
    recording.record(session, agent.authority_id, JournalAct.ABSENCE_STATED, subject, by=by, now=now, data=data)
    return row


def cancel(
    session: Session, authority_id: int, agent_id: int, key: int, *, by: AgentActor | None, now: datetime
) -> None:
    """The absence taken back, and the deputy's rights with it; raises NotFound, Forbidden."""
    _require(by, agent_id)
    mine = (Absence.authority_id == authority_id, Absence.agent_id == agent_id, Absence.id == key)
    row = session.exec(select(Absence).where(*mine)).one_or_none()
    if row is None:
        raise NotFound("Cette absence n’existe pas, ou elle est déjà annulée.")
    _drop(session, row, by=by, now=now)


def forget(session: Session, authority_id: int, agent_id: int, *, by: AgentActor | None, now: datetime) -> None:
    """Every absence of an agent who leaves that is not over, cancelled with a line each.

    Those where they stand in for others stay, without a deputy: what was lent does not come back with the account.
    """
    today = queries.day_of(session, authority_id, now)
    lasting = (Absence.authority_id == authority_id, col(Absence.last_on) >= today)
    theirs = select(Absence).where(*lasting, or_(Absence.agent_id == agent_id, Absence.deputy_id == agent_id))
    for row in session.exec(theirs.order_by(col(Absence.id))).all():
        if row.agent_id == agent_id:
            _drop(session, row, by=by, now=now)
        else:
            _leave_alone(session, row, by=by, now=now)


def _leave_alone(session: Session, row: Absence, *, by: AgentActor | None, now: datetime) -> None:
    data = {"absence": row.id, "first_on": row.first_on, "last_on": row.last_on, "deputy": row.deputy_id}
    row.deputy_id = None
    session.add(row)
    session.flush()
    subject = ("agent", row.agent_id)
    recording.record(session, row.authority_id, JournalAct.DEPUTY_LEFT, subject, by=by, now=now, data=data)


def _drop(session: Session, row: Absence, *, by: AgentActor | None, now: datetime) -> None:
    data = {"absence": row.id, "first_on": row.first_on, "last_on": row.last_on, "deputy": row.deputy_id}
    subject = ("agent", row.agent_id)
    session.delete(row)
    session.flush()
    recording.record(session, row.authority_id, JournalAct.ABSENCE_CANCELLED, subject, by=by, now=now, data=data)


def _require(by: AgentActor | None, agent_id: int) -> None:
    """Everybody states their own, but guests; who keeps the accounts, those of others."""
    if by is not None and by.guest_from:
        raise Forbidden(_NO_GUEST)
    if by is not None and by.id != agent_id:
        require(by, Permission.ABSENCE_STATE)


def listed(session: Session, authority_id: int, agent_id: int, *, today: date) -> Sequence[Listed]:
    """The absences of an agent that are not over, the first to come first."""
    names = queries.agent_names(session, authority_id)
    mine = (Absence.authority_id == authority_id, Absence.agent_id == agent_id, col(Absence.last_on) >= today)
    rows = session.exec(select(Absence).where(*mine).order_by(col(Absence.first_on), col(Absence.id)))
    return [Listed(row.id or 0, row.first_on, row.last_on, names.get(row.deputy_id or 0, "")) for row in rows]


def deputies(session: Session, authority_id: int, agent_id: int) -> Sequence[tuple[int, str]]:
    """Who may stand in for an agent: the other open accounts, by name; no guest, who is here for something else."""
    statement = select(Agent).where(
        Agent.authority_id == authority_id, Agent.id != agent_id, queries.is_open(), Agent.guest_from == ""
    )
    rows = session.exec(statement.order_by(col(Agent.family_name), col(Agent.given_name), col(Agent.id)))
    return [(row.id or 0, f"{row.given_name} {row.family_name}") for row in rows]


def away(session: Session, authority_id: int, *, on: date) -> frozenset[int]:
    """The agents who are away that day."""
    that_day = (Absence.authority_id == authority_id, col(Absence.first_on) <= on, col(Absence.last_on) >= on)
    return frozenset(session.exec(select(Absence.agent_id).where(*that_day)))


def _problems(session: Session, agent: Agent, away: Away, today: date) -> list[Problem]:
    first, last = away.first_on, away.last_on
    found = []
    if first is None:
        found.append(Problem("first_on", "required", "Saisissez le premier jour de l’absence."))
    if last is None or last < today or (first is not None and last < first):
        message = "Saisissez le dernier jour : ni passé, ni avant le premier."
        found.append(Problem("last_on", "range", message))
    elif first is not None and last - first > LONGEST:
        found.append(Problem("last_on", "long", "Une absence dure un an au plus : fermez le compte pour un départ."))
    if first is not None and last is not None and not found and _overlaps(session, agent, first, last):
        found.append(Problem("first_on", "overlap", "Une absence est déjà déclarée ces jours-là : annulez-la d’abord."))
    if away.deputy_id is not None and away.deputy_id not in dict(deputies(session, agent.authority_id, agent.id or 0)):
        found.append(Problem("deputy", "unknown", "Choisissez un collègue de la liste, ou personne."))
    return found


def _overlaps(session: Session, agent: Agent, first: date, last: date) -> bool:
    mine = (Absence.authority_id == agent.authority_id, Absence.agent_id == agent.id)
    both = (col(Absence.first_on) <= last, col(Absence.last_on) >= first)
    return session.exec(select(Absence.id).where(*mine, *both)).first() is not None
