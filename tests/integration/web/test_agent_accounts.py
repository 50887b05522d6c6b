"""Agents' accounts: one's own, proved again before what matters; the colleagues', never without an administrator."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.authorities import door as steps
from grc.authorities.models import Agent, DoorStep
from grc.sessions.models import BrowserSession
from tests.support.factors import ADMINISTRATOR, enrol, sign_in
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
AGENTS = "/tilleul/agents"
OWN, COLLEAGUES = f"{AGENTS}/compte", f"{AGENTS}/collegues"
CLAIRE, OMAR = "claire.modele@tilleul.example", "omar.fictif@tilleul.example"
GOOD = "agrafe chemin velo"
NINA = {
    "email": "Nina.Essai@tilleul.example ",
    "given_name": "Nina",
    "family_name": "Essai",
    "capacity": "agente d’accueil",
    "role": "front_desk",
    "service": "",
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    """An installation on SQLite: what is held here does not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


def key_of(world: World, email: str) -> int:
    return world.agent(email).id


def age_sessions(world: World, by: timedelta) -> None:
    """Makes every session, and every proof given in one, that much older."""
    authority, before = world.authority(), clock.now() - by
    with world.database.writing(scope=authority.id) as session:
        session.execute(update(BrowserSession).values(created_at=before, second_factor_at=None))
        session.execute(update(BrowserSession).values(second_factor_at=before))
        session.execute(update(DoorStep).values(started_at=before))


async def is_in(browser: Browser) -> bool:
    return (await browser.client.get(AGENTS)).status_code == 200


async def with_password(browser: Browser, email: str, password: str) -> int:
    answer = await browser.post(f"{AGENTS}/connexion", {"email": email, "password": password})
    return answer.status_code


async def test_a_new_password_ends_the_other_sessions_and_renames_this_one(here: World) -> None:
    claire, elsewhere = here.browser(), here.browser()
    await claire.sign_in_agent(CLAIRE)
    await elsewhere.sign_in_agent(CLAIRE)
    for password, again, wrong in (
        ("court", "court", "au moins 12"),
        ("tilleul-claire-26", "tilleul-claire-26", "devine"),
        (GOOD, GOOD + "s", "diffèrent"),
    ):
        answer = await claire.post(f"{OWN}/mot-de-passe", {"password": password, "again": again})
        assert (answer.status_code, wrong in answer.text) == (422, True)
        assert password not in answer.text
    token = claire.client.cookies.get("grc-agent-tilleul-8000")
    assert (await claire.post(f"{OWN}/mot-de-passe", {"password": GOOD, "again": GOOD})).status_code == 303
    assert claire.client.cookies.get("grc-agent-tilleul-8000") != token
    assert [await is_in(claire), await is_in(elsewhere)] == [True, False]
    assert [await with_password(here.browser(), CLAIRE, each) for each in (GOOD, "demonstration-2026")] == [303, 422]


async def test_what_matters_is_proved_again_after_ten_minutes(here: World) -> None:
    ada = here.browser()
    application = await enrol(ada)
    await ada.post(f"{OWN}/codes/notes")
    age_sessions(here, timedelta(minutes=11))
    key = key_of(here, CLAIRE)
    asks = [f"{OWN}/mot-de-passe", f"{OWN}/codes", f"{OWN}/application", f"{OWN}/application/retrait"]
    asks += [
        f"{COLLEAGUES}/nouveau",
        *(f"{COLLEAGUES}/{key}{act}" for act in ("", "/fermeture", "/moyens", "/sessions")),
    ]
    for path in asks:
        answer = await ada.post(path, {**NINA, "password": GOOD, "again": GOOD})
        assert answer.headers["location"].startswith(f"{OWN}/confirmation?suite="), path
    assert (await ada.post(f"{OWN}/confirmation", {"password": "faux", "next": OWN})).status_code == 422
    assert (await ada.post(f"{OWN}/confirmation", {"code": application.given[0], "next": OWN})).status_code == 422
    assert (await ada.post(f"{OWN}/confirmation", {"next": OWN})).status_code == 422
    proved = await ada.post(f"{OWN}/confirmation", {"code": application.code(), "next": "//evil.example"})
    assert proved.headers["location"] == OWN
    assert (await ada.post(f"{OWN}/codes")).headers["location"] == f"{OWN}/codes"
    age_sessions(here, timedelta(minutes=11))
    by_password = {"password": "demonstration-2026", "next": f"{OWN}/mot-de-passe"}
    assert (await ada.post(f"{OWN}/confirmation", by_password)).headers["location"] == f"{OWN}/mot-de-passe"
    assert (await ada.get(f"{OWN}/mot-de-passe")).url.path == f"{OWN}/mot-de-passe"


