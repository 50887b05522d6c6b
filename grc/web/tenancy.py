"""The outermost layer of the web: refuses cross-origin posts, finds the authority, sets the headers, writes the log."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grc.errors import GrcError, NotFound
from grc.web import disclosure, embedding, errors, operators, origin, security
from grc.web.platform import Platform
from grc.web.problems import is_api, problem
from grc.web.syndicate import gate

_LOG = logging.getLogger("grc.access")
_UNANSWERED = 0
_PLATFORM_PATHS = ("/static/", "/theme/", "/healthz", "/readyz", "/exploitation/", embedding.SCRIPT, disclosure.PATH)


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
        status = _UNANSWERED
        target, added = await self._answerer(inner, headers)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = MutableHeaders(scope=message)
                for name, value in added.items():
                    kept.setdefault(name, value)
            await send(message)

        try:
            await target(inner, receive, sending)
        except Exception:
            if status == _UNANSWERED:
                raise
            # grc.web.errors answered and logged it: the server's own trace would quote what people wrote
        finally:
            _log(inner, status, started)

    async def _answerer(self, scope: MutableMapping[str, Any], headers: Headers) -> tuple[ASGIApp, dict[str, str]]:
        """Who answers; a post from another site, or a fault before any page is known, is answered at once."""
        try:
            target, added = await self._target(scope, headers)
        except GrcError as error:
            return await errors.on_known(Request(scope), error), security.headers(secure=self._is_secure)
        except Exception as error:  # the server's own answer would carry no header, and quote the fault in its log
            return await errors.on_unknown(Request(scope), error), security.headers(secure=self._is_secure)
        if origin.is_allowed(scope["method"], headers) or origin.is_machine(scope["path"], headers):
            return target, added
        if is_api(scope["path"]):
            return problem(Request(scope), 403), added
        text = "Cet envoi vient d’un autre site : il est refusé. Ouvrez la page sur le site de la commune."
        return PlainTextResponse(text, status_code=403), added

    @property
    def _is_secure(self) -> bool:
        return self._platform.config.is_secure

    async def _target(self, scope: MutableMapping[str, Any], headers: Headers) -> tuple[ASGIApp, dict[str, str]]:
        """Who answers, and the headers that the answer carries; the scope learns the authority and its root."""
        secure, path = self._is_secure, scope["path"]
        if "\x00" in path or b"%00" in scope["query_string"]:
            raise NotFound("Cette adresse n’existe pas.")
        if path == operators.PATH or path.startswith(_PLATFORM_PATHS):
            return self._own, security.headers(secure=secure)
        host = headers.get("host", "").rsplit(":", 1)[0].lower()
        tenant = await self._platform.tenant(host, path)
        if tenant is None:
            return self._own, security.headers(secure=secure)
        away = gate.led_away(tenant, path)
        if away is not None:
            return RedirectResponse(away, status_code=303), security.headers(secure=secure)
        if tenant.root and path == tenant.root:
            return RedirectResponse(f"{tenant.root}/", status_code=308), security.headers(secure=secure)
        framed = embedding.framed(tenant, path)
        tenant = framed or tenant
        scope["grc.tenant"] = tenant
        scope["root_path"] = scope.get("root_path", "") + tenant.root
        sites = tenant.authority.embed_sites if framed else ()
        added = security.headers(secure=secure, providers=tenant.providers, framed_by=sites)
        return (embedding.way_out(Request(scope), tenant) if framed else None) or self._pages, added


def _log(scope: MutableMapping[str, Any], status: int, started: float) -> None:
    """One line: the route's pattern, never the path itself, which may hold a reference or a search."""
    route = getattr(scope.get("route"), "path", "-")
    tenant = scope.get("grc.tenant")
    milliseconds = (time.perf_counter() - started) * 1000
    slug = tenant.authority.slug if tenant is not None else "-"
    _LOG.info("%s %s %s %d %.1f ms", slug, scope["method"], route, status, milliseconds)
