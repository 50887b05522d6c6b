"""The last mails of an authority."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session

from grc.outbox.models import Message

_MESSAGE = Message.__table__  # type: ignore[attr-defined]
_MOST = 20


def senders(session: Session, authority_id: int) -> frozenset[str]:
    """The addresses from which the last mails left."""
    mine = (_MESSAGE.c.authority_id == authority_id, _MESSAGE.c.sent_at.is_not(None))
    last = select(_MESSAGE.c.from_address).where(*mine).order_by(_MESSAGE.c.id.desc()).limit(_MOST)
    return frozenset(session.execute(last).scalars())
