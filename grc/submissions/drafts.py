"""Drafts: begun, saved at each page, found again, thrown away; held by a browser session or by an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, insert, or_, select, update
from sqlmodel import Session, col

from grc import clock, references
from grc.access.actors import AgentActor, Visitor
from grc.access.permissions import Permission, may
from grc.access.reach import Scope
from grc.attachments import commands as attachments
from grc.attachments.commands import AttachmentView, StoredFile
from grc.attachments.scanning import INFECTED
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.bookings import queries as bookings
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.catalogue.models import InstalledProcedure
from grc.db import Prepared, keyring_of
from grc.errors import Conflict, NotFound, Problem
from grc.forms import answers as form_answers
from grc.forms import journey
from grc.forms.answers import PageRead
from grc.forms.definition import Answers, Form, Lists, Page
from grc.forms.fields import Typed
from grc.outbox.post import forget_draft
from grc.sessions import commands as sessions
from grc.sessions import limits
from grc.sessions.commands import NewSession
from grc.submissions import prefill
from grc.submissions.helpers import Helper
from grc.submissions.models import Draft

LIFE = timedelta(days=30)
CODE_PURPOSE = "draft-code"
PROGRAM = "api"
"""The channel of what a program files by its key."""

_TABLE = Draft.__table__  # type: ignore[attr-defined]
_PROCEDURE = InstalledProcedure.__table__  # type: ignore[attr-defined]
_BY_PUBLIC_ID = select(_TABLE).where(
    _TABLE.c.authority_id == bindparam("authority"), _TABLE.c.public_id == bindparam("public")
)
_FIND = Prepared(_BY_PUBLIC_ID)
_FIND_FOR_CHANGE = Prepared(_BY_PUBLIC_ID.with_for_update())
_SERVICE_OF = Prepared(
    select(_PROCEDURE.c.service_id).where(
        _PROCEDURE.c.authority_id == bindparam("authority"), _PROCEDURE.c.id == bindparam("procedure")
    )
)
_INSERT = Prepared(insert(_TABLE))
_SAVE = Prepared(
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("draft"))
    .values(
        answers=bindparam("said"),
        unfinished=bindparam("left"),
        saved_at=bindparam("at"),
        expires_at=bindparam("until"),
        notified_at=None,
    )
)


@dataclass(frozen=True)
class DraftView:
    """A draft as its pages need it."""

    id: int
    public_id: str
    procedure_id: int
    version_id: int
    procedure: Procedure
    answers: dict[str, Any]
    files: Sequence[AttachmentView]
    created_at: datetime
    saved_at: datetime
    expires_at: datetime
    submission_id: int | None
    locked: Mapping[str, Any]
    """Values that FranceConnect vouches for, by name of question: shown, never typed."""
    remarks: Mapping[str, str]
    """What to say beside a value that FranceConnect told and that may be wrong, by name of question."""
    unfinished: Mapping[str, Typed]
    """What was typed and is no valid answer yet, by id of page."""
    helper: Helper | None
    is_of_account: bool
    """Whether an account holds it, and not this browser only."""
    lists: Lists
    """What the lists that its form chooses from offer now."""
    channel: str = "online"
    """"online", or how it reached the agent who types it; its form is then that of the desk."""
    stamped_on: date | None = None
    """The day on which it was received, where an agent types it."""
    attacks_id: int | None = None
    """The decision that it attacks, for a recours."""

    def day(self, today: date) -> date:
        """The day as of which its answers are judged: that of its reception, today while the citizen fills it."""
        return self.stamped_on or today

    def typed(self, page: Page) -> Typed:
        """What to show in each input of the page: its answers, and what was left there unfinished."""
        return {**form_answers.as_typed(page, self.answers), **self.unfinished.get(page.id, {})}

    def files_of(self, name: str) -> list[AttachmentView]:
        """The files sent for one question, but those that a virus has cost."""
        return [file for file in self.files if file.field == name and file.scan != INFECTED]


@dataclass(frozen=True)
class Started:
    """A draft just begun; session is new when the browser had none."""

    public_id: str
    first_page: str
    session: NewSession | None


@dataclass(frozen=True)
class Saved:
    """A page as it was saved: what is wrong with it, and where to go next (None: check the answers)."""

    draft: DraftView
    page: Page
    read: PageRead
    next_page: str | None


def start(
    session: Session,
    slug: str,
    *,
    client: str,
    by: Visitor,
    now: datetime,
    link: Mapping[str, str] | None = None,
    known: Callable[[Form], Answers] | None = None,
    helper: Mapping[str, Any] | None = None,
) -> Started:
    """A new draft of the published procedure, with what the account knows, in the visitor's session (or a new one).

    link: parameters `prefill.…`. known: what the form may start from. What FranceConnect vouches for stands over both.
    helper: who fills it in for the applicant, as stored. Raises NotFound, or Conflict while it is closed.
    """
    limits.hit(session, (limits.DRAFTS, client), authority_id=by.authority_id, now=now)
    offered = catalogue.published(session, by.authority_id, slug)
    new, form, as_of = None, offered.procedure.form, authorities.day_of(session, by.authority_id, now)
    if (closed := offered.closed_on(as_of)) and by.agent is None:
        raise Conflict(closed)
    session_id = by.session_id
    if session_id is None:
        new = sessions.open_session(session, authority_id=by.authority_id, public="citizen", now=now)
        session_id = new.id
    answers = {**(known(form) if known else {}), **prefill.of_link(form, link or {}, as_of=as_of)}
    identity = prefill.of_applicant(session, by.authority_id, by.citizen_id, helper)
    values: dict[str, Any] = {
        "authority_id": by.authority_id,
        "public_id": references.new_public_id(),
        "procedure_id": offered.procedure_id,
        "version_id": offered.version_id,
        "session_id": session_id,
        "citizen_id": by.citizen_id,
        "answers": prefill.completed(form, answers, identity, as_of=as_of),
        "created_at": now,
        "saved_at": now,
        "expires_at": now + LIFE,
        "channel": "online",
        "helper": helper,
    }
    _INSERT.run(session, values)
    return Started(values["public_id"], journey.pages(form, values["answers"])[0].id, new)


def find(session: Session, public_id: str, *, by: Visitor) -> DraftView:
    """The draft, if it is the visitor's; raises NotFound, Conflict once it was sent."""
    row = _found(session, _FIND, public_id, by=by)
    if row.submission_id is not None:
        raise Conflict("Cette demande est déjà envoyée.")
    return view_of(session, row)


