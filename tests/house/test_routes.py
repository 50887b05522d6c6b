"""The table of routes: none twice, none hidden, none a verb; what is refused at each. The walk: integration/crawl."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Match, Mount, Route

from grc.notifications import links as mail_links
from grc.web import own
from grc.web.agents.routes import routes as agent_routes
from grc.web.api.routes import routes as api_routes
from grc.web.citizen.routes import routes as citizen_routes
from grc.web.desk.routes import routes as desk_routes
from grc.web.links import Links
from tests.support.world import BASE, Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
DOORS = ("/agents/connexion", "/agents/proconnect")
"""Where agents come in, by whatever means."""
PAGES = [*agent_routes, *desk_routes, *api_routes, *citizen_routes]
ARRIVALS = {
    "/franceconnect/callback",
    "/agents/proconnect/callback",
    "/demandes/{reference}",
    "/demandes/{reference}/courriers/{letter}.pdf",
}
"""GETs that write, and why (site.arrival)."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """One installation: what is held here does not depend on the database."""
    async with a_world(seeded(tmp_path), tmp_path) as made:
        yield made


def of_method(method: str, routes: list[Any] = PAGES) -> list[Route]:
    return [route for route in routes if method in (route.methods or ())]


def filled(route: Route, value: str) -> str:
    return "/tilleul" + re.sub(r"\{[^}]+\}", value, route.path)


async def agent(world: World) -> Browser:
    """The browser of a supervisor, who may see every page."""
    browser = world.browser()
    await browser.sign_in_agent("omar.fictif@tilleul.example")
    return browser


def test_the_table_is_read() -> None:
    assert len(of_method("GET")) >= 25
    assert len(of_method("POST")) >= 15
    assert {route.path for route in PAGES if getattr(route, "why", "")} == ARRIVALS
    assert all(getattr(route, "why", "why") for route in PAGES)


def test_no_route_is_twice_or_hidden_behind_another() -> None:
    names = [route.name for route in PAGES]
    assert len(names) == len(set(names))
    for route in PAGES:
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        path = re.sub(r"\{[^}]+\}", "valeur", route.path)
        scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
        first = next(one for one in PAGES if one.matches(scope)[0] is Match.FULL)
        assert first.path == route.path, f"{route.path} is hidden by {first.path}"


def test_routes_are_nouns_not_verbs() -> None:
    verbs = re.compile(r"/(ajouter|supprimer|envoyer|fermer|creer|modifier|decider|retirer)(/|$)")
    assert [route.path for route in PAGES if verbs.search(route.path)] == []


async def test_every_post_from_elsewhere_is_refused(world: World) -> None:
    browser = await agent(world)
    for route in of_method("POST"):
        for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
            answer = await browser.post(filled(route, "x"), {"revision": "1"}, headers=headers)
            assert answer.status_code == 403, route.path


async def test_every_page_of_agents_leads_to_their_door(world: World) -> None:
    visitor = world.browser()
    await visitor.begin()
    behind = [route for route in (*agent_routes, *desk_routes) if not route.path.startswith(DOORS)]
    assert len(behind) >= 10
    for route in behind:
        for value in ("2026-483-715-629", "x"):
            path = filled(route, value)
            method = "POST" if "POST" in (route.methods or ()) else "GET"
            answer = await visitor.client.request(method, path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/tilleul/agents/connexion?suite=/tilleul/agents"), path
            hasty = await visitor.client.request(method, path, headers={"hx-request": "true"})
            assert (hasty.status_code, hasty.headers["hx-redirect"]) == (401, answer.headers["location"])


async def test_every_method_that_a_route_has_not_is_405(world: World) -> None:
    browser = await agent(world)
    by_path: dict[str, set[str]] = {}
    for route in PAGES:
        by_path.setdefault(route.path, set()).update(route.methods or ())
    for path, methods in by_path.items():
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - methods:
            if (path, method) == ("/brouillons/{draft}/suite", "POST"):
                continue  # a page of the form may have any name
            answer = await browser.client.request(method, "/tilleul" + re.sub(r"\{[^}]+\}", "x", path))
            assert answer.status_code in (404, 405), (method, path, answer.status_code)
            if answer.status_code == 405:
                assert set(answer.headers["allow"].split(", ")) <= {"GET", "HEAD", "POST", "OPTIONS"}


async def test_the_platform_s_own_pages_take_nonsense_too(world: World) -> None:
    browser = world.browser()
    for path in (
        "/static/",
        "/static/x",
        "/static/x/../../pyproject.toml",
        "/static/x/%2e%2e/%2e%2e/pyproject.toml",
        "/static/x/\\..\\..\\pyproject.toml",
        "/static/x/app.css/x",
        "/theme/x-y.css",
        "/theme/ffffff-x.css",
        "/theme/zzzzzz-x.css",
        "/theme/%00-x.css",
        "/theme/1f5f8b-x.css/..",
        "/healthz/x",
        "/readyz/%00",
    ):
        answer = await browser.client.get(path)
        assert answer.status_code in (200, 307, 404), (path, answer.status_code)
        assert "[build-system]" not in answer.text
    assert {type(route) for route in own.routes()} == {Route, Mount}


def resolves(path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in PAGES)


async def test_the_addresses_in_mails_are_routes(world: World) -> None:
    authority, reference = world.authority(), "2026-483-715-629"
    made = {
        mail_links.submission(authority, BASE, reference): Links("/tilleul").submission(reference),
        mail_links.complement(authority, BASE, reference): Links("/tilleul").submission(reference, "complements"),
        mail_links.track(authority, BASE): Links("/tilleul").track(),
        mail_links.sign_in(authority, BASE, "x"): Links("/tilleul").door("lien/x"),
        mail_links.address(authority, BASE, "x"): Links("/tilleul").door("adresse/x"),
        mail_links.door(authority, BASE): Links("/tilleul").door(),
        mail_links.agent_submission(authority, BASE, reference): Links("/tilleul").agent_submission(reference),
    }
    for address, path in made.items():
        assert address == BASE + path
        assert resolves(path.removeprefix("/tilleul")), path


def test_every_address_that_pages_make_is_a_route() -> None:
    links = Links("")
    made = [links.home(), links.track(), links.my_submissions(), links.agents(), links.agents("connexion")]
    made += [links.statement(name) for name in ("modalites", "accessibilite", "mentions-legales", "aide")]
    made += [links.procedure("x"), links.procedure("x", "identification"), links.draft("x", "suite")]
    made += [links.submission("x", act) for act in ("", "adresse", "pieces", "retrait", "complements")]
    made += [links.letter("x", 1), links.file("x", "y"), links.agent_letter("x", 1), links.agent_file("x", "y")]
    made += [
        links.agent_lists(),
        links.agent_lists("x"),
        links.agent_lists("x", "nouveau"),
        links.agent_lists("x", "y"),
    ]
    made += [links.agent_submission("x", act) for act in ("", "pieces-manquantes", "decision")]
    made += [links.franceconnect("callback"), links.franceconnect("deconnexion")]
    assert [path for path in made if not resolves(path)] == []
    assert not resolves("/nulle-part")
