"""Days on which an authority, or one of its services, is closed: told to people. No legal clock stops for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from grc.access.actors import Actor
from grc.authorities import checking
from grc.authorities.merging import Values
from grc.authorities.models import Closure, Service
from grc.errors import Invalid, NotFound, Problem
from grc.journal import recording
from grc.journal.acts import JournalAct

AHEAD = timedelta(days=30)
"""How long before its first day people read of a closure."""
_LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class ClosureView:
    """A closure. service_id: None for the whole authority; service: its name, "" then. Both days are closed."""

    id: int
    service_id: int | None
    service: str
    first_on: date
    last_on: date
    reason: str

    def is_near(self, today: date) -> bool:
        """Whether people are to read of it today."""
        return self.first_on - AHEAD <= today <= self.last_on


def from_day(session: Session, authority_id: int, day: date) -> Sequence[ClosureView]:
    """The closures of the authority that have not ended before this day, the first ones first."""
    statement = (
        select(Closure, Service.name)
        .join(Service, col(Service.id) == col(Closure.service_id), isouter=True)
        .where(Closure.authority_id == authority_id, Closure.last_on >= day)
        .order_by(col(Closure.first_on), col(Closure.id))
    )
    return [
        ClosureView(row.id or 0, row.service_id, name or "", row.first_on, row.last_on, row.reason)
        for row, name in session.exec(statement)
    ]


def state(
    session: Session, authority_id: int, typed: Values, *, today: date, by: Actor | None, now: datetime
) -> Closure:
    """A new closure. typed: "service" (its key, "" for the authority), "first_on", "last_on", "reason".

    Raises Invalid with every problem at once; one day is both the first and the last.
    """
    services = _open_services(session, authority_id)
    problems = _problems(typed, services, today)
    if problems:
        raise Invalid("Cette fermeture ne peut pas être annoncée.", problems)
    first_on, last_on = checking.day(typed["first_on"]), checking.day(typed["last_on"] or typed["first_on"])
    assert first_on is not None and last_on is not None  # noqa: S101 - just checked
    service_id = int(typed["service"]) if typed["service"] else None
    same = select(Closure.id).where(
        Closure.authority_id == authority_id,
        Closure.service_id == service_id if service_id else col(Closure.service_id).is_(None),
        Closure.first_on == first_on,
        Closure.last_on == last_on,
    )
    if session.exec(same).first() is not None:
        message = "Cette fermeture est déjà annoncée."
        raise Invalid(message, [Problem("first_on", "taken", message)])
    row = Closure(
        authority_id=authority_id,
        service_id=service_id,
        first_on=first_on,
        last_on=last_on,
        reason=checking.flat(typed["reason"]),
    )
    session.add(row)
    session.flush()
    _record(session, row, JournalAct.CLOSURE_STATED, by=by, now=now)
    return row


def remove(session: Session, authority_id: int, key: int, *, by: Actor | None, now: datetime) -> None:
    """The closure taken back; raises NotFound."""
    statement = select(Closure).where(Closure.authority_id == authority_id, Closure.id == key).with_for_update()
    row = session.exec(statement).one_or_none()
    if row is None:
        raise NotFound("Cette fermeture n’existe plus.")
    _record(session, row, JournalAct.CLOSURE_REMOVED, by=by, now=now)
    session.delete(row)
    session.flush()


def _open_services(session: Session, authority_id: int) -> set[str]:
    mine = select(Service.id).where(Service.authority_id == authority_id, col(Service.closed_at).is_(None))
    return {str(key) for key in session.exec(mine)}


def _problems(typed: Values, services: set[str], today: date) -> list[Problem]:
    problems = []
    if typed["service"] and typed["service"] not in services:
        problems.append(Problem("service", "unknown", "Choisissez toute la collectivité, ou un service de la liste."))
    first_on, last_on = checking.day(typed["first_on"]), checking.day(typed["last_on"] or typed["first_on"])
    if first_on is None:
        problems.append(Problem("first_on", "day", "Écrivez le premier jour de fermeture, par exemple 24/12/2026."))
    if typed["last_on"] and last_on is None:
        problems.append(Problem("last_on", "day", "Écrivez le dernier jour de fermeture, par exemple 26/12/2026."))
    if first_on is not None and last_on is not None:
        problems += _order_problems(first_on, last_on, today)
    return problems + checking.length("reason", checking.flat(typed["reason"]), 200)


def _order_problems(first_on: date, last_on: date, today: date) -> list[Problem]:
    if last_on < first_on:
        return [Problem("last_on", "order", "Le dernier jour vient avant le premier. Corrigez l’un des deux.")]
    if last_on < today:
        return [Problem("last_on", "past", "Ces jours sont passés. Annoncez une fermeture qui n’est pas terminée.")]
    if last_on - first_on > _LONGEST:
        return [Problem("last_on", "long", "Une fermeture dure un an au plus. Pour plus, fermez le service.")]
    return []


def _record(session: Session, row: Closure, act: JournalAct, *, by: Actor | None, now: datetime) -> None:
    data = {"service": row.service_id, "first_on": row.first_on, "last_on": row.last_on}
    recording.record(session, row.authority_id, act, ("closure", row.id or 0), by=by, now=now, data=data)
