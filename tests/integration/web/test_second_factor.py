"""The second factor at the agents' door: set up before anything opens, asked each time, good once, for few tries."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.authorities import commands, factors, passwords
from grc.authorities.models import Agent, DoorStep, RecoveryCode
from grc.sessions import limits
from grc.sessions.limits import Limit
from grc.sessions.models import BrowserSession, SignInRecord
from tests.support.authenticator import Authenticator
from tests.support.factors import ADMINISTRATOR, Application, enrol, secret_in, sign_in
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
AGENTS = "/tilleul/agents"
CODE, ENROL = f"{AGENTS}/connexion/code", f"{AGENTS}/connexion/protection"
LOCAL = "http://localhost:8000"
"""Where browsers know passkeys without https."""
CLAIRE = "claire.modele@tilleul.example"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    """An installation on SQLite: what is held here does not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


async def is_in(browser: Browser) -> bool:
    """Whether the browser reaches the agents' inbox."""
    return (await browser.client.get(AGENTS)).status_code == 200


def outcomes(world: World, email: str = ADMINISTRATOR) -> list[str]:
    """The traces of an agent's sign-ins, oldest first."""
    authority = world.authority()
    with world.database.reading(scope=authority.id) as session:
        mine = select(SignInRecord.outcome).join(Agent, col(Agent.id) == SignInRecord.agent_id)
        rows = session.execute(mine.where(col(Agent.email) == email).order_by(col(SignInRecord.id)))
        return [row.outcome for row in rows]


def later(world: World, by: timedelta) -> None:
    """Makes what is awaited at the door that much older."""
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        session.execute(update(DoorStep).values(started_at=clock.now() - by))


async def test_an_administrator_sets_it_up_first_then_gives_it_each_time(world: World) -> None:
    first = world.browser()
    answer = await first.sign_in_agent(ADMINISTRATOR)
    assert answer.headers["location"] == ENROL
    assert not await is_in(first)
    assert (await first.post(ENROL, {"code": "000000"})).status_code == 422
    assert (await first.post(CODE, {"code": "000000"})).headers["location"].startswith(f"{AGENTS}/connexion")
    application = await enrol(first)
    noted = await first.get(f"{AGENTS}/compte/codes")
    codes = re.findall(r"<li><code>([^<]+)</code>", noted.text)
    assert len(set(codes)) == factors.CODES
    with world.database.reading(scope=world.authority().id) as session:
        kept = session.execute(select(RecoveryCode.code_hash)).scalars().all()
    assert (len(kept), set(kept) & set(codes), {len(each) for each in kept}) == (factors.CODES, set(), {64})
    assert await is_in(first)
    assert (await first.post(f"{AGENTS}/compte/codes/notes")).headers["location"] == f"{AGENTS}/compte"
    assert codes[0] not in (await first.get(f"{AGENTS}/compte/codes")).text

    second = world.browser()
    await second.sign_in_agent(ADMINISTRATOR)
    door = second.client.cookies.get("grc-agent-tilleul-8000")
    assert not await is_in(second)
    assert (await second.post(CODE, {"code": application.given[0]})).status_code == 422
    assert (await second.post(CODE, {"code": application.code()})).status_code == 303
    assert second.client.cookies.get("grc-agent-tilleul-8000") != door
    assert await is_in(second)

    for spent in (False, True):
        third = world.browser()
        await third.sign_in_agent(ADMINISTRATOR)
        answer = await third.post(CODE, {"recovery": codes[0].lower().replace("-", " ")})
        assert answer.status_code == (422 if spent else 303)
        assert await is_in(third) is not spent
    assert "wrong_recovery_code" in outcomes(world)
    assert outcomes(world).count("opened") == 3


async def test_a_session_without_it_reaches_nothing_once_it_is_needed(here: World) -> None:
    claire = here.browser()
    await claire.sign_in_agent(CLAIRE)
    assert await is_in(claire)
    authority = here.authority()
    with here.database.writing(scope=authority.id) as session:
        session.execute(update(Agent).where(col(Agent.email) == CLAIRE).values(needs_second_factor=True))
    for path in ("", "/compte", "/compte/codes", "/collegues"):
        answer = await claire.client.get(AGENTS + path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, f"{AGENTS}/connexion")
    assert (await claire.sign_in_agent(CLAIRE)).headers["location"] == ENROL


