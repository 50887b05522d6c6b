"""Bodies of a provider are bounded while they come; a compressed one, whose size is hidden, is not read."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import httpx2
import pytest

from grc.franceconnect.answers import LARGEST, TooLarge, reading

pytestmark = pytest.mark.anyio


async def parts(body: bytes) -> AsyncIterator[bytes]:
    """A body as a network brings it."""
    for start in range(0, len(body), 64_000):
        yield body[start : start + 64_000]


async def read(body: bytes, **headers: str) -> int:
    """The length of what our client reads of this answer."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["accept-encoding"] == "identity"
        return httpx2.Response(200, content=parts(body), headers=headers)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer), **reading()) as client:
        return len((await client.get("https://fc.example/")).content)


@pytest.mark.parametrize("size", [0, 1, LARGEST])
async def test_reads_up_to_the_bound(size: int) -> None:
    assert await read(b"x" * size) == size
    assert await read(b"x" * size, **{"content-encoding": "Identity"}) == size


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"x" * (LARGEST + 1), "identity"), (gzip.compress(b" " * 50_000_000), "gzip")]
)
async def test_reads_no_more(body: bytes, encoding: str) -> None:
    with pytest.raises(TooLarge):
        await read(body, **{"content-encoding": encoding})
