"""What a provider publishes (discovery, keys), kept ten minutes; who asks at once waits for one fetch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

KEPT = timedelta(minutes=10)
REFETCH_PAUSE = timedelta(minutes=1)

Fetch = Callable[[], Awaitable[dict[str, Any]]]


@dataclass
class _Known:
    """One address: what it last gave and when, in monotonic seconds."""

    document: dict[str, Any] | None = None
    fetched_at: float = 0.0
    refetched_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def fresh(self, now: float) -> dict[str, Any] | None:
        return self.document if now - self.fetched_at < KEPT.total_seconds() else None


class Documents:
    """JSON documents by address. A fetch that raises leaves what was known as it was."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}

    async def get(self, url: str, fetch: Fetch) -> dict[str, Any]:
        """The document of this address, fetched unless it is less than ten minutes old."""
        known = self._known.setdefault(url, _Known())
        document = known.fresh(self._monotonic())
        if document is not None:
            return document
        async with known.lock:
            return known.fresh(self._monotonic()) or await self._fetch(known, fetch)

    async def refetch(self, url: str, fetch: Fetch) -> None:
        """Fetched anew, at most once a minute: a flood of unknown kids does not become a flood of requests."""
        known = self._known.setdefault(url, _Known())
        async with known.lock:
            if self._monotonic() - known.refetched_at >= REFETCH_PAUSE.total_seconds():
                known.refetched_at = self._monotonic()
                await self._fetch(known, fetch)

    async def _fetch(self, known: _Known, fetch: Fetch) -> dict[str, Any]:
        document = await fetch()
        known.document, known.fetched_at = document, self._monotonic()
        return document
