"""A mail server that is not always well: it takes, hesitates, puts off, hangs up; what it took is kept, with when."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Moody:
    """slow, busy, hangs: the share of texts that take long, are put off (451) or are never answered.

    taken: the texts that were answered 250, by Message-ID. most_at_once: how often one mail was under way at once.
    """

    slow: float = 0.0
    busy: float = 0.0
    hangs: float = 0.0
    refused: str = ""
    """Part of the addresses that are refused for good."""
    patience: float = 1.5
    """Seconds of silence before it hangs up."""
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    taken: dict[str, list[bytes]] = field(default_factory=dict)
    under_way: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    moods: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def mood(self) -> str:
        """What it does with the next text."""
        drawn = self.chance.random()
        for name, share in (("slow", self.slow), ("busy", self.busy), ("hangs", self.hangs)):
            if drawn < share:
                return name
            drawn -= share
        return "well"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"220 moody.example\r\n")
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while line := (await reader.readline()).decode().strip():
                verb = line.split(" ")[0].upper()
                if verb == "DATA":
                    writer.write(b"354 go on\r\n")
                    if not await self._text(await reader.readuntil(b"\r\n.\r\n"), writer):
                        break
                elif verb == "RCPT" and self.refused and self.refused in line:
                    writer.write(b"550 5.1.1 unknown\r\n")
                else:
                    writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 2.0.0 OK\r\n")
                await writer.drain()
                if verb == "QUIT":
                    break
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _text(self, text: bytes, writer: asyncio.StreamWriter) -> bool:
        """Takes a text or not; whether the connection goes on."""
        found = _ID.search(text)
        assert found is not None
        key, mood = found[1].decode(), self.mood()
        self.moods[mood] += 1
        self.under_way[key] += 1
        self.most_at_once = max(self.most_at_once, self.under_way[key])
        try:
            if mood in ("slow", "hangs"):
                await asyncio.sleep(self.patience)
        finally:
            self.under_way[key] -= 1
        if mood == "hangs":
            return False
        if mood == "busy":
            writer.write(b"451 4.3.2 later\r\n")
            return True
        self.taken.setdefault(key, []).append(text)
        writer.write(b"250 2.0.0 taken\r\n")
        return True


@contextlib.asynccontextmanager
async def moody(server: Moody) -> AsyncIterator[Moody]:
    """The server, listening on loopback while the block runs."""
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, limit=1 << 24)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
