"""What a provider publishes (discovery, keys), kept ten minutes; who asks at once shares one fetch and its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

KEPT = timedelta(minutes=10)
REFETCH_PAUSE = timedelta(minutes=1)

Fetch = Callable[[], Coroutine[Any, Any, dict[str, Any]]]


@dataclass
class _Known:
    """One address: what it last gave and when, in monotonic seconds; the fetch under way."""

    document: dict[str, Any] | None = None
    fetched_at: float = 0.0
    refetched_at: float = float("-inf")
    fetching: asyncio.Task[dict[str, Any]] | None = None

    def fresh(self, now: float) -> dict[str, Any] | None:
        return self.document if now - self.fetched_at < KEPT.total_seconds() else None


class Documents:
    """JSON documents by address. A fetch that raises leaves what was known as it was.

    Nobody waits longer than one fetch lasts: who comes during one is told what it gives, its failure too.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}

    async def get(self, url: str, fetch: Fetch) -> dict[str, Any]:
        """The document of this address, fetched unless it is less than ten minutes old."""
        known = self._known.setdefault(url, _Known())
        document = known.fresh(self._monotonic())
        return await self._fetched(known, fetch) if document is None else document

    async def refetch(self, url: str, fetch: Fetch) -> None:
        """Fetched anew, at most once a minute: a flood of unknown kids does not become a flood of requests."""
        known = self._known.setdefault(url, _Known())
        is_due = self._monotonic() - known.refetched_at >= REFETCH_PAUSE.total_seconds()
        if is_due:
            known.refetched_at = self._monotonic()
        if is_due or known.fetching is not None:
            await self._fetched(known, fetch)

    async def _fetched(self, known: _Known, fetch: Fetch) -> dict[str, Any]:
        """The outcome of the fetch under way, begun here if there is none; it outlives whoever leaves meanwhile."""
        if known.fetching is None:
            known.fetching = asyncio.create_task(self._fetch(known, fetch))
        return await asyncio.shield(known.fetching)

    async def _fetch(self, known: _Known, fetch: Fetch) -> dict[str, Any]:
        try:
            known.document = await fetch()
            known.fetched_at = self._monotonic()
            return known.document
        finally:
            known.fetching = None
