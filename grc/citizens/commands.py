"""Opens accounts at sign-in, and keeps sign-ins under way: one use, thirty minutes, one browser."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from grc.citizens.models import Citizen, SignIn
from grc.db import keyring_of
from grc.franceconnect import claims
from grc.franceconnect.callback import TRANSACTION_LASTS, Transaction
from grc.franceconnect.claims import PivotIdentity

_PURPOSE = "sign-in-state"


def begin_sign_in(
    session: Session,
    *,
    authority_id: int,
    session_id: int,
    provider: str,
    issuer: str,
    state: str,
    nonce: str,
    next_path: str,
    now: datetime,
    verifier: str = "",
    requires_iss: bool = True,
) -> None:
    """Keeps what the return will be compared with; sealed, because it opens a session."""
    keyring = keyring_of(session)
    kept = (issuer, nonce, verifier, "iss" if requires_iss else "")
    session.add(
        SignIn(
            authority_id=authority_id,
            session_id=session_id,
            provider=provider,
            state_hash=keyring.hash(_PURPOSE, state),
            sealed_nonce=keyring.seal("\n".join(kept)),
            next_path=next_path,
            started_at=now,
        )
    )
    session.flush()


def take_sign_in(
    session: Session, *, authority_id: int, session_id: int | None, provider: str, state: str
) -> tuple[Transaction, str] | None:
    """The sign-in of this state, begun in this browser at this provider, and where it leads; it is used up by this.

    None for a state that no sign-in of this session has: it changes nothing.
    """
    keyring = keyring_of(session)
    statement = select(SignIn).where(
        SignIn.authority_id == authority_id,
        SignIn.session_id == (session_id or 0),
        SignIn.provider == provider,
        col(SignIn.state_hash).in_(keyring.hashes(_PURPOSE, state)),
    )
    row = session.exec(statement.with_for_update()).one_or_none()
    if row is None:
        return None
    session.delete(row)
    session.flush()
    begun_before_pkce = ["", "iss"]
    lines = keyring.open(row.sealed_nonce).split("\n") + begun_before_pkce
    issuer, nonce, verifier, requires_iss = lines[:4]
    transaction = Transaction(
        issuer=issuer,
        state=state,
        nonce=nonce,
        begun_at=row.started_at,
        verifier=verifier,
        requires_iss=bool(requires_iss),
    )
    return transaction, row.next_path


def signed_in(session: Session, authority_id: int, identity: PivotIdentity, *, now: datetime) -> Citizen:
    """The account of (issuer, subject) in this authority, opened if it is new, its identity refreshed.

    Never reconciled by e-mail: two identities with one address stay two accounts.
    """
    statement = select(Citizen).where(
        Citizen.authority_id == authority_id, Citizen.issuer == identity.iss, Citizen.subject == identity.sub
    )
    row = session.exec(statement).one_or_none()
    if row is None:
        row = Citizen(
            authority_id=authority_id,
            issuer=identity.iss,
            subject=identity.sub,
            identity={},
            created_at=now,
            signed_in_at=now,
        )
    row.identity = claims.as_json(identity)
    row.signed_in_at = now
    session.add(row)
    session.flush()
    return row


def purge_sign_ins(session: Session, *, now: datetime) -> None:
    """Forgets sign-ins that expired."""
    session.execute(delete(SignIn).where(abandoned(now)))


def abandoned(now: datetime) -> ColumnElement[bool]:
    """That a sign-in expired."""
    return col(SignIn.started_at) <= now - TRANSACTION_LASTS - timedelta(minutes=1)
