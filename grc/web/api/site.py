"""The operations of the API: each states what it gives, and that one table makes both the routes and the document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grc.authorities.views import AuthorityView
from grc.notifications.links import root
from grc.web.platform import Platform, Tenant
from grc.web.problems import OPEN_TO_ALL

Json = Any
JSON = "application/json"
_FRESH = "public, max-age=60"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}


@dataclass(frozen=True)
class Answer:
    """What an operation gives. sha256: of the published document that it comes from, "" when of several or none."""

    body: Json
    sha256: str = ""


@dataclass(frozen=True)
class Asked:
    """A question as an operation sees it: which authority, and the way to its records."""

    platform: Platform
    tenant: Tenant
    path: Mapping[str, str]

    @property
    def authority(self) -> AuthorityView:
        return self.tenant.authority

    @property
    def site(self) -> str:
        """Where the authority's pages begin, as an absolute address."""
        return root(self.authority, self.platform.config.base_url)

    @property
    def base(self) -> str:
        """Where the API begins, as an absolute address."""
        return f"{self.site}/api/v1"

    async def read(self, unit: Callable[..., Any], *args: Any) -> Any:
        """What a query gives, called as unit(session, authority_id, *args) in one reading transaction."""
        key = self.authority.id

        def call(session: Session) -> Any:
            return unit(session, key, *args)

        return await self.platform.db.read(call, scope=key)


Handler = Callable[[Asked], Awaitable[Answer]]


@dataclass(frozen=True)
class Operation:
    """One address of the API. media_types: what it can answer with, best first. schema: of the answer.

    parameters: what each part of the address in braces is, in French.
    """

    path: str
    name: str
    handler: Handler
    summary: str
    description: str
    schema: Mapping[str, Json]
    media_types: Sequence[str] = (JSON,)
    parameters: Mapping[str, str] = field(default_factory=dict)

    def route(self) -> Route:
        """Its route: GET, HEAD with it, and what browsers ask first on behalf of other sites."""

        async def endpoint(request: Request) -> Response:
            if request.method == "OPTIONS":
                return Response(status_code=204, headers={**OPEN_TO_ALL, **_PREFLIGHT})
            media_type = chosen(request.headers.get("accept", ""), self.media_types)
            if media_type is None:
                offered = ", ".join(self.media_types)
                raise HTTPException(406, f"Cette adresse répond en {offered}. Demandez un de ces formats.")
            platform: Platform = request.app.state.platform
            asked = Asked(platform, request.scope["grc.tenant"], request.path_params)
            return _conditional(request, await self.handler(asked), media_type)

        return Route(self.path, endpoint, methods=["GET", "OPTIONS"], name=f"api:{self.name}")


def chosen(accept: str, offered: Sequence[str]) -> str | None:
    """The first type on offer that the header admits, None when it admits none; without a header, the first."""
    if not accept.strip():
        return offered[0]
    weights = dict(_weighed(each) for each in accept.split(","))
    for media_type in offered:
        general = f"{media_type.partition('/')[0]}/*"
        weight = next((weights[each] for each in (media_type, general, "*/*") if each in weights), 0.0)
        if weight > 0:
            return media_type
    return None


def _weighed(part: str) -> tuple[str, float]:
    """A range of media types and its weight; one that cannot be read counts as 1."""
    name, *parameters = (each.strip() for each in part.split(";"))
    found = next((each[2:] for each in parameters if each.lower().startswith("q=")), "1")
    try:
        return name.lower(), float(found)
    except ValueError:
        return name.lower(), 1.0


def _conditional(request: Request, answer: Answer, media_type: str) -> Response:
    """The answer with its tag, or 304 when the reader has it already."""
    body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        **OPEN_TO_ALL,
        "Access-Control-Expose-Headers": "ETag, Document-SHA256",
        "Cache-Control": _FRESH,
        "ETag": tag,
        "Vary": "Accept",
        **({"Document-SHA256": answer.sha256} if answer.sha256 else {}),
    }
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _has(header: str, tag: str) -> bool:
    known = {each.strip().removeprefix("W/") for each in header.split(",")}
    return "*" in known or tag in known
