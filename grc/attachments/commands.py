"""Records, hands over and removes attachments; their bytes are in the store before the row exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Select, Table, bindparam, delete, insert, or_, select, update
from sqlmodel import Session

from grc import references
from grc.attachments.models import Attachment
from grc.db import Prepared
from grc.errors import NotFound

_TABLE = Attachment.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class StoredFile:
    """A file whose bytes are safe in the store: what the row will say of it."""

    key: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    is_scanned: bool = False
    """Whether an antivirus must see it before anybody reads it."""


@dataclass(frozen=True)
class AttachmentView:
    """An attachment as pages and downloads need it."""

    id: int
    public_id: str
    draft_id: int | None
    submission_id: int | None
    field: str
    documents_request_id: int | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    key: str
    received_at: datetime
    scan: str = "none"
    thread_entry_id: int | None = None
    sender: str = "citizen"

    @property
    def is_readable(self) -> bool:
        """Whether the antivirus, if there is one, has let it through."""
        return self.scan in {"none", "clean"}

    @property
    def is_waiting(self) -> bool:
        """Whether the antivirus has not said yet."""
        return self.scan == "pending"

    def as_answer(self) -> dict[str, object]:
        """What the answer to a file question keeps."""
        return {"id": self.public_id, "name": self.name, "type": self.media_type, "size": self.size_bytes}


_VIEWS = select(*(_TABLE.c[name] for name in AttachmentView.__dataclass_fields__)).order_by(_TABLE.c.id)
_MINE = _VIEWS.where(_TABLE.c.authority_id == bindparam("authority"))
_OF_DRAFT = Prepared(_MINE.where(_TABLE.c.draft_id == bindparam("owner")))
_SEEN = or_(_TABLE.c.is_private.is_(False), bindparam("private", type_=Boolean))
_OF_SUBMISSION = Prepared(_MINE.where(_TABLE.c.submission_id == bindparam("owner"), _SEEN))
_HAND_OVER = Prepared(
    update(_TABLE)
    .where(
        _TABLE.c.authority_id == bindparam("authority"),
        _TABLE.c.draft_id == bindparam("owner"),
        _TABLE.c.public_id == bindparam("file"),
    )
    .values(submission_id=bindparam("became"), draft_id=None)
)


def add(
    session: Session,
    files: Sequence[StoredFile],
    *,
    authority_id: int,
    field: str,
    now: datetime,
    draft_id: int | None = None,
    submission_id: int | None = None,
    documents_request_id: int | None = None,
) -> list[str]:
    """Inserts a row for each stored file; gives their public ids."""
    owner = {"draft_id": draft_id, "submission_id": submission_id, "documents_request_id": documents_request_id}
    return _add(session, files, authority_id=authority_id, now=now, field=field, **owner)


def add_to_thread(
    session: Session,
    files: Sequence[StoredFile],
    *,
    authority_id: int,
    submission_id: int,
    entry_id: int,
    sender: str,
    is_private: bool,
    now: datetime,
) -> list[str]:
    """Inserts a row for each file that came with a message, or with an agents' note; gives their public ids."""
    owner = {"submission_id": submission_id, "thread_entry_id": entry_id, "sender": sender, "is_private": is_private}
    return _add(session, files, authority_id=authority_id, now=now, field="", **owner)


def _add(
    session: Session, files: Sequence[StoredFile], *, authority_id: int, now: datetime, **owner: object
) -> list[str]:
    rows = [
        {
            "authority_id": authority_id,
            "public_id": references.new_public_id(),
            **owner,
            "name": file.name,
            "media_type": file.media_type,
            "size_bytes": file.size_bytes,
            "sha256": file.sha256,
            "key": file.key,
            "received_at": now,
            "scan": "pending" if file.is_scanned else "none",
            "scan_due_at": now if file.is_scanned else None,
        }
        for file in files
    ]
    if rows:
        session.execute(insert(_TABLE), rows)
    return [str(row["public_id"]) for row in rows]


def of_draft(session: Session, authority_id: int, draft_id: int) -> list[AttachmentView]:
    """The files of a draft, in the order in which they came."""
    return [AttachmentView(*row) for row in _OF_DRAFT.all(session, {"authority": authority_id, "owner": draft_id})]


def of_submission(
    session: Session, authority_id: int, submission_id: int, *, private: bool = False
) -> list[AttachmentView]:
    """The files of a submission, in the order in which they came. private: those of agents' notes too."""
    rows = _OF_SUBMISSION.all(session, {"authority": authority_id, "owner": submission_id, "private": private})
    return [AttachmentView(*row) for row in rows]


def find(
    session: Session, authority_id: int, submission_id: int, public_id: str, *, private: bool = False
) -> AttachmentView:
    """A file of a submission; raises NotFound, also for one of agents' notes unless private."""
    every = of_submission(session, authority_id, submission_id, private=private)
    found = [view for view in every if view.public_id == public_id]
    if not found:
        raise NotFound("Ce fichier n’existe pas.")
    return found[0]


def hand_over(
    session: Session, authority_id: int, draft_id: int, submission_id: int, public_ids: Sequence[str]
) -> None:
    """Gives these files of a draft to the submission that it became; what its answers no longer show stays behind."""
    known = {"authority": authority_id, "owner": draft_id, "became": submission_id}
    _HAND_OVER.run(session, *({**known, "file": each} for each in public_ids))


def left_behind(session: Session, authority_id: int) -> list[int]:
    """The drafts, sent since, of which files were not handed over: nobody will read them."""
    return list(session.execute(behind(authority_id).distinct()).scalars())


def behind(authority_id: Any) -> Select[Any]:
    """The draft of each file that was not handed over when it was sent."""
    draft = Table("draft", _TABLE.metadata)
    return (
        select(_TABLE.c.draft_id)
        .join(draft, draft.c.id == _TABLE.c.draft_id)
        .where(
            _TABLE.c.authority_id == authority_id, _TABLE.c.draft_id.is_not(None), draft.c.submission_id.is_not(None)
        )
    )


def known_keys(session: Session, authority_id: int, keys: Sequence[str]) -> set[str]:
    """Those of the keys that an attachment of the authority has."""
    statement = select(_TABLE.c.key).where(_TABLE.c.authority_id == authority_id, _TABLE.c.key.in_(keys))
    return set(session.execute(statement).scalars())


def remove(session: Session, authority_id: int, draft_id: int, public_id: str) -> str:
    """Deletes a file of a draft; gives the key of its bytes, for the store to delete once this is durable."""
    statement = (
        delete(_TABLE)
        .where(_TABLE.c.authority_id == authority_id, _TABLE.c.draft_id == draft_id, _TABLE.c.public_id == public_id)
        .returning(_TABLE.c.key)
    )
    key = session.execute(statement).scalar_one_or_none()
    if key is None:
        raise NotFound("Ce fichier est déjà retiré.")
    return str(key)


def remove_all(session: Session, authority_id: int, draft_id: int) -> list[str]:
    """Deletes every file of a draft; gives the keys of their bytes."""
    statement = (
        delete(_TABLE)
        .where(_TABLE.c.authority_id == authority_id, _TABLE.c.draft_id == draft_id)
        .returning(_TABLE.c.key)
    )
    return [str(key) for key in session.execute(statement).scalars()]
