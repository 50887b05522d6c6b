"""Whom a workflow writes to beside the citizen and the service: its agents, and who an answer names."""

from __future__ import annotations

from sqlmodel import Session

from grc.authorities.models import Agent, Authority, Service
from grc.conditions import value_at
from grc.outbox.delivery import Claimed
from grc.submissions.effects.mailing import AGENT, SERVICE
from grc.submissions.helpers import Helper
from grc.submissions.models import Submission
from grc.submissions.notices import HELPER

__all__ = ["AGENT", "SERVICE", "address_of"]


def address_of(session: Session, entry: Claimed) -> str:
    """The address of an agent, a service, a helper who gets copies, or the one that the demande's answer gives now.

    "" when there is none any more.
    """
    if entry.recipient.startswith(AGENT):
        agent = session.get(Agent, int(entry.recipient.removeprefix(AGENT)))
        is_there = agent is not None and agent.is_active and agent.authority_id == entry.authority_id
        return agent.email if agent is not None and is_there else ""
    if entry.recipient.startswith(SERVICE):
        return _of_service(session, entry.authority_id, int(entry.recipient.removeprefix(SERVICE)))
    row = session.get(Submission, entry.submission_id)
    if entry.recipient == HELPER:
        helper = None if row is None else Helper.of(row.helper)
        return helper.email if helper is not None and helper.is_copied else ""
    given = None if row is None else value_at(row.current_answers, tuple(entry.answer.split(".")))
    return given if isinstance(given, str) else ""


def _of_service(session: Session, authority_id: int, service_id: int) -> str:
    """The mailbox of a service that holds a function, else that of the authority."""
    service, authority = session.get(Service, service_id), session.get(Authority, authority_id)
    if service is None or authority is None or service.authority_id != authority_id:
        return ""
    return service.email or authority.email
