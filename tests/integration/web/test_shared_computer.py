"""A computer that several people use: what one opened, the next does not find."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from grc import clock
from grc.sessions.models import BrowserSession
from tests.support.world import World, code_in, reference_in

pytestmark = pytest.mark.anyio


async def test_who_has_no_account_can_close_what_a_code_opened(world: World) -> None:
    browser = world.browser()
    reference = await browser.file()
    page = await browser.get(f"/tilleul/demandes/{reference}")
    assert "Fermer mes demandes" in page.text
    assert (await browser.post("/tilleul/deconnexion")).status_code == 303
    assert (await browser.get(f"/tilleul/demandes/{reference}")).status_code == 404


async def test_what_a_code_opened_closes_after_an_hour_without_a_click(world: World) -> None:
    browser = world.browser()
    reference = await browser.file()
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(BrowserSession).values(seen_at=clock.now() - timedelta(minutes=61)))
    assert (await browser.get(f"/tilleul/demandes/{reference}")).status_code == 404


async def test_a_code_opens_under_a_new_token(world: World) -> None:
    first, browser = world.browser(), world.browser()
    draft = await first.fill()
    sent = await first.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await first.get(sent.headers["location"])
    await browser.begin()
    before = dict(browser.client.cookies)
    await browser.post("/tilleul/suivi", {"code": code_in(page.text)})
    assert dict(browser.client.cookies) != before
    assert (await browser.get(f"/tilleul/demandes/{reference_in(page.text)}")).status_code == 200


async def test_the_link_of_a_mail_asks_for_the_code_then_leads_there(world: World) -> None:
    first, browser = world.browser(), world.browser()
    draft = await first.fill()
    sent = await first.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await first.get(sent.headers["location"])
    wanted = f"/tilleul/demandes/{reference_in(page.text)}/retrait"
    door = await browser.get(wanted)
    assert door.status_code == 404
    assert f'name="suite" value="{wanted}"' in door.text
    opened = await browser.post("/tilleul/suivi", {"code": code_in(page.text), "suite": wanted})
    assert opened.headers["location"] == wanted


@pytest.mark.parametrize("elsewhere", ["https://exemple.example/", "//exemple.example", "/marronnier/demandes/x/y"])
async def test_a_code_leads_nowhere_else(world: World, elsewhere: str) -> None:
    first = world.browser()
    draft = await first.fill()
    sent = await first.post(f"/tilleul/brouillons/{draft}/envoi")
    page = await first.get(sent.headers["location"])
    opened = await world.browser().post("/tilleul/suivi", {"code": code_in(page.text), "suite": elsewhere})
    assert opened.headers["location"] == f"/tilleul/demandes/{reference_in(page.text)}"


async def test_one_network_counts_as_one_address(world: World) -> None:
    answers = []
    for number in range(12):
        browser = world.browser(address=f"2001:db8:1:1::{number:x}")
        form = {"email": "claire.modele@tilleul.example", "password": "faux-mot-de-passe", "next": ""}
        answers.append((await browser.post("/tilleul/agents/connexion", form)).status_code)
    assert answers == [422] * 10 + [429] * 2


@pytest.mark.parametrize(
    "path",
    ["/%00/", "/tilleul/%00", "/tilleul/demarches/%00", "/tilleul/agents?q=%00", "/tilleul/suivi?x=%00"],
)
async def test_a_nul_in_an_address_is_an_address_that_does_not_exist(world: World, path: str) -> None:
    answer = await world.browser().get(path)
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers


async def test_the_root_of_a_commune_leads_to_its_pages_whatever_host_says(world: World) -> None:
    answer = await world.browser().client.get("/tilleul", headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (308, "/tilleul/")