async def test_a_stolen_password_never_replaces_a_factor(here: World) -> None:
    thief = here.browser()
    await thief.sign_in_agent(ADMINISTRATOR)
    mine = Application(secret_in((await thief.get(ENROL)).text))
    application = await enrol(here.browser())
    for path in (ENROL, f"{LOCAL}{ENROL}/cle"):
        assert (await thief.post(path, {"code": mine.code()})).headers["location"].startswith(f"{AGENTS}/connexion")
    assert not await is_in(thief)
    assert (await sign_in(here.browser(), application)).status_code == 303


async def test_what_a_former_password_began_is_forgotten(here: World) -> None:
    authority = here.authority()
    thief = here.browser()
    await thief.sign_in_agent(ADMINISTRATOR)
    mine = Application(secret_in((await thief.get(ENROL)).text))
    with here.database.writing(scope=authority.id) as session:
        commands.change_password(session, authority.id, ADMINISTRATOR, "agrafe chemin velo")
    assert (await thief.post(ENROL, {"code": mine.code()})).headers["location"].startswith(f"{AGENTS}/connexion")
    assert not await is_in(thief)


async def test_five_wrong_codes_or_ten_minutes_and_it_begins_anew(here: World) -> None:
    application = await enrol(here.browser())
    browser = here.browser()
    await browser.sign_in_agent(ADMINISTRATOR)
    answers = [await browser.post(CODE, {"code": "000000"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 303]
    assert answers[-1].headers["location"] == f"{AGENTS}/connexion?souci=essais"
    assert "Recommencez la connexion" in (await browser.get(answers[-1].headers["location"])).text
    assert (await browser.post(CODE, {"code": application.code()})).status_code == 303
    assert not await is_in(browser)
    await browser.sign_in_agent(ADMINISTRATOR)
    later(here, timedelta(minutes=11))
    assert (await browser.get(CODE)).url.path == f"{AGENTS}/connexion"
    assert not await is_in(browser)
    assert outcomes(here).count("wrong_code") == 5


async def test_tries_are_counted_behind_the_password_only(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "AGENT_FACTORS", Limit("agent-factor", 2, 600))
    application = await enrol(here.browser())
    stranger = here.browser(address="192.0.2.7")
    for _ in range(6):
        assert (await stranger.post(CODE, {"code": "000000"})).status_code == 303
    thief = here.browser(address="192.0.2.7")
    await thief.sign_in_agent(ADMINISTRATOR)
    assert [(await thief.post(CODE, {"code": "000000"})).status_code for _ in range(3)] == [422, 422, 429]
    assert (await sign_in(here.browser(), application)).status_code == 303


async def test_everyone_when_the_authority_says_so_and_whoever_has_one(here: World) -> None:
    claire = here.browser()
    await claire.sign_in_agent(CLAIRE)
    await claire.post(f"{AGENTS}/compte/application")
    page = await claire.get(f"{AGENTS}/compte/application")
    elsewhere = here.browser()
    await elsewhere.sign_in_agent(CLAIRE)
    token = claire.client.cookies.get("grc-agent-tilleul-8000")
    application = await _proved(claire, secret_in(page.text))
    assert claire.client.cookies.get("grc-agent-tilleul-8000") != token
    assert [await is_in(claire), await is_in(elsewhere)] == [True, False]
    assert (await sign_in(here.browser(), application, CLAIRE)).status_code == 303
    omar = here.browser()
    assert (await omar.sign_in_agent("omar.fictif@tilleul.example")).headers["location"] == AGENTS
    authority = here.authority()
    with here.database.writing(scope=authority.id) as session:
        commands.ask_second_factor(session, authority.id, of_everyone=True)
    assert (await here.browser().sign_in_agent("omar.fictif@tilleul.example")).headers["location"] == ENROL


async def test_a_passkey_is_two_factors_in_one(here: World) -> None:
    first, device = here.browser(), Authenticator(LOCAL)
    await first.post(f"{LOCAL}{AGENTS}/connexion", {"email": ADMINISTRATOR, "password": "demonstration-2026"})
    asked = (await first.post(f"{LOCAL}{ENROL}/cle/defi")).json()
    made = await first.post(f"{LOCAL}{ENROL}/cle", {"credential": device.make(asked), "name": "Clé USB"})
    assert (made.status_code, made.headers["location"]) == (303, f"{AGENTS}/compte/codes")
    assert "Clé USB" in (await first.get(f"{LOCAL}{AGENTS}/compte")).text

    alone = here.browser()
    asked = (await alone.post(f"{LOCAL}{AGENTS}/connexion/cle/defi")).json()
    credential = device.answer(asked)
    entered = await alone.post(
        f"{LOCAL}{AGENTS}/connexion/cle", {"credential": credential, "next": f"{AGENTS}/collegues"}
    )
    assert (entered.status_code, entered.headers["location"]) == (303, f"{AGENTS}/collegues")
    assert (await alone.client.get(f"{LOCAL}{AGENTS}/collegues")).status_code == 200

    thief = here.browser()
    await thief.post(f"{LOCAL}{AGENTS}/connexion/cle/defi")
    assert (await thief.post(f"{LOCAL}{AGENTS}/connexion/cle", {"credential": credential})).status_code == 422
    replayed = await alone.post(f"{LOCAL}{AGENTS}/connexion/cle", {"credential": credential})
    assert replayed.status_code == 422
    assert (await here.browser().post(f"{AGENTS}/connexion/cle/defi")).status_code == 404

    after = here.browser()
    answer = await after.post(
        f"{LOCAL}{AGENTS}/connexion", {"email": ADMINISTRATOR, "password": "demonstration-2026", "next": AGENTS}
    )
    assert answer.headers["location"] == CODE
    asked = (await after.post(f"{LOCAL}{AGENTS}/connexion/cle/defi")).json()
    wrong = await after.post(f"{LOCAL}{AGENTS}/connexion/cle", {"credential": device.answer(asked, challenge="A" * 43)})
    assert wrong.status_code == 422
    asked = (await after.post(f"{LOCAL}{AGENTS}/connexion/cle/defi")).json()
    right = await after.post(f"{LOCAL}{AGENTS}/connexion/cle", {"credential": device.answer(asked)})
    assert right.headers["location"] == AGENTS
    authority = here.authority()
    with here.database.reading(scope=authority.id) as session:
        rows = session.execute(select(BrowserSession.means).order_by(col(BrowserSession.id))).scalars().all()
    assert {"passkey", "password"} <= set(rows)


async def test_a_password_is_hashed_again_when_parameters_change(here: World) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192).hash("demonstration-2026")
    authority = here.authority()
    with here.database.writing(scope=authority.id) as session:
        session.execute(update(Agent).where(col(Agent.email) == CLAIRE).values(password_hash=old))
    assert (await here.browser().sign_in_agent(CLAIRE)).status_code == 303
    with here.database.reading(scope=authority.id) as session:
        stored = session.execute(select(Agent.password_hash).where(col(Agent.email) == CLAIRE)).scalar_one()
    assert stored != old
    assert not passwords.is_outdated(stored)
    assert (await here.browser().sign_in_agent(CLAIRE)).status_code == 303


async def test_an_agent_without_password_opens_with_none(here: World) -> None:
    authority = here.authority()
    with here.database.writing(scope=authority.id) as session:
        session.execute(update(Agent).where(col(Agent.email) == CLAIRE).values(password_hash=""))
    for guess in ("", "nobody has this password", "demonstration-2026"):
        answer = await here.browser().post(f"{AGENTS}/connexion", {"email": CLAIRE, "password": guess})
        assert answer.status_code == 422


async def _proved(browser: Browser, secret: str) -> Application:
    application = Application(secret)
    answer = await browser.post(f"{AGENTS}/compte/application", {"code": application.code()})
    assert answer.headers["location"] == f"{AGENTS}/compte/codes?fait=application"
    return application
