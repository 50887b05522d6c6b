"""One request as a handler sees it: who, where, when, and a way to read, write and answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grc import clock
from grc.access.actors import AgentActor, Visitor
from grc.authorities.views import AuthorityView
from grc.sessions.commands import NewSession
from grc.web import bodies, cookies, rendering
from grc.web.links import DeskLinks, Links
from grc.web.platform import Platform, Tenant

A = TypeVar("A", Visitor, AgentActor)
T = TypeVar("T")


@dataclass(frozen=True)
class Visit(Generic[A]):
    """A request admitted by a site. `public` names the cookie of its sessions ("citizen" or "agent")."""

    request: Request
    platform: Platform
    tenant: Tenant
    actor: A
    now: datetime
    public: str

    @property
    def authority(self) -> AuthorityView:
        return self.tenant.authority

    @property
    def links(self) -> Links:
        is_desk = isinstance(self.actor, Visitor) and self.actor.agent is not None
        return DeskLinks(self.tenant.root) if is_desk else Links(self.tenant.root)

    @property
    def path(self) -> Mapping[str, Any]:
        """The parameters of the route."""
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def today(self) -> date:
        """The legal day: that of the authority's clocks."""
        return clock.day_in(self.authority.zone, self.now)

    @property
    def is_htmx(self) -> bool:
        return self.request.headers.get("hx-request") == "true"

    @property
    def client_address(self) -> str:
        """Whom rate limits count."""
        return client_of(self.request, self.platform.config.trusted_proxies)

    async def form(self, *, max_files: int = 0) -> bodies.Posted:
        """The posted form, read before any transaction begins. max_files: how many files it may hold."""
        limit = self.platform.config.max_file_bytes
        posted = await bodies.read(self.request, max_file_bytes=limit, max_files=max_files)
        self.request.state.posted = posted
        return posted

    async def read(self, unit: Callable[..., T], *args: Any, **options: Any) -> T:
        """The result of a query, called as unit(session, *args, by=actor), in one reading transaction."""
        call = partial(_called, unit, args, {**options, "by": self.actor})
        return await self.platform.db.read(call, scope=self.authority.id)

    async def write(self, unit: Callable[..., T], *args: Any, **options: Any) -> T:
        """The result of a command, called as unit(session, *args, by=actor, now=now), once it is durable."""
        call = partial(_called, unit, args, {**options, "by": self.actor, "now": self.now})
        return await self.platform.db.write(call, scope=self.authority.id)

    def page(self, template: str, *, code: int = 200, **context: Any) -> Response:
        """The HTML of a template."""
        return HTMLResponse(rendering.render(template, **context), status_code=code)

    def redirect(self, url: str) -> Response:
        """After a POST: the page to look at (303)."""
        return RedirectResponse(url, status_code=303)

    def with_session(self, response: Response, new: NewSession) -> Response:
        """The response, with the cookie of a session just opened."""
        seconds = int((new.expires_at - self.now).total_seconds())
        if self.public == "citizen":
            seconds = max(seconds, 30 * 86400)
        cookies.write(response, self.platform.config, self.tenant, self.public, new.token, seconds=seconds)
        return response

    def without_session(self, response: Response) -> Response:
        """The response, taking the session's cookie back."""
        cookies.forget(response, self.platform.config, self.tenant, self.public)
        return response


def client_of(request: Request, trusted: Collection[str]) -> str:
    """Whom rate limits count: the peer, or what a trusted proxy says of it; an IPv6 network counts as one."""
    peer = request.client.host if request.client else ""
    if peer not in trusted:
        return _network(peer)
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",")]
    outside = [hop for hop in hops if hop and hop not in trusted]
    return _network(outside[-1] if outside else peer)


def _network(address: str) -> str:
    """The address, or its /64 for IPv6: who has one address there has 2^64 of them."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False).network_address)


def _called(unit: Callable[..., T], args: tuple[Any, ...], options: dict[str, Any], session: Any) -> T:
    return unit(session, *args, **options)
