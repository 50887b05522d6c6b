"""A site states whom it admits; its pages read, its actions write, and each handler gets one Visit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic
from urllib.parse import quote

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grc import clock
from grc.access.actors import AgentActor, Visitor
from grc.authorities import factors, queries
from grc.errors import GrcError
from grc.sessions import commands as sessions
from grc.web import cookies, journalling
from grc.web.links import Links
from grc.web.platform import Platform, Tenant
from grc.web.visit import A, Visit

_PERSONAL = ("/brouillons", "/demandes", "/mes-demandes", "/compte", "/connexion")
"""Pages about a person, signed in or not: nothing keeps a copy of them."""

Handler = Callable[[Visit[A]], Awaitable[Response]]
Admission = Callable[[Request, Platform, Tenant], Awaitable[A]]


class SignInNeeded(GrcError):
    """Nobody is signed in where somebody must be; `location` is the page to sign in on."""

    def __init__(self, location: str) -> None:
        super().__init__("Votre session est terminée. Connectez-vous à nouveau.")
        self.location = location


class Site(Generic[A]):
    """The pages of one public. public: the name of its cookie."""

    def __init__(self, public: str, *, admits: Admission[A]) -> None:
        self.public = public
        self._admits: Admission[A] = admits

    def page(self, path: str, handler: Handler[A]) -> Route:
        """A route that reads."""
        return self._route(path, handler, "GET")

    def action(self, path: str, handler: Handler[A]) -> Route:
        """A route that changes something; posts from other sites never reach it (grc.web.tenancy)."""
        return self._route(path, handler, "POST")

    def arrival(self, path: str, handler: Handler[A], *, why: str) -> Route:
        """A GET that must write, and why: the return from a partner."""
        route = self._route(path, handler, "GET")
        route.why = why  # type: ignore[attr-defined]
        return route

    def _route(self, path: str, handler: Handler[A], method: str) -> Route:
        async def endpoint(request: Request) -> Response:
            platform: Platform = request.app.state.platform
            tenant: Tenant = request.scope["grc.tenant"]
            actor = await self._admits(request, platform, tenant)
            visit: Visit[A] = Visit(request, platform, tenant, actor, clock.now(), self.public)
            await journalling.before(visit, path, method)
            try:
                response = await handler(visit)
            finally:
                if hasattr(request.state, "posted"):
                    request.state.posted.close()
            kept = "no-store" if actor.session_id or path.startswith(_PERSONAL) else "no-cache"
            response.headers.setdefault("Cache-Control", f"private, {kept}")
            response.headers.setdefault("Vary", "HX-Request, Cookie")
            return response

        name = f"{self.public}:{method}:{path}"
        return Route(path, endpoint, methods=[method], name=name)


async def anyone(request: Request, platform: Platform, tenant: Tenant) -> Visitor:
    """Admits every citizen: signed in, with a session only, or without any."""
    authority_id = tenant.authority.id
    found = await _session(request, platform, tenant, "citizen")
    if found is None:
        return Visitor(authority_id)
    return Visitor(authority_id, found.id, found.citizen_id, frozenset(found.granted), found.shown_name)


async def at_the_door(request: Request, platform: Platform, tenant: Tenant) -> Visitor:
    """Admits whoever stands at the agents' door, with the agent's session that this browser may still have."""
    found = await _session(request, platform, tenant, "agent")
    return Visitor(tenant.authority.id, None if found is None else found.id)


async def signed_in_agent(request: Request, platform: Platform, tenant: Tenant) -> AgentActor:
    """Admits agents of this authority; raises SignInNeeded, which leads back to the page asked for.

    Who needs a second factor and has not given one in this session is nobody: rights may have changed since.
    """
    found = await _session(request, platform, tenant, "agent")
    if found is not None and found.agent_id is not None:
        agent_id, session_id, has_second_factor = found.agent_id, found.id, found.second_factor_at is not None
        by_everyone = tenant.authority.texts.get("second_factor") == factors.EVERYONE

        def actor(session: Session) -> AgentActor | None:
            now, place = clock.now(), tenant.authority
            known = queries.admitted(session, place.id, agent_id, zone=place.zone, now=now)
            if known is None or (not has_second_factor and factors.is_needed(known[0], by_everyone=by_everyone)):
                return None
            return queries.actor_of(known[0], reach=known[1], session_id=session_id)

        agent = await platform.db.read(actor, scope=tenant.authority.id)
        if agent is not None:
            return agent
    asked = request.url.path if request.method == "GET" else Links(tenant.root).agents()
    raise SignInNeeded(f"{Links(tenant.root).agents('connexion')}?suite={quote(asked)}")


async def _session(request: Request, platform: Platform, tenant: Tenant, public: str) -> sessions.OpenSession | None:
    """The open session of the request's cookie, its idle limit pushed back at most once a minute."""
    token = cookies.read(request, platform.config, tenant, public)
    if not token:
        return None
    now, authority_id = clock.now(), tenant.authority.id

    def find(session: Session) -> sessions.OpenSession | None:
        return sessions.find(session, authority_id=authority_id, public=public, token=token, now=now)

    found = await platform.db.read(find, scope=authority_id)
    if found is None or not sessions.needs_renewal(found, now):
        return found
    renewed = found

    def renew(session: Session) -> Any:
        sessions.renew(session, renewed, now=now)

    await platform.db.write(renew, scope=authority_id)
    return found
