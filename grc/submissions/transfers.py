"""Sending a demande on to the competent administration, in two durable steps: it leaves here, then it arrives there.

No row changes its authority, and no transaction sees two of them: the first step closes the demande here and writes
what is on its way; the second makes a new, linked demande there. The second may run twice: what it makes is unique.

Source: CRPA L114-2 (forwarded, the person told), L114-3 (clocks), L114-4 (who acknowledges), R112-11-2 (ten days).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import AgentActor, System
from grc.access.permissions import Permission, functions_of
from grc.attachments import commands as attachments
from grc.attachments.commands import AttachmentView, StoredFile
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.db import keyring_of
from grc.deadlines.suspensions import Suspension
from grc.errors import Conflict, Invalid, Problem
from grc.receipts import Administration, TransferNotice
from grc.receipts import transfer as letters
from grc.submissions import beginnings, codes, competent, decisions, elsewhere, events, implied, notices, phases
from grc.submissions.acts import Act
from grc.submissions.effects.agents import TASK
from grc.submissions.events import Kind
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Submission, Task
from grc.submissions.queries import find, find_for_change
from grc.workflow import engine
from grc.workflow.engine import Step

EVENT = "transfer"
LINK = "transfer"
CHANNEL = "transfer"
"""How what another administration sends on comes, as guards read it."""
_LATE_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Transfer:
    """What an agent posts. to: whom the person is told; authority_id: its key in this installation, or None.

    note: the agent's words; revision: the one they saw.
    """

    to: Administration
    authority_id: int | None
    note: str
    revision: int


@dataclass(frozen=True)
class Parcel:
    """A demande on its way to another authority of this installation: all that arrives, nothing that agents wrote.

    channel: how the person sent it first. silence_on: the date of rejection as they were told it last. files: of the
    citizen; is_whole: whether none of them waits for the antivirus any more.
    """

    link_id: int
    source: AuthorityView
    to_id: int
    reference: str
    slug: str
    channel: str
    answers: Mapping[str, Any]
    applicant_name: str
    contact_email: str
    first_received_on: date
    on_paper: bool
    helper: dict[str, Any] | None
    is_report: bool
    silence_on: date | None
    files: Sequence[AttachmentView]
    is_whole: bool = True


def transfer(
    session: Session, authority: AuthorityView, reference: str, made: Transfer, *, by: AgentActor, now: datetime
) -> Submission:
    """The submission, closed here, and the person told where it went; raises Conflict once it is decided.

    The clock of rejection runs on from the first reception; the one of acceptance starts where it arrives.
    """
    row = find_for_change(session, authority, by, reference, revision=made.revision, to=Permission.SUBMISSION_HANDLE)
    act = Act(session, authority, row, by=by, now=now)
    facts = _facts(act, made)
    link = SubmissionLink(
        authority_id=authority.id,
        kind=LINK,
        from_id=act.id,
        other_authority_id=made.authority_id,
        other_name=made.to.name,
        at=now,
    )
    session.add(link)
    session.flush()
    if facts.silence is not None:
        row.silence_on = facts.silence.due_on
    data = {
        "link": link.id,
        "to": made.authority_id,
        "first_received_on": row.first_received_on,
        "silence_on": row.silence_on,
    }
    opened = engine.open_to(act.procedure.workflow, row.state, functions=functions_of(by, row), context=act.context())
    if any(each.event == EVENT for each in opened):
        act.perform(act.advance(EVENT, Kind.TRANSFERRED, data), {})
    else:
        act.record(Kind.TRANSFERRED, data)
    if row.phase in phases.OPEN:
        row.phase = "closed"
    act.give_back()
    session.add(row)
    notices.tell(session, row, facts, now=now)
    mine = (col(Task.authority_id) == authority.id, col(Task.submission_id) == act.id, col(Task.closed_at).is_(None))
    done = update(Task).where(*mine, col(Task.kind) != notices.PRINT_LETTER)
    session.execute(done.values(closed_at=now, closed_by_id=by.id))
    return row


def preview(
    session: Session, authority: AuthorityView, reference: str, made: Transfer, *, by: AgentActor, now: datetime
) -> TransferNotice:
    """What the person would be told; changes nothing."""
    act = Act(session, authority, find(session, by, reference, to=Permission.SUBMISSION_HANDLE), by=by, now=now)
    return notices.whole(_facts(act, made))


def parcels(session: Session, authority: AuthorityView, *, after: int = 0) -> list[Parcel]:
    """The demandes on their way from this authority to another of this installation: at most twenty, after a link."""
    table = SubmissionLink
    joined = select(table, Submission).join(Submission, col(Submission.id) == col(table.from_id))
    wanted = joined.where(*on_their_way(authority.id), col(table.id) > after)
    found = session.execute(wanted.order_by(col(table.id)).limit(20)).all()
    return [_parcel(session, authority, link, row) for link, row in found]


def on_their_way(authority_id: Any) -> tuple[ColumnElement[bool], ...]:
    """The links of what was sent to another authority of this installation, and has not arrived."""
    return (
        col(SubmissionLink.authority_id) == authority_id,
        col(SubmissionLink.kind) == LINK,
        col(SubmissionLink.from_id).is_not(None),
        col(SubmissionLink.other_authority_id).is_not(None),
        col(SubmissionLink.other_reference) == "",
    )


def has_arrived(session: Session, authority: AuthorityView, parcel: Parcel) -> bool:
    """Whether it is there already, before anything is copied; raises NotFound when it cannot be received."""
    if _arrived(session, authority.id, parcel):
        return True
    catalogue.published(session, authority.id, parcel.slug)
    return False


def receive(
    session: Session,
    authority: AuthorityView,
    parcel: Parcel,
    files: Sequence[tuple[AttachmentView, StoredFile]],
    *,
    now: datetime,
) -> str:
    """The reference of the demande made here, the same at each call; files: each with its copy in the store.

    Its receipt leaves from here, with both dates (L114-4). What it chose of a list counts as far as it is offered here.
    Raises NotFound when the procedure is offered no more.
    """
    already = _arrived(session, authority.id, parcel)
    if already:
        return already
    offered = catalogue.published(session, authority.id, parcel.slug)
    reference = references.new_reference(clock.day_in(authority.zone, now).year)
    receipt = competent.receipt_of(authority, offered, parcel, reference, now)
    code = competent.code_of(session, parcel)
    chosen = elsewhere.judged(session, authority, offered.procedure, parcel.answers, parcel.source.slug, now=now)
    step = engine.initial(offered.procedure.workflow, beginnings.context(chosen.guarding, CHANNEL))
    row = Submission(
        authority_id=authority.id,
        reference=reference,
        procedure_id=offered.procedure_id,
        version_id=offered.version_id,
        service_id=offered.service.id,
        state=step.state,
        phase=phases.of_state(offered.procedure.workflow, step.state),
        state_since=now,
        channel=CHANNEL,
        recorded_at=now,
        received_at=now,
        first_received_on=parcel.first_received_on,
        competent_received_on=receipt.received_on,
        answers=chosen.answers,
        applicant_name=parcel.applicant_name,
        contact_email=parcel.contact_email,
        tracking_code_hash=keyring_of(session).hash(codes.TRACKING, references.read_code(code) or ""),
        silence_rule=receipt.silence.rule if receipt.silence else "none",
        silence_on=receipt.silence.due_on if receipt.silence else None,
        silence_base_on=receipt.silence.due_on if receipt.silence else None,
        legal_parameters=receipt.parameters,
        on_paper=parcel.on_paper,
        helper=parcel.helper,
        is_report=parcel.is_report,
        transferred_from=parcel.source.name,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - just flushed
    row.answers = _with_copies(session, row, files, now)
    _record_arrival(session, authority, row, parcel, now)
    competent.acknowledge(session, authority, row, receipt, keyring_of(session).seal(code), now)
    refused = None
    if beginnings.concerns(offered.procedure.workflow, step):
        refused = _begin(session, authority, row.id, step, now)
    if title := elsewhere.told(chosen, refused):
        session.add(Task(authority_id=authority.id, submission_id=row.id, kind=TASK, title=title, opened_at=now))
    return reference


def _begin(session: Session, authority: AuthorityView, submission_id: int, step: Step, now: datetime) -> Invalid | None:
    """What the workflow does as soon as a demande is there; gives what kept it from taking what it asks for.

    What is not free here keeps nothing from arriving.
    """
    by = System(authority.id)
    try:
        with session.begin_nested():
            beginnings.begin(session, authority, submission_id, step, by=by, now=now)
    except Invalid as refused:
        rest = replace(step, actions=tuple(each for each in step.actions if each.type != "book"))
        beginnings.begin(session, authority, submission_id, rest, by=by, now=now)
        return refused
    return None


def arrived(session: Session, authority: AuthorityView, parcel: Parcel, reference: str) -> None:
    """Notes here under which reference the demande goes on there."""
    mine = (col(SubmissionLink.authority_id) == authority.id, col(SubmissionLink.id) == parcel.link_id)
    session.execute(update(SubmissionLink).where(*mine).values(other_reference=reference))


def tell_late(session: Session, authority: AuthorityView, parcel: Parcel, *, now: datetime) -> None:
    """Opens a task for what has not arrived for a day, once: nobody would look at a demande that is closed here."""
    mine = (col(SubmissionLink.authority_id) == authority.id, col(SubmissionLink.id) == parcel.link_id)
    link = session.execute(select(SubmissionLink).where(*mine).with_for_update()).scalar_one()
    title = f"La demande n’est pas arrivée à destination ({link.other_name[:60]}) : remettez-lui le dossier."
    known = select(col(Task.id)).where(
        col(Task.authority_id) == authority.id, col(Task.submission_id) == link.from_id, col(Task.title) == title
    )
    if now - link.at < _LATE_AFTER or link.from_id is None or session.execute(known).first() is not None:
        return
    session.add(Task(authority_id=authority.id, submission_id=link.from_id, kind=TASK, title=title, opened_at=now))


def _facts(act: Act, made: Transfer) -> TransferNotice:
    row = act.submission
    is_born = row.implied_on is not None or act.is_accepted_by_silence() or implied.is_due(act.authority, row, act.now)
    if row.phase not in phases.OPEN or is_born:
        raise Conflict("Cette demande a déjà sa décision, ou elle est close : elle ne se transmet plus.")
    if row.is_report and not row.contact_email:
        raise Conflict("Personne ne peut être prévenu : un signalement sans adresse ne se transmet pas ainsi.")
    to = made.to
    problems = []
    if not to.name.strip():
        problems.append(Problem("name", "required", "Écrivez le nom de l’administration compétente."))
    if not (to.postal_address or to.email or to.telephone):
        problems.append(Problem("address", "required", "Donnez une adresse ou un téléphone de cette administration."))
    if len(made.note) > 2000:
        problems.append(Problem("note", "too_long", "Raccourcissez votre message à 2000 caractères."))
    if problems:
        raise Invalid("La transmission est incomplète.", problems)
    common = {key: value for key, value in decisions.common(act).items() if key != "received_on"}
    return letters.build(
        **common,
        first_received_on=row.first_received_on,
        transferred_at=act.now,
        agent=act.actor_contact(),
        to=to,
        silence_terms=act.procedure.silence_for(row.answers),
        suspensions=[_ended(one, act.today()) for one in act.suspensions(act.requests())],
        note=made.note.strip(),
        has_receipt=not row.is_report,
        was_waiting=any(one.answered_at is None for one in act.requests()),
    )


def _ended(one: Suspension, today: date) -> Suspension:
    """A request for documents that nobody answers here any more: the clock of rejection runs again from that day."""
    return one if one.completed_on is not None else replace(one, completed_on=today)


def _parcel(session: Session, authority: AuthorityView, link: SubmissionLink, row: Submission) -> Parcel:
    assert link.id is not None and row.id is not None and link.other_authority_id is not None  # noqa: S101 - read
    files = attachments.of_submission(session, authority.id, row.id)
    return Parcel(
        link_id=link.id,
        source=authority,
        to_id=link.other_authority_id,
        reference=row.reference,
        slug=catalogue.version(session, authority.id, row.version_id).slug,
        channel=competent.origin(session, row),
        answers=row.current_answers,
        applicant_name=row.applicant_name,
        contact_email=row.contact_email,
        first_received_on=row.first_received_on,
        on_paper=row.on_paper,
        helper=row.helper,
        is_report=row.is_report,
        silence_on=row.silence_on,
        files=[file for file in files if file.is_readable and file.sender == "citizen"],
        is_whole=not any(file.is_waiting for file in files if file.sender == "citizen"),
    )


def _arrived(session: Session, authority_id: int, parcel: Parcel) -> str:
    """The reference under which it arrived at an earlier call, or ""."""
    table = SubmissionLink
    statement = (
        select(col(Submission.reference))
        .join(table, col(table.to_id) == col(Submission.id))
        .where(
            col(table.authority_id) == authority_id,
            col(table.kind) == LINK,
            col(table.other_authority_id) == parcel.source.id,
            col(table.other_reference) == parcel.reference,
        )
    )
    return session.execute(statement).scalar_one_or_none() or ""


def _with_copies(
    session: Session, row: Submission, files: Sequence[tuple[AttachmentView, StoredFile]], now: datetime
) -> dict[str, Any]:
    """The answers, which show the files as they are kept here."""
    owner: dict[str, Any] = {"authority_id": row.authority_id, "submission_id": row.id}
    keys = {}
    for sent, copy in files:
        (keys[sent.public_id],) = attachments.add(session, [copy], **owner, field=sent.field, now=now)
    return dict(_renamed(row.answers, keys))


def _renamed(value: Any, keys: Mapping[str, str]) -> Any:
    """The same answers, the files that they show under their new names."""
    if isinstance(value, Mapping):
        said = {name: _renamed(each, keys) for name, each in value.items()}
        return said | {"id": keys[said["id"]]} if said.get("id") in keys and "size" in said else said
    return [_renamed(each, keys) for each in value] if isinstance(value, list) else value


def _record_arrival(session: Session, authority: AuthorityView, row: Submission, parcel: Parcel, now: datetime) -> None:
    assert row.id is not None  # noqa: S101 - flushed
    session.add(
        SubmissionLink(
            authority_id=authority.id,
            kind=LINK,
            to_id=row.id,
            other_authority_id=parcel.source.id,
            other_name=parcel.source.name,
            other_reference=parcel.reference,
            at=now,
        )
    )
    events.record(
        session,
        Kind.RECEIVED,
        authority_id=authority.id,
        submission_id=row.id,
        sequence=1,
        state=row.state,
        by=System(authority.id),
        at=now,
        data={
            "channel": row.channel,
            competent.ORIGIN: parcel.channel,
            "silence_on": row.silence_on,
            "from": parcel.source.id,
            "from_reference": parcel.reference,
            "first_received_on": parcel.first_received_on,
        },
    )
