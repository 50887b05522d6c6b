"""The sweeps, in the order in which a passage makes them: the law first, then the workflow, then what purges itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from grc.authorities import attaching, door
from grc.authorities import queries as authorities
from grc.bookings import keeping
from grc.citizens import commands as citizens
from grc.citizens import links
from grc.journal import chaining
from grc.sessions import commands as sessions
from grc.sessions import limits, records
from grc.submissions import (
    acknowledging,
    apart,
    closing,
    deposits,
    destroying,
    expiry,
    figures,
    firing,
    implied,
    late_refusals,
    overdue,
    reminders,
    retention,
    telling,
)
from grc.sweeping import due
from grc.sweeping.due import Due


@dataclass(frozen=True)
class Done:
    """What one unit of work did: how many things, keys of files to delete once it is durable, kinds of failure."""

    count: int
    keys: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


Unit = Callable[[Session, int, datetime], Done]
"""(session, authority_id, as_of): does a bounded part of what is due, in one transaction; 0 once nothing is left."""


@dataclass(frozen=True)
class Sweep:
    """One sweep. does: in words, for the operator. every: how seldom, where every passage would be too often.

    due: who has anything due, so that no other authority is visited; None: every authority is.
    """

    name: str
    does: str
    unit: Unit
    every: timedelta = timedelta()
    due: Due | None = None


def _counted(unit: Callable[[Session, int, datetime], int]) -> Unit:
    def counted(session: Session, authority_id: int, as_of: datetime) -> Done:
        return Done(unit(session, authority_id, as_of), faults=apart.faults(session))

    return counted


def _drafts(session: Session, authority_id: int, as_of: datetime) -> Done:
    purged = expiry.purge(session, authority_id, now=as_of)
    return Done(purged.drafts, tuple(purged.keys))


def _draft_notices(session: Session, authority_id: int, as_of: datetime) -> int:
    return expiry.warn(session, authority_id, now=as_of)


def _silence(session: Session, authority_id: int, as_of: datetime) -> int:
    late = late_refusals.judge(session, authority_id, as_of)
    return late + implied.record_implied(session, authority_id, as_of)


def _timers(session: Session, authority_id: int, as_of: datetime) -> int:
    return firing.fire_due(session, authorities.authority(session, authority_id), as_of=as_of)


def _browsers(session: Session, authority_id: int, as_of: datetime) -> int:
    citizens.purge_sign_ins(session, now=as_of)
    links.purge(session, authority_id, now=as_of)
    attaching.purge(session, now=as_of)
    door.purge(session, now=as_of)
    deposits.purge(session, authority_id, now=as_of)
    telling.purge(session, authority_id, now=as_of)
    keeping.purge(session, authority_id, now=as_of)
    return sessions.purge(session, now=as_of) + limits.purge(session, now=as_of) + records.purge(session, now=as_of)


def _unused_accounts(session: Session, authority_id: int, as_of: datetime) -> Done:
    told = closing.warn_unused(session, authority_id, now=as_of)
    closed, keys = closing.close_unused(session, authority_id, now=as_of)
    return Done(told + closed, tuple(keys))


def _destroyed(session: Session, authority_id: int, as_of: datetime) -> Done:
    gone = destroying.destroy_answers(session, authority_id, as_of)
    return Done(gone.count, gone.keys, apart.faults(session))


def _receipts(session: Session, authority_id: int, as_of: datetime) -> int:
    return destroying.destroy_receipts(session, authority_id, as_of).count


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "receipts_owed",
        "envoie les accusés dus dès que leur service a tout",
        _counted(acknowledging.acknowledgements_due),
        due=due.receipts_owed,
    ),
    Sweep(
        "receipts_late",
        "dit aux agents les accusés qui tardent à partir",
        _counted(acknowledging.receipts_late),
        due=due.receipts_late,
    ),
    Sweep(
        "documents_reminders",
        "rappelle les documents demandés avant leur date limite",
        _counted(reminders.remind),
        due=due.documents_reminders,
    ),
    Sweep(
        "documents_overdue",
        "dit que des documents demandés ne sont pas venus à temps",
        _counted(overdue.documents),
        due=due.documents_overdue,
    ),
    Sweep(
        "implied_decisions",
        "constate les décisions nées du silence",
        _counted(_silence),
        due=due.implied_decisions,
    ),
    Sweep(
        "timers",
        "fait ce que le circuit prévoit après un délai ou à une échéance",
        _counted(_timers),
        due=due.timers_over,
    ),
    Sweep(
        "retention_terms",
        "calcule jusqu’à quand garder les demandes terminées",
        _counted(retention.set_terms),
        due=due.retention_terms,
    ),
    Sweep(
        "destruction_lists",
        "propose à la destruction ce qui n’est plus à garder",
        _counted(retention.propose),
        due=due.destruction_lists,
    ),
    Sweep(
        "destructions",
        "détruit ce qu’un visa des Archives couvre, et les fichiers avec",
        _destroyed,
        due=due.destructions,
    ),
    Sweep(
        "old_receipts",
        "détruit, sur le même visa, les accusés et lettres dont le terme est passé",
        _counted(_receipts),
        _DAY,
        due.old_receipts,
    ),
    Sweep(
        "draft_notices",
        "prévient que des brouillons vont être effacés",
        _counted(_draft_notices),
        due=due.draft_notices,
    ),
    Sweep("drafts", "efface les brouillons expirés et leurs fichiers", _drafts, due=due.drafts),
    Sweep(
        "unused_accounts",
        "prévient les comptes que personne n’utilise, puis les ferme",
        _unused_accounts,
        _DAY,
        due.unused_accounts,
    ),
    Sweep(
        "journal_seals",
        "enchaîne les lignes du journal d’administration et les scelle",
        _counted(chaining.seal),
        due=due.journal_seals,
    ),
    Sweep("figures", "compte le mois de chaque commune, pour le syndicat", _counted(figures.compute), _DAY),
    Sweep(
        "sessions", "efface les sessions, connexions et compteurs expirés", _counted(_browsers), _HOUR, due.old_sessions
    ),
)
"""Pieces that did not come are said before silence decides, and silence before what a workflow does after a delay."""


def named(name: str) -> Sweep | None:
    """The sweep of that name, or None."""
    return next((one for one in SWEEPS if one.name == name), None)
