"""No parameter and no header leads a browser away: every door that remembers a page, with every hostile address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx2
import pytest

from grc.sessions import limits
from grc.sessions.limits import Limit
from tests.support import demandes
from tests.support.elsewhere import EVIL, HOSTILE_PATHS, leads_away
from tests.support.world import World, a_world, seeded

pytestmark = pytest.mark.anyio
Door = Callable[[World, str], Awaitable[httpx2.Response]]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """One installation, whose limits are counted elsewhere: here every door is tried seventy times."""
    for name, value in vars(limits).items():
        if isinstance(value, Limit):
            monkeypatch.setattr(limits, name, Limit(value.name, 100_000, value.seconds))
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


async def with_a_code(world: World, asked: str) -> httpx2.Response:
    demande = world.demande  # type: ignore[attr-defined]
    return await world.browser().post("/tilleul/suivi", {"code": demande.code, "suite": asked})


async def with_franceconnect(world: World, asked: str) -> httpx2.Response:
    return await world.browser().post("/tilleul/franceconnect/connexion", params={"suite": asked})


async def with_a_link(world: World, asked: str) -> httpx2.Response:
    return await world.browser().post("/tilleul/connexion/lien", {"email": "camille@exemple.example", "suite": asked})


async def with_proconnect(world: World, asked: str) -> httpx2.Response:
    return await world.browser().post("/tilleul/agents/proconnect/connexion", {"next": asked})


async def with_a_password(world: World, asked: str) -> httpx2.Response:
    fields = {"email": "claire.modele@tilleul.example", "password": "demonstration-2026", "next": asked}
    return await world.browser().post("/tilleul/agents/connexion", fields)


@pytest.mark.parametrize("door", [with_a_code, with_franceconnect, with_a_link, with_proconnect, with_a_password])
async def test_no_door_leads_away(world: World, door: Door) -> None:
    world.demande = demandes.filed(world.database)  # type: ignore[attr-defined]
    for asked in HOSTILE_PATHS[:: 8 if door is with_a_password else 1]:  # a password costs a third of a second
        answer = await door(world, asked)
        location = answer.headers.get("location", "/tilleul/")
        assert answer.status_code in (200, 303, 404, 422), (asked, answer.status_code)
        assert location.startswith("/tilleul/"), (asked, location)
        assert not leads_away(location), (asked, location)
        assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"], asked


HEADERS = (
    {"host": EVIL},
    {"host": f"127.0.0.1:8000@{EVIL}"},
    {"host": f"{EVIL}:80"},
    {"host": f"{EVIL}/tilleul"},
    {"host": ""},
    {"x-forwarded-host": EVIL},
    {"x-forwarded-host": EVIL, "x-forwarded-proto": "javascript", "x-forwarded-port": "1"},
    {"forwarded": f"host={EVIL};proto=https"},
    {"x-host": EVIL, "x-original-url": f"//{EVIL}", "x-rewrite-url": f"//{EVIL}"},
    {"referer": f"https://{EVIL}/", "origin": f"https://{EVIL}"},
)


async def test_no_header_leads_away_or_is_repeated(world: World) -> None:
    browser = world.browser()
    for headers in HEADERS:
        for path in ("/tilleul", "/tilleul/", "/tilleul/agents", "/tilleul/demandes/x", "/", "/x", "//evil.example"):
            answer = await browser.client.get(path, headers=headers)
            location = answer.headers.get("location", "/")
            assert location.startswith("/"), (headers, path, location)
            assert not leads_away(location), (headers, path, location)
            assert EVIL not in answer.text, (headers, path)
    for hostile in HOSTILE_PATHS[:40]:
        answer = await browser.client.get("/tilleul/agents/connexion", params={"suite": hostile})
        assert "<script>alert" not in answer.text, hostile
