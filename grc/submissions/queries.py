"""Look-ups of submissions, always begun at what the actor can reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select
from sqlmodel import Session, col

from grc import references
from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission, require
from grc.attachments import commands as attachments
from grc.attachments.commands import AttachmentView
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView, ServiceView
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.db import Prepared
from grc.db.hashes import hashes
from grc.deadlines.silence import SilenceRule, implicit_decision_date
from grc.deadlines.suspensions import Suspension
from grc.errors import NotFound
from grc.outbox.models import Message, OutboxEntry
from grc.submissions import beside, contexts, conversation, reaching, staleness
from grc.submissions.codes import TRACKING as TRACKING_CODE
from grc.submissions.drafts import CODE_PURPOSE as DRAFT_CODE
from grc.submissions.events import Kind
from grc.submissions.exchange_models import ThreadEntry, Timer
from grc.submissions.models import Decision, DocumentsRequest, Draft, Event, Notice, Submission, Task
from grc.workflow.definition import STATE_CHANGED, State, Workflow

_ABSENT = "Cette demande n’existe pas, ou vous n’y avez pas accès. Vérifiez le numéro ou le code de suivi."
UNPOSTED = "unposted"
"""Of the items of a request whose letter has not left: it stops no clock. It stays where the letter left too late."""

Actor = Visitor | AgentActor


@dataclass(frozen=True)
class Mailing:
    """A mail of a submission, sent or not, as agents and citizens see it."""

    outbox_id: int
    notice_id: int
    message_id: int | None
    kind: str
    recipient: str
    state: str
    created_at: datetime
    tries: int
    due_at: datetime
    last_fault: str
    to_address: str
    sent_at: datetime | None
    smtp_answer: str
    has_letter: bool
    bounced_at: datetime | None = None
    bounce_code: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether its address does not receive: refused for good, or the mail came back."""
        is_given_up = self.state in ("dead", "abandoned")
        return self.bounced_at is not None or (is_given_up and self.last_fault.startswith(("5", "address")))


@dataclass(frozen=True)
class Whole:
    """A submission with everything about it, as its page needs it. recours: rows of `beside`."""

    submission: Submission
    procedure: Procedure
    service: ServiceView
    events: Sequence[Event]
    notices: Sequence[Notice]
    mailings: Sequence[Mailing]
    requests: Sequence[DocumentsRequest]
    decisions: Sequence[Decision]
    files: Sequence[AttachmentView]
    tasks: Sequence[Task]
    agents: dict[int, str]
    entries: Sequence[ThreadEntry] = ()
    """The exchange, in order: what this reader may see of it."""
    context: dict[str, Any] = field(default_factory=dict)
    """What the guards of its workflow read."""
    timers: Sequence[Timer] = ()
    recours: Sequence[Any] = ()
    former: Mapping[int, Workflow] = field(default_factory=dict)
    """The workflows that it followed before, each by the sequence of the event that moved it to another version."""

    def state_at(self, event: Event) -> State:
        """The state that an event led to, in the workflow that held then."""
        until = min((sequence for sequence in self.former if event.sequence < sequence), default=None)
        return (self.procedure.workflow if until is None else self.former[until]).state(event.state)

    @property
    def appeals_on(self) -> list[date]:
        """The legal days on which its decisions were attacked."""
        return [one.first_received_on for one in self.recours]

    @property
    def open_request(self) -> DocumentsRequest | None:
        """The request for documents that waits for its answer."""
        return next((request for request in self.requests if request.answered_at is None), None)

    @property
    def deaf_address(self) -> str:
        """The citizen's present address, when a mail to it was refused or came back; else ""."""
        address = self.submission.contact_email
        theirs = [mail for mail in self.mailings if mail.recipient == "citizen" and mail.to_address == address]
        return address if any(mail.is_refused for mail in theirs) else ""

    @cached_property
    def notes(self) -> dict[int, str]:
        """What an agent wrote to the citizen with a change of state, by the sequence of its event."""
        prefix, found = f"{STATE_CHANGED}:", {}
        for notice in self.notices:
            if notice.name.startswith(prefix) and notice.facts.get("note"):
                found[int(notice.name.removeprefix(prefix))] = str(notice.facts["note"])
        return found

    @property
    def decision(self) -> Decision | None:
        """The last express decision: of an agent, not of silence."""
        return next((one for one in reversed(self.decisions) if one.agent_id is not None), None)


