"""Files a demande: submission, receipt's facts, event, mails to send, in one transaction. The hot path: Core only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlmodel import Session

from grc import clock, references
from grc.access.actors import Visitor
from grc.attachments import commands as attachments
from grc.authorities.models import Service
from grc.authorities.views import AuthorityView
from grc.bookings import commands as booking_commands
from grc.bookings import queries as bookings
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure
from grc.conditions import value_at
from grc.db import Prepared, keyring_of
from grc.errors import Invalid, NotFound, Problem
from grc.forms import answers as form_answers
from grc.outbox.post import Posting, post
from grc.receipts import Exemption, PaperReceipt, acknowledgement, report
from grc.receipts.acknowledgement import Acknowledgement
from grc.receipts.parts import ServiceContact
from grc.receipts.registration import RegistrationReceipt
from grc.receipts.report import ReportNotice
from grc.sessions import limits
from grc.sessions.models import BrowserSession
from grc.submissions import (
    appeals,
    applicants,
    beginnings,
    codes,
    desk,
    drafts,
    events,
    helping,
    notices,
    phases,
    prefill,
    profile,
    registering,
)
from grc.submissions.appeals import Attacked
from grc.submissions.models import Draft, Submission
from grc.workflow import engine

CODE_PURPOSE = codes.TRACKING
Receipt = Acknowledgement | ReportNotice | PaperReceipt
SHORTEST_FILLING = timedelta(seconds=3)
"""Nobody answers every page faster: a program did. No third-party captcha is needed."""

_DRAFT = Draft.__table__  # type: ignore[attr-defined]
_SUBMISSION = Submission.__table__  # type: ignore[attr-defined]
_PROCEDURE = InstalledProcedure.__table__  # type: ignore[attr-defined]
_SERVICE = Service.__table__  # type: ignore[attr-defined]
_SESSION = BrowserSession.__table__  # type: ignore[attr-defined]

_FIND = Prepared(
    select(
        _DRAFT.c.id,
        _DRAFT.c.authority_id,
        _DRAFT.c.version_id,
        _DRAFT.c.procedure_id,
        _DRAFT.c.session_id,
        _DRAFT.c.citizen_id,
        _DRAFT.c.answers,
        _DRAFT.c.created_at,
        _DRAFT.c.submission_id,
        _DRAFT.c.attacks_id,
        _DRAFT.c.link_id,
        _DRAFT.c.helper,
        _DRAFT.c.channel,
        _DRAFT.c.agent_id,
        _DRAFT.c.stamped_on,
        _SERVICE.c.id.label("service_id"),
        _SERVICE.c.name.label("service_name"),
        _SERVICE.c.email,
        _SERVICE.c.postal_address,
        _SERVICE.c.telephone,
        _SERVICE.c.hours,
    )
    .join_from(_DRAFT, _PROCEDURE, _PROCEDURE.c.id == _DRAFT.c.procedure_id)
    .join(_SERVICE, _SERVICE.c.id == _PROCEDURE.c.service_id)
    .where(_DRAFT.c.authority_id == bindparam("authority_id"), _DRAFT.c.public_id == bindparam("public_id"))
    .with_for_update(of=_DRAFT)
)
_INSERT = Prepared(insert(_SUBMISSION).returning(_SUBMISSION.c.id))
_BECOME = Prepared(
    update(_DRAFT)
    .where(_DRAFT.c.id == bindparam("draft_id"))
    .values(
        submission_id=bindparam("became"),
        sealed_code=bindparam("sealed"),
        saved_at=bindparam("at"),
        answers={},
        helper=None,
        unfinished=None,
        code_hash=None,
    )
)
_GRANT = Prepared(update(_SESSION).where(_SESSION.c.id == bindparam("holder")).values(granted=bindparam("submissions")))


@dataclass(frozen=True)
class Said:
    """What is filed: the answers, where receipts go ("": on paper), who asks, and what the journal keeps of them.

    is_report: no receipt is owed. exemption: why none is owed for this demande, which came to the desk.
    """

    answers: Mapping[str, Any]
    email: str
    name: str
    is_report: bool = False
    identity: Mapping[str, Any] = field(default_factory=dict)
    exemption: Exemption | None = None


@dataclass(frozen=True)
class Filed:
    """What the final POST did: a submission (is_new unless it was sent before), or problems to correct."""

    submission_id: int | None
    is_new: bool = False
    problems: tuple[Problem, ...] = ()


def submit(
    session: Session,
    authority: AuthorityView,
    public_id: str,
    *,
    client: str,
    exemption: Exemption | None = None,
    by: Visitor,
    now: datetime,
) -> Filed:
    """Files the draft once: a second POST finds what the first one made. client: the address that limits count.

    exemption: why the agent at the desk owes it no receipt (R112-4). Raises NotFound for a draft that is not the
    visitor's, Invalid for one filled faster than a person can or wrongly exempted, TooMany.
    Source: CRPA L112-8, L112-11 (receipt at once), R112-11-1 (its mentions).
    """
    draft = _found(session, public_id, by=by)
    if draft.submission_id is not None:
        return Filed(draft.submission_id)
    if by.agent is None and now - draft.created_at < SHORTEST_FILLING:
        raise Invalid("Votre demande est arrivée trop vite pour être relue. Attendez quelques secondes et réessayez.")
    helping.require_agreement(draft.helper)
    procedure = catalogue.version(session, by.authority_id, draft.version_id).entered_by(draft.channel)
    as_of = draft.stamped_on or clock.day_in(authority.zone, now)
    known = prefill.of_applicant(session, by.authority_id, draft.citizen_id, draft.helper)
    answers, problems = form_answers.settled(
        procedure.form,
        prefill.imposed(procedure.form, draft.answers, known, as_of=as_of),
        as_of=as_of,
        lists=bookings.offered(session, by.authority_id, procedure),
    )
    problems = problems or booking_commands.refusals(session, authority, procedure, answers, by=by, now=now)
    if problems:
        return Filed(None, problems=problems)
    email = procedure.form.email_of(answers) or ""
    limit(session, authority, client=client if by.agent is None else f"agent:{by.agent.id}", email=email, now=now)
    if exemption is not None:
        desk.require_exemption(exemption, procedure, answers, recours=draft.attacks_id is not None)
    identity = {
        "identity": applicants.identity(known, procedure, answers),
        "verified": prefill.verified(procedure.form, answers, known, as_of=as_of),
    }
    name, lacks_identity = applicants.name(procedure, answers), applicants.is_report(procedure, answers, draft.channel)
    said = Said(answers, email, name, lacks_identity, identity, exemption)
    return Filed(_store(session, authority, draft, procedure, said, by=by, now=now), is_new=True)


def submit_unjudged(
    session: Session, authority: AuthorityView, public_id: str, said: Said, *, by: Visitor, now: datetime
) -> int:
    """Files a draft of the desk whose answers are on scanned pages, unjudged; gives the submission's key."""
    draft = _found(session, public_id, by=by)
    procedure = catalogue.version(session, by.authority_id, draft.version_id).entered_by(draft.channel)
    return _store(session, authority, draft, procedure, said, by=by, now=now)


