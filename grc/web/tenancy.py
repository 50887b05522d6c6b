"""The outermost layer of the web: refuses cross-origin posts, finds the authority, sets the headers, writes the log."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grc.web import origin, security
from grc.web.platform import Platform

_LOG = logging.getLogger("grc.access")
_PLATFORM_PATHS = ("/static/", "/theme/", "/healthz", "/readyz")


class Tenancy:
    """Hands a request to the authority's pages, or to the platform's own when no authority is named."""

    def __init__(self, platform: Platform, *, pages: ASGIApp, own: ASGIApp) -> None:
        self._platform, self._pages, self._own = platform, pages, own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._own(scope, receive, send)
            return
        started, headers = time.perf_counter(), Headers(scope=scope)
        inner: MutableMapping[str, Any] = dict(scope)
        target, added = await self._target(inner, headers)
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = MutableHeaders(scope=message)
                for name, value in added.items():
                    kept.setdefault(name, value)
            await send(message)

        if not origin.is_allowed(scope["method"], headers):
            text = "Cet envoi vient d’un autre site : il est refusé. Ouvrez la page sur le site de la commune."
            target = PlainTextResponse(text, status_code=403)
        try:
            await target(inner, receive, sending)
        finally:
            _log(inner, status, started)

    async def _target(self, scope: MutableMapping[str, Any], headers: Headers) -> tuple[ASGIApp, dict[str, str]]:
        """Who answers, and the headers that the answer carries; the scope learns the authority and its root."""
        secure, path = self._platform.config.is_secure, scope["path"]
        if path.startswith(_PLATFORM_PATHS):
            return self._own, security.headers(secure=secure)
        host = headers.get("host", "").rsplit(":", 1)[0].lower()
        tenant = await self._platform.tenant(host, path)
        if tenant is None:
            return self._own, security.headers(secure=secure)
        scope["grc.tenant"] = tenant
        scope["root_path"] = scope.get("root_path", "") + tenant.root
        return self._pages, security.headers(secure=secure, provider=tenant.provider)


def _log(scope: MutableMapping[str, Any], status: int, started: float) -> None:
    """One line: the route's pattern, never the path itself, which may hold a reference or a search."""
    route = getattr(scope.get("route"), "path", "-")
    tenant = scope.get("grc.tenant")
    milliseconds = (time.perf_counter() - started) * 1000
    slug = tenant.authority.slug if tenant is not None else "-"
    _LOG.info("%s %s %s %d %.1f ms", slug, scope["method"], route, status, milliseconds)
