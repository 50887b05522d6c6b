"""Agents who sign in through the whole web front: our door, a simulated ProConnect on loopback, and back."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from sqlalchemy import func, select, update
from sqlmodel import col

from grc import clock
from grc.authorities import commands as authorities
from grc.authorities.models import Agent as Account
from grc.authorities.models import AgentArrival
from grc.demo import proconnect
from grc.demo.serving import listener, serving
from grc.franceconnect import registration
from grc.franceconnect.client import FranceConnectClient
from grc.sessions import commands as sessions
from grc.sessions.models import BrowserSession, SignInRecord
from tests.support.partners import CLIENT_ID, CLIENT_SECRET, Partner
from tests.support.world import BASE, Browser, World, a_world, seeded

COMMUNES = {"ES256": "tilleul", "RS256": "marronnier"}
"""The commune whose ProConnect signs with each algorithm."""
AT_HOME = {"tilleul": "claire", "marronnier": "lise"}
"""An agent of each commune, whose account is attached."""
EMAILS = {"claire": "claire.modele@tilleul.example", "lise": "lise.exemple@marronnier.example"}


@dataclass
class AgentDoor:
    """A commune and the ProConnect at which it is registered."""

    world: World
    partner: Partner
    slug: str
    addresses: Any = field(default_factory=itertools.count)

    @property
    def key(self) -> int:
        return self.world.authority(self.slug).id

    @property
    def known(self) -> str:
        """An agent whose account is attached."""
        return AT_HOME[self.slug]

    def somebody(self) -> Somebody:
        """A person with a new browser, seen from an address of their own (sign-ins are limited by address)."""
        number = next(self.addresses)
        address = f"10.{2 + (self.slug[0] == 't')}.{number // 250}.{number % 250}"
        return Somebody(self, self.world.browser(address=address))

    def as_new(self) -> AgentDoor:
        """No fault, no session at ProConnect, a client of ours without memory, the known agent attached again."""
        self.partner.fail()
        self.partner.browser.cookies.clear()
        self.patient()
        self.attach(EMAILS[self.known], self.known)
        return self

    def patient(self, seconds: float = 5.0) -> None:
        """From now on our client is a new one, that knows no document yet and waits so long."""
        self.world.app._platform.franceconnect = FranceConnectClient(timeout=seconds)

    def records(self) -> list[SignInRecord]:
        """The traces of sign-ins with ProConnect, newest first."""
        with self.world.database.reading(scope=self.key) as session:
            mine = (col(SignInRecord.authority_id) == self.key, col(SignInRecord.means) == "proconnect")
            return list(
                session.execute(select(SignInRecord).where(*mine).order_by(col(SignInRecord.id).desc())).scalars()
            )

    def count(self, table: type = AgentArrival) -> int:
        """How many rows of a table the commune has."""
        with self.world.database.reading(scope=self.key) as session:
            owned = table.authority_id == self.key  # type: ignore[attr-defined]
            return int(session.execute(select(func.count()).select_from(table).where(owned)).scalar_one())

    def attach(self, email: str, name: str, *, issuer: str = "") -> None:
        """The account of this address attached to this identity, nobody else to it; "" for none."""
        told = {"issuer": issuer or self.partner.provider.issuer, "subject": proconnect.subject(name)}
        nobody = {"issuer": "", "subject": ""}
        owned = col(Account.authority_id) == self.key
        with self.world.database.writing(scope=self.key) as session:
            session.execute(update(Account).where(owned, col(Account.subject) == told["subject"]).values(**nobody))
            session.execute(
                update(Account).where(owned, col(Account.email) == email).values(**(told if name else nobody))
            )

    def account(self, email: str) -> Account:
        """The account of this address."""
        with self.world.database.reading(scope=self.key) as session:
            mine = (col(Account.authority_id) == self.key, col(Account.email) == email)
            found: Account = session.execute(select(Account).where(*mine)).scalar_one()
            session.expunge(found)
            return found

    def change(self, email: str, **values: Any) -> None:
        """The account changed."""
        with self.world.database.writing(scope=self.key) as session:
            mine = (col(Account.authority_id) == self.key, col(Account.email) == email)
            session.execute(update(Account).where(*mine).values(**values))


@dataclass
class Somebody:
    """A person before a screen: our pages in one browser, ProConnect's in the partner's."""

    door: AgentDoor
    browser: Browser

    def path(self, rest: str = "") -> str:
        return f"/{self.door.slug}/agents{rest}"

    @property
    def cookie(self) -> str:
        """The token of our session, "" without."""
        return self.browser.client.cookies.get(f"grc-agent-{self.door.slug}-8000") or ""

    async def leaves(self, following: str = "", **more: str) -> str:
        """ProConnect's address to which our button leads."""
        answer = await self.browser.post(self.path("/proconnect/connexion"), {"next": following, **more})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def comes_back(self, location: str) -> httpx2.Response:
        """Our answer to the callback, its redirect not followed."""
        parts = urlsplit(location)
        return await self.browser.client.get(f"{parts.path}?{parts.query}")

    async def tries(self, identity: str = "", following: str = "") -> httpx2.Response:
        """Our answer to the callback of a whole sign-in."""
        away = await self.leaves(following)
        return await self.comes_back(await self.door.partner.choose(away, identity=identity or self.door.known))

    async def signs_in(self, identity: str = "", following: str = "") -> httpx2.Response:
        """The page after a sign-in that must open."""
        answer = await self.tries(identity, following)
        assert answer.headers["location"] == (following or self.path()), answer.headers["location"]
        return await self.browser.get(answer.headers["location"])

    async def is_in(self) -> bool:
        """Whether the agents' pages open in this browser."""
        return (await self.browser.client.get(self.path())).status_code == 200

    def session(self) -> BrowserSession | None:
        """The stored session of this browser's cookie."""
        with self.door.world.database.writing(scope=self.door.key) as session:
            found = sessions.find(
                session, authority_id=self.door.key, public="agent", token=self.cookie, now=clock.now()
            )
            return None if found is None else session.get_one(BrowserSession, found.id)


