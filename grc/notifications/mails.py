"""What mail an outbox entry stands for: its notice, its addressee, its one link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session

from grc import clock, receipts
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.catalogue.publishing import contact
from grc.db import Prepared, keyring_of
from grc.notifications import accounts, addressees, links
from grc.notifications.accounts import NotWanted
from grc.outbox.delivery import Claimed
from grc.outbox.post import LINK
from grc.receipts import Acknowledgement, PaperReceipt, RegistrationReceipt, ReportNotice
from grc.submissions import expiry
from grc.submissions.models import Draft, Notice, Submission

__all__ = ["Mail", "NotWanted", "of_entry", "require_wanted"]

_SUBMISSION = Submission.__table__  # type: ignore[attr-defined]
_NOTICE = Notice.__table__  # type: ignore[attr-defined]
_FIND = Prepared(
    select(
        _SUBMISSION.c.contact_email,
        _SUBMISSION.c.service_id,
        _SUBMISSION.c.reference,
        _SUBMISSION.c.silence_on,
        _SUBMISSION.c.received_at,
        _NOTICE.c.facts,
    )
    .join_from(_NOTICE, _SUBMISSION, _SUBMISSION.c.id == _NOTICE.c.submission_id)
    .where(_NOTICE.c.authority_id == bindparam("authority"), _NOTICE.c.id == bindparam("notice"))
)

_First = Acknowledgement | ReportNotice | RegistrationReceipt | PaperReceipt
"""What tells that a demande was received, and gives the mails that follow from that."""


@dataclass(frozen=True)
class Mail:
    """Everything that composing needs, read in one transaction and used outside of it."""

    authority: AuthorityView
    notice: receipts.Notice
    to: str
    link: str


def require_wanted(session: Session, entry: Claimed) -> None:
    """Raises NotWanted for a mail that nobody waits for any more, whose bytes an earlier attempt may have frozen."""
    if entry.draft_id is not None:
        _draft_waiting(session, entry.draft_id)
    if entry.recipient.startswith(LINK):
        accounts.waiting(session, entry)


def of_entry(session: Session, entry: Claimed, *, base_url: str) -> Mail:
    """The mail of an entry, to the address that the submission, the service or the draft has now; raises NotWanted."""
    if entry.draft_id is not None:
        return _of_draft(session, entry, entry.draft_id, base_url)
    if entry.recipient.startswith(LINK):
        authority = authorities.authority(session, entry.authority_id)
        return Mail(authority, *accounts.of_entry(session, entry, authority, base_url))
    submission = _FIND.one(session, {"authority": entry.authority_id, "notice": entry.notice_id})
    authority = authorities.authority(session, entry.authority_id)
    stored = receipts.from_json(submission.facts)
    notice = _derived(session, entry, stored, submission)
    to = submission.contact_email
    if entry.recipient == "service":
        to = authorities.service(session, entry.authority_id, submission.service_id).email or authority.email
    elif entry.recipient != "citizen":
        to = addressees.address_of(session, entry)
        if not to:
            raise NotWanted
    return Mail(authority, notice, to, _link(entry, authority, base_url, submission.reference))


def _draft_waiting(session: Session, draft_id: int) -> Draft:
    row = session.get(Draft, draft_id)
    if row is None or row.submission_id is not None or row.notified_at is None:
        raise NotWanted
    return row


def _of_draft(session: Session, entry: Claimed, draft_id: int, base_url: str) -> Mail:
    """The notice that a draft is about to be deleted. Its link opens a list, never the draft: a mail may be read by
    others, and what a draft holds is for the browser, the account or the code that it belongs to.
    """
    row = _draft_waiting(session, draft_id)
    to = expiry.address_of(session, row)
    if not to:
        raise NotWanted
    authority = authorities.authority(session, entry.authority_id)
    notice = receipts.DraftExpiring(
        authority=authority.name,
        procedure_title=catalogue.version(session, entry.authority_id, row.version_id).title,
        saved_on=clock.day_in(authority.zone, row.saved_at),
        deleted_on=clock.day_in(authority.zone, row.expires_at),
    )
    return Mail(authority, notice, to, links.mine(authority, base_url))


def _derived(session: Session, entry: Claimed, stored: receipts.Notice, submission: Row[Any]) -> receipts.Notice:
    """The notice itself, or the mail that follows from a receipt: its code, its copy, the word to the service."""
    if entry.kind == stored.KIND or not isinstance(stored, _First):
        return stored
    service = _service_of(session, entry, stored, submission)
    if entry.kind == "tracking_code":
        return receipts.TrackingCodeNotice(
            reference=stored.reference,
            authority=stored.authority,
            procedure_title=stored.procedure_title,
            code=keyring_of(session).open(entry.sealed_secret or ""),
            service=service,
            is_report=isinstance(stored, ReportNotice),
        )
    if entry.kind == "receipt_copy" and isinstance(stored, Acknowledgement):
        return receipts.ReceiptCopy(stored, copied_at=entry.created_at)
    return receipts.NewSubmissionNotice(
        reference=stored.reference,
        authority=stored.authority,
        procedure_title=stored.procedure_title,
        received_at=submission.received_at,
        zone=stored.zone,
        service_name=service.name,
        answer_before=submission.silence_on,
        is_report=isinstance(stored, ReportNotice),
    )


def _service_of(session: Session, entry: Claimed, stored: _First, submission: Row[Any]) -> receipts.ServiceContact:
    """The service that a receipt names; a registration names none: the one in charge now."""
    if isinstance(stored, RegistrationReceipt):
        return contact(authorities.service(session, entry.authority_id, submission.service_id))
    return stored.service


def _link(entry: Claimed, authority: AuthorityView, base_url: str, reference: str) -> str:
    if entry.recipient == "service" or entry.recipient.startswith((addressees.AGENT, addressees.SERVICE)):
        return links.agent_submission(authority, base_url, reference)
    if entry.kind == "tracking_code":
        return links.track(authority, base_url)
    if entry.kind in ("documents_requested", "documents_reminder"):
        return links.complement(authority, base_url, reference)
    return links.submission(authority, base_url, reference)
