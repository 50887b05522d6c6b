"""Chromium for the tests: pages with and without JavaScript, watched for errors, never leaving this machine.

`open_page` is the fixture to use, `reopen_page` for documents shown one after another. A page that they give fails its
test at the end when something went wrong unseen: a console or policy error, a broken file, an address elsewhere.
What a test expects of a page is waited for as long as what it does there (alone, `expect` gives up after five seconds,
which a page takes where letters are laid out on the same processor). Playwright's sync API keeps an event loop in its
thread, so the browser lives for one module at a time and a module of browser tests holds no async test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice")
HEIGHT = 900
_INSTALL = "Chromium is not installed: run `make system` (Debian: apt-get install chromium)"
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_STAY = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE *.localhost , EXCLUDE 127.0.0.1"
_STATUS = "Failed to load resource: the server responded with a status of"
_FILES = ("stylesheet", "script", "font", "image", "media", "manifest")

_PATIENCE = 20_000
"""Milliseconds."""

OpenPage = Callable[..., Page]
expect.set_options(timeout=_PATIENCE)
_without_script: set[BrowserContext] = set()


@dataclass
class Watch:
    """What went wrong in the pages of one test, in sentences."""

    faults: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listens to a page from its first request on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_STATUS):
            self.faults.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not is_here(request.url):
            self.faults.append(f"leaves the machine: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type in _FILES:
            self.faults.append(f"{response.status} for {response.url}")


def is_here(url: str) -> bool:
    """Whether an address stays on this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return (
        parts.scheme in ("data", "blob", "about") or host in ("localhost", "127.0.0.1") or host.endswith(".localhost")
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module; the test fails, never skips, where Chromium is absent."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail(_INSTALL, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*_QUIET, _STAY])
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The faults seen in this test; none may be left at its end (a test that expects one clears the list)."""
    seen = Watch()
    yield seen
    assert not seen.faults, "\n".join(seen.faults)


@pytest.fixture
def open_page(chromium: Browser, watch: Watch) -> Iterator[OpenPage]:
    """Opens pages, each as a new visitor: `open_page(url="", *, javascript=True, width=1280, **context_options)`."""
    contexts: list[BrowserContext] = []

    def open_one(url: str = "", *, javascript: bool = True, width: int = 1280, **options: Any) -> Page:
        context = _visitor(chromium, java_script_enabled=javascript, width=width, **options)
        contexts.append(context)
        if not javascript:
            _without_script.add(context)
        page = context.new_page()
        watch.follow(page)
        context.on("page", watch.follow)
        if url:
            page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    _without_script.clear()


@pytest.fixture(scope="module")
def _kept_pages() -> dict[str, tuple[Page, Watch]]:
    return {}


@pytest.fixture
def reopen_page(chromium: Browser, watch: Watch, _kept_pages: dict[str, tuple[Page, Watch]]) -> Iterator[OpenPage]:
    """Gives a page that the tests of the module share, blank and as watched as `open_page`'s: `(**context_options)`.

    For documents that keep nothing and follow from nothing: a new visitor costs a process of Chromium, three times the
    test itself. Cookies, stores and routes are forgotten after each test; a page where something went wrong is closed.
    """
    used: list[str] = []

    def reopen(**options: Any) -> Page:
        key = repr(sorted(options.items()))
        if key not in _kept_pages:
            page, seen = _visitor(chromium, width=1280, **options).new_page(), Watch()
            seen.follow(page)
            _kept_pages[key] = (page, seen)
        used.append(key)
        page, seen = _kept_pages[key]
        seen.faults = watch.faults
        return page

    yield reopen
    for key in used:
        page = _kept_pages[key][0]
        if not _is_forgotten(page) or watch.faults:
            page.context.close()
            del _kept_pages[key]


def _is_forgotten(page: Page) -> bool:
    """Whether the page is blank again, nothing left of what it showed; False when it does not answer any more."""
    try:
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
        page.context.clear_cookies()
        page.goto("about:blank")
        page.unroute_all(behavior="wait")
    except Exception:  # whatever its test left behind: the next one gets another page
        return False
    return True


def _visitor(chromium: Browser, *, width: int, **options: Any) -> BrowserContext:
    viewport: Any = {"width": width, "height": HEIGHT}
    context = chromium.new_context(viewport=viewport, locale="fr-FR", timezone_id="Europe/Paris", **options)
    context.set_default_timeout(_PATIENCE)
    return context


def axe(page: Page, *, without: tuple[str, ...] = ()) -> None:
    """Asserts that axe-core finds no violation of WCAG 2.2 AA, RGAA or good practice in the page as it is now.

    without: ids of rules left out, with the reason beside the call. The page must be one opened with JavaScript.
    """
    assert page.context not in _without_script, "axe waits for ever where JavaScript is off"
    page.evaluate(_axe_source())
    rules = {rule: {"enabled": False} for rule in without}
    options = {"runOnly": {"type": "tag", "values": list(AXE_TAGS)}, "rules": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    sentences = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert not sentences, f"{page.url}\n" + "\n".join(sentences)


def no_horizontal_scroll(page: Page, width: int, *, text: int = 100) -> None:
    """Asserts that the page fits a width in pixels, its text enlarged to `text` per cent; puts both back."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{text}%")
    wide = page.evaluate("document.documentElement.scrollWidth")
    widest = page.evaluate(_WIDEST, width)
    page.evaluate("document.documentElement.style.fontSize = ''")
    if before:
        page.set_viewport_size(before)
    assert wide <= width, f"{page.url} is {wide} px wide at {width} px and text at {text} %: {widest}"


