"""A demande filled in and filed by a helper: declared before, told to the person concerned, who may object.

The person concerned is the applicant (CRPA R112-9-1); what they have not agreed to is cut at their word, and their
demande stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission
from grc.authorities.views import AuthorityView
from grc.citizens import accounts
from grc.db import keyring_of
from grc.errors import Conflict, Invalid
from grc.forms.definition import Answers, Form
from grc.franceconnect.claims import PivotIdentity
from grc.outbox.post import Posting, take_back
from grc.receipts import Acknowledgement, PaperReceipt, ReportNotice
from grc.receipts import helping as receipts
from grc.sessions import commands as sessions
from grc.sessions import held
from grc.submissions import codes, drafts, helpers, letters, notices, prefill
from grc.submissions.acts import Act
from grc.submissions.drafts import DraftView, Started
from grc.submissions.events import Kind
from grc.submissions.helpers import QUALITIES, Helper
from grc.submissions.models import Draft, Event, Notice, Submission, Task
from grc.submissions.queries import Whole, find_for_change

Json = Any
NOTICE = "filed_for_you"
_RECEIPTS = ("acknowledgement", "paper_receipt", "registration", "report")
CONTESTED = "helper_contested"
"""The task of the service when a helper's agreement is denied."""
NOT_THEIRS = (
    "C’est dans ce navigateur, ou avec ce compte, que la demande a été déposée. La personne concernée le dit depuis un "
    "autre appareil, avec son code de suivi, ou au service."
)


def account_of(session: Session, by: Visitor) -> PivotIdentity | None:
    """Who FranceConnect says is signed in in this browser: most often the helper."""
    return prefill.account(session, by.authority_id, by.citizen_id)


def begin(
    session: Session,
    authority: AuthorityView,
    slug: str,
    said: Mapping[str, str],
    *,
    client: str,
    link: Mapping[str, str],
    by: Visitor,
    now: datetime,
) -> Started:
    """A new draft that a helper fills in; raises what `drafts.start` does, Invalid with what they declared wrong."""
    helper = _declared(session, authority, said, by=by, now=now)
    return drafts.start(session, slug, client=client, link=link, helper=helper.as_json(), by=by, now=now)


def declare(
    session: Session, authority: AuthorityView, public_id: str, said: Mapping[str, str], *, by: Visitor, now: datetime
) -> DraftView:
    """The draft, filled in by this helper from now on; what the account, or its profile, had told goes.

    Raises NotFound, Conflict once it was sent, Invalid with what is wrong.
    """
    return _held_by(session, authority, public_id, _declared(session, authority, said, by=by, now=now), by=by, now=now)


def forget(session: Session, authority: AuthorityView, public_id: str, *, by: Visitor, now: datetime) -> DraftView:
    """The draft, filled in by the applicant: what their account knows stands again."""
    return _held_by(session, authority, public_id, None, by=by, now=now)


def require_agreement(stored: Mapping[str, Json] | None) -> None:
    """Raises Conflict where a helper has not said to have the person's agreement to this very demande."""
    helper = Helper.of(stored)
    if helper is not None and not helper.mandated_on:
        raise Conflict("Dites d’abord si la personne que vous aidez est d’accord avec cette demande.")


def as_event(stored: Mapping[str, Json] | None) -> dict[str, str]:
    """What the journal keeps of a helper: in what quality, and what stands behind it; {} without one."""
    helper = Helper.of(stored)
    return {} if helper is None else {"helper": helper.quality, "helper_vouched": helper.vouched_by}


def is_on_paper(stored: Mapping[str, Json] | None, email: str) -> bool:
    """Whether the person helped gave no address but the helper's: decisions come to them by post."""
    helper = Helper.of(stored)
    return helper is not None and helper.writes_at(email)


