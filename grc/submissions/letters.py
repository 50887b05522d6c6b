"""Letters on paper: laid out once, kept byte for byte, posted on a day that an agent notes.

Source: CRPA L112-14 (who refuses electronic answers), L112-3 and R112-5 (paper receipts); CJA R421-5 (notification).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import receipts
from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission, require
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.db import keyring_of
from grc.errors import Conflict, Invalid, NotFound, Problem
from grc.outbox.models import Message, OutboxEntry
from grc.submissions import documents
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Decision, Event, Notice, Submission, Task
from grc.submissions.notices import PRINT_LETTER
from grc.submissions.queries import find, find_for_change

CHANNEL = "paper"
AWAITED, PRINTED, POSTED = "awaited", "printed", "posted"
"""The states of an outbox entry that no worker ever takes: its secret sealed, laid out, and gone by post."""
SECRET = frozenset({receipts.FiledForYou.KIND, receipts.TrackingCodeNotice.KIND})
"""The letters whose bytes are forgotten once they are gone: a code is on them."""


@dataclass(frozen=True)
class Sheet:
    """A letter to lay out: what it states, and the lines of its address."""

    notice_id: int
    facts: receipts.Notice
    to: tuple[str, ...]


def sheet(session: Session, reference: str, notice_id: int, *, by: AgentActor) -> Sheet:
    """The letter of that notice; raises NotFound unless a task asks to print it."""
    row = find(session, by, reference)
    _task(session, row, notice_id)
    notice = session.get_one(Notice, notice_id)
    _require(by, row, notice)
    procedure = catalogue.version(session, row.authority_id, row.version_id)
    address = procedure.form.role_value(row.current_answers, "postal-address")
    facts, waiting = receipts.from_json(notice.facts), _waiting(session, row, notice_id)
    if isinstance(facts, receipts.FiledForYou | receipts.TrackingCodeNotice) and waiting is not None:
        sealed = waiting.sealed_secret
        facts = replace(facts, code=keyring_of(session).open(sealed) if sealed else "")
    return Sheet(notice_id, facts, (row.applicant_name, *_lines(address)))


def await_with_secret(session: Session, row: Submission, notice_id: int, kind: str, sealed: str, now: datetime) -> None:
    """Keeps what a letter alone will say, sealed until it is laid out."""
    owner: dict[str, Any] = {"authority_id": row.authority_id, "submission_id": row.id, "notice_id": notice_id}
    times: dict[str, Any] = {"created_at": now, "due_at": now}
    entry = OutboxEntry(
        **owner, **times, channel=CHANNEL, kind=kind, recipient="citizen", state=AWAITED, sealed_secret=sealed
    )
    session.add(entry)
    session.flush()


def forget_secrets(session: Session, row: Submission) -> None:
    """Takes the secrets of a submission's letters back: what is printed after that says none."""
    mine = (col(OutboxEntry.authority_id) == row.authority_id, col(OutboxEntry.submission_id) == row.id)
    waiting = (col(OutboxEntry.channel) == CHANNEL, col(OutboxEntry.state) == AWAITED)
    session.execute(update(OutboxEntry).where(*mine, *waiting).values(sealed_secret=None))


def keep(
    session: Session,
    authority: AuthorityView,
    reference: str,
    notice_id: int,
    pdf: bytes,
    *,
    by: AgentActor,
    now: datetime,
) -> None:
    """Keeps the bytes of a letter, the first that were laid out: what is printed again is the same."""
    row = find_for_change(session, authority, by, reference, revision=None)
    _task(session, row, notice_id)
    notice = session.get_one(Notice, notice_id)
    _require(by, row, notice)
    if _kept(session, row, notice_id) is not None:
        return
    owner: dict[str, Any] = {"authority_id": authority.id, "submission_id": row.id, "notice_id": notice_id}
    times: dict[str, Any] = {"created_at": now, "due_at": now}
    entry = _waiting(session, row, notice_id) or OutboxEntry(
        **owner, **times, channel=CHANNEL, kind=notice.kind, recipient="citizen"
    )
    entry.state, entry.sealed_secret = PRINTED, None
    session.add(entry)
    session.flush()
    assert entry.id is not None  # noqa: S101 - just flushed
    session.add(
        Message(
            **owner,
            outbox_id=entry.id,
            to_address="",
            from_address=authority.sender_address,
            message_id=f"<{entry.id}.paper@{authority.sender_address.rsplit('@', 1)[-1]}>",
            sha256=hashlib.sha256(pdf).hexdigest(),
            raw=pdf,
            frozen_at=now,
        )
    )


def bytes_of(session: Session, reference: str, notice_id: int, *, by: AgentActor | Visitor) -> bytes:
    """The PDF as it was laid out; raises NotFound before it is, and to a citizen where a code is on it."""
    row = find(session, by, reference)
    if isinstance(by, Visitor) and session.get_one(Notice, notice_id).kind in SECRET:
        raise NotFound("Cette lettre porte un code : elle n’est donnée que sur papier.")
    kept = _kept(session, row, notice_id)
    if kept is None or kept.raw is None:
        raise NotFound("Cette lettre n’est pas encore préparée.")
    return bytes(kept.raw)


