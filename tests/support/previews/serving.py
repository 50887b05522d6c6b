"""Shows the previews to a browser, under the policy of the site, without a server."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from grc import resources
from grc.web import assets, theme
from tests.support.previews import previews

HOST = "http://preview.localhost"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def serve(page: Page, colour: str = "") -> None:
    """Answers what the page asks of HOST, from memory and from the static folder; colour replaces every theme."""
    known = previews()

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/pages/"):
            headers = {"content-security-policy": CSP, "content-type": "text/html; charset=utf-8"}
            route.fulfill(body=known[path.removeprefix("/pages/")].html(), headers=headers)
        elif path.startswith("/theme/"):
            chosen = colour or "#" + path.removeprefix("/theme/")[:6]
            route.fulfill(body=theme.stylesheet(chosen), content_type="text/css")
        else:
            _fulfill_static(route, path)

    page.route(f"{HOST}/**", answer)


def _fulfill_static(route: Route, path: str) -> None:
    file = resources.folder("static") / path.removeprefix(f"/static/{assets.version()}/")
    if file.is_file():
        route.fulfill(path=file)
    else:
        route.fulfill(status=404)