def may_see_code(stored: Mapping[str, Json] | None, receipt: object, *, by: Visitor) -> bool:
    """Whether the browser that files is shown the tracking code: not a helper's, for the person gets it.

    A report names nobody to whom it could go, and an agent at the desk hands it over.
    """
    return stored is None or isinstance(receipt, ReportNotice) or by.agent is not None


def tell(
    session: Session,
    authority: AuthorityView,
    receipt: Acknowledgement | ReportNotice | PaperReceipt,
    *,
    submission_id: int,
    helper: Mapping[str, Json] | None,
    to: str,
    sealed: str,
    now: datetime,
) -> None:
    """Tells the person helped who filed for them: by mail to their own address, else by a letter to print and post.

    sealed: the tracking code, which that letter says. Nobody is told of a report: it names nobody.
    """
    who = Helper.of(helper)
    if who is None or isinstance(receipt, ReportNotice):
        return
    row = session.get_one(Submission, submission_id)
    facts = receipts.build(
        reference=receipt.reference,
        authority=receipt.authority,
        procedure_title=receipt.procedure_title,
        addressee=row.applicant_name,
        helper=who.name,
        quality=QUALITIES.get(who.quality, ""),
        organisation=who.organisation,
        filed_at=now,
        zone=authority.zone,
        service=receipt.service,
    )
    owner = {"authority_id": authority.id, "submission_id": submission_id}
    notice_id = notices.fix(session, facts, **owner, name=NOTICE, now=now)
    if not to or who.writes_at(to):
        notices.print_later(session, row, notice_id, now=now)
        letters.await_with_secret(session, row, notice_id, facts.KIND, sealed, now)
    else:
        notices.send(session, row, [Posting(notice_id, facts.KIND)], now=now)


def is_helper(session: Session, row: Submission, by: Visitor) -> bool:
    """Whether this is the helper, in the account or in the browser that filed: what is the person's alone is closed."""
    helper = Helper.of(row.helper)
    if helper is None or not helper.has_own_account:
        return False
    if by.citizen_id is not None and by.citizen_id == row.citizen_id:
        return True
    mine = (col(Draft.authority_id) == row.authority_id, col(Draft.submission_id) == row.id)
    statement = select(col(Draft.id)).where(*mine, col(Draft.session_id) == (by.session_id or 0)).limit(1)
    return session.execute(statement).scalar_one_or_none() is not None


def may_object(session: Session, row: Submission, *, by: Visitor) -> bool:
    """Whether it may be the person: neither the helper, nor the person's account as Aidants Connect last opened it."""
    is_in_mandate = by.citizen_id is not None and by.citizen_id == row.citizen_id
    if is_in_mandate and helpers.is_of_aidants_connect(account_of(session, by)):
        return False
    return not is_helper(session, row, by)


def is_contested(found: Whole) -> bool:
    """Whether the person helped said that they had not agreed."""
    return any(event.kind == Kind.HELPER_CONTESTED for event in found.events)


def contest(
    session: Session, authority: AuthorityView, reference: str, *, by: Visitor | AgentActor, now: datetime
) -> str:
    """The new tracking code, once the helper's access is cut: their account, their browsers and the old code.

    The demande stays as it was filed; the service gets a task. An agent who hears the objection may do it too. Raises
    NotFound, Conflict where nobody helped, it was done before, or the helper asks: the new code would be theirs.
    """
    row = find_for_change(session, authority, by, reference, revision=None, to=Permission.SUBMISSION_HANDLE)
    if isinstance(by, Visitor) and not may_object(session, row, by=by):
        raise Conflict(NOT_THEIRS)
    helper = Helper.of(row.helper)
    if helper is None:
        raise Conflict("Personne n’a déposé cette demande pour quelqu’un d’autre.")
    act = Act(session, authority, row, by=by, now=now)
    if _was_contested(act):
        raise Conflict("L’accès de cette personne est déjà coupé.")
    code = _cut(act, helper)
    act.record(Kind.HELPER_CONTESTED, {"helper": helper.quality})
    _send_code(act, code)
    session.add(
        Task(
            authority_id=authority.id,
            submission_id=act.id,
            kind=CONTESTED,
            title="La personne dit ne pas avoir donné son accord à l’aidant : contactez-la.",
            opened_at=now,
        )
    )
    return code


