"""Look-ups of citizens' accounts."""

from __future__ import annotations

from sqlmodel import Session, select

from grc.citizens.models import Citizen
from grc.franceconnect import claims
from grc.franceconnect.claims import PivotIdentity


def identity(session: Session, authority_id: int, citizen_id: int) -> PivotIdentity | None:
    """Who the provider said the account is at its last sign-in, or None."""
    statement = select(Citizen).where(Citizen.authority_id == authority_id, Citizen.id == citizen_id)
    row = session.exec(statement).one_or_none()
    return None if row is None else claims.from_json(row.identity)