async def test_sessions_are_listed_and_ended_by_their_agent_alone(here: World) -> None:
    claire, other, omar = here.browser(), here.browser(), here.browser()
    headers = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    await claire.sign_in_agent(CLAIRE)
    form = {"email": CLAIRE, "password": "demonstration-2026"}
    await other.post(f"{AGENTS}/connexion", form, headers=headers)
    await omar.sign_in_agent(OMAR)
    page = (await claire.get(OWN)).text
    assert "Firefox sous Linux" in page
    assert page.count("Cette session") == 1
    ends = re.findall(r"/agents/compte/sessions/(\d+)/fin", page)
    assert len(ends) == 1
    assert (await omar.post(f"{OWN}/sessions/{ends[0]}/fin")).status_code == 404
    assert await is_in(other)
    assert (await claire.post(f"{OWN}/sessions/{ends[0]}/fin")).status_code == 303
    assert (await claire.post(f"{OWN}/sessions/{ends[0]}/fin")).status_code == 404
    assert not await is_in(other)
    await other.sign_in_agent(CLAIRE)
    assert (await claire.post(f"{OWN}/sessions/fin")).status_code == 303
    assert [await is_in(each) for each in (claire, other, omar)] == [True, False, True]


async def test_the_last_factor_of_who_needs_one_stays(here: World) -> None:
    ada = here.browser()
    await enrol(ada)
    assert "retrait" not in (await ada.get(OWN)).text
    refused = await ada.post(f"{OWN}/application/retrait")
    assert (refused.status_code, "seul second moyen" in refused.text) == (422, True)
    claire = here.browser()
    await claire.sign_in_agent(CLAIRE)
    assert (await claire.post(f"{OWN}/application/retrait")).status_code == 303