def within(by: Actor) -> ColumnElement[bool]:
    """What the actor can reach: an agent what their rights cover, a citizen their own and what this session opened."""
    mine: ColumnElement[bool] = col(Submission.authority_id) == by.authority_id
    if isinstance(by, AgentActor):
        return and_(mine, reaching.covered(by))
    account = col(Submission.citizen_id) == by.citizen_id if by.citizen_id is not None else false()
    return and_(mine, or_(account, col(Submission.id).in_(by.granted)))


def find(session: Session, by: Actor, reference: str, *, to: Permission | None = None) -> Submission:
    """The submission; raises NotFound with the same words whether it is absent or out of reach.

    to: what an agent wants to do with it; raises Forbidden where they may read it and no more.
    """
    _require(by, to, None)
    spelled = references.read_reference(reference) or ""
    statement = select(Submission).where(within(by), col(Submission.reference) == spelled)
    row: Submission | None = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound(_ABSENT)
    _require(by, to, row)
    return row


def find_for_change(
    session: Session,
    authority: AuthorityView,
    by: Actor,
    reference: str,
    *,
    revision: int | None,
    to: Permission | None = None,
) -> Submission:
    """The submission, locked; raises NotFound, or StaleSubmission when the revision that was seen no longer holds.

    to: what an agent wants to do with it; raises Forbidden where they may read it and no more.
    """
    _require(by, to, None)
    spelled = references.read_reference(reference) or ""
    statement = select(Submission).where(within(by), col(Submission.reference) == spelled).with_for_update()
    row: Submission | None = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound(_ABSENT)
    _require(by, to, row)
    if revision is not None:
        staleness.check(session, authority, row, revision, by=by)
    return row


def _require(by: Actor, to: Permission | None, row: Submission | None) -> None:
    """Nothing for a citizen, who has permissions of no kind: what they may do is each command's own rule."""
    if to is not None and isinstance(by, AgentActor):
        require(by, to, row)


def _all_of(table: Any, order: str) -> Prepared:
    """The rows of a submission in one table, as values."""
    mine = table.c.authority_id == bindparam("authority"), table.c.submission_id == bindparam("submission")
    return Prepared(select(table).where(*mine).order_by(table.c[order]))


_OUTBOX = OutboxEntry.__table__  # type: ignore[attr-defined]
_MESSAGE = Message.__table__  # type: ignore[attr-defined]
_OF_MAIL = {
    "outbox_id": _OUTBOX.c.id,
    "message_id": _MESSAGE.c.id.label("message_key"),
    "to_address": func.coalesce(_MESSAGE.c.to_address, ""),
    "sent_at": _MESSAGE.c.sent_at,
    "smtp_answer": func.coalesce(_MESSAGE.c.smtp_answer, ""),
    "has_letter": func.coalesce(_MESSAGE.c.has_letter, false()),
    "bounced_at": _MESSAGE.c.bounced_at,
    "bounce_code": func.coalesce(_MESSAGE.c.bounce_code, ""),
}
_MAILINGS = Prepared(
    select(*(_OF_MAIL.get(name, _OUTBOX.c.get(name)) for name in Mailing.__dataclass_fields__))
    .join_from(_OUTBOX, _MESSAGE, _MESSAGE.c.outbox_id == _OUTBOX.c.id, isouter=True)
    .where(_OUTBOX.c.authority_id == bindparam("authority"), _OUTBOX.c.submission_id == bindparam("submission"))
    .order_by(_OUTBOX.c.id)
)
_WHOLE = (
    conversation.EVENTS,
    conversation.ENTRIES,
    _all_of(Notice.__table__, "id"),  # type: ignore[attr-defined]
    _all_of(DocumentsRequest.__table__, "id"),  # type: ignore[attr-defined]
    _all_of(Decision.__table__, "id"),  # type: ignore[attr-defined]
    _all_of(Task.__table__, "id"),  # type: ignore[attr-defined]
    _MAILINGS,
    *beside.STATEMENTS,
)


def whole(session: Session, reference: str, *, by: Actor, to: Permission | None = None) -> Whole:
    """The submission with everything about it; raises NotFound. to: as in `find`."""
    row = find(session, by, reference, to=to)
    assert row.id is not None  # noqa: S101 - it was read from the database
    procedure = catalogue.version(session, row.authority_id, row.version_id)
    mine = {"authority": row.authority_id, "submission": row.id, "private": conversation.reads_private(by)}
    asked = (one.ask_all(session, mine) for one in _WHOLE)
    events, entries, notices, requests, decisions, tasks, mailings, timers, recours = asked
    happened = events()
    return Whole(
        submission=row,
        procedure=procedure,
        service=authorities.service(session, row.authority_id, row.service_id),
        events=happened,
        notices=notices(),
        mailings=[Mailing(*mail) for mail in mailings()],
        requests=requests(),
        decisions=decisions(),
        files=attachments.of_submission(session, row.authority_id, row.id, private=bool(mine["private"])),
        tasks=[task for task in tasks() if task.closed_at is None],
        agents=authorities.agent_names(session, row.authority_id),
        entries=entries(),
        context=contexts.of(session, row, procedure.workflow),
        timers=timers(),
        recours=recours(),
        former={
            event.sequence: catalogue.version(session, row.authority_id, event.data["from_version"]).workflow
            for event in happened
            if event.kind == Kind.MIGRATED
        },
    )


