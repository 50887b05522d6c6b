"""The end of an account: its drafts are deleted, its demandes stay by law, nothing else is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, delete, exists, func, select
from sqlmodel import Session, col

from grc.access.actors import Visitor
from grc.attachments import commands as attachments
from grc.authorities import queries as authorities
from grc.citizens import accounts, links
from grc.citizens import queries as citizens
from grc.citizens.models import Citizen, EmailLink
from grc.errors import Conflict
from grc.outbox.post import forget_draft
from grc.submissions import phases
from grc.submissions.models import Draft, Submission

UNUSED_YEARS = 3
"""Without a sign-in and with no demande open, unless the authority's texts say otherwise (`unused_account_years`)."""
UNUSED_NOTICE = timedelta(days=30)
"""Between the mail that says so, and the end."""
_AT_ONCE = 100


def close_account(session: Session, *, by: Visitor, now: datetime) -> list[str]:
    """Closes the account of who asks; gives the keys of its drafts' files. Raises Conflict without account.

    Its demandes stay for their term (see grc.submissions.retention), with the account's empty row: their tracking codes
    open them, and new codes can be had at the town hall.
    """
    if by.citizen_id is None:
        raise Conflict("Connectez-vous d’abord.")
    return _close(session, by.authority_id, by.citizen_id, now=now)


def submissions_of(session: Session, authority_id: int, citizen_id: int) -> int:
    """How many demandes an account has."""
    mine = (col(Submission.authority_id) == authority_id, col(Submission.citizen_id) == citizen_id)
    return int(session.execute(select(func.count()).select_from(Submission).where(*mine)).scalar_one())


def unused_years(texts: Mapping[str, Any]) -> int:
    """After how many years an account of this authority is unused; 0 where none ever ends."""
    years = texts.get("unused_account_years", UNUSED_YEARS)
    return years if isinstance(years, int) and years > 0 else 0


def warn_unused(session: Session, authority_id: int, *, now: datetime) -> int:
    """Posts a mail to accounts that nobody has used for years, thirty days before their end; how many, at most 100."""
    unused = _unused(session, authority_id, now)
    if unused is None:
        return 0
    told = 0
    for row in session.execute(unused.where(~_told())).scalars().all():
        known = citizens.identity_of(row)
        if known is not None and known.email:
            account: dict[str, Any] = {"citizen_id": row.id, "email": known.email}
            links.send(session, authority_id, purpose=links.UNUSED, lasts=UNUSED_NOTICE, now=now, **account)
            told += 1
    return told


def close_unused(session: Session, authority_id: int, *, now: datetime) -> tuple[int, list[str]]:
    """Closes accounts told thirty days ago that they would be, and those that cannot be told: at most 100 a call.

    Gives how many, and the keys of their drafts' files.
    """
    unused = _unused(session, authority_id, now - UNUSED_NOTICE)
    if unused is None:
        return 0, []
    closed, keys = 0, list[str]()
    purpose = (col(EmailLink.authority_id) == authority_id, col(EmailLink.purpose) == links.UNUSED)
    told = set(session.execute(select(col(EmailLink.citizen_id)).where(*purpose)).scalars())
    for row in session.execute(unused.where(~_told(col(EmailLink.expires_at) > now))).scalars().all():
        known = citizens.identity_of(row)
        if row.id in told or known is None or not known.email:
            keys += _close(session, authority_id, row.id or 0, now=now)
            closed += 1
    return closed, keys


def long_unused(authority_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The open accounts that nobody has used for the shortest time that an authority's texts may say: a year."""
    since = col(Citizen.signed_in_at) <= now - timedelta(days=365)
    return col(Citizen.authority_id) == authority_id, col(Citizen.closed_at).is_(None), since


def _close(session: Session, authority_id: int, citizen_id: int, *, now: datetime) -> list[str]:
    mine = (col(Draft.authority_id) == authority_id, col(Draft.citizen_id) == citizen_id)
    keys: list[str] = []
    unsent = select(col(Draft.id)).where(*mine, col(Draft.submission_id).is_(None)).with_for_update()
    for draft_id in session.execute(unsent).scalars().all():  # one that is being filed is none of them
        keys += attachments.remove_all(session, authority_id, draft_id)
        forget_draft(session, authority_id=authority_id, draft_id=draft_id)
        session.execute(delete(Draft).where(col(Draft.id) == draft_id))
    accounts.close(session, authority_id, citizen_id, now=now)
    return keys


def _told(*more: ColumnElement[bool]) -> Exists:
    """Whether an account was told that it would be closed."""
    theirs = (col(EmailLink.authority_id) == col(Citizen.authority_id), col(EmailLink.citizen_id) == col(Citizen.id))
    return exists().where(*theirs, col(EmailLink.purpose) == links.UNUSED, *more).correlate(Citizen)


def _unused(session: Session, authority_id: int, at: datetime) -> Select[Any] | None:
    """The open accounts that were unused for years at that instant, the oldest first; None where none ever ends."""
    years = unused_years(authorities.authority(session, authority_id).texts)
    if not years:
        return None
    still = exists().where(
        col(Submission.authority_id) == col(Citizen.authority_id),
        col(Submission.citizen_id) == col(Citizen.id),
        col(Submission.phase).in_(sorted(phases.OPEN)),
    )
    mine = (col(Citizen.authority_id) == authority_id, col(Citizen.closed_at).is_(None))
    since = col(Citizen.signed_in_at) <= at - timedelta(days=365 * years)
    return select(Citizen).where(*mine, since, ~still).order_by(col(Citizen.signed_in_at)).limit(_AT_ONCE)
