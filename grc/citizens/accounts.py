"""Local accounts, opened by the first link used; and what holds for every account: password, profile, closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from grc import references
from grc.citizens import links
from grc.citizens.models import LOCAL, Citizen
from grc.citizens.queries import identity_of
from grc.db import dialect_of
from grc.errors import NotFound
from grc.franceconnect.claims import PivotIdentity
from grc.sessions import held

_TABLE = Citizen.__table__  # type: ignore[attr-defined]
_DIALECTS = {"postgresql": postgresql, "sqlite": sqlite}
_CLOSED = "closed:"


@dataclass(frozen=True)
class AccountView:
    """An account as its own page shows it. email: confirmed, "" where none is. identity: the provider's, or None."""

    id: int
    is_local: bool
    email: str = field(repr=False)
    has_password: bool
    identity: PivotIdentity | None
    profile: Mapping[str, Any] | None = field(repr=False)
    profile_consented_at: datetime | None
    created_at: datetime
    signed_in_at: datetime


def view(session: Session, authority_id: int, citizen_id: int) -> AccountView:
    """The account; raises NotFound once it is closed."""
    row = open_row(session, authority_id, citizen_id)
    return AccountView(
        id=citizen_id,
        is_local=row.issuer == LOCAL,
        email=row.email,
        has_password=bool(row.password_hash),
        identity=None if row.issuer == LOCAL else identity_of(row),
        profile=row.profile,
        profile_consented_at=row.profile_consented_at,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )


def local(session: Session, authority_id: int, email: str, *, now: datetime) -> int:
    """The key of the open local account of this address, opened if there is none.

    Two first links used at the same instant find one account: the unique index decides, never a look before.
    """
    values = {
        "authority_id": authority_id,
        "issuer": LOCAL,
        "subject": references.new_token(),
        "identity": {},
        "email": email,
        "password_hash": "",
        "created_at": now,
        "signed_in_at": now,
    }
    made = _DIALECTS[dialect_of(session)].insert(_TABLE).values(values).on_conflict_do_nothing()
    session.execute(made)
    return int(session.execute(select(_TABLE.c.id).where(*_open_local(authority_id, email))).scalar_one())


def password_of(session: Session, authority_id: int, email: str) -> tuple[int | None, str | None]:
    """The open local account of this address and the hash of its password; (None, None) without one."""
    statement = select(_TABLE.c.id, _TABLE.c.password_hash).where(*_open_local(authority_id, email))
    row = session.execute(statement).one_or_none()
    return (None, None) if row is None else (row.id, row.password_hash)


def set_password(session: Session, authority_id: int, citizen_id: int, hashed: str) -> None:
    """Keeps what is stored of a new password, or forgets it (""); raises NotFound for no open local account."""
    row = open_row(session, authority_id, citizen_id)
    if row.issuer != LOCAL:
        raise NotFound("Un compte FranceConnect n’a pas de mot de passe ici.")
    row.password_hash = hashed
    session.add(row)
    session.flush()


def close(session: Session, authority_id: int, citizen_id: int, *, now: datetime) -> None:
    """Closes the account: nothing of its person is left in it, and every session of it ends.

    Its subject is given up, so that the same identity signed in again opens a new, empty account.
    """
    row = open_row(session, authority_id, citizen_id)
    if row.email:
        links.use_up(session, authority_id, row.email, now=now)
    links.forget_of(session, authority_id, citizen_id)
    held.close_of_citizen(session, authority_id, citizen_id)
    row.subject = f"{_CLOSED}{references.new_token()}"
    row.identity, row.email, row.password_hash = {}, "", ""
    row.profile = row.profile_consented_at = None
    row.closed_at = now
    session.add(row)
    session.flush()


def keep_profile(session: Session, authority_id: int, citizen_id: int, profile: Mapping[str, Any]) -> None:
    """Keeps what new forms may start from, where the person consented; else nothing changes."""
    mine = (_TABLE.c.authority_id == authority_id, _TABLE.c.id == citizen_id)
    consented = _TABLE.c.profile_consented_at.is_not(None)
    session.execute(update(_TABLE).where(*mine, consented).values(profile=dict(profile)))


def consent(session: Session, authority_id: int, citizen_id: int, *, now: datetime) -> None:
    """Notes that the person lets new forms start from what they said; said twice, the first time stands."""
    row = open_row(session, authority_id, citizen_id)
    if row.profile_consented_at is None:
        row.profile, row.profile_consented_at = {}, now
        session.add(row)
        session.flush()


def withdraw_consent(session: Session, authority_id: int, citizen_id: int) -> None:
    """Deletes at once what was kept for new forms."""
    row = open_row(session, authority_id, citizen_id)
    row.profile = row.profile_consented_at = None
    session.add(row)
    session.flush()


def profile(session: Session, authority_id: int, citizen_id: int) -> Mapping[str, Any] | None:
    """What new forms may start from, by role of question; None without consent."""
    mine = (_TABLE.c.authority_id == authority_id, _TABLE.c.id == citizen_id)
    row = session.execute(select(_TABLE.c.profile, _TABLE.c.profile_consented_at).where(*mine)).one_or_none()
    return None if row is None or row.profile_consented_at is None else row.profile or {}


def open_row(session: Session, authority_id: int, citizen_id: int) -> Citizen:
    """The account as it is stored; raises NotFound once it is closed."""
    mine = (col(Citizen.authority_id) == authority_id, col(Citizen.id) == citizen_id)
    row: Citizen | None = session.execute(
        select(Citizen).where(*mine, col(Citizen.closed_at).is_(None))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("Ce compte est fermé. Vos demandes restent suivies par leur code.")
    return row


def _open_local(authority_id: int, email: str) -> tuple[Any, ...]:
    mine = (_TABLE.c.authority_id == authority_id, _TABLE.c.issuer == LOCAL)
    return (*mine, _TABLE.c.email == email, _TABLE.c.closed_at.is_(None))
