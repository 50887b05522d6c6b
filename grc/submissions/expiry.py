"""The end of drafts: a mail seven days before, then nothing is left of them, their files and their mails included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session, col

from grc.attachments import commands as attachments
from grc.catalogue import queries as catalogue
from grc.citizens import queries as citizens
from grc.forms.answers import prune
from grc.outbox import post
from grc.receipts import DraftExpiring
from grc.sessions import limits
from grc.submissions.models import Draft

NOTICE = timedelta(days=7)
_AT_ONCE = 200
_CODE_SHOWN_FOR = timedelta(hours=1)
_TABLE = Draft.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Purged:
    """How many drafts are gone, and the keys of their files, for the store to delete once this is durable."""

    drafts: int
    keys: list[str]


def warn(session: Session, authority_id: int, *, now: datetime) -> int:
    """Posts a mail for drafts that end within seven days, once until they are saved again: at most 200 a call.

    Gives how many were looked at. Drafts without a known address, those of an address that was told enough today, and
    those that an agent types, end without notice.
    """
    due = (
        select(Draft)
        .where(*to_warn(authority_id, now))
        .order_by(col(Draft.expires_at))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(due).scalars().all()
    for row in rows:
        assert row.id is not None  # noqa: S101 - it was read from the database
        address = address_of(session, row)
        row.notified_at = now
        session.add(row)
        if address and _may_tell(session, address, authority_id=authority_id, now=now):
            post.post_of_draft(session, DraftExpiring.KIND, authority_id=authority_id, draft_id=row.id, now=now)
    return len(rows)


def to_warn(authority_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The drafts that end within seven days, of which nobody was told."""
    return (
        col(Draft.authority_id) == authority_id,
        col(Draft.submission_id).is_(None),
        col(Draft.agent_id).is_(None),
        col(Draft.notified_at).is_(None),
        col(Draft.expires_at) > now,
        col(Draft.expires_at) <= now + NOTICE,
    )


def expired(authority_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The drafts at their end."""
    return _TABLE.c.authority_id == authority_id, _TABLE.c.expires_at <= now


def shown(authority_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The drafts whose tracking code was shown over an hour ago, and is still kept."""
    mine = _TABLE.c.authority_id == authority_id
    return mine, _TABLE.c.sealed_code.is_not(None), _TABLE.c.saved_at <= now - _CODE_SHOWN_FOR


def address_of(session: Session, row: Draft) -> str:
    """Where to write about a draft: the valid address that it gives, else the account's; "" when there is none."""
    form = catalogue.version(session, row.authority_id, row.version_id).form
    given = form.role_value(prune(form, row.answers), "contact-email")
    if isinstance(given, str) and given:
        return given
    known = None if row.citizen_id is None else citizens.identity(session, row.authority_id, row.citizen_id)
    return known.email if known else ""


def purge(session: Session, authority_id: int, *, now: datetime) -> Purged:
    """Deletes expired drafts, 200 a call at most, and forgets tracking codes shown over an hour ago.

    A draft that was sent stays until it expires, emptied: a page reloaded late still confirms, instead of inviting
    the person to begin again.
    """
    keys = list[str]()
    ended = select(_TABLE.c.id).where(*expired(authority_id, now)).order_by(_TABLE.c.expires_at)
    drafts = session.execute(ended.limit(_AT_ONCE).with_for_update(skip_locked=True)).scalars().all()
    for draft_id in drafts:
        keys += attachments.remove_all(session, authority_id, draft_id)
        post.forget_draft(session, authority_id=authority_id, draft_id=draft_id)
        session.execute(delete(_TABLE).where(_TABLE.c.id == draft_id))
    for draft_id in attachments.left_behind(session, authority_id):
        keys += attachments.remove_all(session, authority_id, draft_id)
    session.execute(update(_TABLE).where(*shown(authority_id, now)).values(sealed_code=None))
    return Purged(len(drafts), keys)


def _may_tell(session: Session, address: str, *, authority_id: int, now: datetime) -> bool:
    most = limits.DRAFT_NOTICES_PER_ADDRESS
    return limits.count(session, most, address.lower(), authority_id=authority_id, now=now) <= most.hits
