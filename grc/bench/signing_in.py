"""A citizen signs in by OpenID Connect: our two answers and our processor time, that of the provider not counted."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from grc.bench.figures import Round, a_round, median_round
from grc.bench.installation import BASE_PORT, SLUG, Installation
from grc.bench.posts import NotKept
from grc.bench.processes import Process, busy_seconds, free_port

_BEGIN = f"/{SLUG}/franceconnect/connexion"
_WARMING = 3
_PERSON = "prenoms"
"""One of the simulator's identities."""


@dataclass(frozen=True)
class Sizes:
    """rounds; sign_ins: in each round, one after the other."""

    rounds: int = 3
    sign_ins: int = 60


@dataclass(frozen=True)
class SigningIn:
    """kind: of the database. bare, ours: medians; latencies are of the two answers together, in ms."""

    kind: str
    bare: Round
    ours: Round


@dataclass(frozen=True)
class _Side:
    """Something that signs in: its process and its port."""

    name: str
    process: Process
    port: int


def measure(made: Installation, sizes: Sizes) -> SigningIn:
    """A bare client and ours in turn, before the same provider. Raises NotKept when somebody did not get in."""
    base_url = f"http://127.0.0.1:{BASE_PORT}"
    provider = made.module("grc.bench.provider", made.issuer, base_url)
    provider.wait_ready(_port_of(made.issuer))
    bare_port, our_port = free_port(), free_port()
    bare = _Side("bare", made.module("grc.bench.bare_client", made.issuer, base_url, SLUG, str(bare_port)), bare_port)
    ours = _Side("ours", made.serve(our_port), our_port)
    rounds: dict[str, list[Round]] = {bare.name: [], ours.name: []}
    for side in (bare, ours):
        side.process.wait_ready(side.port)
        _round(made, side, _WARMING)
    for _ in range(sizes.rounds):
        for side in (bare, ours):
            rounds[side.name].append(_round(made, side, sizes.sign_ins))
    made.stop()
    return SigningIn(made.kind, median_round(rounds[bare.name]), median_round(rounds[ours.name]))


def _round(made: Installation, side: _Side, count: int) -> Round:
    before, started = busy_seconds(side.process.pid), perf_counter()
    latencies = [_sign_in(made, side) for _ in range(count)]
    seconds = perf_counter() - started
    return a_round(latencies, seconds=seconds, cpu_seconds=busy_seconds(side.process.pid) - before)


def _sign_in(made: Installation, side: _Side) -> float:
    """One person from our button to their pages; gives the milliseconds of our two answers, as the browser waits."""
    browser = _Browser(made.next_address()[1])
    started = perf_counter()
    asked = browser.post(side.port, _BEGIN, {})
    took = perf_counter() - started
    page = browser.get(_port_of(asked), _path_of(asked))
    back = browser.post(_port_of(asked), _path_of(page), {"identity": _PERSON})
    started = perf_counter()
    landed = browser.get(side.port, _path_of(back))
    took += perf_counter() - started
    if "souci" in landed or (side.name == "ours" and not browser.is_known):
        raise NotKept(f"{side.name}: nobody signed in, {landed}; see {side.process.log}")
    return took * 1000


class _Browser:
    """A browser that follows nothing by itself. is_known: whether our last answer gave it a session."""

    def __init__(self, address: str) -> None:
        self.is_known = False
        self._address = address
        self._cookies: dict[str, str] = {}

    def get(self, port: int, path: str) -> str:
        """Where a page leads; raises NotKept for one that leads nowhere."""
        return self._ask("GET", port, path, "")

    def post(self, port: int, path: str, fields: Mapping[str, str]) -> str:
        """Where a form leads."""
        return self._ask("POST", port, path, urlencode(fields))

    def _ask(self, method: str, port: int, path: str, body: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(method, path, body.encode() or None, self._headers())
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        self.is_known = answer.getheader("set-cookie") is not None
        where = answer.getheader("location")
        if where is None:
            raise NotKept(f"{method} {path}: {answer.status} {said[:300]!r}")
        return where

    def _headers(self) -> dict[str, str]:
        return {
            "Host": f"127.0.0.1:{BASE_PORT}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self._address,
        }


def _port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
