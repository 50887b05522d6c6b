"""One's data in a zip, sent as it is made: the whole account, or one demande (GDPR art. 15 and 20)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import anyio.to_thread
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.responses import Response, StreamingResponse

from grc.access.actors import Visitor
from grc.attachments.commands import AttachmentView
from grc.citizens import accounts
from grc.citizens.accounts import AccountView
from grc.errors import GrcError
from grc.sessions import held, records
from grc.submissions import drafts, letters, queries
from grc.submissions.models import Submission
from grc.submissions.queries import Whole
from grc.web import archives, rendering, security
from grc.web.archives import Entry
from grc.web.citizen import portable
from grc.web.citizen.account import require_account
from grc.web.downloads import pdf_in
from grc.web.visit import Visit

_EVERY = 10_000


async def whole_account(visit: Visit[Visitor]) -> Response:
    """The account, its demandes and its drafts."""
    require_account(visit)
    account, document = await visit.read(_account, visit.authority.name, now=visit.now)
    references = await visit.read(_references)
    return _sent(visit, _of_account(visit, account, document, references), f"mes-donnees-{visit.authority.slug}.zip")


async def one_submission(visit: Visit[Visitor]) -> Response:
    """One demande within reach."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    return _sent(visit, _of_one(visit, found), f"donnees-{found.submission.reference}.zip")


def _sent(visit: Visit[Visitor], entries: AsyncIterator[Entry], name: str) -> Response:
    headers = {**security.DOWNLOAD, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(archives.streamed(entries), media_type="application/zip", headers=headers)


async def _of_account(
    visit: Visit[Visitor], account: AccountView, document: dict[str, Any], references: Sequence[str]
) -> AsyncIterator[Entry]:
    yield "lisez-moi.html", _readme(visit, has_account=True)
    yield "compte/compte.json", _json(document)
    yield "compte/compte.html", _html("account", visit, account=account, document=document)
    missing: list[str] = []
    for reference in references:
        found: Whole = await visit.read(queries.whole, reference)
        async for entry in _of_submission(visit, found, missing):
            yield entry
    held_here = await visit.read(drafts.mine)
    for number, draft in enumerate((one for one in held_here if one.is_of_account), start=1):
        folder = f"brouillons/{number:02d}"
        paths = _paths(folder, draft.files)
        yield f"{folder}/brouillon.json", _json(portable.of_draft(draft, paths))
        async for entry in _files(visit, draft.files, paths, missing):
            yield entry
    if missing:
        yield "fichiers-absents.txt", _missing(missing)


async def _of_one(visit: Visit[Visitor], found: Whole) -> AsyncIterator[Entry]:
    missing: list[str] = []
    yield "lisez-moi.html", _readme(visit, has_account=False)
    async for entry in _of_submission(visit, found, missing):
        yield entry
    if missing:
        yield "fichiers-absents.txt", _missing(missing)


async def _of_submission(visit: Visit[Visitor], found: Whole, missing: list[str]) -> AsyncIterator[Entry]:
    folder = f"demandes/{found.submission.reference}"
    paths = _paths(f"{folder}/documents", found.files)
    document = portable.of_submission(found, visit.authority.name, paths)
    yield f"{folder}/demande.json", _json(document)
    yield f"{folder}/demande.html", _html("submission", visit, document=document, found=found)
    async for entry in _files(visit, found.files, paths, missing):
        yield entry
    async for entry in _letters(visit, found, f"{folder}/courriers", missing):
        yield entry


async def _files(
    visit: Visit[Visitor], files: Sequence[AttachmentView], paths: dict[str, str], missing: list[str]
) -> AsyncIterator[Entry]:
    for file in files:
        if not file.is_readable:
            missing.append(f"{paths[file.public_id]} : l’antivirus ne l’a pas laissé passer")
            continue
        try:
            content = await anyio.to_thread.run_sync(visit.platform.storage.open, file.key)
        except (GrcError, OSError):
            missing.append(f"{paths[file.public_id]} : il n’a pas pu être lu")
            continue
        yield paths[file.public_id], content


async def _letters(visit: Visit[Visitor], found: Whole, folder: str, missing: list[str]) -> AsyncIterator[Entry]:
    """The receipts and letters, byte for byte as they left, by mail or on paper."""
    reference = found.submission.reference
    for mail in found.mailings:
        if mail.recipient != "citizen":
            continue
        path = f"{folder}/{mail.outbox_id}-{mail.kind}.pdf"
        try:
            if mail.state in (letters.PRINTED, letters.POSTED):
                yield path, await visit.read(letters.bytes_of, reference, mail.notice_id)
            elif mail.has_letter and mail.message_id is not None:
                kept = pdf_in(await visit.read(queries.letter_bytes, reference, mail.message_id))
                if kept is not None:
                    yield path, kept[1]
        except GrcError:
            missing.append(f"{path} : il n’a pas pu être lu")


def _paths(folder: str, files: Sequence[AttachmentView]) -> dict[str, str]:
    """Where each file lies in the archive, by its id: numbered, so that no two are one."""
    return {
        file.public_id: f"{folder}/{number:02d}-{archives.plain_name(file.name)}"
        for number, file in enumerate(files, start=1)
    }


def _account(session: Session, authority: str, *, by: Visitor, now: datetime) -> tuple[AccountView, dict[str, Any]]:
    assert by.citizen_id is not None  # noqa: S101 - require_account
    mine = (session, by.authority_id, by.citizen_id)
    account = accounts.view(*mine)
    sessions, sign_ins = held.of_citizen(*mine, now=now), records.of_citizen(*mine, most=_EVERY)
    return account, portable.of_account(account, authority, sessions, sign_ins)


def _references(session: Session, *, by: Visitor) -> list[str]:
    """Every demande of the account: what a code alone opened in this browser is somebody's else to take away."""
    mine = (col(Submission.authority_id) == by.authority_id, col(Submission.citizen_id) == by.citizen_id)
    statement = select(col(Submission.reference)).where(*mine).order_by(col(Submission.received_at))
    return list(session.execute(statement).scalars())


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2, default=portable.plain).encode()


def _readme(visit: Visit[Visitor], *, has_account: bool) -> bytes:
    return _html("readme", visit, has_account=has_account)


def _html(name: str, visit: Visit[Visitor], **shown: Any) -> bytes:
    text = rendering.render(f"exports/{name}.html", authority=visit.authority, today=visit.today, **shown)
    return text.encode()


def _missing(missing: Sequence[str]) -> bytes:
    return ("Ces fichiers ne sont pas dans l’archive :\n\n" + "\n".join(missing) + "\n").encode()
