"""The files of a draft: added beside its answers, taken away; the answer to a question is the list of its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from grc import clock
from grc.access.actors import Visitor
from grc.attachments import commands as attachments
from grc.attachments.commands import StoredFile
from grc.authorities.views import AuthorityView
from grc.errors import Conflict, NotFound
from grc.forms import answers as form_answers
from grc.forms import journey
from grc.sessions import limits
from grc.submissions import drafts
from grc.submissions.drafts import DraftView
from grc.submissions.models import Draft


def add_files(
    session: Session,
    authority: AuthorityView,
    public_id: str,
    page_id: str,
    name: str,
    files: Sequence[StoredFile],
    *,
    client: str,
    by: Visitor,
    now: datetime,
) -> DraftView:
    """The draft with these files beside those already sent for one question; nothing else of its page changes.

    Raises NotFound for a page that may not be visited yet, Conflict beyond the number of files that the question takes.
    """
    limits.hit(session, (limits.UPLOADS, client), authority_id=authority.id, now=now)
    row = drafts.held(session, public_id, by=by, unsent=True)
    draft, as_of = drafts.view_of(session, row), row.stamped_on or clock.day_in(authority.zone, now)
    if not journey.may_visit(draft.procedure.form, row.answers, page_id, as_of, lists=draft.lists):
        raise NotFound("Cette page n’est pas encore ouverte. Répondez d’abord aux questions précédentes.")
    attachments.add(session, files, authority_id=row.authority_id, field=name, now=now, draft_id=row.id)
    return _answered_by_files(session, row, name, now)


def remove_file(session: Session, public_id: str, file_id: str, *, by: Visitor, now: datetime) -> tuple[str, str]:
    """Takes a file away; gives the key of its bytes and the page that asked for it."""
    row = drafts.held(session, public_id, by=by)
    assert row.id is not None  # noqa: S101 - it was read from the database
    field = next((file.field for file in drafts.view_of(session, row, lists={}).files if file.public_id == file_id), "")
    key = attachments.remove(session, row.authority_id, row.id, file_id)
    form = _answered_by_files(session, row, field, now).procedure.form
    return key, next(page for page in form.pages if any(each.name == field for each in page.fields)).id


def _answered_by_files(session: Session, row: Draft, name: str, now: datetime) -> DraftView:
    draft = drafts.view_of(session, row, lists={})
    field, sent = draft.procedure.form.field(name), draft.files_of(name)
    if len(sent) > field.options["max_files"]:
        raise Conflict("Cette question a déjà tous ses fichiers. Retirez-en un avant d’en ajouter.")
    row.answers = form_answers.with_value(row.answers, field.path, [file.as_answer() for file in sent])
    drafts.saved(row, now)
    session.add(row)
    return replace(draft, answers=row.answers)
