"""What the competent authority sends of a demande that another one sent on: its receipt, or what stands for it.

Source: CRPA L114-2, L114-3 (clocks), L114-4 (who acknowledges), R112-11-2.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from grc.authorities.views import AuthorityView
from grc.catalogue.publishing import contact
from grc.catalogue.queries import Published
from grc.outbox.post import Posting
from grc.receipts import Acknowledgement, acknowledgement, report
from grc.receipts.report import ReportNotice
from grc.submissions import notices, registering
from grc.submissions.models import Submission

if TYPE_CHECKING:
    from grc.submissions.transfers import Parcel


def receipt_of(
    authority: AuthorityView, offered: Published, parcel: Parcel, reference: str, now: datetime
) -> Acknowledgement | ReportNotice:
    """The receipt of the competent authority, by the date that the person was told last; for a report, what is kept."""
    facts: dict[str, Any] = {
        "reference": reference,
        "authority": authority.name,
        "procedure_title": offered.procedure.title,
        "received_at": now,
        "zone": authority.zone,
        "service": contact(offered.service),
    }
    if parcel.is_report:
        return report.build(**facts)
    made = acknowledgement.build(
        **facts,
        silence_terms=offered.procedure.silence_for(parcel.answers),
        appeal_terms=offered.procedure.appeal_for(parcel.answers),
        first_received_on=parcel.first_received_on,
        transferred_from=parcel.source.name,
    )
    if made.silence is None or made.silence.rule != "rejection" or parcel.silence_on is None:
        return made
    return replace(made, silence=replace(made.silence, due_on=max(made.silence.due_on, parcel.silence_on)))


def acknowledge(
    session: Session,
    authority: AuthorityView,
    row: Submission,
    receipt: Acknowledgement | ReportNotice,
    sealed: str,
    now: datetime,
) -> None:
    """The receipt of the competent authority, or its registration, the new tracking code, the word to its service."""
    assert row.id is not None  # noqa: S101 - flushed
    kind = receipt.KIND
    if isinstance(receipt, Acknowledgement) and receipt.missing_mentions():
        made, notice_id = registering.instead_of(session, authority, receipt, submission_id=row.id, now=now)
        kind = made.KIND
    else:
        owner = {"authority_id": row.authority_id, "submission_id": row.id}
        notice_id = notices.fix(session, receipt, **owner, name=kind, now=now)
    to_service = Posting(notice_id, "new_submission", recipient="service")
    if not row.contact_email:
        notices.print_later(session, row, notice_id, now=now)
        notices.send(session, row, [to_service], now=now)
        return
    code = Posting(notice_id, "tracking_code", sealed_secret=sealed)
    owed = [] if row.is_report else [Posting(notice_id, kind)]
    notices.send(session, row, [*owed, code, to_service], now=now)
