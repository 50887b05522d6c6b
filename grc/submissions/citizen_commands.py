"""What a citizen does with a submission: corrects the address, adds a piece, answers a request, withdraws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from grc import references
from grc.access.actors import Visitor
from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.authorities.views import AuthorityView
from grc.db import keyring_of
from grc.errors import Conflict, Problem
from grc.forms.formats import fast_validator
from grc.outbox.models import OutboxEntry
from grc.outbox.post import Posting, take_back
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.submissions import arrivals, documents, envois, helping, implied, infections, notices, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.filing import CODE_PURPOSE
from grc.submissions.models import Draft, Notice, Submission, SubmissionRevision, Task
from grc.submissions.queries import find_for_change, whole


def correct_email(
    session: Session, authority: AuthorityView, reference: str, address: str, *, by: Visitor, now: datetime
) -> Problem | None:
    """Nothing once the address is corrected, or what is wrong with it.

    The receipt goes again, as a copy with its original date, and with it whatever has not reached the citizen yet.
    The tracking code went to a stranger perhaps: a new one takes its place, and what the old one opened is closed. A
    helper corrects an address that does not receive, and no other: the person would be told no more; where it was their
    own, the code that the person's letter says stays, for who gets the mail is not known to be the person.
    """
    act = _act(session, authority, reference, by=by, now=now)
    address = address.strip()
    if not _IS_EMAIL(address):
        message = "Saisissez votre adresse électronique, par exemple nadia.benali@exemple.fr."
        return Problem("email", "format", message)
    row = act.submission
    by_helper, is_theirs = helping.is_helper(session, row, by), helping.is_on_paper(row.helper, row.contact_email)
    if by_helper and not is_theirs and not whole(session, reference, by=by).deaf_address:
        raise Conflict("Seule la personne que vous aidez change son adresse, avec son code de suivi.")
    if address == row.contact_email:
        return Problem("email", "same", "Cette adresse est déjà celle de votre demande. Saisissez la bonne adresse.")
    hits = (limits.ADDRESS_CORRECTIONS, str(act.id)), (limits.RECEIPTS_PER_ADDRESS, address.lower())
    limits.hit(session, *hits, authority_id=authority.id, now=now)
    before, row.contact_email = row.contact_email, address
    sealed = None if by_helper and is_theirs else _new_code(act)
    act.record(Kind.ADDRESS_CORRECTED)
    session.add(
        SubmissionRevision(
            authority_id=authority.id,
            submission_id=act.id,
            number=row.revision,
            at=now,
            actor_kind=by.kind,
            actor_id=by.id,
            reason="address",
            before={"contact_email": before},
            after={"contact_email": address},
        )
    )
    _send_again(act, sealed, before=before)
    return None


def _new_code(act: Act) -> str:
    """Another tracking code, sealed; what the old one opened elsewhere is closed.

    The confirmation page, where it is still open, shows the new one.
    """
    code, keyring = references.new_code(), keyring_of(act.session)
    act.submission.tracking_code_hash = keyring.hash(CODE_PURPOSE, references.read_code(code) or "")
    sealed = keyring.seal(code)
    key = act.by.session_id if isinstance(act.by, Visitor) else None
    sessions.revoke(act.session, act.authority.id, act.id, but=key)
    shown = (col(Draft.authority_id) == act.authority.id, col(Draft.submission_id) == act.id)
    act.session.execute(update(Draft).where(*shown, col(Draft.sealed_code).is_not(None)).values(sealed_code=sealed))
    return sealed


def _send_again(act: Act, sealed: str | None, *, before: str) -> None:
    """The receipt as a copy, the new code if there is one, and every mail that the wrong address lost or returned.

    Those still on their way to it too. The tasks that those mails had opened are done; any other stays.
    """
    owner = {"authority_id": act.authority.id, "submission_id": act.id}
    stopped = take_back(act.session, **owner, now=act.now, refused=before)
    again = [Posting(one.notice_id, one.kind) for one in stopped if one.kind not in _FIRST_MAILS]
    first, kind = _first_notice(act)
    again_as = _AGAIN_AS.get(kind)
    is_owed = kind != "paper_receipt" or _was_mailed(act, first)
    owed = [Posting(first, again_as)] if again_as and is_owed else []
    code = [Posting(first, "tracking_code", sealed_secret=sealed)] if sealed else []
    copies = [*owed, *code, *again]
    notices.send(act.session, act.submission, copies, now=act.now)
    tasks = (col(Task.authority_id) == act.authority.id, col(Task.submission_id) == act.id)
    of_mails = (col(Task.outbox_id).is_not(None), col(Task.closed_at).is_(None))
    act.session.execute(update(Task).where(*tasks, *of_mails).values(closed_at=act.now))


_IS_EMAIL = fast_validator({"type": "string", "format": "email", "maxLength": 254})
_AGAIN_AS = {"acknowledgement": "receipt_copy", "registration": "registration", "paper_receipt": "paper_receipt"}
"""As what the first notice goes again: a copy says that it is one; the letter of the desk is dated by itself."""
_FIRST_MAILS = ("acknowledgement", "receipt_copy", "registration", "paper_receipt", "tracking_code")
_FIRST_NOTICES = ("acknowledgement", "paper_receipt", "registration", "report")
"""What tells that a demande was received, the fuller before."""


def _was_mailed(act: Act, notice_id: int) -> bool:
    """Whether a receipt of the desk went by mail: one that was printed, or that none was owed, does not go again."""
    mine = (col(OutboxEntry.authority_id) == act.authority.id, col(OutboxEntry.notice_id) == notice_id)
    mailed = (col(OutboxEntry.kind) == "paper_receipt", col(OutboxEntry.channel) == "mail")
    return act.session.execute(select(col(OutboxEntry.id)).where(*mine, *mailed).limit(1)).first() is not None


def add_piece(
    session: Session,
    authority: AuthorityView,
    reference: str,
    files: Sequence[StoredFile],
    *,
    client: str,
    by: Visitor,
    now: datetime,
) -> Submission:
    """The submission with one more document, sent of one's own accord; raises Conflict once it is closed.

    Its receipt is posted (CRPA L112-11).
    """
    limits.hit(session, (limits.UPLOADS, client), authority_id=authority.id, now=now)
    act = _act(session, authority, reference, by=by, now=now)
    if act.submission.phase in phases.ENDED:
        raise Conflict("Cette demande est terminée : elle ne reçoit plus de document. Écrivez au service.")
    attachments.add(session, files, authority_id=authority.id, field="", now=now, submission_id=act.id)
    infections.replaced(session, authority.id, act.id, now=now)
    act.record(Kind.PIECE_ADDED, {"files": len(files)})
    envois.acknowledge(act, files=len(files))
    return act.submission


def answer_request(
    session: Session,
    authority: AuthorityView,
    reference: str,
    files: Mapping[str, Sequence[StoredFile]],
    *,
    by: Visitor,
    now: datetime,
) -> tuple[Submission, list[str]]:
    """The submission and the titles of what is still to be sent; with the last document its examination resumes.

    The new date is told (L114-5: suspended for a rejection, the whole period again for an acceptance). With an
    antivirus it resumes once the files are judged, as of the day on which they were sent: what came is acknowledged at
    once (CRPA L112-11), by that notice or by a receipt of its own.
    """
    act = _act(session, authority, reference, by=by, now=now)
    request, before = documents.open_request(act), act.submission.revision
    for field, stored in files.items():
        attachments.add(
            session,
            stored,
            authority_id=authority.id,
            field=field,
            now=now,
            submission_id=act.id,
            documents_request_id=request.id,
        )
    infections.replaced(session, authority.id, act.id, now=now)
    count = sum(map(len, files.values()))
    documents.settle(act, request, Kind.PIECE_ADDED, {"files": count})
    envois.acknowledge(act, files=count, since=before)
    sent = attachments.of_submission(session, authority.id, act.id)
    return act.submission, [str(item["title"]) for item in arrivals.to_send(request, sent)]


def withdraw(
    session: Session, authority: AuthorityView, reference: str, *, revision: int, by: Visitor, now: datetime
) -> Submission:
    """The submission, withdrawn by who filed it; the trace stays (no article rules it: a closure).

    What silence has decided before stays decided, even if no sweep had recorded it yet.
    """
    act = _act(session, authority, reference, by=by, now=now, revision=revision)
    implied.settle_if_due(act)
    actions = act.advance("withdraw", Kind.WITHDRAWN)
    act.perform(actions, {"withdrawn": act.state_notice("withdrawn")})
    act.give_back()
    return act.submission


def _act(
    session: Session,
    authority: AuthorityView,
    reference: str,
    *,
    by: Visitor,
    now: datetime,
    revision: int | None = None,
) -> Act:
    row = find_for_change(session, authority, by, reference, revision=revision)
    return Act(session, authority, row, by=by, now=now)


def _first_notice(act: Act) -> tuple[int, str]:
    """The receipt, or what stands for it: its key and its kind."""
    statement = select(col(Notice.id), col(Notice.kind)).where(
        col(Notice.authority_id) == act.authority.id,
        col(Notice.submission_id) == act.id,
        col(Notice.name).in_(_FIRST_NOTICES),
    )
    found = sorted(act.session.execute(statement).all(), key=lambda row: _FIRST_NOTICES.index(row.kind))
    return int(found[0].id), str(found[0].kind)
