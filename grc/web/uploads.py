"""Takes posted files in: judged by their content, images redrawn, kept in the store before any transaction begins.

Nothing of it runs on the event loop, nor in a unit of work: reading and keeping take a thread, an image a process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from io import BytesIO
from typing import IO, Any, cast

import anyio.to_thread

from grc.attachments import darkroom, sniffing
from grc.attachments.commands import StoredFile
from grc.attachments.darkroom import NotDeveloped
from grc.attachments.sniffing import Finding
from grc.attachments.storage import Storage
from grc.errors import Problem
from grc.web.bodies import Upload
from grc.web.platform import Platform

ALLOWED = (sniffing.PDF, sniffing.JPEG, sniffing.PNG, sniffing.HEIC)
MOST_AT_ONCE = 6
"""Files in one post: two questions of three."""
_CHUNK = 1 << 16


async def keep(
    platform: Platform,
    uploads: Sequence[Upload],
    *,
    authority: str,
    field: str,
    max_bytes: int = 0,
    allowed: Collection[str] = ALLOWED,
    already: int = 0,
) -> tuple[list[StoredFile], list[Problem]]:
    """The files that are safe in the store, and a problem for each that is not accepted; one never costs the others.

    max_bytes: of each file, as it came and as it is kept; 0 for the installation's own limit, which always holds.
    already: the bytes that the demande has, which count with these towards the limit of all its documents together.
    """
    most = min(max_bytes or platform.config.max_file_bytes, platform.config.max_file_bytes)
    kept: list[StoredFile] = []
    problems: list[Problem] = []
    for upload in uploads:
        together = already + sum(file.size_bytes for file in kept)
        try:
            if together + upload.size > platform.config.max_total_bytes:
                raise _NotKept("total")
            kept.append(await _keep_one(platform, upload, authority=authority, most=most, allowed=allowed))
        except _NotKept as refusal:
            code = refusal.problem
            limit = megabytes(platform.config.max_total_bytes if code == "total" else most)
            told = sniffing.sentence(code, upload.filename, allowed=allowed, most=limit)
            problems.append(Problem(field, code, told))
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
    return f"Format {sniffing.kinds(allowed)}, {megabytes(max_bytes)} au plus."


def megabytes(size: int) -> str:
    """A limit as people read it: "10 Mo", "500 Ko"."""
    return f"{size // 1_000_000}\u00a0Mo" if size >= 1_000_000 else f"{max(size // 1000, 1)}\u00a0Ko"


class _NotKept(Exception):
    """A file that is not accepted; problem: one of sniffing.PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


async def _keep_one(
    platform: Platform, upload: Upload, *, authority: str, most: int, allowed: Collection[str]
) -> StoredFile:
    if upload.too_large or upload.size > most:
        raise _NotKept("size")
    finding = await anyio.to_thread.run_sync(_examined, upload, allowed)
    if finding.problem or finding.type is None:
        raise _NotKept(finding.problem or "type")
    content, media_type = upload.file, finding.type
    if media_type in darkroom.IMAGES:
        content, media_type = await _developed(platform, upload, media_type, most), darkroom.kept_type(media_type)
    put = partial(platform.storage.put, authority, _chunks(content), max_bytes=most)
    stored = await anyio.to_thread.run_sync(put)
    name = sniffing.display_name(upload.filename, media_type, was=finding.type)
    is_scanned = platform.antivirus is not None
    return StoredFile(stored.key, name, media_type, stored.size, stored.sha256, is_scanned=is_scanned)


def _examined(upload: Upload, allowed: Collection[str]) -> Finding:
    return sniffing.examine(cast(Any, upload.file), allowed=allowed)


async def _developed(platform: Platform, upload: Upload, media_type: str, most: int) -> IO[bytes]:
    side = platform.config.photo_side
    develop = partial(darkroom.developed, upload.file, media_type, side=side, max_bytes=most)
    try:
        return BytesIO(await platform.developing(develop))
    except NotDeveloped as failure:
        raise _NotKept(failure.problem) from failure


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
