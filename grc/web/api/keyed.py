"""The operations of the API that want a key: each states its scope, and one table makes both routes and document."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grc import clock
from grc.access.actors import KeyActor, Visitor
from grc.authorities import api_keys
from grc.authorities.views import AuthorityView
from grc.errors import Invalid, Problem
from grc.notifications.links import root
from grc.sessions import limits
from grc.web.api.shapes import ref
from grc.web.platform import Platform, Tenant
from grc.web.problems import MEDIA_TYPE, problem
from grc.web.visit import Visit

Json = Any
T = TypeVar("T")
JSON = "application/json"
SCHEME = "key"
"""The name of the keys in the document's security schemes."""
FAULTS: Mapping[str, str] = {
    "400": "Une requête qui ne se comprend pas : son corps, un en-tête ou un paramètre.",
    "401": "Sans clé, ou avec une clé qui ne vaut rien dans cette commune.",
    "403": "La clé n’a pas ce droit, ou n’ouvre pas cette démarche.",
    "404": "Rien de tel, ou hors de portée de la clé.",
    "409": "L’état ne le permet pas.",
    "413": "Un envoi trop lourd.",
    "415": "Un type de contenu qui n’est pas pris ici.",
    "422": "Des valeurs à corriger : « errors » en dit chacune.",
    "429": "Trop d’appels : « Retry-After » dit combien de secondes attendre.",
    "503": "Un arrêt de notre côté, pour un moment.",
}


class BadRequest(Exception):
    """What cannot be understood, with its status (400 or 415) and a sentence."""

    def __init__(self, detail: str, *, status: int = 400) -> None:
        super().__init__(detail)
        self.detail, self.status = detail, status


@dataclass(frozen=True)
class Call:
    """A request that a key admits."""

    request: Request
    platform: Platform
    tenant: Tenant
    actor: KeyActor
    now: datetime

    @property
    def authority(self) -> AuthorityView:
        return self.tenant.authority

    @property
    def path(self) -> Mapping[str, str]:
        return self.request.path_params

    @property
    def site(self) -> str:
        """Where the authority's pages begin, as an absolute address."""
        return root(self.authority, self.platform.config.base_url)

    @property
    def base(self) -> str:
        """Where the API begins, as an absolute address."""
        return f"{self.site}/api/v1"

    async def read(self, unit: Callable[..., T], *args: Any, **options: Any) -> T:
        """What a query gives, called as unit(session, *args) in one reading transaction."""
        return await self.platform.db.read(partial(_called, unit, args, options), scope=self.authority.id)

    async def write(self, unit: Callable[..., T], *args: Any, **options: Any) -> T:
        """What a command gives, called as unit(session, *args, now=now), once it is durable."""
        call = partial(_called, unit, args, {**options, "now": self.now})
        return await self.platform.db.write(call, scope=self.authority.id)


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True)
class Keyed:
    """One operation. scope: what the key needs. done: the status of success, and what it means.

    parameters: (where, name, meaning, schema, whether required). content: of a success, by media type; body: of the
    request, by media type. faults: the statuses of FAULTS that it may answer, beside 401 and 403.
    """

    method: str
    path: str
    name: str
    handler: Handler
    scope: str
    summary: str
    description: str
    done: tuple[str, str]
    content: Mapping[str, Mapping[str, Json]]
    parameters: Sequence[tuple[str, str, str, Mapping[str, Json], bool]] = ()
    body: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[str] = ()

    def route(self) -> Route:
        """Its route; other sites' pages may not call it: a key belongs in no page."""

        async def endpoint(request: Request) -> Response:
            platform: Platform = request.app.state.platform
            tenant: Tenant = request.scope["grc.tenant"]
            now = clock.now()
            actor = await _admitted(request, platform, tenant, now)
            if actor is None:
                refused = problem(request, 401)
                refused.headers["WWW-Authenticate"] = 'Bearer realm="api"'
                return refused
            api_keys.require(actor, self.scope)
            call = Call(request, platform, tenant, actor, now)
            if self.method == "GET":
                await call.write(_count_reading, actor)
            try:
                response = await self.handler(call)
            except BadRequest as bad:
                return problem(request, bad.status, detail=bad.detail)
            except Invalid as invalid:
                return problem(request, 422, detail=invalid.message, errors=[told(one) for one in invalid.problems])
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        return Route(self.path, endpoint, methods=[self.method], name=f"api:{self.name}")

    def described(self) -> dict[str, Json]:
        """The operation in the OpenAPI document."""
        code, meaning = self.done
        success: dict[str, Json] = {
            "description": meaning,
            "content": {media_type: {"schema": dict(schema)} for media_type, schema in self.content.items()},
        }
        if self.headers:
            success["headers"] = {
                name: {"description": text, "schema": {"type": "string"}} for name, text in self.headers.items()
            }
        found: dict[str, Json] = {
            "operationId": self.name,
            "summary": self.summary,
            "description": f"{self.description} Droit de la clé : `{self.scope}`.",
            "security": [{SCHEME: []}],
            "parameters": [
                {"in": where, "name": name, "required": needed, "description": text, "schema": dict(schema)}
                for where, name, text, schema, needed in self.parameters
            ],
            "responses": {
                code: success,
                **{
                    each: {"description": FAULTS[each], "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
                    for each in ("401", "403", *self.faults)
                },
            },
        }
        if self.body:
            content = {media_type: {"schema": dict(schema)} for media_type, schema in self.body.items()}
            found["requestBody"] = {"required": True, "content": content}
        return found


def told(one: Problem) -> dict[str, str]:
    """A problem as programs read it; the pointer (RFC 6901) leads into the body that was sent."""
    steps = [step.replace("~", "~0").replace("/", "~1") for step in one.field.split(".") if step]
    at = "/".join(["#", "answers", *steps]) if steps or one.code in ("answers", "unknown", "type") else "#"
    return {"pointer": at, "code": one.code, "detail": one.message}


def answered(body: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The JSON of an answer."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status_code=status, media_type=JSON, headers=dict(headers or {}))


async def _admitted(request: Request, platform: Platform, tenant: Tenant, now: datetime) -> KeyActor | None:
    """Whom the key of the request speaks for; a key that opens nothing is counted by the address that it comes from."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key = given.strip()
    if scheme.lower() != "bearer":
        return None
    authority_id = tenant.authority.id

    def look(session: Session) -> tuple[KeyActor, bool] | None:
        return api_keys.admitted(session, authority_id, key, now=now)

    found = await platform.db.read(look, scope=authority_id)
    if found is None:
        client = Visit(request, platform, tenant, Visitor(authority_id), now, "api").client_address
        count = partial(limits.hit, authority_id=authority_id, now=now)
        await platform.db.write(lambda session: count(session, (limits.API_KEYS_FROM, client)), scope=authority_id)
        return None
    actor, is_stale = found
    if is_stale:
        await platform.db.write(partial(api_keys.note_use, actor=actor, key=key, now=now), scope=authority_id)
    return actor


def _count_reading(session: Session, actor: KeyActor, *, now: datetime) -> None:
    """Counts a reading by the key, found or not; raises TooMany. What files counts its calls by itself."""
    limits.hit(session, (limits.API_READS, f"key:{actor.id}"), authority_id=actor.authority_id, now=now)


def _called(unit: Callable[..., T], args: tuple[Any, ...], options: Mapping[str, Any], session: Session) -> T:
    return unit(session, *args, **options)
