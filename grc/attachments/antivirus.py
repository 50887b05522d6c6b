"""Asks clamd, on this machine, whether bytes hold a virus: the INSTREAM and PING commands of its protocol, no more."""

from __future__ import annotations

import asyncio
import contextlib
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
    """Clamd gave no verdict on this file: the text is its answer, cut to 200 characters, or the kind of failure."""


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

        Raises Unavailable when clamd cannot be reached; NotScanned when it gives no verdict on this file (it hangs up
        on one beyond its StreamMaxLength, or takes too long), so that one file never holds the others up.
        """
        async with self._connection() as (reader, writer):
            try:
                async with asyncio.timeout(self.scanning):
                    writer.write(b"zINSTREAM\0")
                    while chunk := await anyio.to_thread.run_sync(file.read, _CHUNK):
                        writer.write(_LENGTH.pack(len(chunk)) + chunk)
                        await writer.drain()
                    writer.write(_LENGTH.pack(0))
                    return _verdict(await _answer(reader))
            except (OSError, EOFError, TimeoutError) as error:
                raise NotScanned(type(error).__name__) from error

    async def fault(self) -> str:
        """Why clamd cannot be asked, "" when it answers."""
        try:
            async with self._connection() as (reader, writer), asyncio.timeout(self.connecting):
                writer.write(b"zPING\0")
                answer = await _answer(reader)
        except Unavailable as error:
            return type(error.__cause__).__name__
        except (OSError, EOFError, TimeoutError) as error:
            return type(error).__name__
        return "" if answer == "PONG" else f"réponse inattendue : {answer[:40]!r}"

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with asyncio.timeout(self.connecting):
                reader, writer = await self._connected()
        except (OSError, TimeoutError) as error:
            raise Unavailable(_ABSENT) from error
        try:
            yield reader, writer
        finally:
            writer.transport.abort()  # what is still unsent of a file is of no more use
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.address.startswith("/"):
            return await asyncio.open_unix_connection(self.address)
        host, _, port = self.address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


async def _answer(reader: asyncio.StreamReader) -> str:
    """The answer up to its NUL, in printable ASCII; raises EOFError when it is absent or cut short."""
    read = await reader.read(_LONGEST_ANSWER)
    while b"\0" not in read and len(read) < _LONGEST_ANSWER and (more := await reader.read(_LONGEST_ANSWER)):
        read += more
    answer, ended, beyond = read.partition(b"\0")
    if not ended or beyond:
        raise EOFError("not one answer")
    return re.sub(r"[^ -~]", "", answer.decode("ascii", "ignore"))[:400]


def _verdict(answer: str) -> Verdict:
    if answer == "stream: OK":
        return Verdict()
    found = _FOUND.fullmatch(answer)
    if found is None:
        raise NotScanned(answer[:200])
    return Verdict(found["name"])