def find_any(session: Session, public_id: str, *, by: Visitor) -> DraftView:
    """The draft, sent or not, if it is the visitor's; raises NotFound."""
    return view_of(session, _found(session, _FIND, public_id, by=by))


def mine(session: Session, *, by: Visitor, procedure_id: int | None = None) -> list[DraftView]:
    """The visitor's drafts not yet sent, of the account and of this browser, last saved first; their lists unread."""
    if by.session_id is None and by.citizen_id is None:
        return []
    held = and_(col(Draft.citizen_id).is_(None), col(Draft.session_id) == by.session_id)
    if by.citizen_id is not None:
        held = or_(held, col(Draft.citizen_id) == by.citizen_id)
    statement = (
        select(Draft)
        .where(col(Draft.authority_id) == by.authority_id, held, col(Draft.submission_id).is_(None))
        .order_by(col(Draft.saved_at).desc())
        .limit(20)
    )
    if procedure_id is not None:
        statement = statement.where(col(Draft.procedure_id) == procedure_id)
    return [view_of(session, row, lists={}) for row in session.execute(statement).scalars()]


def save_page(
    session: Session,
    authority: AuthorityView,
    public_id: str,
    page_id: str,
    posted: Mapping[str, list[str]],
    *,
    stored: Mapping[str, Sequence[StoredFile]] | None = None,
    file_problems: Sequence[Problem] = (),
    client: str = "",
    by: Visitor,
    now: datetime,
) -> Saved:
    """The page as posted, checked and kept: valid answers are saved, what is wrong stays as it was typed.

    Nothing of another page changes, so that two tabs do not undo each other.
    stored: files just received, by name of question; client: the address that they count for.
    Raises NotFound for a page that may not be visited yet.
    """
    if any((stored or {}).values()):
        limits.hit(session, (limits.UPLOADS, client), authority_id=authority.id, now=now)
    row = _found(session, _FIND_FOR_CHANGE, public_id, by=by)
    if row.submission_id is not None:
        raise Conflict("Cette demande est déjà envoyée.")
    as_of = row.stamped_on or clock.day_in(authority.zone, now)
    procedure = catalogue.version(session, row.authority_id, row.version_id).entered_by(row.channel)
    page = procedure.form.page(page_id)
    offered = bookings.offered(session, row.authority_id, procedure)
    if page is None or not journey.may_visit(procedure.form, row.answers, page_id, as_of, lists=offered):
        raise NotFound("Cette page n’est pas encore ouverte. Répondez d’abord aux questions précédentes.")
    for name, files in (stored or {}).items():
        attachments.add(session, files, authority_id=row.authority_id, field=name, now=now, draft_id=row.id)
    draft = view_of(session, row, lists=offered)
    said, sent = prefill.enforced(procedure.form, posted, draft.locked), _file_answers(draft, page)
    read = form_answers.read_page(procedure.form, page, said, row.answers, as_of=as_of, files=sent, lists=draft.lists)
    told = {problem.field for problem in file_problems}  # why a file was refused says more than "missing"
    problems = [*(one for one in read.problems if one.field not in told), *file_problems]
    problems = problems or bookings.on_page(session, authority, procedure, page, read.answers, as_of, now, by=by)
    read = replace(read, problems=tuple(problems))
    left = _left(draft, page, read)
    _SAVE.run(session, {"draft": row.id, "said": read.answers, "left": left, "at": now, "until": now + LIFE})
    draft = replace(draft, answers=read.answers, unfinished=left, saved_at=now, expires_at=now + LIFE)
    return Saved(draft, page, read, _after(procedure, read.answers, page_id))


