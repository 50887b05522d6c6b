"""What every request may use, made once by the entry points: database, store, partners, limits."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from sqlmodel import Session

from grc import clock
from grc.attachments.antivirus import Clamd
from grc.attachments.darkroom import LONGEST_SIDE
from grc.attachments.storage import Storage
from grc.authorities import closures, guests, queries
from grc.authorities.closures import ClosureView
from grc.authorities.models import IdentityClient
from grc.authorities.views import AuthorityView
from grc.db import Database
from grc.franceconnect.client import FranceConnectClient
from grc.places.client import AddressClient, TileClient
from grc.places.patience import Memory, Pace
from grc.web.frame import FRANCECONNECT

T = TypeVar("T")
FRAME = "/cadre"
"""What is added to an authority's root for the pages that other sites may frame."""
_FRESH_SECONDS = 5.0


@dataclass(frozen=True)
class WebConfig:
    """What the web must be told. base_url: scheme and host of the installation, no final slash.

    trusted_proxies: addresses whose X-Forwarded-For is believed. max_file_bytes: the largest attachment;
    max_total_bytes: those of a demande together.
    photo_side: the longest side of the photographs that are kept, in pixels. map_credit: whose map is shown.
    operator_secret: what opens the operators' page, "" for no such page. security_contact: whom to tell of a weakness.
    """

    base_url: str
    trusted_proxies: frozenset[str] = frozenset()
    max_file_bytes: int = 10_000_000
    max_total_bytes: int = 100_000_000
    photo_side: int = LONGEST_SIDE
    map_credit: str = ""
    operator_secret: str = field(default="", repr=False)
    security_contact: str = ""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us by https: cookies and HSTS depend on it."""
        return self.base_url.startswith("https://")

    @property
    def port(self) -> int:
        """The port of base_url: it sets apart the cookies of two plain-http demos on one machine."""
        parts = urlsplit(self.base_url)
        return parts.port or (443 if self.is_secure else 80)


@dataclass(frozen=True)
class Tenant:
    """An authority with what its pages need before any session is read.

    provider: origin of FranceConnect where it is offered, else "". providers: origins of every identity provider, to
    which a form of ours may lead. is_framed: shown in the page of another site (grc.web.embedding). has_proconnect:
    whether agents may come with it. provider_name: who vouches for citizens, in words.
    """

    authority: AuthorityView
    root: str
    provider: str = ""
    providers: tuple[str, ...] = ()
    is_framed: bool = False
    has_proconnect: bool = False
    provider_name: str = FRANCECONNECT
    closures: tuple[ClosureView, ...] = ()
    """Of the authority and its services, those that had not ended when it was read."""
    guests_until: datetime | None = None
    """When the last agent of the syndicate who was let in will have left; None where there is none."""

    def named(self, text: str) -> str:
        """A text about FranceConnect, about the provider that stands for it here."""
        return text.replace(FRANCECONNECT, self.provider_name)

    @property
    def outside(self) -> str:
        """The root of the authority's ordinary pages, in a frame too."""
        return self.root.removesuffix(FRAME) if self.is_framed else self.root


@dataclass
class Platform:
    """The installation, as the web uses it. wake: tells the outbox worker of this process that something is due.

    antivirus: the clamd that must see every file before anybody reads it; None where there is none.
    """

    db: Database
    config: WebConfig
    storage: Storage
    franceconnect: FranceConnectClient
    addresses: AddressClient = field(default_factory=AddressClient)
    tiles: TileClient = field(default_factory=TileClient)
    suggestions_pace: Pace = field(default_factory=lambda: Pace(hits=240, seconds=60))
    tiles_pace: Pace = field(default_factory=lambda: Pace(hits=2000, seconds=60))
    operator_tries: Memory[int] = field(default_factory=lambda: Memory(size=10_000, seconds=600))
    wake: Callable[[], None] = lambda: None
    antivirus: Clamd | None = None
    _hashers: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2))
    _darkrooms: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2))
    _tenants: dict[tuple[str, str], tuple[float, Tenant | None]] = field(default_factory=dict)

    async def hashing(self, work: Callable[..., T], *arguments: Any) -> T:
        """What the work returns, done in a thread, two at a time: passwords are slow on purpose and take memory."""
        return await anyio.to_thread.run_sync(work, *arguments, limiter=self._hashers)

    async def developing(self, work: Callable[[], T]) -> T:
        """What the work returns, done in a thread, two at a time: each photograph takes a process and its memory."""
        return await anyio.to_thread.run_sync(work, limiter=self._darkrooms)

    def forget(self, authority_id: int) -> None:
        """Has what is kept of an authority read again, in this process: its settings were just changed."""
        for key, (_, kept) in list(self._tenants.items()):
            if kept is not None and kept.authority.id == authority_id:
                self._tenants.pop(key, None)

    async def tenant(self, host: str, path: str) -> Tenant | None:
        """The authority of a host name, else of the first segment of the path; None for the platform's own pages.

        Kept for five seconds, unknown names too, so that a guess costs no statement.
        """
        slug = path.split("/", 2)[1] if path.startswith("/") else ""
        key = (host, slug)
        kept = self._tenants.get(key)
        if kept is not None and time.monotonic() - kept[0] < _FRESH_SECONDS:
            return kept[1]
        found = await self.db.read(lambda session: _find(session, host, slug), scope=None)
        if found is not None:
            named = found
            found = await self.db.read(lambda session: _with_providers(session, named), scope=named.authority.id)
        if len(self._tenants) > 5000:
            self._tenants.clear()
        self._tenants[key] = (time.monotonic(), found)
        return found


def _find(session: Session, host: str, slug: str) -> Tenant | None:
    by_domain = queries.authority_of_domain(session, host)
    if by_domain is not None:
        return Tenant(by_domain, "")
    by_path = queries.authority_of_slug(session, slug) if slug else None
    return None if by_path is None else Tenant(by_path, f"/{slug}")


def _with_providers(session: Session, found: Tenant) -> Tenant:
    """The same, with the identity providers that its authority registered at, and the closures of its services."""
    clients = {client.provider: client for client in queries.identity_clients(session, found.authority.id)}
    origins = {name: _origins(client) for name, client in clients.items()}
    ours = clients.get("franceconnect")
    return replace(
        found,
        provider=next(iter(origins.get("franceconnect", ())), ""),
        providers=tuple(sorted({origin for each in origins.values() for origin in each})),
        has_proconnect="proconnect" in clients,
        closures=tuple(closures.from_day(session, found.authority.id, clock.day_in(found.authority.zone, clock.now()))),
        guests_until=guests.last_end(session, found.authority.id, now=clock.now()),
        provider_name=((ours.options or {}).get("label") if ours else None) or FRANCECONNECT,
    )


def _origins(client: IdentityClient) -> list[str]:
    """The origin of its issuer, then those that its options add."""
    return list(filter(None, map(_origin, (client.issuer, *(client.options or {}).get("origins", ())))))


def _origin(address: str) -> str:
    """Scheme, host and port of an address; "" for what is none, or could say more in a policy than a host."""
    found = re.match(r"https?://[A-Za-z0-9.:\[\]-]+(?=/|$)", address)
    return "" if found is None else found.group()
