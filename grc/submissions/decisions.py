"""The decisions of a demande, of agents and of silence, as an act under way reads them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from grc.submissions.acts import Act
from grc.submissions.models import Decision, Event
from grc.submissions.naming import named, notified_on, standing, taken_on, time_to_appeal

__all__ = [
    "all_of",
    "common",
    "events_of",
    "named",
    "notified_on",
    "replaced",
    "standing",
    "taken_on",
    "time_to_appeal",
]


def all_of(act: Act) -> list[Decision]:
    """Every decision of the demande, in the order recorded."""
    mine = (col(Decision.authority_id) == act.authority.id, col(Decision.submission_id) == act.id)
    return list(act.session.execute(select(Decision).where(*mine).order_by(col(Decision.id))).scalars())


def events_of(act: Act, kind: str) -> list[Event]:
    """The events of that kind, in order."""
    mine = (col(Event.authority_id) == act.authority.id, col(Event.submission_id) == act.id, col(Event.kind) == kind)
    return list(act.session.execute(select(Event).where(*mine).order_by(col(Event.sequence))).scalars())


def replaced(act: Act) -> int | None:
    """The key of the implied rejection that an express decision comes after (R14), None without one."""
    return next((one.id for one in all_of(act) if one.kind == "implicit_rejection"), None)


def common(act: Act) -> dict[str, Any]:
    """What every letter about a decision states alike."""
    row = act.submission
    return {
        "reference": row.reference,
        "authority": act.authority.name,
        "procedure_title": act.procedure.title,
        "received_on": row.first_received_on,
        "zone": act.authority.zone,
        "service": act.service_contact,
        "addressee": row.applicant_name,
    }
