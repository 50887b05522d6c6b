"""What a filing falls back on when its receipt would lack a mention: the accusé d’enregistrement, and a task."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from grc.authorities.views import AuthorityView
from grc.deadlines.holidays import Place
from grc.receipts import registration
from grc.receipts.acknowledgement import Acknowledgement
from grc.receipts.paper import PaperReceipt
from grc.receipts.registration import RegistrationReceipt
from grc.submissions import notices
from grc.submissions.models import Task

OWED = "acknowledgement_owed"
"""The task: by its day, the service is mended and the accusé de réception goes out."""


def instead_of(
    session: Session,
    authority: AuthorityView,
    receipt: Acknowledgement | PaperReceipt,
    *,
    submission_id: int,
    now: datetime,
) -> tuple[RegistrationReceipt, int]:
    """The registration that is sent at once in the place of an incomplete receipt, and the key of its notice.

    Opens the task with the last of the ten jours ouvrés. Source: CRPA R112-11-2 (AEE instantly, AR within ten days).
    """
    made = registration.build(
        reference=receipt.reference,
        authority=receipt.authority,
        procedure_title=receipt.procedure_title,
        received_at=receipt.received_at if isinstance(receipt, Acknowledgement) else receipt.issued_at,
        zone=receipt.zone,
        place=Place(authority.holidays),
    )
    notice_id = notices.fix(
        session, made, authority_id=authority.id, submission_id=submission_id, name=made.KIND, now=now
    )
    session.add(
        Task(
            authority_id=authority.id,
            submission_id=submission_id,
            kind=OWED,
            notice_id=notice_id,
            due_on=made.acknowledgement_due_on,
            opened_at=now,
        )
    )
    return made, notice_id
