"""What scripts ask about places: answered in JSON and PNG, whatever is typed, whoever is down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from grc.places.client import AddressClient, TileClient
from grc.places.patience import Pace
from tests.support import invented, partners
from tests.support.partners import Outside
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
TILE = "/tilleul/cartes/16/33223/22940.png"
_WHY = {"purpose": "Un essai", "legal_basis": "public_task", "retention": "P1Y", "anonymise": "remove"}
SPOT = {"type": "object", "x-place": True, "title": "Où est le banc ?", "x-privacy": _WHY}
UI = {
    "type": "Categorization",
    "elements": [
        {
            "type": "Category",
            "x-id": "lieu",
            "label": "Le lieu",
            "elements": [{"type": "Control", "scope": "#/properties/spot"}],
        }
    ],
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation, without geocoder nor map, as it is by default."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    async with partners.places() as running:
        yield running


@pytest.fixture
async def equipped(world: World, outside: Outside) -> AsyncIterator[World]:
    """The installation with a geocoder and a map."""
    platform = platform_of(world)
    platform.addresses, platform.tiles = AddressClient(outside.url), TileClient(outside.tiles)
    yield world
    await platform.addresses.close()
    await platform.tiles.close()


def platform_of(world: World) -> Any:
    return world.app._platform


async def asked(browser: Browser, path: str) -> list[dict[str, Any]]:
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    found: list[dict[str, Any]] = answer.json()["suggestions"]
    return found


async def test_addresses_are_suggested(equipped: World, outside: Outside) -> None:
    browser = equipped.browser(address="192.0.2.77")
    (found,) = await asked(browser, "/tilleul/adresses?q=12+rue+des+tan")
    assert (found["line1"], found["postcode"], found["city"]) == ("12 Rue des Tanneurs", "99000", "Exemple")
    (nearest,) = await asked(browser, f"/tilleul/adresses?lon={found['longitude']}&lat={found['latitude']}")
    assert nearest["label"] == found["label"]
    (centre,) = await asked(browser, "/tilleul/cartes/centre")
    assert centre["label"].startswith("1 Place des Tilleuls")
    sent = "".join(str(headers) for headers in outside.peer.headers)
    assert "192.0.2.77" not in sent
    assert "cookie" not in sent


async def test_communes_are_suggested(world: World) -> None:
    found = await asked(world.browser(), "/tilleul/communes?q=saint-denis")
    assert found[1] == {
        "label": "Saint-Denis, Seine-Saint-Denis (93)",
        "text": "Saint-Denis (93)",
        "key": "93066 Saint-Denis",
    }


@pytest.mark.parametrize("query", ["", "?q=", "?q=ab", "?lon=x&lat=1", "?lon=1", "?lon=999&lat=1", "?lon=1e9&lat=nan"])
async def test_nonsense_is_answered_with_nothing(query: str, equipped: World, outside: Outside) -> None:
    assert await asked(equipped.browser(), f"/tilleul/adresses{query}") == []
    assert outside.peer.asked["/search"] == 0


async def test_without_services_there_is_nothing_to_suggest(world: World) -> None:
    browser = world.browser()
    assert await asked(browser, "/tilleul/adresses?q=rue+des+tanneurs") == []
    assert await asked(browser, "/tilleul/cartes/centre") == []
    assert (await browser.get(TILE)).status_code == 404


@pytest.mark.parametrize("fault", ["500", "garbage", "redirect", "huge"])
async def test_an_outage_is_no_error(fault: str, equipped: World, outside: Outside) -> None:
    outside.fail(fault)
    assert await asked(equipped.browser(), "/tilleul/adresses?q=rue+des+tanneurs") == []
    assert (await equipped.browser().get(TILE)).status_code == 404


async def test_a_tile_is_an_image_that_browsers_keep(equipped: World) -> None:
    answer = await equipped.browser().get(TILE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "private, max-age=604800"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("place", ["16/x/1", "99/1/1", "1/2/2", "-1/0/0", "1/99999999/1", "²/1/1"])
async def test_there_is_no_such_tile(place: str, equipped: World, outside: Outside) -> None:
    assert (await equipped.browser().get(f"/tilleul/cartes/{place}.png")).status_code == 404
    assert not outside.peer.asked


async def test_who_asks_too_often_waits_and_the_others_do_not(equipped: World) -> None:
    platform_of(equipped).suggestions_pace = Pace(hits=2, seconds=60)
    hasty, other = equipped.browser(address="192.0.2.1"), equipped.browser(address="192.0.2.2")
    codes = [(await hasty.get("/tilleul/communes?q=rennes")).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert await asked(other, "/tilleul/communes?q=rennes")


@pytest.mark.parametrize("has_map", [True, False])
async def test_only_a_page_with_a_map_may_ask_where_the_person_is(
    has_map: bool, world: World, outside: Outside
) -> None:
    if has_map:
        platform_of(world).tiles = TileClient(outside.tiles)
    schema = {"type": "object", "required": ["spot"], "properties": {"spot": SPOT}}
    invented.published(world.database, schema=schema, ui=UI)
    browser = world.browser()
    begun = await browser.post(f"/tilleul/demarches/{invented.SLUG}/brouillons")
    page = await browser.get(begun.headers["location"])
    assert page.url.path.endswith("/lieu")
    assert ("geolocation=(self)" in page.headers["permissions-policy"]) is has_map
    assert ("vendor/leaflet/leaflet.js" in page.text) is has_map
    elsewhere = await browser.get("/tilleul/")
    assert "geolocation=()" in elsewhere.headers["permissions-policy"]
    wrong = await browser.post(page.url.path, {"then": "continue", "spot-longitude": "999", "spot-latitude": "1"})
    assert wrong.status_code == 422
    assert "Le repère est illisible" in wrong.text
    assert ("geolocation=(self)" in wrong.headers["permissions-policy"]) is has_map


async def test_the_page_on_personal_data_says_what_leaves(equipped: World) -> None:
    page = await equipped.browser().get("/tilleul/donnees-personnelles")
    assert "notre serveur cherche cette adresse dans un annuaire d’adresses" in page.text
    assert "Notre serveur va chercher les images de la carte" in page.text
    platform_of(equipped).addresses = AddressClient()
    page = await equipped.browser().get("/tilleul/donnees-personnelles")
    assert "annuaire d’adresses" not in page.text
    assert "Notre serveur va chercher les images de la carte" in page.text
    platform_of(equipped).tiles = TileClient()
    page = await equipped.browser().get("/tilleul/donnees-personnelles")
    assert "Adresses et cartes" not in page.text
