"""Every answer carries the headers: each route of the table, filled and with nonsense, and every kind of refusal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from grc import serving
from grc.errors import Unavailable
from grc.sessions import limits
from grc.sessions.limits import Limit
from grc.web import own, security
from grc.web.agents.routes import routes as agent_routes
from grc.web.api.routes import routes as api_routes
from grc.web.citizen import home
from grc.web.citizen.routes import routes as citizen_routes
from grc.web.desk.routes import routes as desk_routes
from grc.web.platform import Platform
from tests.support.world import ISSUER, World, a_world, seeded

pytestmark = pytest.mark.anyio
PAGES = [*agent_routes, *desk_routes, *api_routes, *citizen_routes]
OURS = [route for route in own.routes() if isinstance(route, Route)]
PROVIDER = ISSUER.removesuffix("/api/v2")
LEFT_OPEN = {"cross-origin"}
"""What the API and the script for other sites say of who may read them."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation: headers do not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


def policy_of(answer: httpx2.Response) -> dict[str, str]:
    """The content security policy by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts if name}


def check(path: str, answer: httpx2.Response) -> None:
    """Fails when an answer lacks a header, or says one loosely."""
    headers, policy = answer.headers, policy_of(answer)
    assert policy["default-src"] == "'none'", path
    assert policy["frame-ancestors"] == "'none'", path
    assert not re.search(r"unsafe|[*]", " ".join(policy.values())), path
    if "sandbox" not in policy:
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'", path
        assert policy["base-uri"] == "'none'", path
        assert set(policy["form-action"].split()) <= {"'self'", PROVIDER}, path
    assert headers["x-content-type-options"] == "nosniff", path
    assert headers["referrer-policy"] in {"same-origin", "no-referrer"}, path
    assert headers["cross-origin-opener-policy"] == "same-origin", path
    assert headers["cross-origin-resource-policy"] in {"same-origin", *LEFT_OPEN}, path
    assert all(f"{name}=()" in headers["permissions-policy"] for name in ("camera", "microphone", "payment", "usb")), (
        path
    )
    assert not {"server", "x-powered-by"} & set(headers), path
    for cookie in headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie, path
        assert "SameSite=lax" in cookie, path
        assert "Domain" not in cookie, path


def addresses(route: Route) -> Iterator[str]:
    """The route with a plausible name, then with nonsense in it."""
    root = "" if route in OURS else "/tilleul"
    for value in ("acte-de-naissance", "%27%3Cb%3E"):
        yield root + re.sub(r"\{[^}]+\}", value, route.path)


async def test_every_route_answers_with_every_header(world: World) -> None:
    visitor, agent = world.browser(), world.browser()
    await agent.sign_in_agent("omar.fictif@tilleul.example")
    seen: set[int] = set()
    for route in [*PAGES, *OURS]:
        for path in addresses(route):
            for method in sorted(route.methods or ()):
                for browser in (visitor, agent):
                    answer = await browser.client.request(method, path)
                    check(f"{method} {path}", answer)
                    seen.add(answer.status_code)
        check(path, await visitor.client.request("DELETE", path))
        refused = await agent.client.post(path, headers={"sec-fetch-site": "cross-site"})
        check(path, refused)
        assert refused.status_code == 403, path
    assert seen >= {200, 303, 404, 422}, seen


async def test_every_refusal_and_fault_answers_with_every_header(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = world.browser()
    answers = [
        await browser.client.get("/tilleul"),
        await browser.client.get("/tilleul/%00"),
        await browser.client.get("/nulle-part/"),
        await browser.post("/tilleul/suivi", {"code": "x" * 40_000_000}),
        await browser.client.post(
            "/tilleul/suivi", content=b"\xff" * 100, headers={"content-type": "multipart/form-data"}
        ),
        await browser.client.get("/tilleul/static/x"),
        await browser.client.get("/static/x"),
        await browser.client.get("/tilleul/cadre/demarches/acte-de-naissance"),
    ]
    monkeypatch.setattr(limits, "TRACKING_CODES", Limit("tracking-code", 0, 600))
    answers.append(await browser.post("/tilleul/suivi", {"code": "x"}))

    def broken(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(home, "citizen_frame", broken)
    answers.append(await browser.get("/tilleul/aide"))

    async def closed(*_: Any) -> Any:
        raise Unavailable("Plus tard.")

    async def lost(*_: Any) -> Any:
        raise RuntimeError

    for tenant in (closed, lost):
        monkeypatch.setattr(Platform, "tenant", tenant)
        answers.append(await browser.get("/tilleul/"))
    for answer in answers:
        check(str(answer.url)[:80], answer)
    assert {answer.status_code for answer in answers} >= {308, 404, 413, 429, 500, 503}


async def test_https_adds_what_only_https_may_say(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path, base_url="https://demarches.tilleul.example") as world:
        browser = world.browser()
        for path in ("/", "/tilleul/", "/healthz", "/tilleul/nulle-part", "/tilleul/agents"):
            answer = await browser.client.get(path)
            check(path, answer)
            assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains", path
            assert "upgrade-insecure-requests" in policy_of(answer), path
        begun = await browser.post("/tilleul/demarches/acte-de-naissance/brouillons", {"autre": "oui"})
        signed_in = await browser.sign_in_agent()
        for answer, public in ((begun, "citizen"), (signed_in, "agent")):
            (cookie,) = answer.headers.get_list("set-cookie")
            assert cookie.startswith(f"__Host-grc-{public}-tilleul="), cookie
            assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; ")), cookie
            assert "Domain" not in cookie


def test_an_origin_that_is_none_never_enters_the_policy() -> None:
    hostile = (
        "https://a.example; script-src *",
        "https://*.example",
        "javascript:",
        "https://a.example/x",
        "",
        "'self'",
    )
    said = security.headers(secure=False, providers=hostile, framed_by=hostile)["Content-Security-Policy"]
    assert said == security.headers(secure=False)["Content-Security-Policy"]
    kept = ("https://a.example", "http://127.0.0.1:8000")
    said = security.headers(secure=False, providers=kept, framed_by=kept)["Content-Security-Policy"]
    assert "form-action 'self' https://a.example http://127.0.0.1:8000; frame-ancestors https://a.example http" in said


def test_the_server_names_neither_itself_nor_whom_it_believes() -> None:
    async def nothing(*_: Any) -> None:
        raise AssertionError

    configuration = serving.configuration(nothing, host="127.0.0.1", port=0)
    assert not configuration.server_header
    assert not configuration.proxy_headers
    assert not configuration.access_log
