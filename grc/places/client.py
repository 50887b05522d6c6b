"""The only part that speaks to a geocoder and to a tile server. Nothing of a citizen goes out but the words typed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2

from grc.places import geojson, tiles
from grc.places.geojson import Suggestion
from grc.places.patience import Circuit, Clock, Memory

logger = logging.getLogger(__name__)

T = TypeVar("T")

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})  # never through a proxy
_LARGEST_ANSWER = 200_000
_SHORTEST, _LONGEST = 3, 200
_HOUR = 3600.0
_HEADERS = {"User-Agent": "GRC", "Accept-Encoding": "identity"}
"""No compression: what would unfold without end is not read."""


class _Refused(ValueError):
    """The service did not answer as it should; the text says how, and holds nothing of the question."""


class _Service:
    """One service outside: asked with patience and bounds, not asked at all for a while after failures."""

    def __init__(self, name: str, url: str, *, timeout: float, largest: int, at_once: int, now: Clock) -> None:
        self._name, self._url, self._timeout, self._largest = name, url, timeout, largest
        self._at_once, self._under_way = at_once, 0
        self._circuit = Circuit(now=now)
        self._http: httpx2.AsyncClient | None = None

    async def get(self, url: str, params: dict[str, str], read: Callable[[httpx2.Response], T]) -> T | None:
        """What the answer holds; None when the service is not to be asked now, failed, or refuses the question.

        read: from the answer, read whole, to what is sought; its ValueError is a failure of the service.
        """
        if self._under_way >= self._at_once or not self._circuit.may_ask():
            return None
        self._under_way += 1
        try:
            answer = await self._ask(url, params)
            found = read(answer) if answer.status_code == httpx2.codes.OK else None
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError) as error:
            self._fault(str(error) if isinstance(error, _Refused) else type(error).__name__)
            return None
        finally:
            self._under_way -= 1
        self._circuit.answered()
        return found

    def _fault(self, reason: str) -> None:
        """Counts and logs a failure; the one that begins a silence louder."""
        if self._circuit.failed():
            logger.error("%s unavailable: %s; not asked for a while", self._name, reason)
        else:
            logger.warning("%s: %s", self._name, reason)

    async def close(self) -> None:
        """Ends the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _ask(self, url: str, params: dict[str, str]) -> httpx2.Response:
        """The answer, its body within bounds; raises _Refused for a redirect, a refusal of service, a huge body."""
        async with asyncio.timeout(self._timeout), self._client().stream("GET", url, params=params) as answer:
            if answer.is_redirect or answer.is_server_error or answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
                raise _Refused(str(answer.status_code))
            content = bytearray()
            async for part in answer.aiter_raw():
                content += part
                if len(content) > self._largest:
                    raise _Refused("too large")
        headers = {"content-type": answer.headers.get("content-type", "")}
        return httpx2.Response(answer.status_code, headers=headers, content=bytes(content))

    def _client(self) -> httpx2.AsyncClient:
        """Connections kept open between questions: a suggestion has no time for a new handshake at each letter."""
        if self._http is None:
            self._http = httpx2.AsyncClient(
                timeout=self._timeout,
                follow_redirects=False,
                trust_env=urlsplit(self._url).hostname not in _LOOPBACK,
                headers=_HEADERS,
            )
        return self._http


class AddressClient:
    """Suggestions from a geocoder that speaks the Base Adresse Nationale's API. base_url: "" for none.

    Never raises: without the service there are no suggestions, and people type.
    """

    def __init__(self, base_url: str = "", *, timeout: float = 1.0, now: Clock = time.monotonic) -> None:
        self._base = base_url.rstrip("/")
        self._memory: Memory[tuple[Suggestion, ...]] = Memory(size=2000, seconds=_HOUR, now=now)
        self._service = _Service("addresses", self._base, timeout=timeout, largest=_LARGEST_ANSWER, at_once=8, now=now)

    @property
    def is_offered(self) -> bool:
        """Whether there is a geocoder."""
        return bool(self._base)

    async def search(self, text: str, *, limit: int = 6) -> tuple[Suggestion, ...]:
        """Addresses that begin like the text, the best first; () for fewer than three characters."""
        asked = " ".join(text[:_LONGEST].split())
        if len(asked) < _SHORTEST or not asked.isprintable():
            return ()
        return await self._get("/search", {"q": asked, "limit": str(limit), "autocomplete": "1"}, limit)

    async def near(self, longitude: float, latitude: float) -> Suggestion | None:
        """The address nearest to a point, None when nothing is known of it."""
        place = geojson.coordinates(longitude, latitude)
        if place is None:
            return None
        found = await self._get("/reverse", {"lon": str(place[0]), "lat": str(place[1]), "limit": "1"}, 1)
        return found[0] if found else None

    async def close(self) -> None:
        """Ends the connections."""
        await self._service.close()

    async def _get(self, path: str, params: dict[str, str], limit: int) -> tuple[Suggestion, ...]:
        if not self._base:
            return ()
        key = (path, *(value.casefold() for value in params.values()))
        known = self._memory.get(key)
        if known is not None:
            return known

        def read(answer: httpx2.Response) -> tuple[Suggestion, ...]:
            return geojson.suggestions(answer.content, limit=limit)

        found = await self._service.get(self._base + path, params, read)
        if found is None:
            return ()
        self._memory.put(key, found)
        return found


class TileClient:
    """Tiles of a map, passed on to browsers from our own address. template: with {z}, {x} and {y}, "" for no map."""

    def __init__(self, template: str = "", *, timeout: float = 3.0, now: Clock = time.monotonic) -> None:
        self._template = template
        self._memory: Memory[bytes] = Memory(size=16_000_000, seconds=24 * _HOUR, now=now)
        self._service = _Service("tiles", template, timeout=timeout, largest=tiles.LARGEST, at_once=64, now=now)

    @property
    def is_offered(self) -> bool:
        """Whether there is a map."""
        return bool(self._template)

    async def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """The PNG, None when there is no such tile or the server does not give it."""
        url = tiles.address(self._template, zoom, column, row) if self._template else None
        if url is None:
            return None
        known = self._memory.get(url)
        if known is not None:
            return known
        found = await self._service.get(url, {}, _png)
        if found is not None:
            self._memory.put(url, found, weight=len(found))
        return found

    async def close(self) -> None:
        """Ends the connections."""
        await self._service.close()


def _png(answer: httpx2.Response) -> bytes:
    if not tiles.is_tile(answer.content, answer.headers["content-type"]):
        raise _Refused("not a PNG")
    return bytes(answer.content)
