"""What programs read of demandes, by their key: the state and dates as the citizen is told them, and the documents."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
from starlette.responses import Response, StreamingResponse

from grc.attachments import scanning
from grc.attachments.commands import AttachmentView
from grc.errors import Conflict, NotFound
from grc.submissions import phases, programs, queries
from grc.submissions.models import Decision, DocumentsRequest
from grc.submissions.programs import Listed
from grc.submissions.queries import Mailing, Whole
from grc.web import downloads
from grc.web.api.keyed import BadRequest, Call, answered

Json = Any
_STATUS = "status"
_DOCUMENT = re.compile(r"(?P<kind>letter|file)-(?P<id>[\w-]{1,40})", re.ASCII)
_NO_DOCUMENT = "Cette demande n’a pas ce document."
_CURSOR = "Le paramètre « after » est celui du lien « next », sans changement."


async def every(call: Call) -> Response:
    """The demandes that the key reaches, the oldest first, a page at a time."""
    since, limit = _since(call.request.query_params.get("since")), _limit(call.request.query_params.get("limit"))
    after = _place(call.request.query_params.get("after"))
    found = await call.read(programs.listed, call.actor, since=since, after=after, limit=limit)
    if sensitive := [one.reference for one in found if one.is_sensitive]:
        await call.write(programs.note_listed, call.actor, sensitive)
    following = None
    if len(found) == limit:
        last = {"after": _cursor(found[-1]), "limit": str(limit)}
        following = f"{call.base}/submissions?{urlencode(last)}"
    return answered({"submissions": [_short(call, each) for each in found], "next": following})


async def status(call: Call) -> Response:
    """One demande: where it stands, its dates, its decisions, its documents."""
    await _note(call, _STATUS)
    return answered(_status(call, await call.read(programs.whole, call.actor, call.path["reference"])))


async def document(call: Call) -> Response:
    """A letter as it left, or a file of the demande as it was kept."""
    asked = _DOCUMENT.fullmatch(call.path["document"])
    if asked is None:
        raise NotFound(_NO_DOCUMENT)
    await _note(call, call.path["document"])
    found = await call.read(programs.whole, call.actor, call.path["reference"])
    if asked["kind"] == "letter":
        return await _letter(call, found, asked["id"])
    return await _file(call, found, asked["id"])


async def _note(call: Call, what: str) -> None:
    """Journals the reading of a sensitive demande before it is shown; what cannot be journalled is not shown."""
    opened = await call.read(programs.opened, call.actor, call.path["reference"])
    if opened.is_sensitive:
        await call.write(programs.note_read, call.actor, opened, what)


async def _letter(call: Call, found: Whole, number: str) -> Response:
    mail = next((one for one in _letters(found) if str(one.message_id) == number), None)
    if mail is None or mail.message_id is None:
        raise NotFound(_NO_DOCUMENT)
    raw = await call.read(
        queries.letter_bytes, found.submission.reference, mail.message_id, by=programs.reader(call.actor, found)
    )
    carried = downloads.pdf_in(raw)
    if carried is None:
        raise NotFound(_NO_DOCUMENT)
    name, content = carried
    return Response(content, media_type="application/pdf", headers=downloads.headers(name))


async def _file(call: Call, found: Whole, public_id: str) -> Response:
    view = next((one for one in found.files if one.public_id == public_id), None)
    if view is None:
        raise NotFound(_NO_DOCUMENT)
    if view.scan == scanning.INFECTED:
        raise Conflict("Ce fichier contenait un virus : il a été détruit.")
    if not view.is_readable:
        raise Conflict("Ce fichier est en cours d’analyse par l’antivirus. Réessayez dans quelques minutes.")
    content = await anyio.to_thread.run_sync(call.platform.storage.open, view.key)
    headers = downloads.headers(view.name) | {"Content-Length": str(view.size_bytes)}
    return StreamingResponse(downloads.chunks(content), media_type=view.media_type, headers=headers)


def _short(call: Call, one: Listed) -> dict[str, Json]:
    return {
        "reference": one.reference,
        "procedure": one.procedure,
        "state": one.state,
        "phase": phases.told(one.phase),
        "received_at": one.received_at.isoformat(),
        "state_since": one.state_since.isoformat(),
        "links": {"self": f"{call.base}/submissions/{one.reference}"},
    }


def _status(call: Call, found: Whole) -> dict[str, Json]:
    row = found.submission
    asked = found.open_request
    return {
        "reference": row.reference,
        "procedure": {"slug": found.procedure.slug, "title": found.procedure.title},
        "state": {"id": row.state, "label": found.procedure.workflow.state(row.state).label},
        "phase": phases.told(row.phase),
        "state_since": row.state_since.isoformat(),
        "received_at": row.received_at.isoformat(),
        "received_on": row.first_received_on.isoformat(),
        "is_report": row.is_report,
        "silence": {
            "rule": row.silence_rule,
            "due_on": _day(row.silence_on),
            "decided_on": _day(row.implied_on),
        },
        "documents_requested": None if asked is None else _asked(asked),
        "decisions": [_decision(one) for one in found.decisions],
        "documents": list(_documents(call, found)),
    }


def _asked(one: DocumentsRequest) -> dict[str, Json]:
    return {
        "requested_on": one.requested_on.isoformat(),
        "due_on": one.due_on.isoformat(),
        "documents": [{"question": item["field"], "title": item["title"]} for item in one.items],
    }


def _decision(one: Decision) -> dict[str, Json]:
    return {
        "kind": one.kind,
        "outcome": one.outcome,
        "decided_at": one.decided_at.isoformat(),
        "born_on": _day(one.born_on),
        "notified_at": None if one.notified_at is None else one.notified_at.isoformat(),
    }


def _documents(call: Call, found: Whole) -> Iterator[dict[str, Json]]:
    base = f"{call.base}/submissions/{found.submission.reference}/documents"
    for mail in _letters(found):
        name = f"letter-{mail.message_id}"
        at = mail.sent_at or mail.created_at
        yield _listed(base, name, mail.kind, "application/pdf", at)
    for file in found.files:
        if file.scan != scanning.INFECTED:
            yield _listed(base, f"file-{file.public_id}", _kind(file), file.media_type, file.received_at)


def _listed(base: str, name: str, kind: str, media_type: str, at: datetime) -> dict[str, Json]:
    return {"id": name, "kind": kind, "media_type": media_type, "at": at.isoformat(), "href": f"{base}/{name}"}


def _kind(file: AttachmentView) -> str:
    """The question that it answers, or who sent it with a message."""
    return file.field or f"message:{file.sender}"


def _letters(found: Whole) -> list[Mailing]:
    """The letters that left to the citizen."""
    return [one for one in found.mailings if one.has_letter and one.recipient == "citizen" and one.message_id]


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest("Le paramètre « since » est un instant, comme 2026-11-22T08:00:00Z.") from error


def _limit(text: str | None) -> int:
    if text is None:
        return programs.MOST_LISTED
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= programs.MOST_LISTED):
        raise BadRequest(f"Le paramètre « limit » est un nombre de 1 à {programs.MOST_LISTED}.")
    return int(text)


def _cursor(one: Listed) -> str:
    return base64.urlsafe_b64encode(f"{one.received_at.isoformat()}|{one.id}".encode()).decode().rstrip("=")


def _place(text: str | None) -> tuple[datetime, int] | None:
    if text is None:
        return None
    try:
        said = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        at, _, key = said.partition("|")
        found, number = datetime.fromisoformat(at), int(key)
        instant = found.astimezone(UTC)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise BadRequest(_CURSOR) from error
    if found.tzinfo is None or not 0 <= number < 2**63:
        raise BadRequest(_CURSOR)
    return instant, number
