"""The watch over pages sees what it is there to see: each fault is planted, found, then cleared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.support.browser import OpenPage, Watch, axe, no_horizontal_scroll, tab_through
from tests.support.server import serving

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
HEAD = '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai – Tilleul</title>'
CALM = '</head><body><main id="main-content"><h1>Essai</h1><p>Bonjour.</p></main></body></html>'
PAGES = {
    "calm": HEAD + CALM,
    "script": HEAD + '<script src="/script.js" defer></script>' + CALM,
    "inline": HEAD + "<script>document.title = 'non'</script>" + CALM,
    "missing": HEAD + '<link rel="stylesheet" href="/absent.css">' + CALM,
    "far": HEAD + '<link rel="stylesheet" href="https://cdn.example/a.css">' + CALM,
    "bare": HEAD + '<link rel="stylesheet" href="/bare.css">' + CALM.replace("<p>", '<a href="#a">Un</a><p>'),
    "wide": HEAD + CALM.replace("Bonjour.", "n" * 400),
    "stops": HEAD + CALM.replace("<p>", '<a href="#a">Un</a> <a href="#b">Deux</a> <button>Trois</button><p>'),
    "blind": HEAD + CALM.replace("<p>", '<img src="/script.js" width="9" height="9"><p>'),
}


async def page(request: Request) -> Response:
    name = request.path_params["name"]
    policy = "img-src *; style-src *; script-src 'self'" if name == "far" else POLICY
    return HTMLResponse(PAGES[name], headers={"Content-Security-Policy": policy})


async def script(request: Request) -> Response:
    return Response("document.querySelector('p').textContent = 'Avec JavaScript'", media_type="text/javascript")


async def bare(request: Request) -> Response:
    return Response("a:focus { outline: none }", media_type="text/css")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    routes = [Route("/script.js", script), Route("/bare.css", bare), Route("/page/{name}", page)]
    with serving(Starlette(routes=routes)) as url:
        yield url


def test_a_calm_page_has_no_fault(open_page: OpenPage, site: str) -> None:
    shown = open_page(f"{site}/page/calm")
    axe(shown)
    no_horizontal_scroll(shown, 320)
    no_horizontal_scroll(shown, 1280, text=200)


def test_pages_run_with_and_without_javascript(open_page: OpenPage, site: str) -> None:
    assert open_page(f"{site}/page/script").inner_text("p") == "Avec JavaScript"
    assert open_page(f"{site}/page/script", javascript=False).inner_text("p") == "Bonjour."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("inline", "Content Security Policy"),
        ("missing", "404 for"),
        ("far", "leaves the machine: https://cdn.example/a.css"),
    ],
)
def test_a_fault_is_seen(
    open_page: OpenPage, reopen_page: OpenPage, watch: Watch, site: str, name: str, sentence: str
) -> None:
    for page in (open_page(), reopen_page()):
        page.goto(f"{site}/page/{name}")
        assert any(sentence in fault for fault in watch.faults), watch.faults
        watch.faults.clear()


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_shared_page_remembers_nothing(reopen_page: OpenPage, site: str, time: str) -> None:
    page = reopen_page()
    page.goto(f"{site}/page/calm")
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    page.evaluate("localStorage.a = sessionStorage.b = document.cookie = 'c=d'")
    page.route("**/*", lambda route: route.abort())


def test_axe_names_the_rule_and_the_element(open_page: OpenPage, watch: Watch, site: str) -> None:
    shown = open_page(f"{site}/page/blind")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(shown)
    axe(shown, without=("image-alt",))


def test_a_page_too_wide_is_told_with_what_sticks_out(open_page: OpenPage, site: str) -> None:
    shown = open_page(f"{site}/page/wide")
    with pytest.raises(AssertionError, match="px wide at 320"):
        no_horizontal_scroll(shown, 320)


def test_tab_goes_through_every_stop_and_wants_a_ring(open_page: OpenPage, site: str) -> None:
    assert tab_through(open_page(f"{site}/page/stops")) == ["a Un", "a Deux", "button Trois"]
    with pytest.raises(AssertionError, match="no visible focus: a Un"):
        tab_through(open_page(f"{site}/page/bare"))


def test_axe_refuses_a_page_where_it_would_wait_for_ever(open_page: OpenPage, site: str) -> None:
    with pytest.raises(AssertionError, match="JavaScript is off"):
        axe(open_page(f"{site}/page/calm", javascript=False))
