"""The partners of the product, started on free loopback ports: a FranceConnect that can misbehave, and a mailbox."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
from anyio.from_thread import start_blocking_portal

from grc import clock
from grc.demo.franceconnect import Client, Peer, Settings, simulator
from grc.demo.mailbox import Mailbox
from grc.demo.mailbox_pages import mailbox_app
from grc.demo.places import PlacesPeer
from grc.demo.places import simulator as places_simulator
from grc.demo.serving import listener, serving
from grc.franceconnect.callback import Transaction, check_callback
from grc.franceconnect.client import FranceConnectClient
from grc.franceconnect.provider import Authorization, Provider, SignedIn

T = TypeVar("T")

CLIENT_ID = "commune-de-demonstration"
CLIENT_SECRET = "un-secret-invente-de-plus-de-32-caracteres"
REDIRECT_URI = "http://127.0.0.1:9/franceconnect/callback"
POST_LOGOUT_URI = "http://127.0.0.1:9/franceconnect/deconnexion"


@dataclass
class Partner:
    """A running simulator. provider: how our client is registered with it. peer: its memory."""

    settings: Settings
    peer: Peer = field(repr=False)
    provider: Provider
    browser: httpx2.AsyncClient = field(repr=False)

    @property
    def asked(self) -> Mapping[str, int]:
        """How often each endpoint was asked."""
        return self.peer.asked

    def fail(self, *faults: str) -> None:
        """These faults, and no others, from now on; counts begin anew."""
        self.peer.faults = set(faults)
        self.peer.begin_anew()

    async def visit(self, url: str) -> httpx2.Response:
        """What the citizen's browser is shown at an authorize address: the page of identities, or an error."""
        answer = await self.browser.get(url)
        while answer.is_redirect and not answer.headers["location"].startswith(self.provider.redirect_uri):
            answer = await self.browser.get(urljoin(str(answer.url), answer.headers["location"]))
        return answer

    async def choose(self, url: str, **choice: str) -> str:
        """The address the browser is sent back to after a choice: identity="corse" or failure="cancel"."""
        page = await self.visit(url)
        answer = await self.browser.post(str(page.url), data=choice)
        return str(answer.headers["location"])

    async def callback(self, authorization: Authorization, identity: str = "prenoms") -> list[tuple[str, str]]:
        """The parameters of the callback once this person was chosen."""
        return parse_qsl(urlsplit(await self.choose(authorization.url, identity=identity)).query)

    async def sign_in(self, client: FranceConnectClient, identity: str = "prenoms") -> SignedIn:
        """A whole login by our client, with every check."""
        authorization = await client.authorization(self.provider)
        params = await self.callback(authorization, identity)
        code = check_callback(params, self.transaction(authorization), now=clock.now())
        return await client.exchange(self.provider, code=code, nonce=authorization.nonce)

    def transaction(self, authorization: Authorization) -> Transaction:
        """What the session keeps of this login."""
        return authorization.transaction(now=clock.now())


@contextlib.asynccontextmanager
async def franceconnect(
    *,
    algorithm: str = "ES256",
    redirect_uri: str = REDIRECT_URI,
    post_logout_redirect_uri: str = POST_LOGOUT_URI,
    port: int = 0,
    **settings: Any,
) -> AsyncIterator[Partner]:
    """A simulator with one registered client, served in this event loop while the block runs."""
    sock = listener(port)
    issuer = f"http://127.0.0.1:{sock.getsockname()[1]}/api/v2"
    client = Client(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uris=(redirect_uri,),
        post_logout_redirect_uris=(post_logout_redirect_uri,),
        algorithm=algorithm,
        name="Tilleul-sur-Exemple",
    )
    provider = Provider(
        issuer=issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uri=redirect_uri,
        post_logout_redirect_uri=post_logout_redirect_uri,
        algorithm=algorithm,
        scope="openid identite_pivot email preferred_username idp_birthdate",
    )
    configured = Settings(issuer=issuer, clients=(client,), **settings)
    app = simulator(configured)
    async with serving(app, sock), httpx2.AsyncClient(trust_env=False) as browser:
        yield Partner(configured, app.state.peer, provider, browser)


@contextlib.asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A listening SMTP server; its port is `mailbox.port`."""
    async with Mailbox() as box:
        yield box


@contextlib.asynccontextmanager
async def mailbox_site(box: Mailbox) -> AsyncIterator[str]:
    """The address of the pages of this mailbox, served in this event loop while the block runs."""
    sock = listener()
    async with serving(mailbox_app(box), sock):
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"


@dataclass
class Outside:
    """A running geocoder and tile server. peer: its faults, and what it was asked."""

    url: str
    peer: PlacesPeer = field(repr=False)

    @property
    def tiles(self) -> str:
        """The template of its tiles."""
        return f"{self.url}/tuiles/{{z}}/{{x}}/{{y}}.png"

    def fail(self, *faults: str) -> None:
        """These faults, and no others, from now on; what was asked before is forgotten."""
        self.peer.faults = set(faults)
        self.peer.asked.clear()
        self.peer.words.clear()


@contextlib.asynccontextmanager
async def places() -> AsyncIterator[Outside]:
    """The invented town's geocoder and tiles, served in this event loop while the block runs."""
    sock = listener()
    app = places_simulator()
    async with serving(app, sock):
        yield Outside(f"http://127.0.0.1:{sock.getsockname()[1]}", app.state.peer)


@contextlib.contextmanager
def in_thread(partner: contextlib.AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Runs a partner (`franceconnect()`, `mailbox()`) in a thread of its own, for synchronous tests."""
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(partner) as started:
        yield started


def call(function: Callable[[], Awaitable[T]]) -> T:
    """What an async function gives, for tests whose own thread already has an event loop (Playwright's)."""
    with start_blocking_portal("asyncio") as portal:
        return portal.call(function)


def visible_text(page: str) -> str:
    """The text of an HTML page, spaces run together."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