def _found(session: Session, public_id: str, *, by: Visitor) -> Row[Any]:
    draft: Row[Any] | None = _FIND.one(session, {"authority_id": by.authority_id, "public_id": public_id})
    if draft is None or not drafts.holds(session, draft, by):
        raise NotFound("Ce brouillon n’existe pas, ou il a expiré. Reprenez-le avec son code, ou recommencez.")
    return draft


def limit(session: Session, authority: AuthorityView, *, client: str, email: str, now: datetime) -> None:
    """Mail that anyone can trigger is counted by sender and by recipient; a report may have none."""
    hits = [(limits.FILINGS, client), *([(limits.RECEIPTS_PER_ADDRESS, email.lower())] if email else [])]
    limits.hit(session, *hits, authority_id=authority.id, now=now)


def _store(
    session: Session,
    authority: AuthorityView,
    draft: Row[Any],
    procedure: Procedure,
    said: Said,
    *,
    by: Visitor,
    now: datetime,
) -> int:
    keyring, answers, email = keyring_of(session), said.answers, said.email
    code = references.new_code()
    sealed = keyring.seal(code)
    reference = references.new_reference((draft.stamped_on or clock.day_in(authority.zone, now)).year)
    target = None if draft.attacks_id is None else appeals.attacked(session, authority.id, draft.attacks_id)
    receipt = _receipt(authority, draft, procedure, said, reference, target, by=by, now=now)
    step = engine.initial(procedure.workflow, beginnings.context(answers, draft.channel))
    submission_id = _insert(
        session,
        authority,
        draft,
        receipt,
        answers=answers,
        state=step.state,
        phase=phases.of_state(procedure.workflow, step.state),
        applicant_name=said.name,
        email=email,
        code_hash=keyring.hash(CODE_PURPOSE, references.read_code(code) or ""),
        received_at=desk.received_at(authority.zone, draft.stamped_on, now),
        now=now,
    )
    sent, notice_id = _fixed(session, authority, receipt, submission_id=submission_id, now=now)
    events.record(
        session,
        events.Kind.RECEIVED,
        authority_id=authority.id,
        submission_id=submission_id,
        sequence=1,
        state=step.state,
        by=by.author,
        at=now,
        data={
            "channel": draft.channel,
            "silence_on": receipt.silence.due_on if receipt.silence else None,
            "report": isinstance(receipt, ReportNotice),
            **said.identity,
            **helping.as_event(draft.helper),
            **desk.as_event(draft.stamped_on, said.exemption),
        },
    )
    mails = _mails(sent, notice_id, sealed, said, draft.helper)
    post(session, mails, authority_id=authority.id, submission_id=submission_id, now=now)
    if isinstance(receipt, PaperReceipt):
        desk.hand_over(session, submission_id, notice_id, exemption=said.exemption, by=by, now=now)
    told = {"submission_id": submission_id, "helper": draft.helper, "to": email, "sealed": sealed}
    helping.tell(session, authority, receipt, **told, now=now)
    if draft.link_id is not None:
        beginnings.come_from(session, authority.id, draft.link_id, submission_id)
    if beginnings.concerns(procedure.workflow, step):
        beginnings.begin(session, authority, submission_id, step, by=by.author, now=now)
    files = _files_in(procedure, answers)
    if files:
        attachments.hand_over(session, authority.id, draft.id, submission_id, files)
    if target is not None:
        appeals.attach(session, authority, target, submission_id, by=by.author, now=now)
    shown = sealed if helping.may_see_code(draft.helper, receipt, by=by) else None
    if draft.helper is None:
        profile.remember(session, authority.id, draft.citizen_id, procedure.form, answers)
    _BECOME.run(session, {"draft_id": draft.id, "became": submission_id, "sealed": shown, "at": now})
    _grant(session, submission_id, by=by)
    return submission_id


