"""Demandes that programs file by their key: judged as a person's, filed once however often the call is repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import KeyActor, Visitor, by_key
from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.authorities import api_keys
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.bookings import commands as booking_commands
from grc.bookings import queries as bookings
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure
from grc.catalogue.queries import Published
from grc.db import keyring_of
from grc.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from grc.forms import given
from grc.journal.acts import JournalAct
from grc.journal.recording import record
from grc.sessions import limits
from grc.submissions import applicants, drafts, filing
from grc.submissions.filing import Said
from grc.submissions.models import Draft, Event, Submission
from grc.submissions.partner_models import ApiDeposit

CHANNEL = drafts.PROGRAM
CODE_LIFE = timedelta(hours=1)
KEPT = timedelta(days=30)
"""How long a repeated call is recognised."""
REUSED = Problem("", "idempotency-key", "Cet « Idempotency-Key » a déjà servi pour un autre envoi. Prenez-en un autre.")


@dataclass(frozen=True)
class Deposit:
    """What a program files. key: of the call, the same at each repeat. sha256: of everything that it says.

    files: those stored, by name of question.
    """

    slug: str
    answers: Mapping[str, Any]
    key: str
    sha256: str
    files: Mapping[str, Sequence[StoredFile]] = field(default_factory=dict)


@dataclass(frozen=True)
class Deposited:
    """What became of it. code: the tracking code, "" once its hour is over. is_new: False when it was filed before."""

    reference: str
    code: str
    received_at: datetime
    is_report: bool
    silence_rule: str
    silence_on: date | None
    is_new: bool = False


def admit(session: Session, actor: KeyActor, *, now: datetime) -> None:
    """Counts a call, in a unit of its own: one that is refused counts too. Raises TooMany."""
    limits.hit(session, (limits.API_CALLS, f"key:{actor.id}"), authority_id=actor.authority_id, now=now)


def offered(session: Session, actor: KeyActor, slug: str) -> Published:
    """The procedure as the key may file it; raises NotFound, Forbidden, Conflict while it is closed."""
    api_keys.require(actor, api_keys.FILE)
    found = catalogue.published(session, actor.authority_id, slug)
    if not api_keys.opens(actor.procedures, slug, is_sensitive=_is_sensitive(session, found.procedure_id)):
        raise Forbidden("Cette clé n’ouvre pas cette démarche. Demandez-en une autre à la commune.")
    if closed := found.closed_on(authorities.day_of(session, actor.authority_id, clock.now())):
        raise Conflict(closed)
    return found


def earlier(session: Session, actor: KeyActor, key: str, sha256: str, *, now: datetime) -> Deposited | None:
    """What this call made before; None for a new one. Raises Invalid when its key came with something else."""
    mine = (
        col(ApiDeposit.authority_id) == actor.authority_id,
        col(ApiDeposit.api_key_id) == actor.id,
        col(ApiDeposit.key_hash) == _hash(key),
    )
    row: ApiDeposit | None = session.execute(select(ApiDeposit).where(*mine)).scalar_one_or_none()
    if row is None:
        return None
    if row.body_sha256 != sha256:
        raise Invalid(REUSED.message, [REUSED])
    return _told(session, row, now=now)


def deposit(session: Session, authority: AuthorityView, wanted: Deposit, *, by: KeyActor, now: datetime) -> Deposited:
    """Files the demande, or gives what the same call filed before; everything in one transaction.

    Raises Invalid with each problem by the name of its answer, and what `offered` and `filing` raise.
    Source: CRPA L112-8, L112-11 (receipt at once), R112-9-1 (who is identified).
    """
    before = earlier(session, by, wanted.key, wanted.sha256, now=now)
    if before is not None:
        return before
    found = offered(session, by, wanted.slug)
    row = ApiDeposit(
        authority_id=authority.id,
        api_key_id=by.id,
        key_hash=_hash(wanted.key),
        body_sha256=wanted.sha256,
        at=now,
    )
    session.add(row)
    session.flush()  # the same call at the same time stops here, and then finds what this one filed
    if any(wanted.files.values()):
        limits.hit(session, (limits.UPLOADS, f"key:{by.id}"), authority_id=authority.id, now=now)
    draft = _draft(session, authority, found, wanted, now=now)
    said = _said(session, authority, found.procedure, draft, wanted, by=by_key(by), now=now)
    hits = [
        (limits.FILINGS, f"key:{by.id}"),
        *([(limits.RECEIPTS_PER_ADDRESS, said.email.lower())] if said.email else []),
    ]
    limits.hit(session, *hits, authority_id=authority.id, now=now)
    row.submission_id = filing.submit_unjudged(session, authority, draft.public_id, said, by=by_key(by), now=now)
    session.refresh(draft)
    row.sealed_code, draft.sealed_code = draft.sealed_code, None
    session.add_all((row, draft))
    session.flush()
    done = _told(session, row, now=now, is_new=True)
    if _is_sensitive(session, found.procedure_id):
        _note_filed(session, by, done.reference, now=now)
    return done


def _is_sensitive(session: Session, procedure_id: int) -> bool:
    statement = select(col(InstalledProcedure.is_sensitive)).where(col(InstalledProcedure.id) == procedure_id)
    return bool(session.execute(statement).scalar_one())


def _note_filed(session: Session, by: KeyActor, reference: str, *, now: datetime) -> None:
    """Journals that the key filed a sensitive demande, in the transaction of the filing."""
    subject, data = ("submission", reference), {"page": "api"}
    record(session, by.authority_id, JournalAct.SUBMISSION_ACTED, subject, by=by, now=now, data=data)


def purge(session: Session, authority_id: int, *, now: datetime) -> int:
    """Forgets tracking codes an hour old, and calls that are no longer recognised; gives how many."""
    mine = col(ApiDeposit.authority_id) == authority_id
    emptied = session.execute(update(ApiDeposit).where(mine, _shown(now)).values(sealed_code=None)).rowcount  # type: ignore[attr-defined]
    gone = session.execute(delete(ApiDeposit).where(mine, _forgotten(now))).rowcount  # type: ignore[attr-defined]
    return int(emptied) + int(gone)


def to_purge(authority_id: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The calls of which `purge` forgets something."""
    return col(ApiDeposit.authority_id) == authority_id, or_(_shown(now), _forgotten(now))


