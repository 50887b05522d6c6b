"""Links sent by e-mail, of one use: to sign in, and to confirm an address. Only the mailbox ever holds the token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session, col

from grc import references
from grc.citizens.models import EmailLink
from grc.db import keyring_of
from grc.forms.formats import FORMATS
from grc.outbox import post
from grc.sessions.commands import token_hash

SIGN_IN, OLD_ADDRESS, NEW_ADDRESS, UNUSED = "sign_in", "old_address", "new_address", "unused"
RELINKED = "relinked"
"""That an agent attached the account to another identity: words, and no token."""
SIGN_IN_LASTS = timedelta(minutes=30)
CHANGE_LASTS = timedelta(days=1)
_KEPT = timedelta(days=1)
"""How long the trace of a link outlives it, with its mail: what a support needs the next day."""
_MAILS = {
    SIGN_IN: "sign_in_link",
    OLD_ADDRESS: "old_address",
    NEW_ADDRESS: "new_address",
    UNUSED: "account_unused",
    RELINKED: "account_relinked",
}
_AT_ONCE = 500


def canonical(typed: str) -> str:
    """The address as accounts compare it, in lower case; "" for what is no address.

    ASCII alone passes (an accented domain is written in its "xn--" form): no two spellings look the same to a mailbox
    and different to us, and nothing that could end a header comes through.
    """
    text = typed.strip()
    return text.lower() if FORMATS["email"].holds(text) else ""


def send(
    session: Session,
    authority_id: int,
    *,
    purpose: str,
    email: str,
    lasts: timedelta,
    now: datetime,
    citizen_id: int | None = None,
    session_id: int | None = None,
    next_path: str = "",
) -> EmailLink:
    """A new link, its mail posted; the same statements whoever the address belongs to."""
    token = references.new_token()
    row = EmailLink(
        authority_id=authority_id,
        citizen_id=citizen_id,
        session_id=session_id,
        purpose=purpose,
        token_hash=token_hash(token),
        email=email,
        next_path=next_path,
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - just flushed
    secret = keyring_of(session).seal(token) if purpose not in (UNUSED, RELINKED) else None
    row.outbox_id = post.post_of_link(
        session, _MAILS[purpose], authority_id=authority_id, link_id=row.id, sealed_secret=secret, now=now
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, authority_id: int, token: str, *purposes: str, now: datetime) -> EmailLink | None:
    """The link of this token, open now in this authority, for one of these purposes; None for any other."""
    statement = select(EmailLink).where(
        col(EmailLink.token_hash) == token_hash(token),
        col(EmailLink.authority_id) == authority_id,
        col(EmailLink.purpose).in_(purposes),
        col(EmailLink.used_at).is_(None),
        col(EmailLink.expires_at) > now,
    )
    row: EmailLink | None = session.execute(statement).scalar_one_or_none()
    return row


def take(session: Session, authority_id: int, token: str, *purposes: str, now: datetime) -> EmailLink | None:
    """The link, used up by this; None for one that is unknown, used, expired, or of another authority."""
    mine = (col(EmailLink.token_hash) == token_hash(token), col(EmailLink.authority_id) == authority_id)
    still = (col(EmailLink.purpose).in_(purposes), col(EmailLink.used_at).is_(None), col(EmailLink.expires_at) > now)
    used = update(EmailLink).where(*mine, *still).values(used_at=now).returning(col(EmailLink.id))
    key = session.execute(used.execution_options(synchronize_session=False)).scalar_one_or_none()
    return None if key is None else session.get_one(EmailLink, key, populate_existing=True)


def use_up(session: Session, authority_id: int, email: str, *, now: datetime) -> None:
    """Ends every link to sign in that waits at this address: one of them has been used, or the account is closed."""
    mine = (col(EmailLink.authority_id) == authority_id, col(EmailLink.email) == email)
    waiting = (col(EmailLink.purpose) == SIGN_IN, col(EmailLink.used_at).is_(None))
    session.execute(update(EmailLink).where(*mine, *waiting).values(used_at=now))


def forget_of(session: Session, authority_id: int, citizen_id: int) -> None:
    """Deletes every link of an account, with their mails."""
    mine = (col(EmailLink.authority_id) == authority_id, col(EmailLink.citizen_id) == citizen_id)
    rows = session.execute(select(col(EmailLink.id), col(EmailLink.outbox_id)).where(*mine)).all()
    _delete(session, [tuple(row) for row in rows], authority_id)


def purge(session: Session, authority_id: int, *, now: datetime) -> int:
    """Deletes links that ended over a day ago, with their mails: at most 500 a call; gives their number."""
    statement = select(col(EmailLink.id), col(EmailLink.outbox_id)).where(*ended(authority_id, now))
    rows = session.execute(statement.order_by(col(EmailLink.expires_at)).limit(_AT_ONCE)).all()
    _delete(session, [tuple(row) for row in rows], authority_id)
    return len(rows)


def ended(authority_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The links that ended over a day ago."""
    return col(EmailLink.authority_id) == authority_id, col(EmailLink.expires_at) <= now - _KEPT


def _delete(session: Session, rows: list[tuple[int, int | None]], authority_id: int) -> None:
    if not rows:
        return
    session.execute(delete(EmailLink).where(col(EmailLink.id).in_([key for key, _ in rows])))
    post.forget(session, [entry for _, entry in rows if entry is not None], authority_id=authority_id)
