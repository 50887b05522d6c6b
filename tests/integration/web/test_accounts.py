"""Accounts without FranceConnect: a link of one use, a password, and nothing that tells who has an account."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from grc import clock
from grc.citizens.models import Citizen, EmailLink
from grc.outbox.models import Message, OutboxEntry
from grc.sessions.models import SignInRecord
from tests.support.accounts import sign_in
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
ME = "camille@exemple.example"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation: what is held here does not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


async def asked(world: World, browser: Browser, email: str = ME, *, following: str = "") -> str:
    """The token of a link asked for in this browser, read in its mail."""
    answer = await browser.post("/tilleul/connexion/lien", {"email": email, "suite": following})
    assert answer.status_code == 303, answer.text
    await world.deliver()
    return token_in(world, email)


def token_in(world: World, email: str, subject: str = "lien de connexion", path: str = "connexion/lien") -> str:
    found = re.search(rf"/tilleul/{path}/([\w-]+)", world.mail(email.lower(), subject).text)
    assert found is not None
    return found.group(1)


async def opened(world: World, browser: Browser, email: str = ME) -> Any:
    """The browser signed in by a link."""
    token = await asked(world, browser, email)
    return await browser.post("/tilleul/connexion/ouverture", {"token": token})


def rows(world: World, table: Any, slug: str = "tilleul") -> list[Any]:
    authority = world.authority(slug)
    with world.database.reading(scope=authority.id) as session:
        found = session.execute(select(table).where(table.authority_id == authority.id).order_by(table.id)).scalars()
        return list(found)


async def test_a_link_opens_an_account_once_and_is_kept_nowhere(world: World) -> None:
    browser = world.browser()
    draft = await browser.begin()
    token = await asked(world, browser, "Camille@Exemple.EXAMPLE", following="/tilleul/compte")
    assert ME in (await browser.get("/tilleul/connexion/lien-envoye")).text.replace("<wbr>", "")
    before = browser.client.cookies.get("grc-citizen-tilleul-8000")
    page = await browser.get(f"/tilleul/connexion/lien/{token}")
    assert "autre navigateur" not in page.text
    assert not rows(world, Citizen), "a mail scanner that opens the link opens nothing"
    answer = await browser.post("/tilleul/connexion/ouverture", {"token": token})
    assert answer.headers["location"] == "/tilleul/compte"
    assert browser.client.cookies.get("grc-citizen-tilleul-8000") != before
    (account,) = rows(world, Citizen)
    assert (account.issuer, account.email) == ("local", ME)
    assert account.subject != ME
    assert (await browser.get(f"/tilleul/brouillons/{draft}/suite")).status_code == 200
    (record,) = rows(world, SignInRecord)
    assert (record.means, record.outcome, record.citizen_id) == ("link", "opened", account.id)
    (link,), (entry,), (message,) = rows(world, EmailLink), rows(world, OutboxEntry), rows(world, Message)
    assert message.raw is None
    assert entry.sealed_secret is None
    assert token not in link.token_hash
    again = world.browser()
    assert (await again.get(f"/tilleul/connexion/lien/{token}")).status_code == 404
    assert (await again.post("/tilleul/connexion/ouverture", {"token": token})).status_code == 404
    assert rows(world, SignInRecord)[-1].outcome == "link_unusable"
    assert (await opened(world, again)).status_code == 303
    assert len(rows(world, Citizen)) == 1


async def test_a_link_works_in_another_browser_and_says_so(world: World) -> None:
    token = await asked(world, world.browser())
    other = world.browser()
    page = await other.get(f"/tilleul/connexion/lien/{token}")
    assert "demandé dans un autre navigateur" in page.text
    assert (await other.post("/tilleul/connexion/ouverture", {"token": token})).status_code == 303


async def test_no_wrong_link_opens_anything(world: World) -> None:
    browser = world.browser()
    token = await asked(world, browser)
    tampered = token[:-1] + ("A" if token[-1] != "A" else "B")
    for path, wrong in (("/tilleul", tampered), ("/tilleul", ""), ("/tilleul", "é" * 50), ("/marronnier", token)):
        answer = await browser.post(f"{path}/connexion/ouverture", {"token": wrong})
        assert answer.status_code == 404, (path, wrong)
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(EmailLink).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert (await browser.post("/tilleul/connexion/ouverture", {"token": token})).status_code == 404
    assert not rows(world, Citizen)
    assert {one.outcome for one in rows(world, SignInRecord)} == {"link_unusable"}


async def test_an_expired_or_used_link_is_not_sent(world: World) -> None:
    browser = world.browser()
    await browser.post("/tilleul/connexion/lien", {"email": ME})
    with world.database.writing(scope=world.authority().id) as session:
        session.execute(update(EmailLink).values(expires_at=clock.now() - timedelta(seconds=1)))
    await world.deliver()
    assert not world.mailbox.to(ME)
    assert rows(world, OutboxEntry)[0].state == "dropped"


@pytest.mark.parametrize(
    "typed",
    ["camille", "camille@exemple.example\nBcc: x@evil.example", "ｃamille@exemple.example", "é@x.example", "a@b", ""],
)
async def test_what_is_no_address_gets_no_mail(world: World, typed: str) -> None:
    answer = await world.browser().post("/tilleul/connexion/lien", {"email": typed})
    assert answer.status_code == 422
    assert "Saisissez une adresse électronique" in answer.text
    assert not rows(world, EmailLink)


async def test_mails_are_limited_by_recipient_without_a_word_and_by_network_with_one(world: World) -> None:
    browser = world.browser()
    for _ in range(7):
        assert (await browser.post("/tilleul/connexion/lien", {"email": ME})).status_code == 303
    assert len(rows(world, EmailLink)) == 5
    answers = [await browser.post("/tilleul/connexion/lien", {"email": f"a{n}@x.example"}) for n in range(14)]
    assert [answer.status_code for answer in answers] == [303] * 13 + [429]


async def test_an_account_of_franceconnect_and_one_of_this_address_stay_two(world: World) -> None:
    with_provider, by_link = world.browser(), world.browser()
    account = sign_in(world, with_provider)
    reference = await with_provider.file()
    await opened(world, by_link, "andrea@exemple.example")
    assert [row.issuer for row in rows(world, Citizen)] == ["https://fc.example", "local"]
    assert (await by_link.get(f"/tilleul/demandes/{reference}")).status_code == 404
    with world.database.reading(scope=world.authority().id) as session:
        assert session.execute(select(func.count()).select_from(Citizen).where(Citizen.id == account)).scalar_one() == 1


async def test_a_link_begins_no_page_of_somebody_else(world: World) -> None:
    browser = world.browser()
    token = await asked(world, browser, following="https://evil.example/")
    answer = await browser.post("/tilleul/connexion/ouverture", {"token": token})
    assert answer.headers["location"] == "/tilleul/mes-demandes"