def give_code(session: Session, public_id: str, *, by: Visitor, now: datetime) -> tuple[DraftView, str]:
    """A new code to resume the draft, shown once (the former one stops working), and the draft."""
    row = held(session, public_id, by=by)
    code = references.new_code()
    plain = references.read_code(code)
    assert plain is not None  # noqa: S101 - we made it
    row.code_hash = keyring_of(session).hash(CODE_PURPOSE, plain)
    row.expires_at, row.notified_at = now + LIFE, None
    session.flush()
    return view_of(session, row), code


def complete(
    session: Session,
    public_id: str,
    told: Callable[[Form, Answers], Answers],
    *,
    citizen_id: int | None = None,
    by: Visitor,
    now: datetime,
) -> DraftView:
    """The draft with the answers that `told` makes of its own; raises NotFound, Conflict once it was sent.

    citizen_id: the account that holds it from now on.
    """
    row = held(session, public_id, by=by, unsent=True)
    row.answers = told(catalogue.version(session, row.authority_id, row.version_id).form, row.answers)
    row.citizen_id = citizen_id or row.citizen_id
    saved(row, now)
    session.flush()
    return view_of(session, row)


def discard(session: Session, public_id: str, *, by: Visitor, now: datetime) -> list[str]:
    """Throws the draft away; gives the keys of its files' bytes."""
    row = held(session, public_id, by=by, unsent=True)
    assert row.id is not None  # noqa: S101 - it was read from the database
    keys = attachments.remove_all(session, row.authority_id, row.id)
    forget_draft(session, authority_id=row.authority_id, draft_id=row.id)
    session.delete(row)
    return keys


def follow(session: Session, *, old_session_id: int, new_session_id: int) -> None:
    """When a session is renewed: its drafts go with it."""
    session.execute(update(_TABLE).where(_TABLE.c.session_id == old_session_id).values(session_id=new_session_id))


def saved(row: Draft, now: datetime) -> None:
    """A draft that lives on from now."""
    row.saved_at, row.expires_at, row.notified_at = now, now + LIFE, None


