"""What follows from the verdict on a file: a clean one may complete a demande; a virus is told, and asked for again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from grc.access.actors import System, Visitor
from grc.attachments import commands as attachments
from grc.attachments import scanning
from grc.attachments.models import Attachment
from grc.attachments.scanning import Claimed
from grc.authorities import queries as authorities
from grc.catalogue import queries as catalogue
from grc.errors import Conflict, Invalid, Misconfigured
from grc.forms import answers as form_answers
from grc.receipts import wording
from grc.submissions import automatic, documents, phases
from grc.submissions.acts import Act
from grc.submissions.events import Kind
from grc.submissions.models import Draft, Submission, Task

FILE_INFECTED, AGENT_FILE_INFECTED = "file_infected", "agent_file_infected"
"""The tasks, by who sent the file."""


def hold(session: Session, file: Claimed) -> None:
    """Locks the draft that the file came with before the file itself: in the order of whoever sends the draft."""
    if file.draft_id is not None:
        mine = (col(Draft.authority_id) == file.authority_id, col(Draft.id) == file.draft_id)
        session.execute(select(Draft.id).where(*mine).with_for_update())


def cleared(session: Session, file: Claimed, *, now: datetime) -> None:
    """Counts a document that was asked for, now that the antivirus let it through: as of the day it was sent.

    What the workflow refuses meanwhile keeps no file in quarantine.
    """
    row = _of(session, file)
    if row.submission_id is None or row.documents_request_id is None:
        return
    try:
        with session.begin_nested():
            act = _act_of_citizen(session, row, now=now)
            request = documents.open_request(act)
            if request.id == row.documents_request_id:
                documents.settle(act, request, Kind.PIECE_ADDED, {"files": 0})
    except (Conflict, Invalid, Misconfigured):
        return


def found(session: Session, file: Claimed, *, now: datetime) -> None:
    """Opens a task on the demande that holds the file and tells who sent it; or takes it from a draft's answers."""
    row = _of(session, file)
    if row.submission_id is not None:
        kind = FILE_INFECTED if row.sender == "citizen" else AGENT_FILE_INFECTED
        _open_task(session, row.authority_id, row.submission_id, kind, now=now)
        if row.sender == "citizen":
            _tell(session, row, now=now)
    elif file.draft_id is not None:
        _take_from_answers(session, file)


def _of(session: Session, file: Claimed) -> Attachment:
    """The row as it is by now: its draft may have been sent while it was scanned."""
    return session.get_one(Attachment, file.id, populate_existing=True)


def _act_of_citizen(session: Session, row: Attachment, *, now: datetime) -> Act:
    """An act of who sent the file: what follows from their document is theirs, whoever looked at it."""
    submission = session.get_one(Submission, row.submission_id, with_for_update=True, populate_existing=True)
    by = Visitor(row.authority_id, citizen_id=submission.citizen_id, granted=frozenset({row.submission_id or 0}))
    return Act(session, authorities.authority(session, row.authority_id), submission, by=by, now=now)


def _tell(session: Session, row: Attachment, *, now: datetime) -> None:
    """Tells the citizen what was destroyed and what to send again; nothing once the demande has ended."""
    act = _act_of_citizen(session, row, now=now)
    if act.submission.phase in phases.ENDED:
        return
    by_nobody = Act(session, act.authority, act.submission, by=System(row.authority_id), now=now)
    by_nobody.record(Kind.DOCUMENT_DESTROYED, {"file": row.id, "request": row.documents_request_id})
    automatic.write(by_nobody, _again(act, row))


def _again(act: Act, row: Attachment) -> str:
    """What to do, without the file's name, which its sender chose and no mail holds."""
    requests = [one for one in act.requests() if one.id == row.documents_request_id and one.answered_at is None]
    titles = [str(item["title"]) for one in requests for item in one.items if item["field"] == row.field]
    if titles:
        return wording.typeset(
            f"Le document « {titles[0]} » que vous avez envoyé contenait un virus : nous l’avons détruit. La demande "
            f"l’attend toujours. Envoyez-le de nouveau, depuis un autre fichier, au plus tard le "
            f"{wording.long_date(requests[0].due_on)}."
        )
    sent = wording.moment(row.received_at, act.authority.zone)
    return wording.typeset(
        f"Un document que vous avez envoyé le {sent} contenait un virus : nous l’avons détruit sans que personne le "
        "lise. La page de votre demande dit lequel. Envoyez-le de nouveau, depuis un autre fichier."
    )


def replaced(
    session: Session, authority_id: int, submission_id: int, *, now: datetime, kind: str = FILE_INFECTED
) -> None:
    """Closes the task: the person has sent something since."""
    mine = (col(Task.authority_id) == authority_id, col(Task.submission_id) == submission_id)
    still = (col(Task.kind) == kind, col(Task.closed_at).is_(None))
    session.execute(update(Task).where(*mine, *still).values(closed_at=now))


def _open_task(session: Session, authority_id: int, submission_id: int, kind: str, *, now: datetime) -> None:
    statement = select(Task).where(
        Task.authority_id == authority_id,
        Task.submission_id == submission_id,
        Task.kind == kind,
        col(Task.closed_at).is_(None),
    )
    if session.exec(statement).first() is None:
        opened = Task(authority_id=authority_id, submission_id=submission_id, kind=kind, opened_at=now)
        session.add(opened)


def _take_from_answers(session: Session, file: Claimed) -> None:
    """The page that asked for the file is no longer complete: the journey leads back to it before anything is sent."""
    row = session.get(Draft, file.draft_id, with_for_update=True)
    if row is None or row.submission_id is not None:  # a file that the answers no longer showed stayed behind
        return
    form = catalogue.version(session, row.authority_id, row.version_id).form
    sent = attachments.of_draft(session, row.authority_id, file.draft_id or 0)
    left = [one.as_answer() for one in sent if one.field == file.field and one.scan != scanning.INFECTED]
    row.answers = form_answers.with_value(row.answers, form.field(file.field).path, left)
    session.add(row)
