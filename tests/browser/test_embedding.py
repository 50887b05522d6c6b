"""A form in the page of another site, as a browser shows it: two origins of this machine, that are two sites to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Frame, Page, expect

from grc.authorities import framing
from tests.support.browser import OpenPage, Watch
from tests.support.site import Site, a_site

_PAGE = """<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>Mairie</title><h1>La mairie</h1>
<p><a data-procedure href="{url}/tilleul/demarches/probleme-voirie">Signaler un problème</a></p>
<script type="module" src="{url}/embed.js"></script></html>"""


_HEIGHT = "document.querySelector('iframe').offsetHeight"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation of its own: who may frame it is changed here."""
    with a_site(tmp_path_factory.mktemp("framed")) as running:
        yield running


@dataclass(frozen=True)
class Town:
    """A commune's own site, with a link to a form of ours; under one of its two origins Tilleul lists it."""

    listed: str
    stranger: str


@pytest.fixture(scope="module")
def town(site: Site) -> Iterator[Town]:
    """The commune's site, until the module ends."""
    content = _PAGE.format(url=site.url).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made = Town(f"http://localhost:{server.server_port}", f"http://127.0.0.1:{server.server_port}")
    scope = site._tilleul()
    with site.database.writing(scope=scope) as session:
        framing.allow(session, scope, [made.listed])
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def framed(page: Page) -> Frame:
    """What the frame shows."""
    found = page.locator("iframe").element_handle().content_frame()
    assert found is not None
    return found


def test_a_form_is_begun_in_the_page_of_a_listed_site(site: Site, town: Town, open_page: OpenPage) -> None:
    page = open_page(town.listed)
    expect(page.get_by_role("link", name="Signaler un problème")).to_be_hidden()
    assert page.locator("iframe").get_attribute("title") == "Signaler un problème"
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", level=1)).to_have_text("Problème sur la voie publique")
    page.wait_for_function(f"{_HEIGHT} > 600")
    shown = page.evaluate(_HEIGHT)
    assert framed(page).evaluate("document.documentElement.scrollHeight <= innerHeight + 1")
    inside.get_by_role("button", name="Commencer ma demande").first.click()
    inside.get_by_role("button", name="Continuer sans compte").click()
    expect(inside.get_by_role("heading", level=1)).to_have_text("Le problème")
    page.wait_for_function(f"shown => {_HEIGHT} !== shown && {_HEIGHT} > 300", arg=shown)
    inside.get_by_role("button", name="Continuer").click()
    expect(inside.get_by_role("alert")).to_contain_text("Corrigez 2 erreurs")
    (cookie,) = page.context.cookies()
    assert cookie["name"].startswith("embed-tilleul")
    assert cookie["partitionKey"] == "http://localhost"
    inside.get_by_role("link", name="Continuer en pleine page").click()
    expect(inside.get_by_role("heading", level=1)).to_have_text("Votre brouillon est enregistré")
    page.goto(f"{site.url}/tilleul/")
    expect(page.get_by_text("Vous avez commencé")).to_have_count(0)


_FORGE = """([data, origin, from]) => dispatchEvent(new MessageEvent("message", {
    data, origin, source: from === "frame" ? document.querySelector("iframe").contentWindow : window[from] }))"""


def test_each_side_hears_the_other_alone(site: Site, town: Town, open_page: OpenPage) -> None:
    page = open_page(town.listed)
    page.wait_for_function(f"{_HEIGHT} > 600")
    shown = page.evaluate(_HEIGHT)
    for forged in (
        [{"height": 5}, site.url, "self"],
        [{"height": 5}, town.stranger, "frame"],
        [{"height": -5}, site.url, "frame"],
        [{"height": "5em"}, site.url, "frame"],
        [None, site.url, "frame"],
    ):
        page.evaluate(_FORGE, forged)
        assert page.evaluate(_HEIGHT) == shown, forged
    page.evaluate(_FORGE, [{"height": 700}, site.url, "frame"])
    assert page.evaluate(_HEIGHT) == 700
    # the frame would write to whom it believed: a message to another window than ours is an error that fails this test
    for forged in (
        ["procedure", town.stranger, "parent"],
        ["procedure", town.stranger, "self"],
        ["x", town.listed, "parent"],
    ):
        framed(page).evaluate(_FORGE, forged)
    framed(page).evaluate("document.querySelector('h1').style.height = '300px'")
    page.wait_for_function(f"{_HEIGHT} > 700")


def test_what_is_not_the_form_opens_in_the_whole_window(site: Site, town: Town, open_page: OpenPage) -> None:
    page = open_page(town.listed)
    page.frame_locator("iframe").get_by_role("link", name="Toutes les démarches").click()
    page.wait_for_url(f"{site.url}/tilleul/")
    expect(page.locator("header.app-header")).to_be_visible()


def test_the_link_stays_in_the_page_of_any_other_site(
    site: Site, town: Town, open_page: OpenPage, watch: Watch
) -> None:
    page = open_page(town.stranger)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(_HEIGHT) == 0
    page.get_by_role("link", name="Signaler un problème").click()
    page.wait_for_url(f"{site.url}/tilleul/demarches/probleme-voirie")
    assert any("frame-ancestors" in fault for fault in watch.faults)
    watch.faults.clear()


def test_without_scripts_the_link_is_a_link(site: Site, town: Town, open_page: OpenPage) -> None:
    page = open_page(town.listed, javascript=False)
    page.get_by_role("link", name="Signaler un problème").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Problème sur la voie publique")


def test_agents_pages_are_framed_by_nobody(site: Site, town: Town, open_page: OpenPage, watch: Watch) -> None:
    page = open_page(town.listed)
    show = "url => { document.querySelector('iframe').src = url }"
    for path in ("/agents/connexion", "/mes-demandes", "/suivi"):
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.evaluate(show, site.at(path))
    page.evaluate(show, site.at("/cadre/agents/connexion"))
    expect(page.frame_locator("iframe").get_by_role("button", name="Ouvrir la page")).to_be_visible()
    assert len(watch.faults) == 3
    watch.faults.clear()
