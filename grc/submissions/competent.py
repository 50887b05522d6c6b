"""What the competent authority sends of a demande that another one sent on: its receipt, or what stands for it.

Source: CRPA L114-2, L114-3 (clocks), L114-4 (who acknowledges), R112-11-2.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select
from sqlmodel import Session, col

from grc import clock
from grc.authorities.views import AuthorityView
from grc.catalogue.definition import DESK_CHANNELS
from grc.catalogue.publishing import contact
from grc.catalogue.queries import Published
from grc.db import keyring_of
from grc.outbox.post import Posting
from grc.receipts import Acknowledgement, PaperReceipt, TrackingCodeNotice, acknowledgement, paper, report
from grc.receipts.paper import PaperChannel
from grc.receipts.report import ReportNotice
from grc.submissions import helping, letters, notices, registering
from grc.submissions.models import Event, Submission

if TYPE_CHECKING:
    from grc.submissions.transfers import Parcel


ORIGIN = "origin"
"""What the first event of a demande that was sent on says of how the person sent it."""


def origin(session: Session, row: Submission) -> str:
    """The channel by which the person sent the demande, to whichever administration of this installation had it first.

    The kind of receipt depends on it (R48).
    """
    mine = (col(Event.authority_id) == row.authority_id, col(Event.submission_id) == row.id)
    first = session.execute(select(col(Event.data)).where(*mine, col(Event.sequence) == 1)).scalar_one_or_none()
    return str((first or {}).get(ORIGIN, row.channel))


def in_the_form_of(
    channel: str, by: AuthorityView, *, received_at: datetime, now: datetime, addressee: str, **facts: Any
) -> Acknowledgement | PaperReceipt:
    """The receipt by this authority in the form that the channel wants: a letter for what came on paper or at the desk.

    facts: what both forms ask. Source: CRPA L112-3, R112-5 (paper), R112-11-1 (electronic).
    """
    facts |= {"authority": by.name, "zone": by.zone}
    if channel not in DESK_CHANNELS:
        return acknowledgement.build(received_at=received_at, **facts)
    facts["service"] = notices.by_post(facts["service"], by)
    return paper.build(
        **facts,
        channel=cast(PaperChannel, channel),
        received_on=clock.day_in(by.zone, received_at),
        issued_at=now,
        addressee=addressee,
    )


def receipt_of(
    authority: AuthorityView, offered: Published, parcel: Parcel, reference: str, now: datetime
) -> Acknowledgement | PaperReceipt | ReportNotice:
    """The receipt of the competent authority, by the date that the person was told last; for a report, what is kept."""
    facts: dict[str, Any] = {
        "reference": reference,
        "procedure_title": offered.procedure.title,
        "received_at": now,
        "service": contact(offered.service),
    }
    if parcel.is_report:
        return report.build(**facts, authority=authority.name, zone=authority.zone)
    made = in_the_form_of(
        parcel.channel,
        authority,
        **facts,
        now=now,
        addressee=parcel.applicant_name,
        agent=None,
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
    receipt: Acknowledgement | PaperReceipt | ReportNotice,
    sealed: str,
    now: datetime,
) -> None:
    """The receipt of the competent authority, or its registration, the new tracking code, the word to its service."""
    assert row.id is not None  # noqa: S101 - flushed
    kind = receipt.KIND
    if not isinstance(receipt, ReportNotice) and receipt.missing_mentions():
        made, notice_id = registering.instead_of(session, authority, receipt, submission_id=row.id, now=now)
        kind = made.KIND
    else:
        owner = {"authority_id": row.authority_id, "submission_id": row.id}
        notice_id = notices.fix(session, receipt, **owner, name=kind, now=now)
    postings = [Posting(notice_id, "new_submission", recipient="service")]
    if not row.contact_email:
        notices.print_later(session, row, notice_id, now=now)
    elif not row.is_report:
        postings.insert(0, Posting(notice_id, kind))
    if not row.contact_email or helping.is_on_paper(row.helper, row.contact_email):
        _print_code(session, authority, row, receipt, sealed, now)
    else:
        postings.insert(-1, Posting(notice_id, "tracking_code", sealed_secret=sealed))
    notices.send(session, row, postings, now=now)


def _print_code(
    session: Session,
    authority: AuthorityView,
    row: Submission,
    receipt: Acknowledgement | PaperReceipt | ReportNotice,
    sealed: str,
    now: datetime,
) -> None:
    """The new tracking code, on a letter of its own, whose bytes are forgotten once it is posted.

    For who gave no address, or only that of their helper, who is not told the code.
    """
    facts = TrackingCodeNotice(
        reference=row.reference,
        authority=authority.name,
        procedure_title=receipt.procedure_title,
        code="",
        service=receipt.service,
        issued_at=now,
        issued_on=clock.day_in(authority.zone, now),
    )
    assert row.id is not None  # noqa: S101 - flushed
    owner = {"authority_id": row.authority_id, "submission_id": row.id}
    notice_id = notices.fix(session, facts, **owner, name=facts.KIND, now=now)
    notices.print_later(session, row, notice_id, now=now)
    letters.await_with_secret(session, row, notice_id, facts.KIND, sealed, now)


def code_of(session: Session, parcel: Parcel) -> str:
    """The tracking code of what arrives: made from the installation's secret, so that it is unique to the transfer.

    Two passages at once then make one demande: the second breaks the uniqueness of the code and undoes itself.
    Never from the keys of hashes: they leave with each authority that leaves (ADR 0038), and these numbers are small.
    """
    drawn = keyring_of(session).drawn("transfer-code", f"{parcel.source.id}:{parcel.link_id}")
    text = base64.b32encode(drawn[:10]).decode()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))
