"""A lean load client in a process of its own: kept connections, one request at a time on each, every answer read.

`python -m grc.bench.load` reads one JSON line: {"ports": […], "connections": n, "requests": path}, where the file
holds one request a line as JSON text, and writes one JSON line: {"seconds", "latencies" (ms), "statuses",
"locations" (how many different ones)}.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: ([^\r]+)", re.IGNORECASE)


class Tally:
    """What came back so far, and what is still to send."""

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self.waiting: Iterator[bytes] = iter(requests)
        self.left = len(requests)
        self.latencies: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.locations: set[bytes] = set()
        self._done = done

    def count(self, head: bytes, seconds: float) -> None:
        """Counts one answer."""
        self.latencies.append(seconds * 1000)
        self.statuses[head[9:12].decode()] += 1
        found = _LOCATION.search(head)
        if found is not None:
            self.locations.add(found[1])
        self.left -= 1
        if not self.left and not self._done.done():
            self._done.set_result(None)

    def fail(self, reason: str) -> None:
        """Ends the run: a connection was lost."""
        if not self._done.done():
            self._done.set_exception(ConnectionError(reason))


class Client(asyncio.Protocol):
    """One kept connection: sends the next request as soon as the last one is answered."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._received = b""
        self._sent_at = 0.0
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def send(self) -> None:
        """Sends the next request, if there is one."""
        request = next(self._tally.waiting, None)
        if request is not None:
            self._sent_at = time.perf_counter()
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = _LENGTH.search(head)
        if length is not None and len(body) < int(length[1]):
            return
        self._tally.count(head, time.perf_counter() - self._sent_at)
        self._received = b""
        self.send()

    def connection_lost(self, _error: Exception | None) -> None:
        if self._tally.left:
            self._tally.fail("the server closed a connection")


async def run(ports: list[int], connections: int, requests: list[bytes]) -> dict[str, Any]:
    """Sends every request once over that many connections, spread over the ports; gives what came back."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    tally = Tally(requests, done)
    clients = []
    for number in range(connections):
        port = ports[number % len(ports)]
        _, client = await loop.create_connection(lambda: Client(tally), "127.0.0.1", port)
        clients.append(client)
    started = time.perf_counter()
    for client in clients:
        client.send()
    await done
    return {
        "seconds": time.perf_counter() - started,
        "latencies": tally.latencies,
        "statuses": tally.statuses,
        "locations": len(tally.locations),
    }


def main() -> None:
    """Reads the order, runs it, writes what came back."""
    order = json.loads(sys.stdin.readline())
    lines = Path(order["requests"]).read_text(encoding="utf-8").splitlines()
    requests = [json.loads(line).encode() for line in lines]
    print(json.dumps(uvloop.run(run(order["ports"], order["connections"], requests))))


if __name__ == "__main__":
    main()
