"""Cookies: a new token at each change of rights, nothing left of the old one, and no cookie that makes a fault."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import demandes
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
CITIZEN, AGENT = "grc-citizen-tilleul-8000", "grc-agent-tilleul-8000"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation: cookies do not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


def token(browser: Browser, name: str) -> str:
    """The cookie that the browser holds, "" for none."""
    return browser.client.cookies.get(name) or ""


async def as_before(world: World, name: str, old: str, path: str) -> int:
    """What somebody gets who kept the old token."""
    answer = await world.browser().client.get(path, headers={"cookie": f"{name}={old}"})
    return answer.status_code


async def test_a_code_changes_the_token_and_the_old_one_opens_nothing(world: World) -> None:
    demande, browser = demandes.filed(world.database), world.browser()
    await browser.begin()
    before = token(browser, CITIZEN)
    assert (await browser.post("/tilleul/suivi", {"code": demande.code})).status_code == 303
    after = token(browser, CITIZEN)
    path = f"/tilleul/demandes/{demande.reference}"
    assert before
    assert after not in ("", before)
    assert (await browser.get(path)).status_code == 200
    assert await as_before(world, CITIZEN, before, path) == 404
    assert (await browser.post("/tilleul/deconnexion")).status_code == 303
    assert token(browser, CITIZEN) == ""
    assert await as_before(world, CITIZEN, after, path) == 404


async def test_an_agent_gets_a_new_token_at_the_door_and_leaves_none_behind(world: World) -> None:
    browser = world.browser()
    assert (await browser.sign_in_agent()).status_code == 303
    first = token(browser, AGENT)
    assert (await browser.sign_in_agent("omar.fictif@tilleul.example")).status_code == 303
    second = token(browser, AGENT)
    assert len({"", first, second}) == 3
    assert await as_before(world, AGENT, first, "/tilleul/agents") == 303
    assert await as_before(world, AGENT, second, "/tilleul/agents") == 200
    assert (await browser.post("/tilleul/agents/deconnexion")).status_code == 303
    assert token(browser, AGENT) == ""
    assert await as_before(world, AGENT, second, "/tilleul/agents") == 303


async def test_a_token_that_was_never_given_is_not_taken_up(world: World) -> None:
    """No fixation: what a browser brings is never the session that opens."""
    browser, planted = world.browser(), "x" * 43
    browser.client.cookies.set(CITIZEN, planted)
    browser.client.cookies.set(AGENT, planted)
    begun = await browser.post("/tilleul/demarches/acte-de-naissance/brouillons", {"autre": "oui"})
    signed_in = await browser.sign_in_agent()
    for answer in (begun, signed_in):
        assert answer.headers["set-cookie"]
        assert planted not in answer.headers["set-cookie"]
    assert await as_before(world, AGENT, planted, "/tilleul/agents") == 303


async def test_a_token_is_of_one_public_and_one_authority(world: World) -> None:
    browser = world.browser()
    await browser.sign_in_agent()
    held = token(browser, AGENT)
    assert await as_before(world, AGENT.replace("tilleul", "marronnier"), held, "/marronnier/agents") == 303
    assert await as_before(world, CITIZEN, held, "/tilleul/agents") == 303


HOSTILE = (
    b"; " * 2000,
    b"=" * 500,
    b"a=b; " * 1500,
    b"; ".join(b"grc-agent-tilleul-8000=%d" % number for number in range(400)),
    b"grc-citizen-tilleul-8000=" + b"x" * 60_000,
    b"grc-citizen-tilleul-8000=; grc-citizen-tilleul-8000",
    b'grc-citizen-tilleul-8000="unclosed; grc-agent-tilleul-8000="a\\"b"',
    b"grc-citizen-tilleul-8000=\xff\xfe\x80; \xc3\x28=\xf0",
    b"grc-citizen-tilleul-8000=%00%0d%0a; $Version=1; $Path=/",
    b"\x01\x02\x03",
    b"__Host-grc-agent-tilleul=a; __Secure-grc-agent-tilleul-8000=b",
    b"grc-sortie-tilleul-8000=" + b"\xe9" * 43,
)


async def test_no_cookie_makes_a_fault(world: World) -> None:
    paths = ("/tilleul/", "/tilleul/mes-demandes", "/tilleul/agents", "/tilleul/franceconnect/deconnexion?state=x")
    for hostile in HOSTILE:
        for path in paths:
            answer = await world.browser().client.get(path, headers=[(b"cookie", hostile)])
            assert answer.status_code in (200, 303, 400), (hostile[:60], path, answer.status_code)
            if path == "/tilleul/agents":
                assert answer.status_code == 303, hostile[:60]
        answer = await world.browser().client.post("/tilleul/suivi", data={"code": "x"}, headers=[(b"cookie", hostile)])
        assert answer.status_code == 404, hostile[:60]
    twice = [(b"cookie", b"grc-agent-tilleul-8000=a"), (b"cookie", b"grc-agent-tilleul-8000=b")]
    assert (await world.browser().client.get("/tilleul/agents", headers=twice)).status_code == 303
