"""Look-ups of citizens' accounts."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session, select

from grc.citizens.models import LOCAL, Citizen
from grc.franceconnect import claims
from grc.franceconnect.claims import PivotIdentity


def identity(session: Session, authority_id: int, citizen_id: int) -> PivotIdentity | None:
    """Who the account is known to be, or None: what the provider said at its last sign-in, with the confirmed address.

    Of a local account nothing is vouched for: it has an address and no more.
    """
    statement = select(Citizen).where(Citizen.authority_id == authority_id, Citizen.id == citizen_id)
    row = session.exec(statement).one_or_none()
    return None if row is None else identity_of(row)


def is_local(session: Session, authority_id: int, citizen_id: int | None) -> bool:
    """Whether nobody vouches for the account: it has an address and no more."""
    statement = select(Citizen.issuer).where(Citizen.authority_id == authority_id, Citizen.id == (citizen_id or 0))
    return session.exec(statement).one_or_none() == LOCAL


def identity_of(row: Citizen) -> PivotIdentity | None:
    """Who this account is known to be; None once it is closed."""
    if row.issuer == LOCAL and row.closed_at is None:
        return PivotIdentity(iss=LOCAL, sub=row.subject, acr="", email=row.email)
    if not row.identity:
        return None
    told = claims.from_json(row.identity)
    return replace(told, email=row.email) if row.email else told