def _grant(session: Session, submission_id: int, *, by: Visitor) -> None:
    """Opens the submission to the citizen's browser that filed it; an agent has other rights."""
    if by.session_id is not None and by.agent is None:
        granted = sorted({*by.granted, submission_id})[-20:]
        _GRANT.run(session, {"holder": by.session_id, "submissions": granted})


def _fixed(
    session: Session, authority: AuthorityView, receipt: Receipt, *, submission_id: int, now: datetime
) -> tuple[Receipt | RegistrationReceipt, int]:
    """What is sent at once, with the key of its notice: the receipt, or the registration if it would be incomplete."""
    if isinstance(receipt, Acknowledgement) and receipt.missing_mentions():
        return registering.instead_of(session, authority, receipt, submission_id=submission_id, now=now)
    owner = {"authority_id": authority.id, "submission_id": submission_id}
    return receipt, notices.fix(session, receipt, **owner, name=receipt.KIND, now=now)


def _mails(
    receipt: Receipt | RegistrationReceipt, notice_id: int, sealed: str, said: Said, helper: Mapping[str, Any] | None
) -> list[Posting]:
    """The receipt, unless none is owed or it is printed; the code, to the person's address; the word to the service."""
    gets_code = bool(said.email) and not helping.is_on_paper(helper, said.email)
    code = [Posting(notice_id, "tracking_code", sealed_secret=sealed)] if gets_code else []
    is_printed = isinstance(receipt, PaperReceipt) and not said.email
    is_owed = not (isinstance(receipt, ReportNotice) or is_printed or said.exemption is not None)
    owed = [Posting(notice_id, receipt.KIND)] if is_owed else []
    return [*owed, *code, Posting(notice_id, "new_submission", recipient="service")]