def _shown(now: datetime) -> ColumnElement[bool]:
    return and_(col(ApiDeposit.at) < now - CODE_LIFE, col(ApiDeposit.sealed_code).is_not(None))


def _forgotten(now: datetime) -> ColumnElement[bool]:
    return col(ApiDeposit.at) < now - KEPT


def _draft(session: Session, authority: AuthorityView, found: Published, wanted: Deposit, *, now: datetime) -> Draft:
    """The draft of one instant by which everything is filed, with its files."""
    draft = Draft(
        authority_id=authority.id,
        public_id=references.new_public_id(),
        procedure_id=found.procedure_id,
        version_id=found.version_id,
        created_at=now,
        saved_at=now,
        expires_at=now + drafts.LIFE,
        channel=CHANNEL,
    )
    session.add(draft)
    session.flush()
    for name, files in wanted.files.items():
        attachments.add(session, files, authority_id=authority.id, field=name, now=now, draft_id=draft.id)
    return draft


def _said(
    session: Session,
    authority: AuthorityView,
    procedure: Procedure,
    draft: Draft,
    wanted: Deposit,
    *,
    by: Visitor,
    now: datetime,
) -> Said:
    """What is filed, once it was judged; raises Invalid with every problem."""
    stored: dict[str, list[Mapping[str, Any]]] = {}
    for file in attachments.of_draft(session, authority.id, draft.id or 0):
        stored.setdefault(file.field, []).append(file.as_answer())
    offered_lists = bookings.offered(session, authority.id, procedure)
    as_of = clock.day_in(authority.zone, now)
    read = given.read(procedure.form, wanted.answers, files=stored, as_of=as_of, lists=offered_lists)
    problems = read.problems or booking_commands.refusals(session, authority, procedure, read.answers, by=by, now=now)
    if problems:
        raise Invalid("Des réponses sont à corriger.", problems)
    return Said(
        answers=read.answers,
        email=procedure.form.email_of(read.answers) or "",
        name=applicants.name(procedure, read.answers),
        is_report=applicants.is_report(procedure, read.answers, CHANNEL),
        identity={"identity": applicants.identity(None, procedure, read.answers), "verified": []},
    )


def _told(session: Session, row: ApiDeposit, *, now: datetime, is_new: bool = False) -> Deposited:
    mine = (col(Submission.authority_id) == row.authority_id, col(Submission.id) == row.submission_id)
    first = and_(col(Event.submission_id) == col(Submission.id), col(Event.sequence) == 1)
    found = session.execute(select(Submission, col(Event.data)).join(Event, first).where(*mine)).one_or_none()
    if found is None:
        raise NotFound("Cette demande n’existe plus.")
    submission, data = found
    code = keyring_of(session).open(row.sealed_code) if row.sealed_code and now - row.at < CODE_LIFE else ""
    due = data.get("silence_on")
    return Deposited(
        reference=submission.reference,
        code=code,
        received_at=submission.received_at,
        is_report=submission.is_report,
        silence_rule=submission.silence_rule,
        silence_on=date.fromisoformat(due) if due else None,
        is_new=is_new,
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
