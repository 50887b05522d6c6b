"""Citizens who file a whole demande each, page by page, as a browser without JavaScript does; in their own process.

`python -m grc.bench.citizens` reads one JSON line ({"port", "clients", "people": [{"address", "email"}, …], "pages",
"email_input", "prefix", "authority", "pause"}) and writes one: seconds spent on pages, and from the sending to the last
mail. The three seconds that a person takes at least between the first page and the sending are waited for and not
counted: nothing happens meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvloop

_PROCEDURE = "/demarches/acte-de-naissance"


class Unexpected(Exception):
    """An answer that a citizen should not get."""


@dataclass
class Person:
    """One browser: its connection, its cookies, and the draft that it fills."""

    order: Mapping[str, Any]
    address: str
    email: str
    cookies: dict[str, str] = field(default_factory=dict)
    draft: str = ""
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def fill(self) -> None:
        """Every page from the procedure's to the one that shows all answers again."""
        root = self.order["prefix"]
        await self.get(f"{root}{_PROCEDURE}")
        await self.get(f"{root}{_PROCEDURE}/identification")
        location = await self.post(f"{root}{_PROCEDURE}/brouillons", {})
        self.draft = location.rsplit("/", 1)[0]
        for fields in self.order["pages"]:
            await self.get(location)
            given = {**fields, "then": "continue"}
            if self.order["email_input"] in given:
                given[self.order["email_input"]] = self.email
            location = await self.post(location, given)
        await self.get(location)
        if not location.endswith("/verification"):
            raise Unexpected(location)
        self._leave()

    async def send(self) -> None:
        """The final POST, and the confirmation."""
        confirmation = await self.post(f"{self.draft}/envoi", {"site_web": ""})
        page = await self.get(confirmation)
        if not re.search(rb"\d{4}-\d{3}-\d{3}-\d{3}", page):
            raise Unexpected(confirmation)
        self._leave()

    async def get(self, path: str) -> bytes:
        """The body of a page; raises Unexpected for any other answer."""
        status, _, body = await self._ask("GET", path, b"")
        if status != 200:
            raise Unexpected(f"GET {path}: {status}")
        return body

    async def post(self, path: str, values: Mapping[str, Any]) -> str:
        """Where a posted form leads; raises Unexpected when it does not."""
        status, location, body = await self._ask("POST", path, urlencode(values, doseq=True).encode())
        if status != 303:
            raise Unexpected(f"POST {path}: {status} {body[:2000]!r}")
        return location

    def _leave(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.order["port"], limit=1 << 20)
        reader, writer = self._streams
        writer.write(self._request(method, path, body))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        for name, value in headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";", 1)[0]
        location = next((value for name, value in headers if name.lower() == "location"), "")
        return int(head[9:12]), location, await reader.readexactly(length)

    def _request(self, method: str, path: str, body: bytes) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.order['authority']}",
            f"X-Forwarded-For: {self.address}",
            "Accept: text/html",
            "Sec-Fetch-Site: same-origin",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        ]
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


async def run(order: Mapping[str, Any]) -> dict[str, float]:
    """Every person files; seconds of the pages, and of the sending until no mail waits."""
    people = [Person(order, each["address"], each["email"]) for each in order["people"]]
    started = time.perf_counter()
    await _by(order["clients"], [person.fill for person in people])
    filled = time.perf_counter()
    await asyncio.sleep(order["pause"])
    sending = time.perf_counter()
    await _by(order["clients"], [person.send for person in people])
    sent = time.perf_counter()
    await _delivered(order)
    done = time.perf_counter()
    return {"filling": filled - started, "sending": sent - sending, "delivering": done - sent}


async def _by(clients: int, acts: list[Any]) -> None:
    """Does every act, so many at a time."""
    waiting = iter(acts)

    async def client() -> None:
        for act in waiting:
            await act()

    await asyncio.gather(*(client() for _ in range(clients)))


async def _delivered(order: Mapping[str, Any]) -> None:
    """Waits until the outbox is empty, as the installation itself says it."""
    asker = Person(order, "127.0.0.1", "")
    while b" 0 pending, 0 given up" not in await asker.get("/readyz"):
        await asyncio.sleep(0.05)


def main() -> None:
    """Reads the order, runs it, writes what it took."""
    order = json.loads(sys.stdin.readline())
    print(json.dumps(uvloop.run(run(order))))


if __name__ == "__main__":
    main()
