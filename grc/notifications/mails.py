"""What mail an outbox entry stands for: its notice, its addressee, its one link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session

from grc import receipts
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.db import Prepared, keyring_of
from grc.notifications import links
from grc.outbox.delivery import Claimed
from grc.receipts import Acknowledgement
from grc.submissions.models import Notice, Submission

_SUBMISSION = Submission.__table__  # type: ignore[attr-defined]
_NOTICE = Notice.__table__  # type: ignore[attr-defined]
_FIND = Prepared(
    select(
        _SUBMISSION.c.contact_email,
        _SUBMISSION.c.service_id,
        _SUBMISSION.c.reference,
        _SUBMISSION.c.silence_on,
        _NOTICE.c.facts,
    )
    .join_from(_NOTICE, _SUBMISSION, _SUBMISSION.c.id == _NOTICE.c.submission_id)
    .where(_NOTICE.c.authority_id == bindparam("authority"), _NOTICE.c.id == bindparam("notice"))
)


@dataclass(frozen=True)
class Mail:
    """Everything that composing needs, read in one transaction and used outside of it."""

    authority: AuthorityView
    notice: receipts.Notice
    to: str
    link: str


def of_entry(session: Session, entry: Claimed, *, base_url: str) -> Mail:
    """The mail of an entry, to the address that the submission or the service has now."""
    submission = _FIND.one(session, {"authority": entry.authority_id, "notice": entry.notice_id})
    authority = authorities.authority(session, entry.authority_id)
    stored = receipts.from_json(submission.facts)
    notice = _derived(session, entry, stored, submission)
    to = submission.contact_email
    if entry.recipient == "service":
        to = authorities.service(session, entry.authority_id, submission.service_id).email or authority.email
    return Mail(authority, notice, to, _link(entry, authority, base_url, submission.reference))


def _derived(session: Session, entry: Claimed, stored: receipts.Notice, submission: Row[Any]) -> receipts.Notice:
    """The notice itself, or the mail that follows from a receipt: its code, its copy, the word to the service."""
    if entry.kind == stored.KIND or not isinstance(stored, Acknowledgement):
        return stored
    if entry.kind == "tracking_code":
        return receipts.TrackingCodeNotice(
            reference=stored.reference,
            authority=stored.authority,
            procedure_title=stored.procedure_title,
            code=keyring_of(session).open(entry.sealed_secret or ""),
            service=stored.service,
        )
    if entry.kind == "receipt_copy":
        return receipts.ReceiptCopy(stored, copied_at=entry.created_at)
    return receipts.NewSubmissionNotice(
        reference=stored.reference,
        authority=stored.authority,
        procedure_title=stored.procedure_title,
        received_at=stored.received_at,
        zone=stored.zone,
        service_name=stored.service.name,
        answer_before=submission.silence_on,
    )


def _link(entry: Claimed, authority: AuthorityView, base_url: str, reference: str) -> str:
    if entry.recipient == "service":
        return links.agent_submission(authority, base_url, reference)
    if entry.kind == "tracking_code":
        return links.track(authority, base_url)
    if entry.kind == "documents_requested":
        return links.complement(authority, base_url, reference)
    return links.submission(authority, base_url, reference)
