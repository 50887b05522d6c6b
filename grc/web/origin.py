"""Cross-origin posts are refused by what the browser says of them, without tokens in forms."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MACHINES = re.compile(r"(/[^/]+)?/api/v1/(signals/|procedures/[^/]+/submissions$)")


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


def is_machine(path: str, headers: Headers) -> bool:
    """Whether a program sends this to an address made for programs, where no cookie counts: no browser says neither."""
    return _MACHINES.match(path) is not None and not {"sec-fetch-site", "origin"} & set(headers)


def _host_of(origin: str) -> str | None:
    """Host and port of an origin; None for what is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
