"""The page of a workflow: drawn, in tables, in the version of the demande, for agents only."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.support import demandes
from tests.support.world import World

pytestmark = pytest.mark.anyio
PAGE = "/tilleul/agents/circuits/acte-de-naissance"
WAYS = re.compile(r"<tr>\s*<td><span[^>]*>([^<]+)</span></td>\s*<td[^>]*>([^<]+)</td>\s*<td[^>]*>([^<]+)</td>")


async def test_the_page_draws_the_workflow_and_says_it_in_tables(world: World) -> None:
    browser = world.browser()
    await browser.sign_in_agent("omar.fictif@tilleul.example")
    page = await browser.get(PAGE)
    assert page.status_code == 200
    assert page.text.count('<svg xmlns="http://www.w3.org/2000/svg"') == 1
    assert ("Reçue", "Prendre en charge", "agent") in [tuple(map(unescape, row)) for row in WAYS.findall(page.text)]
    assert "la demande est ici" not in page.text.lower()


async def test_a_demande_leads_to_the_workflow_of_its_version(world: World) -> None:
    demande = demandes.filed(world.database)
    browser = world.browser()
    await browser.sign_in_agent("omar.fictif@tilleul.example")
    own = await browser.get(f"/tilleul/agents/demandes/{demande.reference}")
    link = re.search(r'href="([^"]*/agents/circuits/[^"]*)"', own.text)
    assert link
    page = await browser.get(unescape(link[1]))
    assert page.status_code == 200
    assert page.text.count("la demande est ici") == 1
    assert page.text.count("La demande est ici") == 1


@pytest.mark.parametrize(
    "path",
    [f"{PAGE}?version=0", f"{PAGE}?version=x", "/tilleul/agents/circuits/nothing", PAGE.replace("acte", "actes")],
)
async def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    browser = world.browser()
    await browser.sign_in_agent("omar.fictif@tilleul.example")
    assert (await browser.get(path)).status_code == 404


async def test_a_version_is_that_of_its_own_procedure(world: World) -> None:
    browser = world.browser()
    await browser.sign_in_agent("omar.fictif@tilleul.example")
    codes = [(await browser.get(f"{PAGE}?version={key}")).status_code for key in range(1, 12)]
    assert codes.count(200) == 1


async def test_only_agents_see_it(world: World) -> None:
    page = await world.browser().get(PAGE)
    assert str(page.url.path).endswith("/agents/connexion")