def letter_bytes(session: Session, reference: str, message_key: int, *, by: Actor) -> bytes:
    """The exact bytes of a mail that carries a letter; raises NotFound."""
    row = find(session, by, reference)
    statement = select(col(Message.raw)).where(
        col(Message.authority_id) == row.authority_id,
        col(Message.submission_id) == row.id,
        col(Message.id) == message_key,
        col(Message.has_letter),
    )
    raw = session.execute(statement).scalar_one_or_none()
    if raw is None:
        raise NotFound("Ce courrier n’existe pas encore. Rechargez la page dans quelques instants.")
    return bytes(raw)


def attachment(session: Session, reference: str, file_id: str, *, by: Actor) -> AttachmentView:
    """A file of a submission within reach; raises NotFound."""
    row = find(session, by, reference)
    assert row.id is not None  # noqa: S101 - it was read from the database
    return attachments.find(session, row.authority_id, row.id, file_id, private=conversation.reads_private(by))


def suspensions(requests: Sequence[DocumentsRequest]) -> tuple[Suspension, ...]:
    """The requests that stop or restart the clock (L114-5, L114-5-1)."""
    return tuple(
        Suspension(request.requested_on, request.due_on, request.answered_on)
        for request in requests
        if suspends(request)
    )


def suspends(request: DocumentsRequest) -> bool:
    """Whether it stops or restarts the clock: it asks for an indispensable document, and its letter, if any, has left.

    Source: CRPA L114-5, L114-5-1; the law does not say whether sending or receipt counts: the recorded sending does.
    """
    return any(item["indispensable"] and UNPOSTED not in item for item in request.items)


def carried(row: Submission, rule: SilenceRule) -> tuple[Suspension, ...]:
    """What the administration that sent a demande on had added to the clock of rejection by asking for documents.

    The date announced before the transfer stands here too (L114-3, L114-5); the days are its difference with the date
    that the first reception alone would give.
    """
    base_on = implicit_decision_date(rule, row.first_received_on) if rule.kind == "rejection" else None
    if row.channel != "transfer" or base_on is None or row.silence_base_on is None or row.silence_base_on <= base_on:
        return ()
    added = row.silence_base_on - base_on
    noticed_on = min(row.competent_received_on - added, base_on - timedelta(days=1))
    return (Suspension(noticed_on, noticed_on + added, noticed_on + added),)


@dataclass(frozen=True)
class Opened:
    """What a code opens: a submission's reference and id, or a draft's public id and page."""

    submission_id: int | None = None
    reference: str = ""
    draft_id: int | None = None
    draft_public_id: str = ""


def of_code(session: Session, typed: str, *, by: Visitor) -> Opened | None:
    """What a tracking or resume code opens in this authority; the same statements whether it exists or not."""
    code = references.read_code(typed) or ""
    submission = session.execute(
        select(col(Submission.id), col(Submission.reference)).where(
            col(Submission.authority_id) == by.authority_id,
            col(Submission.tracking_code_hash).in_(hashes(session, by.authority_id, TRACKING_CODE, code)),
        )
    ).one_or_none()
    draft = session.execute(
        select(col(Draft.id), col(Draft.public_id)).where(
            col(Draft.authority_id) == by.authority_id,
            col(Draft.code_hash).in_(hashes(session, by.authority_id, DRAFT_CODE, code)),
            col(Draft.submission_id).is_(None),
        )
    ).one_or_none()
    if submission is not None:
        return Opened(submission_id=submission.id, reference=submission.reference)
    return None if draft is None else Opened(draft_id=draft.id, draft_public_id=draft.public_id)


def mine(session: Session, *, by: Visitor) -> list[tuple[Submission, Procedure]]:
    """The submissions within the citizen's reach, newest first, at most fifty."""
    statement = select(Submission).where(within(by)).order_by(col(Submission.received_at).desc()).limit(50)
    rows = session.execute(statement).scalars().all()
    return [(row, catalogue.version(session, row.authority_id, row.version_id)) for row in rows]
