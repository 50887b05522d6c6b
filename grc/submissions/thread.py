"""The exchange on a submission: what a citizen and agents write to each other, and what agents note for themselves.

A message moves neither the state nor the dates: it is an entry, its files, one event of ids and one mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from grc import receipts
from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission
from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.authorities.views import AuthorityView
from grc.errors import Conflict, Invalid, Problem
from grc.sessions import limits
from grc.submissions import automatic, envois, infections, notices, staleness
from grc.submissions.acts import Act
from grc.submissions.conversation import MESSAGE, NOTE
from grc.submissions.events import Kind
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import Event, Submission
from grc.submissions.queries import find_for_change

LONGEST_TEXT = 5000
_TWICE_WITHIN = timedelta(minutes=1)
_CLOSED = "Cette demande est close : elle ne reçoit plus de message. Les coordonnées du service sont sur sa page."


@dataclass(frozen=True)
class Written:
    """What somebody posts. text: as typed. files: their bytes are in the store already."""

    text: str
    files: Sequence[StoredFile] = ()


def may_be_written_to(row: Submission) -> bool:
    """Whether the citizen may still write: until the demande is closed, also once it is decided."""
    return row.phase != "closed"


def send(
    session: Session,
    authority: AuthorityView,
    reference: str,
    written: Written,
    *,
    client: str,
    by: Visitor,
    now: datetime,
) -> bool:
    """Whether a message of the citizen was added: False for the second POST of one. The service's mailbox is told.

    The citizen gets a receipt (CRPA L112-11). Raises Invalid for a text that is empty or too long, Conflict once the
    demande is closed, TooMany.
    """
    act = Act(session, authority, find_for_change(session, authority, by, reference, revision=None), by=by, now=now)
    if not may_be_written_to(act.submission):
        raise Conflict(_CLOSED)
    return deliver(act, written, client=client)


def deliver(act: Act, written: Written, *, client: str) -> bool:
    """Whether a message of the citizen was added, whatever the state of the demande; see `send`."""
    text = _text(written, what="votre message")
    if _is_there(act, MESSAGE, text, written):
        return False
    _hit_limits(act, written, client)
    entry = _add(act, MESSAGE, text, written.files, Kind.MESSAGE_SENT)
    if written.files:
        infections.replaced(act.session, act.authority.id, act.id, now=act.now)
    told = receipts.ServiceMessage(
        reference=act.submission.reference,
        authority=act.authority.name,
        procedure_title=act.procedure.title,
        sent_at=entry.at,
        zone=act.authority.zone,
        service_name=act.service.name,
        files=len(written.files),
    )
    notices.tell(act.session, act.submission, told, now=act.now, recipient="service")
    envois.acknowledge(act, is_message=True, files=len(written.files))
    return True


def answer(
    session: Session, authority: AuthorityView, reference: str, written: Written, *, by: AgentActor, now: datetime
) -> bool:
    """Whether a message of the agent was added: False for the second POST of one. The citizen gets it by mail.

    Without an address nobody tells them: the agent's page says so. Raises Invalid. Source: CRPA L111-2 (their name).
    """
    row = find_for_change(session, authority, by, reference, revision=None, to=Permission.SUBMISSION_HANDLE)
    act = Act(session, authority, row, by=by, now=now)
    text = _text(written, what="votre message")
    if _is_there(act, MESSAGE, text, written):
        return False
    _add(act, MESSAGE, text, written.files, Kind.MESSAGE_SENT)
    _replaces(act, written)
    automatic.tell(act, text, len(written.files), act.actor_contact())
    return True


def note(
    session: Session, authority: AuthorityView, reference: str, written: Written, *, by: AgentActor, now: datetime
) -> bool:
    """Whether an agents' note was added: False for the second POST of one. No mail leaves. Raises Invalid."""
    row = find_for_change(session, authority, by, reference, revision=None, to=Permission.SUBMISSION_HANDLE)
    act = Act(session, authority, row, by=by, now=now)
    text = _text(written, what="votre note")
    if _is_there(act, NOTE, text, written):
        return False
    _add(act, NOTE, text, written.files, Kind.NOTE_WRITTEN)
    _replaces(act, written)
    return True


