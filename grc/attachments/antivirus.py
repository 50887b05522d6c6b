"""Asks clamd, on this machine, whether bytes hold a virus: the INSTREAM and PING commands of its protocol, no more."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

import anyio.to_thread

from grc.errors import Unavailable

_CHUNK = 1 << 18
_LENGTH = struct.Struct(">I")
_CONNECTING = 5.0
_SCANNING = 180.0
_LONGEST_ANSWER = 4096
_FOUND = re.compile(r"stream: (?P<name>.{1,300}) FOUND", re.DOTALL)
_ABSENT = "L’antivirus ne répond pas."


class NotScanned(Exception):
    """Clamd answered, but did not scan this file: the text is its answer, cut to 200 characters."""


@dataclass(frozen=True)
class Verdict:
    """What the antivirus says of a file. found: the name of the signature that matched, "" for a clean file."""

    found: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found


@dataclass(frozen=True)
class Clamd:
    """A clamd. address: the path of its socket, or host:port; seconds: to connect, then for one file."""

    address: str
    connecting: float = _CONNECTING
    scanning: float = _SCANNING

    async def scan(self, file: IO[bytes]) -> Verdict:
        """The verdict on a file, sent in chunks from where it stands.

        Raises Unavailable when clamd cannot be asked, NotScanned when it refuses this file (too large for it).
        """
        async with self._asking(self.scanning) as (reader, writer):
            writer.write(b"zINSTREAM\0")
            try:
                while chunk := await anyio.to_thread.run_sync(file.read, _CHUNK):
                    writer.write(_LENGTH.pack(len(chunk)) + chunk)
                    await writer.drain()
                writer.write(_LENGTH.pack(0))
                await writer.drain()
            except ConnectionError:  # clamd says why before it hangs up on a file that is too large
                if not (answer := await _answer(reader)):
                    raise
                raise NotScanned(answer) from None
            return _verdict(await _answer(reader))

    async def fault(self) -> str:
        """Why clamd cannot be asked, "" when it answers."""
        try:
            async with self._asking(self.connecting) as (reader, writer):
                writer.write(b"zPING\0")
                answer = await _answer(reader)
        except Unavailable as error:
            return f"{type(error.__cause__).__name__}"
        return "" if answer == "PONG" else f"réponse inattendue : {answer[:40]!r}"

    @asynccontextmanager
    async def _asking(self, seconds: float) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with asyncio.timeout(self.connecting):
                reader, writer = await self._connected()
            try:
                async with asyncio.timeout(seconds):
                    yield reader, writer
            finally:
                writer.close()
        except (OSError, EOFError, TimeoutError) as error:
            raise Unavailable(_ABSENT) from error

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.address.startswith("/"):
            return await asyncio.open_unix_connection(self.address)
        host, _, port = self.address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


async def _answer(reader: asyncio.StreamReader) -> str:
    """The answer up to its NUL, in printable ASCII; raises EOFError when there is none."""
    read = await reader.read(_LONGEST_ANSWER)
    while read and not read.endswith(b"\0") and len(read) < _LONGEST_ANSWER:
        more = await reader.read(_LONGEST_ANSWER - len(read))
        if not more:
            break
        read += more
    if not read:
        raise EOFError("clamd hung up")
    return re.sub(r"[^ -~]", "", read.decode("ascii", "replace")).strip()[:400]


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict()
    found = _FOUND.fullmatch(answer)
    if found is None:
        raise NotScanned(answer[:200])
    return Verdict(found["name"])