@asynccontextmanager
async def agent_doors(folder: Path, **partner: Any) -> AsyncIterator[dict[str, AgentDoor]]:
    """One world whose two communes sign in with ES256 and RS256, by algorithm. partner: settings of the simulators."""
    async with a_world(seeded(folder), folder) as world:
        async with a_proconnect("ES256", **partner) as elliptic, a_proconnect("RS256", **partner) as rsa:
            made = {"ES256": AgentDoor(world, elliptic, "tilleul"), "RS256": AgentDoor(world, rsa, "marronnier")}
            for door in made.values():
                register(door)
            yield made


def register(door: AgentDoor, **changes: Any) -> None:
    """Registers the commune's client at its partner. changes: of the registration."""
    told = {
        "provider": "proconnect",
        "issuer": door.partner.provider.issuer,
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "algorithm": door.partner.provider.algorithm,
    }
    with door.world.database.writing(scope=door.key) as session:
        authorities.set_identity_client(session, door.key, **{**told, **changes})
    door.world.app._platform._tenants.clear()


@asynccontextmanager
async def a_proconnect(algorithm: str = "ES256", *, signed: bool = True, **settings: Any) -> AsyncIterator[Partner]:
    """A simulated ProConnect with one registered client, served in this event loop. signed: its userinfo."""
    root = f"{BASE}/{COMMUNES[algorithm]}/agents/proconnect"
    sock = listener()
    issuer = f"http://127.0.0.1:{sock.getsockname()[1]}/api/v2"
    client = proconnect.AgentClient(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uris=(f"{root}/callback",),
        post_logout_redirect_uris=(f"{root}/deconnexion",),
        algorithm=algorithm,
        name="Tilleul-sur-Exemple",
        signed_userinfo=signed,
    )
    provider = registration.provider(
        registration.PROCONNECT,
        issuer=issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uri=f"{root}/callback",
        post_logout_redirect_uri=f"{root}/deconnexion",
        algorithm=algorithm,
        options=None,
    )
    configured = proconnect.settings(issuer, (client,), **settings)
    app = proconnect.simulator(configured)
    async with serving(app, sock), httpx2.AsyncClient(trust_env=False) as browser:
        yield Partner(configured, app.state.peer, provider, browser)