def _left(draft: DraftView, page: Page, read: PageRead) -> dict[str, Typed]:
    """What stays unfinished on each page: of this one, the texts that are not what its answers show again."""
    left = {page_id: typed for page_id, typed in draft.unfinished.items() if page_id != page.id}
    texts = form_answers.unfinished(page, read)
    return {**left, page.id: texts} if texts else left


def held(session: Session, public_id: str, *, by: Visitor, unsent: bool = False) -> Draft:
    """The draft to change, locked; raises NotFound. unsent: raises Conflict once it was sent."""
    row = _found(session, _FIND_FOR_CHANGE, public_id, by=by)
    if unsent and row.submission_id is not None:
        raise Conflict("Cette demande est déjà envoyée.")
    return session.get_one(Draft, row.id)


def _found(session: Session, statement: Prepared, public_id: str, *, by: Visitor) -> Row[Any]:
    """The visitor's draft as a row; raises NotFound."""
    row: Row[Any] | None = statement.one(session, {"authority": by.authority_id, "public": public_id})
    if row is None or not holds(session, row, by):
        raise NotFound(
            "Ce brouillon n’existe pas, ou votre session est terminée. Identifiez-vous ou donnez votre code dans un "
            "autre onglet, puis revenez ici et renvoyez la page : ce que vous avez tapé y est encore."
        )
    return row


def holds(session: Session, row: Row[Any], by: Visitor) -> bool:
    """Whether a draft is the visitor's: the agent's who types it and may still, else the account's or this browser's.

    That of a program lives for the one transaction in which it is filed.
    """
    if by.program is not None:
        return bool(row.channel == PROGRAM)
    if row.agent_id is not None or by.agent is not None:
        return by.agent is not None and row.agent_id == by.agent.id and may_type(session, row.procedure_id, by=by.agent)
    if row.citizen_id is not None:
        return bool(row.citizen_id == by.citizen_id)
    return row.session_id is not None and bool(row.session_id == by.session_id)


def may_type(session: Session, procedure_id: int, *, by: AgentActor) -> bool:
    """Whether the agent may file this procedure for a citizen now: a right taken back counts for what was begun."""
    service_id = _SERVICE_OF.scalar(session, {"authority": by.authority_id, "procedure": procedure_id})
    return may(by, Permission.SUBMISSION_FILE, Scope(service_id, procedure_id))


def view_of(session: Session, row: Draft | Row[Any], *, lists: Lists | None = None) -> DraftView:
    """A draft of the table as its pages need it. lists: what is offered, where it was read; None: read it."""
    assert row.id is not None  # noqa: S101 - it was read from the database
    procedure = catalogue.version(session, row.authority_id, row.version_id).entered_by(row.channel)
    locked, remarks = prefill.vouched(session, procedure.form, row)
    return DraftView(
        id=row.id,
        public_id=row.public_id,
        procedure_id=row.procedure_id,
        version_id=row.version_id,
        procedure=procedure,
        answers=row.answers,
        files=attachments.of_draft(session, row.authority_id, row.id),
        created_at=row.created_at,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
        submission_id=row.submission_id,
        locked=locked,
        remarks=remarks,
        helper=Helper.of(row.helper),
        unfinished=row.unfinished or {},
        is_of_account=row.citizen_id is not None,
        lists=bookings.offered(session, row.authority_id, procedure) if lists is None else lists,
        channel=row.channel,
        stamped_on=row.stamped_on,
        attacks_id=row.attacks_id,
    )


def _file_answers(draft: DraftView, page: Page) -> dict[str, list[Mapping[str, Any]]]:
    return {
        each.name: [file.as_answer() for file in draft.files_of(each.name)]
        for each in page.fields
        if each.kind == "file"
    }


def _after(procedure: Procedure, answers: Mapping[str, Any], page_id: str) -> str | None:
    ids = [page.id for page in journey.pages(procedure.form, answers)]
    following = ids[ids.index(page_id) + 1 :] if page_id in ids else []
    return following[0] if following else None
