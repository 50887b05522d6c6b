"""Takes posted files in: judged by their content, then kept in the store, before any transaction begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import IO, Any, cast

import anyio.to_thread

from grc.attachments import sniffing
from grc.attachments.commands import StoredFile
from grc.attachments.storage import Storage
from grc.errors import Problem
from grc.web.bodies import Upload

ALLOWED = (sniffing.PDF, sniffing.JPEG, sniffing.PNG)
MOST_AT_ONCE = 6
"""Files in one post: two questions of three."""
_CHUNK = 1 << 16


async def keep(
    storage: Storage,
    uploads: Sequence[Upload],
    *,
    authority: str,
    field: str,
    max_bytes: int,
    allowed: Collection[str] = ALLOWED,
) -> tuple[list[StoredFile], list[Problem]]:
    """The files that are safe in the store, and a problem for each that is not accepted; one never costs the others."""
    kept: list[StoredFile] = []
    problems: list[Problem] = []
    for upload in uploads:
        found = await anyio.to_thread.run_sync(_keep_one, storage, upload, authority, field, max_bytes, allowed)
        (kept if isinstance(found, StoredFile) else problems).append(found)  # type: ignore[arg-type]
    return kept, problems


@asynccontextmanager
async def kept_by(storage: Storage, files: Iterable[StoredFile]) -> AsyncIterator[None]:
    """Deletes the bytes of these files when the block that writes their rows fails."""
    try:
        yield
    except Exception:
        await forget(storage, [file.key for file in files])
        raise


async def forget(storage: Storage, keys: Sequence[str]) -> None:
    """Deletes bytes whose rows are gone."""
    for key in keys:
        await anyio.to_thread.run_sync(storage.delete, key)


def limits(max_bytes: int, allowed: Collection[str] = ALLOWED) -> str:
    """The sentence that says which files may be sent."""
    return f"Format {sniffing.kinds(allowed)}, {max_bytes // 1_000_000}\u00a0Mo au plus."


def _keep_one(
    storage: Storage, upload: Upload, authority: str, field: str, max_bytes: int, allowed: Collection[str]
) -> StoredFile | Problem:
    if upload.too_large:
        name = sniffing.display_name(upload.filename)
        most = f"{max_bytes // 1_000_000}\u00a0Mo"
        text = f"Le fichier «\u00a0{name}\u00a0» dépasse {most}. Choisissez un fichier plus léger."
        return Problem(field, "size", text)
    finding = sniffing.examine(cast(Any, upload.file), allowed=allowed)
    if finding.problem:
        return Problem(field, finding.problem, sniffing.sentence(finding.problem, upload.filename, allowed=allowed))
    stored = storage.put(authority, _chunks(upload.file), max_bytes=max_bytes)
    media_type = finding.type or ""
    name = sniffing.display_name(upload.filename, media_type)
    return StoredFile(stored.key, name, media_type, stored.size, stored.sha256)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