def _receipt(
    authority: AuthorityView,
    draft: Row[Any],
    procedure: Procedure,
    said: Said,
    reference: str,
    target: Attacked | None,
    *,
    by: Visitor,
    now: datetime,
) -> Receipt:
    facts: dict[str, Any] = {
        "reference": reference,
        "authority": authority.name,
        "procedure_title": procedure.title,
        "zone": authority.zone,
        "service": ServiceContact(
            name=draft.service_name,
            email=draft.email,
            postal_address=tuple(draft.postal_address),
            telephone=draft.telephone,
            hours=draft.hours,
        ),
    }
    received_at = desk.received_at(authority.zone, draft.stamped_on, now)
    if said.is_report:
        return report.build(received_at=received_at, **facts)
    facts["silence_terms"] = procedure.silence_for(said.answers)
    facts["appeal_terms"] = procedure.appeal_for(said.answers)
    if target is not None:
        facts["attacked"] = target.named(authority.zone)
    if by.agent is None:
        return acknowledgement.build(received_at=received_at, **facts)
    facts["service"] = notices.by_post(facts["service"], authority)
    return desk.receipt(
        by.agent, channel=draft.channel, received_on=draft.stamped_on, addressee=said.name, issued_at=now, **facts
    )


def _insert(
    session: Session,
    authority: AuthorityView,
    draft: Row[Any],
    receipt: Receipt,
    *,
    answers: Mapping[str, Any],
    state: str,
    phase: str,
    applicant_name: str,
    email: str,
    code_hash: str,
    received_at: datetime,
    now: datetime,
) -> int:
    silence_on = receipt.silence.due_on if receipt.silence else None
    values = {
        "authority_id": authority.id,
        "reference": receipt.reference,
        "procedure_id": draft.procedure_id,
        "version_id": draft.version_id,
        "service_id": draft.service_id,
        "citizen_id": draft.citizen_id,
        "state": state,
        "phase": phase,
        "state_since": now,
        "revision": 1,
        "channel": draft.channel,
        "recorded_at": now,
        "received_at": received_at,
        "first_received_on": receipt.received_on,
        "competent_received_on": receipt.received_on,
        "answers": answers,
        "answers_format": 1,
        "applicant_name": applicant_name,
        "contact_email": email,
        "tracking_code_hash": code_hash,
        "silence_rule": receipt.silence.rule if receipt.silence else "none",
        "silence_on": silence_on,
        "silence_base_on": silence_on,
        "legal_parameters": receipt.parameters,
        "is_report": isinstance(receipt, ReportNotice),
        "on_paper": helping.is_on_paper(draft.helper, email) or (isinstance(receipt, PaperReceipt) and not email),
        "entered_by_id": draft.agent_id,
        "transferred_from": "",
        "helper": draft.helper,
    }
    return int(_INSERT.scalar(session, values))


def _files_in(procedure: Procedure, answers: Mapping[str, Any]) -> list[str]:
    """The public ids of the files that these answers show."""
    fields = (field for field in procedure.form.fields if field.kind == "file")
    return [str(file["id"]) for field in fields for file in value_at(answers, field.path) or ()]
