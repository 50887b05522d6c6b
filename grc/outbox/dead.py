"""Dead letters: what was given up, told without personal data; tried again or abandoned by an operator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from grc.db.scopes import acting_for
from grc.errors import Conflict, NotFound
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.outbox.models import OutboxEntry

_ENTRY = OutboxEntry.__table__  # type: ignore[attr-defined]
_ADDRESS = re.compile(r"""(?:"[^"]*"|[^\s<>"'(),;:]*)(?:@|%40|=40|\+40)[^\s<>"'(),;]*""")
"""An address as servers repeat it: plain, quoted, or in the writings of URLs, of headers and of RFC 3461."""
ONE_TIME = frozenset({"tracking_code", "sign_in_link", "old_address", "new_address"})
"""What is forgotten when it is given up, because it opens something: it cannot leave again, another replaces it."""
MOST = 200


@dataclass(frozen=True)
class DeadLetter:
    """A mail or a call that was given up. fault: the last one, without any address."""

    id: int
    authority_id: int
    channel: str
    kind: str
    recipient: str
    tries: int
    fault: str
    created_at: datetime
    given_up_at: datetime | None

    @property
    def can_leave(self) -> bool:
        """Whether its bytes, or what to make them of, are still there."""
        return self.kind not in ONE_TIME


def letters(session: Session, *, limit: int = MOST) -> list[DeadLetter]:
    """The dead letters of the whole installation, the latest first."""
    columns = (
        *(_ENTRY.c[name] for name in ("id", "authority_id", "channel", "kind", "recipient", "tries", "created_at")),
        _ENTRY.c.last_fault.label("fault"),
        _ENTRY.c.done_at.label("given_up_at"),
    )
    statement = (
        select(*columns)
        .where(_ENTRY.c.state == "dead")
        .order_by(_ENTRY.c.created_at.desc(), _ENTRY.c.id.desc())
        .limit(limit)
    )
    rows = session.execute(statement).all()
    return [DeadLetter(**{**row._mapping, "fault": blanked(row.fault)}) for row in rows]


def blanked(fault: str) -> str:
    """A fault without the addresses that a server may have repeated."""
    return _ADDRESS.sub("[adresse]", fault)


def revive(session: Session, entry: int, *, now: datetime) -> None:
    """Has one dead letter tried again at once, byte for byte as it was; raises NotFound, or Conflict."""
    wanted = select(_ENTRY.c.kind).where(_ENTRY.c.id == entry, _ENTRY.c.state == "dead")
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"Le courriel {entry} n’est pas parmi les envois abandonnés.")
    if row.kind in ONE_TIME:
        text = "Un code de suivi ou un lien abandonné est oublié : il ne peut pas repartir."
        raise Conflict(f"{text} L’usager en reçoit un nouveau quand il corrige son adresse, ou le redemande.")
    _revive(session, [entry], now=now)


def revive_all(session: Session, *, now: datetime) -> int:
    """Has every dead letter tried again that can be; how many."""
    statement = select(_ENTRY.c.id).where(_ENTRY.c.state == "dead", _ENTRY.c.kind.not_in(ONE_TIME))
    return _revive(session, session.execute(statement).scalars().all(), now=now)


def abandon(session: Session, entry: int, *, now: datetime) -> None:
    """Takes one dead letter off the operators' list: it never leaves; raises NotFound."""
    statement = update(_ENTRY).where(_ENTRY.c.id == entry, _ENTRY.c.state == "dead")
    given_up = statement.values(state="abandoned", done_at=now)
    gone = session.execute(given_up.returning(_ENTRY.c.id, _ENTRY.c.authority_id)).all()
    if not gone:
        raise NotFound(f"Le courriel {entry} n’est pas parmi les envois abandonnés.")
    _note(session, JournalAct.OUTBOX_ABANDONED, gone, now=now)


def _revive(session: Session, entries: Sequence[int], *, now: datetime) -> int:
    values = {"state": "pending", "due_at": now, "done_at": None, "revived_at": now, "lease_holder": None}
    again = update(_ENTRY).where(_ENTRY.c.id.in_(entries), _ENTRY.c.state == "dead").values(values)
    revived = session.execute(again.returning(_ENTRY.c.id, _ENTRY.c.authority_id)).all()
    _note(session, JournalAct.OUTBOX_RETRIED, revived, now=now)
    return len(revived)


def _note(session: Session, act: JournalAct, rows: Sequence[Any], *, now: datetime) -> None:
    """A line for each, in the journal of its authority, by the operator."""
    for authority_id, entries in groupby(sorted(rows, key=_authority_of), key=_authority_of):
        with acting_for(session, authority_id):
            for row in entries:
                record(session, authority_id, act, ("outbox", row.id), by=None, now=now)


def _authority_of(row: Any) -> int:
    return int(row.authority_id)
