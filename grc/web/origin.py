"""Cross-origin posts are refused by what the browser says of them, without tokens in forms."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_allowed(method: str, headers: Headers) -> bool:
    """Whether a request may change something: sent by one of our own pages.

    `Sec-Fetch-Site` decides where the browser sends it (same-origin, or none for what the person typed); else `Origin`
    must name the host asked. With neither, or with an opaque origin ("null"), the answer is no.
    """
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    host = headers.get("host", "")
    return host != "" and _host_of(headers.get("origin", "")) == host


def _host_of(origin: str) -> str | None:
    """Host and port of an origin; None for what is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