def _was_contested(act: Act) -> bool:
    mine = (col(Event.authority_id) == act.authority.id, col(Event.submission_id) == act.id)
    statement = select(col(Event.id)).where(*mine, col(Event.kind) == str(Kind.HELPER_CONTESTED)).limit(1)
    return act.session.execute(statement).scalar_one_or_none() is not None


def _cut(act: Act, helper: Helper) -> str:
    """Takes the demande from the helper, and the page that confirmed it; gives the code that opens it from now on.

    Where the account is the person's, its other sessions end: one of them is the helper's.
    A mail on its way to the helper's own address stops; from now on everything goes by post, until the person gives an
    address of theirs.
    """
    row, by = act.submission, act.by
    here = by.session_id if isinstance(by, Visitor) else None
    if helper.has_own_account:
        row.citizen_id = None
    elif row.citizen_id is not None:
        held.close_of_citizen(act.session, act.authority.id, row.citizen_id, but=here)
    sessions.revoke(act.session, act.authority.id, act.id, but=here)
    row.helper = replace(helper, is_copied=False).as_json()
    code, keyring = references.new_code(), keyring_of(act.session)
    row.tracking_code_hash = keyring.hash(codes.TRACKING, references.read_code(code) or "")
    shown = (col(Draft.authority_id) == act.authority.id, col(Draft.submission_id) == act.id)
    theirs = {"citizen_id": None} if helper.has_own_account else {}
    act.session.execute(update(Draft).where(*shown).values(sealed_code=None, session_id=None, **theirs))
    letters.forget_secrets(act.session, row)
    if helper.writes_at(row.contact_email):
        take_back(act.session, authority_id=act.authority.id, submission_id=act.id, now=act.now)
        row.contact_email, row.on_paper = "", True
    return code


def _send_code(act: Act, code: str) -> None:
    """Mails the new code to the person's own address, where there is one."""
    mine = (col(Notice.authority_id) == act.authority.id, col(Notice.submission_id) == act.id)
    statement = select(col(Notice.id)).where(*mine, col(Notice.name).in_(_RECEIPTS)).order_by(col(Notice.id)).limit(1)
    receipt = act.session.execute(statement).scalar_one_or_none()
    if act.submission.contact_email and receipt is not None:
        sealed = keyring_of(act.session).seal(code)
        posting = Posting(int(receipt), "tracking_code", sealed_secret=sealed)
        notices.send(act.session, act.submission, [posting], now=act.now)


def _declared(
    session: Session, authority: AuthorityView, said: Mapping[str, str], *, by: Visitor, now: datetime
) -> Helper:
    helper, problems = helpers.read(said, today=clock.day_in(authority.zone, now), account=account_of(session, by))
    if problems:
        raise Invalid("Il manque des informations sur vous.", list(problems))
    return helper


def _held_by(
    session: Session,
    authority: AuthorityView,
    public_id: str,
    helper: Helper | None,
    *,
    by: Visitor,
    now: datetime,
) -> DraftView:
    as_of, account = clock.day_in(authority.zone, now), account_of(session, by)
    kept = accounts.profile(session, by.authority_id, by.citizen_id) if by.citizen_id is not None else None

    def told(form: Form, answers: Answers) -> Answers:
        if helper is not None and helper.has_own_account:
            answers = prefill.without_roles(form, answers, (kept or {}).get)
            return prefill.disowned(form, answers, account, as_of=as_of)
        return prefill.completed(form, answers, account, as_of=as_of)

    draft = drafts.complete(session, public_id, told, by=by, now=now)
    stored = None if helper is None else helper.as_json()
    session.execute(update(Draft).where(col(Draft.id) == draft.id).values(helper=stored))
    return drafts.find(session, public_id, by=by)