async def test_an_administrator_keeps_the_accounts(world: World) -> None:
    ada = world.browser()
    application = await enrol(ada)
    made = await ada.post(f"{COLLEAGUES}/nouveau", NINA)
    assert made.status_code == 303, made.text
    assert (await ada.post(f"{COLLEAGUES}/nouveau", NINA)).status_code == 422
    bad = await ada.post(
        f"{COLLEAGUES}/nouveau", {**NINA, "email": "x", "role": "king", "service": "999", "capacity": ""}
    )
    assert bad.status_code == 422
    assert bad.text.count('class="govuk-error-message"') == 4
    nina = key_of(world, "nina.essai@tilleul.example")
    link = await a_link(ada, nina)
    assert await with_password(world.browser(), "nina.essai@tilleul.example", "") == 422
    newcomer = world.browser()
    assert (await newcomer.post(link, {"password": "tilleul2026", "again": "x"})).status_code == 422
    renewed = await a_link(ada, nina)
    assert (await newcomer.post(link, {"password": GOOD, "again": GOOD})).status_code == 404
    assert (await newcomer.get(renewed)).status_code == 200
    assert (await newcomer.post(renewed, {"password": GOOD, "again": GOOD})).status_code == 303
    assert (await newcomer.post(renewed, {"password": GOOD, "again": GOOD})).status_code == 404
    assert await with_password(newcomer, "nina.essai@tilleul.example", GOOD) == 303
    assert await is_in(newcomer)

    for role in ("king", "the king of France"):
        assert (await ada.post(f"{COLLEAGUES}/{nina}", {**NINA, "role": role})).status_code == 422
    assert (await ada.post(f"{COLLEAGUES}/{nina}", {**NINA, "capacity": "agente"})).status_code == 303
    assert await is_in(newcomer)
    assert (await ada.post(f"{COLLEAGUES}/{nina}", {**NINA, "role": "administrator"})).status_code == 303
    assert not await is_in(newcomer)
    assert await with_password(newcomer, "nina.essai@tilleul.example", GOOD) == 303
    assert (await newcomer.client.get(f"{AGENTS}/connexion/protection")).status_code == 200

    assert (await ada.post(f"{COLLEAGUES}/{nina}/moyens")).status_code == 303
    assert (await ada.post(f"{COLLEAGUES}/{nina}/fermeture")).status_code == 303
    assert await with_password(world.browser(), "nina.essai@tilleul.example", GOOD) == 422
    own = key_of(world, ADMINISTRATOR)
    for act in ("/fermeture", ""):
        form = {**NINA, "email": ADMINISTRATOR, "role": "handler"}
        refused = await ada.post(f"{COLLEAGUES}/{own}{act}", form)
        assert (refused.status_code, "dernier administrateur" in refused.text) == (422, True), act
    assert (await ada.post(f"{COLLEAGUES}/{nina}/reouverture")).status_code == 303
    assert await with_password(world.browser(), "nina.essai@tilleul.example", GOOD) == 422
    assert (await sign_in(world.browser(), application)).status_code == 303


async def test_nobody_else_keeps_them(here: World) -> None:
    omar, elsewhere = here.browser(), here.browser()
    await omar.sign_in_agent(OMAR)
    await enrol(elsewhere, "paul.essai@marronnier.example", "marronnier")
    key = key_of(here, CLAIRE)
    for path in ("", "/nouveau", f"/{key}", f"/{key}/mot-de-passe"):
        assert (await omar.client.get(COLLEAGUES + path)).status_code == 403, path
    for act in ("", "/fermeture", "/reouverture", "/moyens", "/sessions", "/mot-de-passe"):
        assert (await omar.post(f"{COLLEAGUES}/{key}{act}", NINA)).status_code == 403, act
        other = f"/marronnier/agents/collegues/{key}{act}"
        assert (await elsewhere.post(other, NINA)).status_code == 404, act
    authority = here.authority()
    with here.database.reading(scope=authority.id) as session:
        assert session.execute(select(Agent.is_active).where(col(Agent.email) == CLAIRE)).scalar_one()


async def test_a_link_for_a_password_lasts_three_days(here: World) -> None:
    ada = here.browser()
    await enrol(ada)
    link = await a_link(ada, key_of(here, CLAIRE))
    assert (await here.browser().client.get(link[:-1] + ("a" if link[-1] != "a" else "b"))).status_code == 404
    for by, code in ((timedelta(days=2), 200), (timedelta(days=4), 404)):
        authority = here.authority()
        with here.database.writing(scope=authority.id) as session:
            session.execute(update(DoorStep).values(started_at=clock.now() - by))
            steps.purge(session, now=clock.now())
            kept = session.execute(select(DoorStep.purpose)).scalars().all()
        assert kept == (["password"] if code == 200 else [])
        assert (await here.browser().client.get(link)).status_code == code


async def a_link(ada: Browser, key: int) -> str:
    """The path of a link for a password, as the administrator reads it."""
    answer = await ada.post(f"{COLLEAGUES}/{key}/mot-de-passe")
    page = await ada.get(answer.headers["location"])
    found = re.search(r"http://127.0.0.1:8000(/tilleul/agents/connexion/mot-de-passe/[\w-]+)", page.text)
    assert found is not None, page.text
    return found.group(1)
