"""A zip that is sent while it is made: no copy of somebody's data is ever put down on the way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from typing import IO, Any

import anyio.to_thread

_CHUNK = 1 << 16
Entry = tuple[str, bytes | IO[bytes]]
"""A path inside the archive, and its bytes, or a file to read and close."""


class _Sink(io.RawIOBase):
    """What zipfile writes into: a pipe without a way back, emptied as it fills."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        """What was written since, and is forgotten."""
        data, self._held = bytes(self._held), bytearray()
        return data


async def streamed(entries: AsyncIterator[Entry]) -> AsyncIterator[bytes]:
    """The bytes of the archive of these entries, as they come."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        async for name, content in entries:
            if isinstance(content, bytes):
                await anyio.to_thread.run_sync(archive.writestr, name, content)
                yield sink.taken()
                continue
            with content, archive.open(name, "w", force_zip64=True) as kept:
                while await anyio.to_thread.run_sync(_moved, content, kept):
                    yield sink.taken()
    yield sink.taken()


def plain_name(name: str) -> str:
    """The name without anything that a file system reads as a path."""
    return "".join(c if c.isalnum() or c in ".-_ " else "_" for c in name)[-100:].lstrip(".") or "fichier"


def _moved(source: IO[bytes], kept: IO[bytes]) -> int:
    chunk = source.read(_CHUNK)
    kept.write(chunk)
    return len(chunk)