def note_posted(
    session: Session,
    authority: AuthorityView,
    reference: str,
    notice_id: int,
    posted_on: date | None,
    *,
    revision: int,
    by: AgentActor,
    now: datetime,
) -> Submission:
    """The submission, its letter posted on that day: the appeal of a decision, or a suspension, runs from there.

    Raises Invalid for a day that is missing, to come, or before the letter; Conflict before it is laid out.
    """
    row = find_for_change(session, authority, by, reference, revision=revision, to=Permission.SUBMISSION_FILE)
    act = Act(session, authority, row, by=by, now=now)
    task, notice = _task(session, row, notice_id), session.get_one(Notice, notice_id)
    _require(by, row, notice)
    kept = _kept(session, row, notice_id)
    if kept is None:
        raise Conflict("Préparez d’abord la lettre : ce qui est posté doit être gardé.")
    made_on = act.day_of(notice.created_at)
    if posted_on is None or not made_on <= posted_on <= act.today():
        message = "Saisissez le jour de l’envoi, entre le jour de la lettre et aujourd’hui."
        raise Invalid("La date d’envoi ne convient pas.", [Problem("posted_on", "range", message)])
    event = _event_of(act, notice)
    decision_id = _decision_of(event)
    if decision_id is not None:
        session.execute(update(Decision).where(col(Decision.id) == decision_id).values(posted_on=posted_on))
    mine = update(OutboxEntry).where(col(OutboxEntry.id) == kept.outbox_id)
    session.execute(mine.values(state=POSTED, done_at=now))
    if notice.kind in SECRET:
        session.execute(update(Message).where(col(Message.id) == kept.id).values(raw=None))
    task.closed_at, task.closed_by_id = now, by.id
    session.add(task)
    data = {"notice": notice_id, "posted_on": posted_on, "decision": decision_id}
    documents.record_posting(act, notice, _request_of(event), posted_on, data)
    return row


def choose_paper(
    session: Session, authority: AuthorityView, reference: str, *, wanted: bool, by: AgentActor | Visitor, now: datetime
) -> Submission:
    """The submission, its decisions on paper from now on, or by mail again (L112-14); said twice, done once."""
    row = find_for_change(session, authority, by, reference, revision=None, to=Permission.SUBMISSION_HANDLE)
    if row.on_paper == wanted:
        return row
    if row.is_report:
        raise Conflict("Un signalement ne reçoit pas de décision.")
    row.on_paper = wanted
    Act(session, authority, row, by=by, now=now).record(Kind.PAPER_CHOSEN if wanted else Kind.PAPER_LEFT)
    return row


def _require(by: AgentActor, row: Submission, notice: Notice) -> None:
    """Who handles demandes prints every letter; who takes them in at the desk, the receipt that they hand over."""
    is_receipt = notice.kind == receipts.PaperReceipt.KIND
    require(by, Permission.SUBMISSION_FILE if is_receipt else Permission.SUBMISSION_HANDLE, row)


def _task(session: Session, row: Submission, notice_id: int) -> Task:
    statement = select(Task).where(
        col(Task.authority_id) == row.authority_id,
        col(Task.submission_id) == row.id,
        col(Task.kind) == PRINT_LETTER,
        col(Task.notice_id) == notice_id,
    )
    found: Task | None = session.execute(statement.order_by(col(Task.id).desc()).limit(1)).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette demande n’a pas de lettre de ce numéro à imprimer.")
    return found


def _waiting(session: Session, row: Submission, notice_id: int) -> OutboxEntry | None:
    """The letter whose secret waits for its paper."""
    mine = (col(OutboxEntry.authority_id) == row.authority_id, col(OutboxEntry.submission_id) == row.id)
    this = (col(OutboxEntry.notice_id) == notice_id, col(OutboxEntry.state) == AWAITED)
    found: OutboxEntry | None = session.execute(select(OutboxEntry).where(*mine, *this)).scalar_one_or_none()
    return found


def _kept(session: Session, row: Submission, notice_id: int) -> Message | None:
    statement = (
        select(Message)
        .join(OutboxEntry, col(OutboxEntry.id) == col(Message.outbox_id))
        .where(
            col(Message.authority_id) == row.authority_id,
            col(Message.submission_id) == row.id,
            col(Message.notice_id) == notice_id,
            col(OutboxEntry.channel) == CHANNEL,
        )
    )
    found: Message | None = session.execute(statement).scalar_one_or_none()
    return found


def _event_of(act: Act, notice: Notice) -> Event | None:
    """The event that a letter tells of: that whose revision its name bears."""
    sequence = notice.name.rpartition(":")[2]
    if not sequence.isdigit():
        return None
    mine = (col(Event.authority_id) == act.authority.id, col(Event.submission_id) == act.id)
    found = act.session.execute(select(Event).where(*mine, col(Event.sequence) == int(sequence)))
    return found.scalar_one_or_none()


def _decision_of(event: Event | None) -> int | None:
    """The decision that the letter of this event notifies."""
    if event is None or event.kind not in {Kind.DECIDED, Kind.ACCEPTANCE_WITHDRAWN, Kind.CORRECTED}:
        return None
    return int(event.data["decision"])


def _request_of(event: Event | None) -> int | None:
    """The request for documents that the letter of this event brings."""
    return int(event.data["request"]) if event is not None and event.kind == Kind.DOCUMENTS_REQUESTED else None


def _lines(address: Any) -> list[str]:
    """The lines of a postal address as the form keeps it."""
    if not isinstance(address, Mapping):
        return []
    town = " ".join(str(address[key]) for key in ("postcode", "city") if address.get(key))
    return [str(line) for line in (address.get("line1"), address.get("line2"), town) if line]
