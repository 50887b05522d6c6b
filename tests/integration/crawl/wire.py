"""Requests as bytes, handed to the application as the server hands them: nothing is tidied on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Ask:
    """A request. target: path and query as the request line writes them, in ASCII.

    cut: the browser leaves before the body is whole. client: its address, which rate limits count.
    """

    method: str
    target: str
    headers: Mapping[str, bytes] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    client: str = "127.0.0.1"

    def with_headers(self, headers: Mapping[str, bytes]) -> Ask:
        """The same, with these headers on top."""
        return replace(self, headers={**self.headers, **headers})

    def __str__(self) -> str:
        told = {name: value[:60] for name, value in self.headers.items() if name != "cookie"}
        return f"{self.method} {self.target[:160]} {told} {self.body[:80]!r}"


@dataclass(frozen=True)
class Answer:
    """What came back. raised: what the application let through, which a server turns into a bare page."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    raised: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, "" without one."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def text(self) -> str:
        """The body, as UTF-8."""
        return self.body.decode("utf-8", "replace")


class Wire:
    """An application to ask."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def ask(self, asked: Ask) -> Answer:
        """What it answers."""
        heard = _Heard(asked)
        raised = ""
        try:
            await self._app(_scope(asked), heard.receive, heard.send)
        except Exception as error:  # whatever leaves the application is the finding
            raised = f"{type(error).__name__}: {error}"[:200]
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in heard.headers]
        return Answer(heard.status, headers, bytes(heard.body), raised)


class _Heard:
    """The two ends of one exchange."""

    def __init__(self, asked: Ask) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self._coming = [asked.body[: len(asked.body) // 2] if asked.cut else asked.body]
        self._is_cut = asked.cut
        self._is_over = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        """The body, then nothing until the answer is over: a browser waits for it."""
        if self._coming:
            return {"type": "http.request", "body": self._coming.pop(), "more_body": self._is_cut}
        if not self._is_cut:
            await self._is_over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], [(bytes(a), bytes(b)) for a, b in message["headers"]]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._is_over.set()


def _scope(asked: Ask) -> dict[str, Any]:
    path, _, query = asked.target.partition("?")
    given = {"host": b"127.0.0.1:8000", **asked.headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": (asked.client, 40000),
        "scheme": "http",
        "root_path": "",
        "method": asked.method,
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "headers": [(name.encode(), value) for name, value in given.items() if value != ABSENT],
        "state": {},
    }


ABSENT = b"\0absent"
"""In place of a header's value: not sent at all."""
