"""The confirmed address of an account: changed once both the old and the new mailbox have agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc.citizens import accounts, links
from grc.citizens.models import LOCAL, Citizen, EmailLink
from grc.errors import TooMany
from grc.sessions import held, limits

WAITING, CHANGED, REFUSED, TAKEN, GONE = "waiting", "changed", "refused", "taken", "gone"
_HALVES = (links.OLD_ADDRESS, links.NEW_ADDRESS)


@dataclass(frozen=True)
class Half:
    """One half of a change, as its page shows it. other: the other address, "" where there is none."""

    email: str
    other: str
    is_old: bool


@dataclass(frozen=True)
class Outcome:
    """What using one half did: WAITING (for other), CHANGED, REFUSED, TAKEN (another account has it), or GONE."""

    what: str
    email: str = ""
    other: str = ""


def ask(session: Session, authority_id: int, citizen_id: int, email: str, *, now: datetime) -> None:
    """Sends a link to each address that must agree: the new one, and the old one where there is one.

    A change asked for before ends. Nothing tells whether another account has the address. Raises TooMany.
    """
    if limits.count(session, limits.LINKS_TO, email, authority_id=authority_id, now=now) > limits.LINKS_TO.hits:
        raise TooMany(
            "Cette adresse a déjà reçu plusieurs liens. Attendez une demi-heure, puis réessayez.", retry_after=1800
        )
    row = accounts.open_row(session, authority_id, citizen_id)
    cancel(session, authority_id, citizen_id, now=now)
    common = {"citizen_id": citizen_id, "lasts": links.CHANGE_LASTS, "now": now}
    new = links.send(session, authority_id, purpose=links.NEW_ADDRESS, email=email, **common)  # type: ignore[arg-type]
    if row.email:
        old = links.send(session, authority_id, purpose=links.OLD_ADDRESS, email=row.email, **common)  # type: ignore[arg-type]
        new.pair_id, old.pair_id = old.id, new.id
        session.add_all([new, old])
        session.flush()


def cancel(session: Session, authority_id: int, citizen_id: int, *, now: datetime) -> None:
    """Ends the change of address that an account waits for."""
    mine = (col(EmailLink.authority_id) == authority_id, col(EmailLink.citizen_id) == citizen_id)
    halves = (col(EmailLink.purpose).in_(_HALVES), col(EmailLink.expires_at) > now)
    session.execute(update(EmailLink).where(*mine, *halves).values(used_at=now, expires_at=now))


def pending(session: Session, authority_id: int, citizen_id: int, *, now: datetime) -> str:
    """The address that an account's change waits for, or ""."""
    mine = (col(EmailLink.authority_id) == authority_id, col(EmailLink.citizen_id) == citizen_id)
    new = (col(EmailLink.purpose) == links.NEW_ADDRESS, col(EmailLink.expires_at) > now)
    found = session.execute(select(col(EmailLink.email)).where(*mine, *new).limit(1)).scalar_one_or_none()
    return str(found or "")


def half(session: Session, authority_id: int, token: str, *, now: datetime) -> Half | None:
    """The half of a change that this token is, while it may be used; None otherwise."""
    row = links.find(session, authority_id, token, *_HALVES, now=now)
    if row is None:
        return None
    other = _other(session, row)
    return Half(row.email, other.email if other else "", row.purpose == links.OLD_ADDRESS)


def refuse(session: Session, authority_id: int, token: str, *, now: datetime) -> Outcome:
    """The change ended by either mailbox."""
    row = links.take(session, authority_id, token, *_HALVES, now=now)
    if row is None or row.citizen_id is None:
        return Outcome(GONE)
    cancel(session, authority_id, row.citizen_id, now=now)
    return Outcome(REFUSED, row.email)


def confirm(session: Session, authority_id: int, token: str, *, now: datetime) -> Outcome:
    """One half agreed to; with the second, the address is changed.

    Only who holds the new mailbox learns that another account has it already.
    """
    row = links.take(session, authority_id, token, *_HALVES, now=now)
    if row is None or row.citizen_id is None:
        return Outcome(GONE)
    other = _other(session, row)
    if other is not None and other.used_at is None:
        return Outcome(WAITING, row.email, other.email)
    new = row if row.purpose == links.NEW_ADDRESS else other
    if new is None:
        return Outcome(GONE)
    return _changed(session, accounts.open_row(session, authority_id, row.citizen_id), new.email, now=now)


def _changed(session: Session, account: Citizen, email: str, *, now: datetime) -> Outcome:
    assert account.id is not None  # noqa: S101 - it was read from the database
    cancel(session, account.authority_id, account.id, now=now)
    if account.issuer == LOCAL:
        holder, _ = accounts.password_of(session, account.authority_id, email)
        if holder is not None and holder != account.id:
            return Outcome(TAKEN, email)
        links.use_up(session, account.authority_id, account.email, now=now)
        held.rename(session, account.authority_id, account.id, email)
    account.email = email
    session.add(account)
    session.flush()
    return Outcome(CHANGED, email)


def _other(session: Session, row: EmailLink) -> EmailLink | None:
    """The other half, to be changed with this one; None for an account that had no address."""
    if row.pair_id is None:
        return None
    return session.execute(
        select(EmailLink).where(col(EmailLink.id) == row.pair_id).with_for_update()
    ).scalar_one_or_none()
