"""How much of a provider's answer is read: what is larger is left unread, however fast it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2

LARGEST = 1_000_000
"""Bytes of a body."""


class TooLarge(httpx2.RequestError):
    """A body over the bound; or a compressed one, which nobody asked for and whose true size is hidden."""


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends with TooLarge once LARGEST bytes have come."""

    def __init__(self, body: Any) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._body:
            size += len(part)
            if size > LARGEST:
                raise TooLarge("too large")
            yield part

    async def aclose(self) -> None:
        await self._body.aclose()


async def bounded(answer: httpx2.Response) -> None:
    """Bounds the body of an answer that is not read yet; raises TooLarge for a compressed one."""
    if answer.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise TooLarge("compressed")
    answer.stream = _Bounded(answer.stream)


def reading() -> dict[str, Any]:
    """What a client of httpx2 is made with, so that each answer is bounded before its body is read."""
    return {"headers": {"Accept-Encoding": "identity"}, "event_hooks": {"response": [bounded]}}
