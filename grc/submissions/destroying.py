"""Destroys what a demande holds, on a visa in force alone, in two steps; hashes, dates and events stay for ever.

First the answers and everything that people wrote or sent; then, one year after the last day of appeal, the receipts
and letters, which prove that day. Each step leaves a row that names its visa and that nothing can change. Files leave
the store once the transaction is durable: a process killed between leaves files that no row names, which the daily
search for orphans deletes.
Source: code du patrimoine L212-2, L212-3; GDPR art. 5 (1) e; CRPA L112-12 (receipts).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from grc import clock
from grc.access.actors import System
from grc.attachments.models import Attachment
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.bookings import commands as bookings
from grc.catalogue.definition import canonical
from grc.catalogue.models import InstalledProcedure
from grc.journal.acts import JournalAct
from grc.journal.recording import record as record_in_journal
from grc.outbox.models import Message, OutboxEntry
from grc.outbox.post import forget_draft
from grc.submissions import apart, events, phases, retention, visas
from grc.submissions.events import Kind
from grc.submissions.exchange_models import AgentAnswers, HttpCall, ThreadEntry, Timer
from grc.submissions.kept_models import Destruction, Visa
from grc.submissions.models import (
    PROPOSED,
    Decision,
    DocumentsRequest,
    Draft,
    Notice,
    Submission,
    SubmissionRevision,
    Task,
)
from grc.submissions.partner_models import ApiDeposit

ANSWERS, RECEIPTS = "answers", "receipts"
_AT_ONCE = 50
_MOST_FAILED = visas.MOST_LINES
"""How many may fail in one transaction before it leaves the rest to the next: those that fail keep no other waiting."""


@dataclass(frozen=True)
class Destroyed:
    """What one transaction did. count: how many demandes were looked at. keys: of files that the store may delete."""

    count: int
    keys: tuple[str, ...] = ()


def destroy_answers(session: Session, authority_id: int, as_of: datetime) -> Destroyed:
    """Destroys what a visa in force covers, at most 50 demandes a call; 0 once nothing is left.

    Never a demande that is open, that was opened again since its list, that an open recours attacks, that still has
    something to send, or whose right on one's data waits for its answer.
    """
    authority = authorities.authority(session, authority_id)
    today = clock.day_in(authority.zone, as_of)
    keys: list[str] = []
    for visa in _in_force(session, authority_id, today):
        destroy = partial(_answers, session, authority, visa=visa, now=as_of, keys=keys)
        failed: list[int | None] = []
        while len(failed) < _MOST_FAILED and (rows := session.execute(_covered(visa, today, failed)).scalars().all()):
            failed += [row.id for row in rows]
            count = _each(session, rows, visa, ANSWERS, as_of, destroy)
            if count:
                return Destroyed(count, tuple(keys))
        if visa.listed is not None and not failed:
            visa.done_at = as_of
            session.add(visa)
    return Destroyed(0)


def destroy_receipts(session: Session, authority_id: int, as_of: datetime) -> Destroyed:
    """Destroys receipts and letters past their own term, on the visa that the answers had; at most 50 a call."""
    authority = authorities.authority(session, authority_id)
    today = clock.day_in(authority.zone, as_of)
    failed: list[int | None] = []
    while len(failed) < _MOST_FAILED and (found := session.execute(_past_receipts(authority_id, today, failed)).all()):
        failed += [row.id for row, _ in found]
        done = _receipts_of(session, authority_id, [(row, first) for row, first in found], as_of)
        if done:
            return Destroyed(done)
    return Destroyed(0)


def _receipts_of(
    session: Session, authority_id: int, found: Sequence[tuple[Submission, Destruction]], as_of: datetime
) -> int:
    """How many were looked at, visa by visa."""
    done = 0
    for visa_id in {first.visa_id for _, first in found}:
        visa = visas.find(session, authority_id, visa_id)
        firsts = {row.id: first for row, first in found if first.visa_id == visa_id}
        rows = [row for row, first in found if first.visa_id == visa_id]
        destroy = partial(_receipts, session, visa=visa, firsts=firsts, now=as_of)
        done += _each(session, rows, visa, RECEIPTS, as_of, destroy)
    return done


@dataclass(frozen=True)
class Gone:
    """What was destroyed of a demande, and when. receipts_until: their last day; receipts_at: None while they stay."""

    answers_at: datetime
    visa: Visa
    receipts_until: date
    receipts_at: datetime | None


def of(session: Session, authority_id: int, submission_id: int) -> Gone | None:
    """What was destroyed of that demande; None while it has everything."""
    statement = (
        select(Destruction, Visa)
        .join(Visa, col(Visa.id) == col(Destruction.visa_id))
        .where(col(Destruction.authority_id) == authority_id, col(Destruction.submission_id) == submission_id)
    )
    found = {mark.stage: (mark, visa) for mark, visa in session.execute(statement).all()}
    if ANSWERS not in found:
        return None
    (first, visa), second = found[ANSWERS], found.get(RECEIPTS)
    return Gone(first.destroyed_at, visa, first.receipts_until, None if second is None else second[0].destroyed_at)


def standing(authority_id: Any) -> tuple[ColumnElement[bool], ...]:
    """The visas on which something may be left to destroy, those past their end included."""
    return (
        col(Visa.authority_id) == authority_id,
        col(Visa.recorded_at).is_not(None),
        col(Visa.withdrawn_at).is_(None),
        col(Visa.done_at).is_(None),
    )


def past_receipts(authority_id: Any, today: date) -> tuple[ColumnElement[bool], ...]:
    """The first destructions whose receipts are past their term, and still there."""
    second = aliased(Destruction)
    gone = exists().where(col(second.submission_id) == col(Destruction.submission_id), col(second.stage) == RECEIPTS)
    return (
        col(Destruction.authority_id) == authority_id,
        col(Destruction.stage) == ANSWERS,
        col(Destruction.receipts_until) < today,
        ~gone,
    )


def _in_force(session: Session, authority_id: int, today: date) -> list[Visa]:
    statement = select(Visa).where(*standing(authority_id)).order_by(col(Visa.id)).with_for_update(skip_locked=True)
    return [visa for visa in session.execute(statement).scalars() if visas.is_in_force(visa, today)]


def _covered(visa: Visa, today: date, failed: Sequence[int | None]) -> Select[Any]:
    """The demandes that may be destroyed on that visa, but those that failed just now, locked, at most 50."""
    ours = select(col(InstalledProcedure.id)).where(
        col(InstalledProcedure.authority_id) == visa.authority_id,
        col(InstalledProcedure.slug) == visa.procedure_slug,
    )
    conditions: list[Any] = [
        col(Submission.authority_id) == visa.authority_id,
        col(Submission.procedure_id) == ours.scalar_subquery(),
        PROPOSED,
        col(Submission.phase).in_(phases.ENDED),
        col(Submission.retained_until) < today,
        col(Submission.id).not_in(failed),
        ~retention.linked_with_an_open_one(),
        ~_awaits_something(),
    ]
    if visa.listed is not None:
        conditions += [
            col(Submission.reference).in_(visas.references_of(visa)),
            col(Submission.state_since) <= visa.made_at,
        ]
    order = (col(Submission.retained_until), col(Submission.id))
    statement = select(Submission).where(*conditions).order_by(*order).limit(_AT_ONCE)
    return statement.with_for_update(skip_locked=True, of=Submission)


def _past_receipts(authority_id: int, today: date, failed: Sequence[int | None]) -> Select[Submission, Destruction]:
    """The demandes without answers whose receipts are past their term, but those that failed just now.

    Each with its first destruction.
    """
    return (
        select(Submission, Destruction)
        .join(Destruction, col(Destruction.submission_id) == col(Submission.id))
        .join(Visa, col(Visa.id) == col(Destruction.visa_id))
        .where(
            *past_receipts(authority_id, today),
            col(Visa.withdrawn_at).is_(None),
            col(Submission.id).not_in(failed),
            ~retention.linked_with_an_open_one(),
        )
        .order_by(col(Destruction.receipts_until), col(Destruction.id))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True, of=Submission)
    )


def _awaits_something() -> ColumnElement[bool]:
    """Whether a mail or a call has not left yet, or an agent owes something: an answer to a right, among others."""
    return or_(
        exists().where(*_of_it(OutboxEntry), col(OutboxEntry.state) == "pending"),
        exists().where(*_of_it(Task), col(Task.closed_at).is_(None), col(Task.due_on).is_not(None)),
    )


def _of_it(table: Any) -> tuple[ColumnElement[bool], ...]:
    """What ties a row of that table to the demande of a query."""
    return (
        col(table.authority_id) == col(Submission.authority_id),
        col(table.submission_id) == col(Submission.id),
    )


def _each(
    session: Session,
    rows: Sequence[Submission],
    visa: Visa,
    stage: str,
    as_of: datetime,
    destroy: Callable[[Submission], object],
) -> int:
    """How many were looked at; one line of the journal for the visa, with how many were destroyed."""
    gone: list[int] = []

    def counted(row: Submission) -> None:
        if destroy(row) is not False:
            gone.append(row.id or 0)

    looked = apart.each(session, rows, counted)
    if gone:
        act = JournalAct.ANSWERS_DESTROYED if stage == ANSWERS else JournalAct.RECEIPTS_DESTROYED
        system = System(visa.authority_id)
        subject = ("visa", visa.id or 0)
        record_in_journal(session, visa.authority_id, act, subject, by=system, now=as_of, data={"count": len(gone)})
    return looked


def _answers(
    session: Session, authority: AuthorityView, row: Submission, *, visa: Visa, now: datetime, keys: list[str]
) -> bool:
    """Whether they were destroyed: the term is reckoned once more, and a later one sends the demande back to wait."""
    today = clock.day_in(authority.zone, now)
    term = retention.term_of(session, authority, row, today)
    if term.answers_until >= today:
        row.retained_until, row.destruction_proposed_on = term.answers_until, None
        session.add(row)
        return False
    files = _files(session, row)
    mark = Destruction(
        authority_id=row.authority_id,
        submission_id=row.id or 0,
        stage=ANSWERS,
        reference=row.reference,
        visa_id=visa.id or 0,
        answers_sha256=hashlib.sha256(canonical(row.answers)).hexdigest(),
        files=[file.sha256 for file in files],
        receipts_until=term.receipts_until,
        destroyed_at=now,
    )
    session.add(mark)
    session.flush()  # before what it allows to delete
    _empty(session, row, now)
    _blank(row, now)
    _record(session, row, Kind.ANSWERS_DESTROYED, visa, now)
    keys += [file.key for file in files]
    return True


def _files(session: Session, row: Submission) -> Sequence[Attachment]:
    """Its files, with those that its drafts left behind."""
    drafts = select(col(Draft.id)).where(
        col(Draft.authority_id) == row.authority_id, col(Draft.submission_id) == row.id
    )
    theirs = or_(col(Attachment.submission_id) == row.id, col(Attachment.draft_id).in_(drafts))
    statement = select(Attachment).where(col(Attachment.authority_id) == row.authority_id, theirs)
    return session.execute(statement.order_by(col(Attachment.id))).scalars().all()


def _empty(session: Session, row: Submission, now: datetime) -> None:
    """Deletes every row of people's words about the demande, but receipts and letters.

    A call that was given up is abandoned: nobody can send again what it said.
    """
    mine = {"authority_id": row.authority_id, "submission_id": row.id}
    drafts = session.execute(select(col(Draft.id)).filter_by(**mine)).scalars().all()
    session.execute(delete(Attachment).where(col(Attachment.id).in_([file.id for file in _files(session, row)])))
    for draft_id in drafts:
        forget_draft(session, authority_id=row.authority_id, draft_id=draft_id)
    for table in (Draft, ThreadEntry, AgentAnswers, SubmissionRevision):
        session.execute(delete(table).filter_by(**mine))
    session.execute(update(HttpCall).filter_by(**mine).values(body="", response=""))
    dead = update(OutboxEntry).filter_by(**mine, channel="http", state="dead")
    session.execute(dead.values(state="abandoned", done_at=now))
    session.execute(update(ApiDeposit).filter_by(**mine).values(sealed_code=None))
    session.execute(update(DocumentsRequest).filter_by(**mine).values(remark=""))
    bookings.release(session, row.authority_id, row.id or 0)
    session.execute(update(Timer).filter_by(**mine, state="running").values(state="stopped"))


def _blank(row: Submission, now: datetime) -> None:
    row.answers, row.edited, row.variables, row.labels = {}, None, None, None
    row.editable, row.redirect, row.helper = None, None, None
    row.applicant_name = row.contact_email = ""
    row.destroyed_at = now


def _receipts(
    session: Session, row: Submission, *, visa: Visa, firsts: Mapping[int | None, Destruction], now: datetime
) -> None:
    mine = {"authority_id": row.authority_id, "submission_id": row.id}
    mails = session.execute(select(col(Message.sha256)).filter_by(**mine).order_by(col(Message.id))).scalars().all()
    mark = Destruction(
        authority_id=row.authority_id,
        submission_id=row.id or 0,
        stage=RECEIPTS,
        reference=row.reference,
        visa_id=visa.id or 0,
        files=list(mails),
        receipts_until=firsts[row.id].receipts_until,
        destroyed_at=now,
    )
    session.add(mark)
    session.flush()  # before what it allows to delete
    for table in (Task, Message, HttpCall, OutboxEntry, Notice):
        session.execute(delete(table).filter_by(**mine))
    session.execute(update(Decision).filter_by(**mine).values(reasons="", letter=""))
    row.citizen_id = None
    _record(session, row, Kind.RECEIPTS_DESTROYED, visa, now)


def _record(session: Session, row: Submission, kind: Kind, visa: Visa, now: datetime) -> None:
    row.revision += 1
    session.add(row)
    session.flush()
    events.record(
        session,
        kind,
        authority_id=row.authority_id,
        submission_id=row.id or 0,
        sequence=row.revision,
        state=row.state,
        by=System(row.authority_id),
        at=now,
        data={"visa": visa.id},
    )
