"""When the citizen first opened a decision, and the consent without which that has no effect in law (CRPA L112-15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import Visitor
from grc.authorities.views import AuthorityView
from grc.errors import Conflict
from grc.submissions import helping
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Event, Submission
from grc.submissions.queries import Whole, find_for_change

_CHOICES = frozenset({Kind.CONSENT_GIVEN, Kind.CONSENT_WITHDRAWN})
_NEEDS_AN_ADDRESS = "Donnez d’abord une adresse électronique : c’est elle qui reçoit l’avis de chaque décision."


def unread(found: Whole) -> Decision | None:
    """The decision that this page shows and that its reader has not opened before, or None."""
    decision = None if found.submission.destroyed_at is not None else found.decision
    return decision if decision is not None and decision.first_consulted_at is None else None


def of_letter(found: Whole, message_id: int) -> Decision | None:
    """The decision that a letter bears, as long as it was not consulted; None for any other letter."""
    if found.submission.destroyed_at is not None:  # nothing happens to it any more
        return None
    notices = {mail.notice_id for mail in found.mailings if mail.message_id == message_id}
    names = {notice.name for notice in found.notices if notice.id in notices}
    made = {f"decision:{event.sequence}": event.data.get("decision") for event in found.events}
    keys = {made[name] for name in names if name in made}
    return next((one for one in found.decisions if one.id in keys and one.first_consulted_at is None), None)


def consult(
    session: Session, authority: AuthorityView, reference: str, decision_id: int, *, by: Visitor, now: datetime
) -> bool:
    """Whether this was the first consultation of the decision by the citizen: noted once, with its instant.

    What a helper opens is not opened by the person to whom the decision is notified.
    """
    act = Act(session, authority, find_for_change(session, authority, by, reference, revision=None), by=by, now=now)
    decision = session.get(Decision, decision_id, with_for_update=True, populate_existing=True)
    if decision is None or decision.submission_id != act.id or decision.first_consulted_at is not None:
        return False
    if helping.is_helper(session, act.submission, by):
        return False
    decision.first_consulted_at = now
    session.add(decision)
    act.record(Kind.CONSULTED, {"decision": decision_id})
    return True


def consent(
    session: Session, authority: AuthorityView, reference: str, *, given: bool, by: Visitor, now: datetime
) -> Submission:
    """The submission, its decisions notified electronically with the effect of a registered letter, or no more.

    The consent is express, and holds for the decisions made after it; it ends at once (R112-18 allows a notice of three
    months at most: none is set). The same choice again changes nothing. Raises Conflict without an address.
    """
    row = find_for_change(session, authority, by, reference, revision=None)
    act = Act(session, authority, row, by=by, now=now)
    if helping.is_helper(session, row, by):
        raise Conflict("Cet accord est celui de la personne : elle le donne elle-même, avec son code de suivi.")
    if given and not row.contact_email:
        raise Conflict(_NEEDS_AN_ADDRESS)
    if given != (consented_at(_choices(session, row)) is not None):
        act.record(Kind.CONSENT_GIVEN if given else Kind.CONSENT_WITHDRAWN)
    return row


def _choices(session: Session, row: Submission) -> list[Event]:
    mine = (col(Event.authority_id) == row.authority_id, col(Event.submission_id) == row.id)
    statement = select(Event).where(*mine, col(Event.kind).in_(_CHOICES)).order_by(col(Event.sequence))
    return list(session.execute(statement).scalars())


def consented_at(events: Sequence[Event], instant: datetime | None = None) -> datetime | None:
    """When the consent in force was given; None without one. instant: as of then, else as of now."""
    before = [event for event in events if event.kind in _CHOICES and (instant is None or event.at <= instant)]
    return before[-1].at if before and before[-1].kind == Kind.CONSENT_GIVEN else None
