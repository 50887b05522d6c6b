"""Puts things to send beside the change that causes them, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from grc.db import Prepared
from grc.outbox.models import Message, OutboxEntry

_TABLE = OutboxEntry.__table__  # type: ignore[attr-defined]
_MESSAGE = Message.__table__  # type: ignore[attr-defined]
_INSERT = Prepared(insert(_TABLE))
_INSERT_ONE = Prepared(insert(_TABLE).returning(_TABLE.c.id))
LINK = "link:"
"""What the recipient of a mail with a link of an account begins with; its key follows."""


@dataclass(frozen=True)
class Posting:
    """One mail to send of a notice. kind: a key of grc.notifications.mails.

    recipient: "citizen", "service", "service:<id>", "agent:<id>", or "answer" for the address given in the answer of
    that name.
    """

    notice_id: int
    kind: str
    recipient: str = "citizen"
    sealed_secret: str | None = None
    answer: str = ""


def post(
    session: Session, postings: Sequence[Posting], *, authority_id: int, submission_id: int, now: datetime
) -> None:
    """Inserts the entries, due at once, in one statement."""
    rows = [
        {
            "authority_id": authority_id,
            "submission_id": submission_id,
            "notice_id": posting.notice_id,
            "channel": "mail",
            "kind": posting.kind,
            "recipient": posting.recipient,
            "answer": posting.answer,
            "state": "pending",
            "created_at": now,
            "due_at": now,
            "tries": 0,
            "last_fault": "",
            "sealed_secret": posting.sealed_secret,
        }
        for posting in postings
    ]
    _INSERT.run(session, *rows)


def post_of_link(
    session: Session, kind: str, *, authority_id: int, link_id: int, sealed_secret: str | None, now: datetime
) -> int:
    """Inserts a mail to the address of a citizens' link, due at once; gives its key."""
    entry = {
        "authority_id": authority_id,
        "channel": "mail",
        "kind": kind,
        "recipient": f"{LINK}{link_id}",
        "answer": "",
        "state": "pending",
        "created_at": now,
        "due_at": now,
        "tries": 0,
        "last_fault": "",
        "sealed_secret": sealed_secret,
    }
    return int(_INSERT_ONE.scalar(session, entry))


def post_of_draft(session: Session, kind: str, *, authority_id: int, draft_id: int, now: datetime) -> None:
    """Inserts a mail to whoever began a draft, due at once: it has neither submission nor notice."""
    entry = {
        "authority_id": authority_id,
        "draft_id": draft_id,
        "channel": "mail",
        "kind": kind,
        "recipient": "citizen",
        "answer": "",
        "state": "pending",
        "created_at": now,
        "due_at": now,
        "tries": 0,
        "last_fault": "",
    }
    _INSERT.run(session, entry)


def forget_draft(session: Session, *, authority_id: int, draft_id: int) -> None:
    """Deletes the mails about a draft, sent or not: nothing of them outlives it."""
    for table in (_MESSAGE, _TABLE):
        session.execute(delete(table).where(table.c.authority_id == authority_id, table.c.draft_id == draft_id))


def forget(session: Session, entries: Sequence[int], *, authority_id: int) -> None:
    """Deletes these mails, sent or not: nothing of them outlives what they were about."""
    message, entry = (_MESSAGE.c.outbox_id.in_(entries), _TABLE.c.id.in_(entries))
    session.execute(delete(_MESSAGE).where(_MESSAGE.c.authority_id == authority_id, message))
    session.execute(delete(_TABLE).where(_TABLE.c.authority_id == authority_id, entry))


@dataclass(frozen=True)
class TakenBack:
    """A mail to the citizen that will not leave as it was."""

    notice_id: int
    kind: str


def take_back(
    session: Session, *, authority_id: int, submission_id: int, now: datetime, refused: str = ""
) -> list[TakenBack]:
    """Stops every mail that has not reached the citizen, waiting or given up: others, to a new address, follow.

    refused: the address that is given up; what came back from it is told too, and stays as it is.
    """
    theirs = (
        _TABLE.c.authority_id == authority_id,
        _TABLE.c.submission_id == submission_id,
        _TABLE.c.recipient == "citizen",
    )
    unsent = (*theirs, _TABLE.c.state.in_(("pending", "dead", "abandoned")))
    rows = session.execute(select(_TABLE.c.id, _TABLE.c.notice_id, _TABLE.c.kind).where(*unsent)).all()
    secret = select(_TABLE.c.id).where(*unsent, _TABLE.c.sealed_secret.is_not(None))
    session.execute(update(_MESSAGE).where(_MESSAGE.c.outbox_id.in_(secret)).values(raw=None))
    session.execute(update(_TABLE).where(*unsent).values(state="dropped", done_at=now, sealed_secret=None))
    came_back = (_MESSAGE.c.bounced_at.is_not(None), _MESSAGE.c.to_address == refused)
    returned = select(_TABLE.c.notice_id, _TABLE.c.kind).join(_MESSAGE, _MESSAGE.c.outbox_id == _TABLE.c.id)
    rows = [*rows, *session.execute(returned.where(*theirs, _TABLE.c.state == "sent", *came_back)).all()]
    return [TakenBack(row.notice_id, row.kind) for row in rows]
