"""Takes things for a demande, gives them back, and keeps them for other reasons: never more than there are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from grc.access.actors import Actor, AgentActor, Visitor
from grc.authorities.views import AuthorityView
from grc.bookings import queries, wanted, words
from grc.bookings.models import Booking
from grc.bookings.wanted import Wanted
from grc.catalogue.definition import Procedure, Takes
from grc.errors import Invalid, Problem
from grc.lists.models import ReferenceItem


def book(
    session: Session,
    authority: AuthorityView,
    submission_id: int,
    reference: str,
    procedure: Procedure,
    answers: Mapping[str, Any],
    *,
    is_firm: bool,
    by: Actor,
    now: datetime,
) -> int:
    """Takes what the answers of a demande ask for, in place of what it held; gives how many bookings that makes.

    Nobody else can take it in between: on PostgreSQL the items are locked until the end of the transaction, on SQLite
    there is one writer. Where the answers do not say what (on scanned pages, or of another authority's list), it takes
    what agents keep under its reference. reference: "" as it is filed, when nobody could have kept anything yet.
    Raises Invalid, in the words for people, for what is taken (options count too) and where nothing is kept.
    """
    takes, zone = procedure.takes, authority.zone
    if takes is None:
        return 0
    if wanted.chooses_undated(procedure, answers, zone):
        raise Invalid(words.UNDATED, [Problem("", queries.TAKEN, words.UNDATED)])
    asked, source = wanted.of_answers(procedure, answers, zone), takes.source_in(procedure.form)
    lock(session, authority.id, source)
    known = queries.things(session, authority.id, takes, source)
    lost = [one for one in asked if one.item not in known]
    if lost or (not asked and wanted.is_unsaid(procedure, answers)):
        return _kept_for(session, authority.id, submission_id, reference, takes, source, lost, is_firm=is_firm)
    told = queries.problems(session, authority.id, procedure, answers, zone, but=submission_id, firm_only=False)
    if told:
        raise Invalid(told[0].message, [replace(each, field="") for each in told])
    release(session, authority.id, submission_id)
    for one in asked:
        session.add(
            Booking(
                authority_id=authority.id,
                submission_id=submission_id,
                source=one.source,
                item=one.item,
                quantity=one.quantity,
                starts_at=one.span.starts_at,
                ends_at=one.span.ends_at,
                is_firm=is_firm,
                reason="",
                made_at=now,
                made_by_id=by.id if isinstance(by, AgentActor) else None,
            )
        )
    session.flush()
    return len(asked)


def follow(
    session: Session,
    authority: AuthorityView,
    submission_id: int,
    procedure: Procedure,
    answers: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """What the demande holds becomes what its answers ask for now, as firmly; nothing where it holds nothing.

    Raises Invalid as `book` does: answers that ask for more than is free do not change.
    """
    held = queries.of_submission(session, authority.id, submission_id)
    if held and not wanted.is_unsaid(procedure, answers):
        is_firm = all(each.is_firm for each in held)
        book(session, authority, submission_id, "", procedure, answers, is_firm=is_firm, by=by, now=now)


def refusals(
    session: Session,
    authority: AuthorityView,
    procedure: Procedure,
    answers: Mapping[str, Any],
    *,
    by: Visitor,
    now: datetime,
    but: int | None = None,
) -> tuple[Problem, ...]:
    """What a demande about to be filed asks for and cannot have; nothing at the desk, unless filing takes.

    but: the demande whose edited answers these are. Where filing itself takes, options count too, and what is free
    stays so until the transaction ends.
    """
    if late := queries.too_late(procedure, answers, authority.zone, by=by, now=now):
        return tuple(late)
    if not queries.binds(procedure, by):
        return ()
    if procedure.takes is not None and procedure.takes_at_once:
        lock(session, authority.id, procedure.takes.source_in(procedure.form))
    firm_only = not procedure.takes_at_once
    zone, key = authority.zone, authority.id
    return tuple(queries.problems(session, key, procedure, answers, zone, but=but, firm_only=firm_only))


def _kept_for(
    session: Session,
    authority_id: int,
    submission_id: int,
    reference: str,
    takes: Takes,
    source: str,
    lost: Sequence[Wanted],
    *,
    is_firm: bool,
) -> int:
    """The demande's from now on: what agents keep under its reference, with what it already holds so."""
    mine = (col(Booking.authority_id) == authority_id, col(Booking.source) == source)
    theirs = or_(col(Booking.submission_id) == submission_id, col(Booking.submission_id).is_(None))
    rows = session.execute(select(Booking).where(*mine, theirs)).scalars().all()
    found = [
        row
        for row in rows
        if row.submission_id is not None or (reference and _digits(reference) in _digits(row.reason))
    ]
    if not found and reference and (lost or takes.days):
        told = words.unknown(lost[0].label) if lost else words.unsaid(has_days=True)
        raise Invalid(told, [Problem("", queries.TAKEN, told)])
    for row in found:
        row.submission_id, row.is_firm, row.reason = submission_id, is_firm, ""
    session.flush()
    return len(found)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def release(session: Session, authority_id: int, submission_id: int) -> None:
    """Gives back all that the demande holds; nothing when it holds nothing."""
    mine = (col(Booking.authority_id) == authority_id, col(Booking.submission_id) == submission_id)
    session.execute(delete(Booking).where(*mine))


def lock(session: Session, authority_id: int, source: str) -> None:
    """Keeps others from taking anything of the list until the transaction ends: halls may be part of each other."""
    mine = (col(ReferenceItem.authority_id) == authority_id, col(ReferenceItem.source) == source)
    session.execute(select(col(ReferenceItem.id)).where(*mine).order_by(col(ReferenceItem.id)).with_for_update())
