"""What follows from a virus in a file: an agent gets a task, a draft asks for the file again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from grc.attachments import commands as attachments
from grc.attachments import scanning
from grc.attachments.scanning import Claimed
from grc.catalogue import queries as catalogue
from grc.forms import answers as form_answers
from grc.submissions.models import Draft, Task

FILE_INFECTED = "file_infected"


def hold(session: Session, file: Claimed) -> None:
    """Locks the draft that the file came with before the file itself: in the order of whoever sends the draft."""
    if file.draft_id is not None:
        mine = (col(Draft.authority_id) == file.authority_id, col(Draft.id) == file.draft_id)
        session.execute(select(Draft.id).where(*mine).with_for_update())


def found(session: Session, file: Claimed, *, now: datetime) -> None:
    """Opens a task on the demande that holds the file, or takes it from the answers of its draft."""
    if file.submission_id is not None:
        _open_task(session, file.authority_id, file.submission_id, now=now)
    elif file.draft_id is not None:
        _take_from_answers(session, file)


def replaced(session: Session, authority_id: int, submission_id: int, *, now: datetime) -> None:
    """Closes the task: the person has sent something since."""
    mine = (col(Task.authority_id) == authority_id, col(Task.submission_id) == submission_id)
    still = (col(Task.kind) == FILE_INFECTED, col(Task.closed_at).is_(None))
    session.execute(update(Task).where(*mine, *still).values(closed_at=now))


def _open_task(session: Session, authority_id: int, submission_id: int, *, now: datetime) -> None:
    statement = select(Task).where(
        Task.authority_id == authority_id,
        Task.submission_id == submission_id,
        Task.kind == FILE_INFECTED,
        col(Task.closed_at).is_(None),
    )
    if session.exec(statement).first() is None:
        opened = Task(authority_id=authority_id, submission_id=submission_id, kind=FILE_INFECTED, opened_at=now)
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
