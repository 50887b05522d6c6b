"""Published documents: ten minutes, one fetch for many, and no flood on unknown kids."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from grc.errors import Unavailable
from grc.franceconnect.documents import Documents

pytestmark = pytest.mark.anyio


class Published:
    """A provider that counts how often it is asked, on a clock of its own."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked = 0
        self.is_down = False
        self.documents = Documents(lambda: self.seconds)

    async def fetch(self) -> dict[str, Any]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_down:
            raise Unavailable("down")
        return {"edition": self.asked}

    async def get(self) -> Any:
        return (await self.documents.get("jwks", self.fetch))["edition"]


async def test_keeps_a_document_ten_minutes():
    provider = Published()
    assert await provider.get() == 1
    provider.seconds = 599
    assert await provider.get() == 1
    provider.seconds = 600
    assert await provider.get() == 2


async def test_many_at_once_wait_for_one_fetch():
    provider = Published()
    assert await asyncio.gather(*(provider.get() for _ in range(50))) == [1] * 50


async def test_many_at_once_are_told_of_one_failure_and_the_next_asks_again():
    provider = Published()
    provider.is_down = True
    told = await asyncio.gather(*(provider.get() for _ in range(50)), return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * 50
    assert provider.asked == 1
    provider.is_down = False
    assert await provider.get() == 2


async def test_a_fetch_outlives_who_began_it():
    provider = Published()
    first, second = asyncio.create_task(provider.get()), asyncio.create_task(provider.get())
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1
    assert (first.cancelled(), provider.asked) == (True, 1)


async def test_who_needs_new_keys_while_they_are_asked_for_waits_for_the_same():
    provider = Published()
    await provider.get()
    await asyncio.gather(*(provider.documents.refetch("jwks", provider.fetch) for _ in range(20)))
    assert (provider.asked, await provider.get()) == (2, 2)


async def test_refetches_at_most_once_a_minute():
    provider = Published()
    await provider.get()
    for second in range(60):
        provider.seconds = float(second)
        await provider.documents.refetch("jwks", provider.fetch)
    assert provider.asked == 2
    provider.seconds = 60
    await provider.documents.refetch("jwks", provider.fetch)
    assert provider.asked == 3


async def test_a_failed_fetch_leaves_what_was_known():
    provider = Published()
    await provider.get()
    provider.is_down = True
    with pytest.raises(Unavailable):
        await provider.documents.refetch("jwks", provider.fetch)
    assert await provider.get() == 1
    provider.seconds = 700
    with pytest.raises(Unavailable):
        await provider.get()
