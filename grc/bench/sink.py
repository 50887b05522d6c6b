"""A mail server that takes everything and keeps only counts: lean, so that it does not measure itself."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

_ANSWERS = {
    b"EHLO": b"250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"HELO": b"250 sink.example\r\n",
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 Bye\r\n",
}


class Sink:
    """Runs in a thread of its own from `start` to `stop`. messages, attached: how many came, how many with a PDF."""

    def __init__(self) -> None:
        self.port = 0
        self.messages = 0
        self.attached = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Sink:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def clear(self) -> None:
        """Counts from nothing again."""
        self.messages = self.attached = 0

    def _run(self) -> None:
        loop = self._loop = asyncio.new_event_loop()
        server = loop.run_until_complete(loop.create_server(lambda: _Connection(self), "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        loop.run_forever()
        server.close()
        loop.close()


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._received = b""
        self._in_text = False
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._step():
            continue

    def _step(self) -> bool:
        """Takes one command or one text, if it is whole."""
        line, end, rest = self._received.partition(b"\r\n.\r\n" if self._in_text else b"\r\n")
        if not end:
            return False
        self._received = rest
        if self._in_text:
            self._in_text = False
            self._sink.messages += 1
            self._sink.attached += b"application/pdf" in line
            self._transport.write(b"250 2.0.0 Kept\r\n")
            return True
        command = line[:4].upper()
        self._in_text = command == b"DATA"
        self._transport.write(_ANSWERS.get(command, b"250 2.0.0 OK\r\n"))
        if command == b"QUIT":
            self._transport.close()
        return True
