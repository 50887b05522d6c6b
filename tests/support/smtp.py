"""An SMTP server that answers what a test says, word for word: for what a polite server never does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

_POLITE = {"GREETING": "220 exemple.example", "EHLO": "250 exemple.example", "DATA": "354 go on", "QUIT": "221 bye"}


@dataclass
class Script:
    """What the server says to each verb ("GREETING" at first, "." after the text), and what it heard."""

    answers: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    """Seconds that it takes over a text before it answers, once: the next ones are answered at once."""
    heard: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    port: int = 0
    talks: set[asyncio.Task[None]] = field(default_factory=set)

    def answer(self, verb: str) -> str:
        """The answer to a verb; "250 2.0.0 OK" unless the script says otherwise."""
        return self.answers.get(verb) or _POLITE.get(verb) or "250 2.0.0 OK"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self.talks.add(task)
        writer.write(f"{self.answer('GREETING')}\r\n".encode())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while line := (await reader.readline()).decode().strip():
                verb = line.split(" ")[0].upper()
                self.heard.append(line)
                writer.write(f"{self.answer(verb)}\r\n".encode())
                if verb == "DATA" and self.answer(verb).startswith("354"):
                    self.texts.append(await reader.readuntil(b"\r\n.\r\n"))
                    pause, self.slow = self.slow, 0.0
                    await asyncio.sleep(pause)
                    writer.write(f"{self.answer('.')}\r\n".encode())
                await writer.drain()
                if verb == "QUIT":
                    break
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def scripted(answers: Mapping[str, str]) -> AsyncIterator[Script]:
    """The server, listening on loopback while the block runs."""
    script = Script(dict(answers))
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for talk in script.talks:
            talk.cancel()
        await asyncio.gather(*script.talks)
