"""Files and letters, to those who may read them: as attachments, on an answer that can neither run nor be framed."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import IO
from urllib.parse import quote

import anyio.to_thread
from starlette.responses import Response, StreamingResponse

from grc.attachments import scanning
from grc.attachments.commands import AttachmentView
from grc.errors import Conflict, NotFound
from grc.submissions import queries
from grc.web import security
from grc.web.visit import A, Visit

_CHUNK = 1 << 16
_HINDRANCES = {
    scanning.PENDING: "Analyse antivirus en cours",
    scanning.INFECTED: "Contenait un virus : détruit",
}


async def file(visit: Visit[A]) -> Response:
    """An attachment of a submission within reach."""
    found = await visit.read(queries.attachment, visit.path["reference"], visit.path["file"])
    if found.scan == scanning.INFECTED:
        raise Conflict("Ce fichier contenait un virus : il a été détruit.")
    if not found.is_readable:
        raise Conflict("Ce fichier est en cours d’analyse par l’antivirus. Réessayez dans quelques minutes.")
    content = await anyio.to_thread.run_sync(visit.platform.storage.open, found.key)
    told = headers(found.name) | {"Content-Length": str(found.size_bytes)}
    return StreamingResponse(chunks(content), media_type=found.media_type, headers=told)


def hindrance(file: AttachmentView) -> str:
    """Why nobody can read this file, in a few words; "" for one that can be read."""
    return _HINDRANCES.get(file.scan, "")


async def letter(visit: Visit[A]) -> Response:
    """The PDF that left with a mail, exactly as it left."""
    number = visit.path["letter"]
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound("Ce courrier n’existe pas.")
    raw = await visit.read(queries.letter_bytes, visit.path["reference"], int(number))
    found = pdf_in(raw)
    if found is None:
        raise NotFound("Ce courrier n’existe pas.")
    name, content = found
    return Response(content, media_type="application/pdf", headers=headers(name))


def pdf_in(raw: bytes) -> tuple[str, bytes] | None:
    """The name and the bytes of the letter that a mail carries, or None."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy's own class
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return part.get_filename() or "courrier.pdf", content
    return None


def headers(name: str) -> dict[str, str]:
    """What a download carries: its name, and that it can neither run nor be framed."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return {**security.DOWNLOAD, "Content-Disposition": disposition}


def chunks(content: IO[bytes]) -> Iterator[bytes]:
    """The bytes of an open file, closed at their end."""
    with content:
        while chunk := content.read(_CHUNK):
            yield chunk
