"""Takes away whole months of the journal at their term; their seals stay, and the journal says that it was done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session

from grc.errors import Invalid
from grc.journal.acts import JournalAct
from grc.journal.chaining import last_seal
from grc.journal.models import JournalEntry, JournalLink
from grc.journal.recording import record

KEPT_MONTHS = 36
"""How long the journal is kept unless the operator says otherwise (R114-9-7; CNIL, délibération 2021-122)."""
LEAST_MONTHS = 12
_ENTRIES = JournalEntry.__table__  # type: ignore[attr-defined]
_LINKS = JournalLink.__table__  # type: ignore[attr-defined]


def before_months(now: datetime, months: int) -> str:
    """The month so many months before this instant's."""
    at = now.astimezone(UTC)
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return f"{year:04d}-{month + 1:02d}"


def due(session: Session, authority_id: int, *, before: str, now: datetime) -> Sequence[str]:
    """The months before that one whose entries are still there. Raises Invalid for a month less than a year old."""
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", before) is None:
        raise Invalid("Écrivez le mois ainsi\u00a0: 2025-01.")
    if before > before_months(now, LEAST_MONTHS):
        raise Invalid(f"Le journal se garde au moins {LEAST_MONTHS} mois\u00a0: rien n’est purgé.")
    mine = (_LINKS.c.authority_id == authority_id, _LINKS.c.month < before)
    return list(
        session.execute(select(_LINKS.c.month).where(*mine).group_by(_LINKS.c.month).order_by("month")).scalars()
    )


def purge(session: Session, authority_id: int, month: str, *, now: datetime) -> int:
    """How many entries of that month are gone; raises Invalid where its last link is not the one sealed.

    Needs a role that may delete: on PostgreSQL the owner of the tables.
    """
    mine = (_LINKS.c.authority_id == authority_id, _LINKS.c.month == month)
    last = session.execute(select(func.max(_LINKS.c.position)).where(*mine)).scalar()
    sealed = last_seal(session, authority_id, month=month)
    if sealed is None or sealed.position != last:
        raise Invalid(f"{month}\u00a0: la chaîne et son sceau ne s’accordent pas. Lancez « grc journal verify ».")
    entries = select(_LINKS.c.entry_id).where(*mine)
    session.execute(delete(_ENTRIES).where(_ENTRIES.c.authority_id == authority_id, _ENTRIES.c.id.in_(entries)))
    session.execute(delete(_LINKS).where(*mine))
    data = {"entries": last, "head": sealed.hash}
    record(session, authority_id, JournalAct.JOURNAL_PURGED, ("journal", month), by=None, now=now, data=data)
    return int(last or 0)


def is_in_time(month: str, at: datetime) -> bool:
    """Whether a purge of that month was allowed at that instant."""
    return month < before_months(at, LEAST_MONTHS)