def read(session: Session, authority: AuthorityView, reference: str, *, by: AgentActor, now: datetime) -> bool:
    """Whether the citizen's messages are noted as read only now: False when an agent had seen to them before."""
    row = find_for_change(session, authority, by, reference, revision=None, to=Permission.SUBMISSION_HANDLE)
    act = Act(session, authority, row, by=by, now=now)
    mine = (col(Event.authority_id) == authority.id, col(Event.submission_id) == act.id)
    found = session.execute(select(Event).where(*mine).order_by(col(Event.sequence))).scalars().all()
    if not staleness.has_word_to_read(found):
        return False
    act.record(Kind.MESSAGES_READ)
    return True


def _replaces(act: Act, written: Written) -> None:
    """Whatever files an agent sends close the task of one that was infected."""
    if written.files:
        kind = infections.AGENT_FILE_INFECTED
        infections.replaced(act.session, act.authority.id, act.id, now=act.now, kind=kind)


def problem_of(text: str, *, what: str) -> Problem | None:
    """What is wrong with the words as typed, or nothing. what: "votre message", "votre note"."""
    length = len(_plain(text))
    if not length:
        return Problem("text", "required", f"Écrivez {what}.")
    if length > LONGEST_TEXT:
        return Problem("text", "too_long", f"Raccourcissez {what} à {LONGEST_TEXT} caractères : il y en a {length}.")
    return None


def _text(written: Written, *, what: str) -> str:
    problem = problem_of(written.text, what=what)
    if problem is not None:
        raise Invalid(f"{what.capitalize()} n’est pas enregistré.", [problem])
    return _plain(written.text)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _hit_limits(act: Act, written: Written, client: str) -> None:
    hits = [(limits.MESSAGES, str(act.id)), (limits.MESSAGES_FROM, client)]
    if written.files:
        hits.append((limits.UPLOADS, client))
    limits.hit(act.session, *hits, authority_id=act.authority.id, now=act.now)


def _is_there(act: Act, kind: str, text: str, written: Written) -> bool:
    """Whether the same person wrote the same words with the same files within a minute: a form sent twice."""
    statement = (
        select(col(ThreadEntry.id), col(ThreadEntry.at))
        .where(
            col(ThreadEntry.authority_id) == act.authority.id,
            col(ThreadEntry.submission_id) == act.id,
            col(ThreadEntry.kind) == kind,
            col(ThreadEntry.author_kind) == act.by.kind,
            col(ThreadEntry.author_id) == act.by.id if act.by.id is not None else col(ThreadEntry.author_id).is_(None),
            col(ThreadEntry.text) == text,
        )
        .order_by(col(ThreadEntry.id).desc())
        .limit(1)
    )
    last = act.session.execute(statement).one_or_none()
    if last is None or act.now - last.at > _TWICE_WITHIN:
        return False
    every = attachments.of_submission(act.session, act.authority.id, act.id, private=True)
    before = sorted(file.sha256 for file in every if file.thread_entry_id == last.id)
    return before == sorted(file.sha256 for file in written.files)


def _add(act: Act, kind: str, text: str, files: Sequence[StoredFile], event: Kind) -> ThreadEntry:
    """The entry with its files and its event, which holds their ids alone."""
    entry = ThreadEntry(
        authority_id=act.authority.id,
        submission_id=act.id,
        at=act.now,
        kind=kind,
        author_kind=act.by.kind,
        author_id=act.by.id,
        text=text,
        event_sequence=act.submission.revision + 1,
    )
    act.session.add(entry)
    act.session.flush()
    assert entry.id is not None  # noqa: S101 - it was just flushed
    attachments.add_to_thread(
        act.session,
        files,
        authority_id=act.authority.id,
        submission_id=act.id,
        entry_id=entry.id,
        sender="citizen" if act.by.kind == "citizen" else "agent",
        is_private=kind == NOTE,
        now=act.now,
    )
    act.record(event, {"entry": entry.id, "files": len(files)})
    return entry
