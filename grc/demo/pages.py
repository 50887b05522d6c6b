"""HTML of the demonstration's own sites: their templates, their style sheet, their headers."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grc import resources

FOLDER = resources.folder("templates") / "demo"
STYLE_PATH = "/demo.css"
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

environment = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(
    name: str, *, status: int = 200, csp: str = "form-action 'none'", base: str = "", **context: Any
) -> HTMLResponse:
    """A page of templates/demo/ with headers that forbid every script. base: path under which the site stands."""
    policy = f"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; {csp}"
    text = environment.get_template(name).render(base=base, style=base + STYLE_PATH, **context)
    return HTMLResponse(text, status, {**_HEADERS, "Content-Security-Policy": policy})


def style_route() -> Route:
    """The route of the style sheet, for each site to mount."""
    return Route(STYLE_PATH, _style)


async def _style(_: Request) -> Response:
    text = (FOLDER / "demo.css").read_text("utf-8")
    return Response(text, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


def linked(text: str) -> Markup:
    """Plain text with its http(s) addresses made into links that open beside it."""
    parts = []
    for word in _words(text):
        if word.startswith(("http://", "https://")):
            address = word.rstrip(".,;:)>»")
            rest = escape(word[len(address) :])
            parts.append(Markup('<a href="{0}" target="_blank" rel="noopener">{0}</a>{1}').format(address, rest))
        else:
            parts.append(escape(word))
    return Markup("").join(parts)


def _words(text: str) -> list[str]:
    return re.split(r"((?:(?<=\s)|^|(?<=[<(]))https?://[^\s<>\"]+)", text)


environment.filters["linked"] = linked
