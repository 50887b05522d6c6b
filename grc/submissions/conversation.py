"""What may be read of the exchange: agents everything, citizens never a private note, its event or its files."""

from __future__ import annotations

from sqlalchemy import Boolean, Table, and_, bindparam, or_, select

from grc.access.actors import Actor
from grc.db import Prepared
from grc.submissions import events
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import Event

MESSAGE, NOTE, AUTOMATIC = "message", "note", "automatic"
"""The kinds of entries: of a person to the other side, of agents to agents, of the workflow."""

SPOKEN = frozenset({events.Kind.MESSAGE_SENT, events.Kind.NOTE_WRITTEN})
"""The events of what people wrote, which is shown in its own place and not again in the history."""

_ENTRY: Table = ThreadEntry.__table__  # type: ignore[attr-defined]
_EVENT: Table = Event.__table__  # type: ignore[attr-defined]


def _public(table: Table, hidden: tuple[str, ...], order: str) -> Prepared:
    """The rows of a submission that this reader may see: "private" says whether agents' own are among them."""
    mine = table.c.authority_id == bindparam("authority"), table.c.submission_id == bindparam("submission")
    seen = or_(and_(*(table.c.kind != kind for kind in hidden)), bindparam("private", type_=Boolean))
    return Prepared(select(table).where(*mine, seen).order_by(table.c[order]))


ENTRIES = _public(_ENTRY, (NOTE,), "id")
EVENTS = _public(_EVENT, tuple(sorted(events.PRIVATE)), "sequence")


def reads_private(by: Actor) -> bool:
    """Whether this person reads what agents keep to themselves."""
    return by.kind != "citizen"