def tab_through(page: Page, *, limit: int = 200) -> list[str]:
    """Every stop of the Tab key from the top of the page, as "tag text"; asserts each visible, ringed, and no trap."""
    page.evaluate(_TOP)
    stops: list[str] = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None:
            return stops
        assert stop["visible"], f"{page.url}: focus goes out of sight: {stop['name']}"
        assert stop["ring"], f"{page.url}: no visible focus: {stop['name']}"
        stops.append(stop["name"])
    raise AssertionError(f"{page.url}: Tab never leaves the page: {stops[-3:]}")


def screenshot(page: Page, name: str) -> None:
    """Writes var/screenshots/<name>.png, whole page, when GRC_SCREENSHOTS is set; else does nothing."""
    if os.environ.get("GRC_SCREENSHOTS"):
        path = PICTURES / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)


_WIDEST = """width => [...document.body.querySelectorAll('*')]
  .filter(node => node.getBoundingClientRect().right > width + 1).slice(0, 3)
  .map(node => node.outerHTML.slice(0, 120))"""

_TOP = """() => {
  document.body.tabIndex = -1  // leaving the focused element is not enough: Tab would go on from there
  document.body.focus()
  document.body.removeAttribute('tabindex')
  window.scrollTo(0, 0)
}"""

_STOP = """() => {
  const node = document.activeElement
  if (!node || node === document.body || node === document.documentElement) return null
  const box = node.getBoundingClientRect()
  const label = node.labels && node.labels.length ? node.labels[0].textContent : node.textContent
  const ringed = element => {
    const is = getComputedStyle(element)
    return (is.outlineStyle !== 'none' && parseFloat(is.outlineWidth) > 0) || is.boxShadow !== 'none'
  }
  const next = node.nextElementSibling  // a radio's or checkbox's ring is drawn by its label
  const drawn = next && getComputedStyle(next, '::before')
  const rings = ringed(node) || (next && ringed(next)) || (drawn && drawn.boxShadow !== 'none')
  return {
    name: (node.tagName.toLowerCase() + ' ' + (label || node.name || '').trim()).trim().slice(0, 60),
    visible: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    ring: Boolean(rings),
  }
}"""


@cache
def _axe_source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
