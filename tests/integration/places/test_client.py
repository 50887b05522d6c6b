"""Our client against a geocoder and a tile server on loopback, right and with each of their faults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from grc.demo.places import FAULTS
from grc.places.client import AddressClient, TileClient
from tests.support import partners
from tests.support.partners import Outside

pytestmark = pytest.mark.anyio
QUESTION = "12 rue des tan"


class Turned:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    async with partners.places() as running:
        yield running


@pytest.fixture
async def client(outside: Outside) -> AsyncIterator[AddressClient]:
    made = AddressClient(outside.url, timeout=1.5)
    async with _closed(made):
        yield made


@pytest.fixture
async def tiles(outside: Outside) -> AsyncIterator[TileClient]:
    made = TileClient(outside.tiles, timeout=3.0)
    async with _closed(made):
        yield made


@asynccontextmanager
async def _closed(client: AddressClient | TileClient) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await client.close()


async def test_words_become_suggestions(client: AddressClient) -> None:
    (found,) = await client.search(QUESTION)
    assert (found.line1, found.postcode, found.city) == ("12 Rue des Tanneurs", "99000", "Exemple")
    assert (2 < found.longitude < 3, 47 < found.latitude < 48) == (True, True)
    assert len(await client.search("rue", limit=2)) == 2


async def test_a_point_becomes_the_nearest_address(client: AddressClient) -> None:
    (found,) = await client.search(QUESTION)
    nearest = await client.near(found.longitude, found.latitude)
    assert nearest is not None
    assert nearest.label == found.label
    assert await client.near(3.5, 47.5) is None
    assert await client.near(float("nan"), 47.5) is None


async def test_only_the_words_go_out(client: AddressClient, outside: Outside) -> None:
    await client.search(f"  {QUESTION} \n")
    assert outside.peer.words == [QUESTION]
    (headers,) = outside.peer.headers
    assert {name for name in headers if name not in ("host", "connection", "accept")} == {
        "user-agent",
        "accept-encoding",
    }
    assert headers["user-agent"] == "GRC"


@pytest.mark.parametrize("text", ["", "ru", "  r  ", "\x00\x01\x02\x03", "rue\u202edes"])
async def test_what_is_too_short_or_unprintable_stays_here(text: str, client: AddressClient, outside: Outside) -> None:
    assert await client.search(text) == ()
    assert outside.peer.words == []


async def test_the_same_words_are_asked_once(client: AddressClient, outside: Outside) -> None:
    for text in (QUESTION, QUESTION.upper(), f" {QUESTION}  "):
        assert len(await client.search(text)) == 1
    assert outside.peer.asked["/search"] == 1


async def test_a_long_text_is_cut(client: AddressClient, outside: Outside) -> None:
    assert await client.search("x" * 20_000) == ()
    assert [len(words) for words in outside.peer.words] == [200]


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_a_fault_costs_the_suggestions_and_nothing_else(
    fault: str, client: AddressClient, outside: Outside
) -> None:
    outside.fail(fault)
    begun = time.perf_counter()
    assert await client.search(QUESTION) == ()
    assert await client.near(2.5, 47.5) is None
    assert time.perf_counter() - begun < 8
    outside.fail()
    assert len(await client.search(QUESTION)) == 1, "a failure is not remembered as an answer"


async def test_after_three_failures_nothing_is_asked_for_a_while(outside: Outside) -> None:
    now = Turned()
    client = AddressClient(outside.url, timeout=0.4, now=now)
    async with _closed(client):
        outside.fail("500")
        for number in range(6):
            assert await client.search(f"rue {number}") == ()
        assert outside.peer.asked["/search"] == 3
        outside.fail()
        assert await client.search(QUESTION) == ()
        now.at += 30
        assert len(await client.search(QUESTION)) == 1


async def test_nobody_there() -> None:
    client = AddressClient("http://127.0.0.1:9", timeout=0.4)
    async with _closed(client):
        assert await client.search(QUESTION) == ()
    assert not AddressClient().is_offered
    assert await AddressClient().search(QUESTION) == ()


async def test_a_crowd_does_not_pile_up_behind_a_slow_service(client: AddressClient, outside: Outside) -> None:
    outside.fail("slow")
    begun = time.perf_counter()
    found = await asyncio.gather(*(client.search(f"rue {number}") for number in range(60)))
    assert set(found) == {()}
    assert time.perf_counter() - begun < 8
    assert outside.peer.asked["/search"] <= 8


async def test_a_tile_is_passed_on_and_kept(tiles: TileClient, outside: Outside) -> None:
    tile = await tiles.tile(16, 33223, 22940)
    assert tile is not None
    assert tile.startswith(b"\x89PNG")
    assert await tiles.tile(16, 33223, 22940) == tile
    assert sum(outside.peer.asked.values()) == 1
    assert await tiles.tile(3, 8, 0) is None
    assert sum(outside.peer.asked.values()) == 1
    assert await TileClient().tile(0, 0, 0) is None


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_a_fault_leaves_a_hole_in_the_map(fault: str, tiles: TileClient, outside: Outside) -> None:
    outside.fail(fault)
    assert await tiles.tile(5, 1, 1) is None
    outside.fail()
    assert await tiles.tile(5, 1, 1) is not None


async def test_nothing_typed_is_logged(
    client: AddressClient, outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    outside.fail("garbage")
    for number in range(5):
        await client.search(f"rue du Secret {number}")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("grc")]
    assert len(ours) == 3
    assert "Secret" not in "".join(ours)
