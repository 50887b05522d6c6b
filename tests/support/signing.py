"""Citizens who sign in through the whole web front: our pages, a simulated FranceConnect on loopback, and back."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from sqlalchemy import func, select
from sqlmodel import col

from grc import clock
from grc.authorities import commands as authorities
from grc.citizens.models import Citizen as Account
from grc.franceconnect.client import FranceConnectClient
from grc.sessions import commands as sessions
from grc.sessions.models import BrowserSession, SignInRecord
from tests.support.partners import CLIENT_ID, CLIENT_SECRET, Partner, franceconnect
from tests.support.world import BASE, Browser, World, a_world, seeded

HABILITATED = "openid identite_pivot email preferred_username idp_birthdate"
COMMUNES = {"ES256": "tilleul", "RS256": "marronnier"}
"""The commune whose FranceConnect signs with each algorithm."""


@dataclass
class Door:
    """A commune and the FranceConnect at which it is registered."""

    world: World
    partner: Partner
    slug: str
    addresses: Any = field(default_factory=itertools.count)

    def citizen(self) -> Citizen:
        """Somebody with a new browser, seen from an address of their own (sign-ins are limited by address)."""
        number = next(self.addresses)
        return Citizen(self, self.world.browser(address=f"10.{self.slug[0] == 't':d}.{number // 250}.{number % 250}"))

    def patient(self, seconds: float = 5.0) -> None:
        """From now on our client is a new one, that knows no document yet and waits so long."""
        self.world.app._platform.franceconnect = FranceConnectClient(timeout=seconds)

    def records(self) -> list[SignInRecord]:
        """The traces of sign-ins, newest first."""
        with self.world.database.reading(scope=self.key) as session:
            statement = select(SignInRecord).where(col(SignInRecord.authority_id) == self.key)
            return list(session.execute(statement.order_by(col(SignInRecord.id).desc())).scalars())

    def count(self, table: type = Account) -> int:
        """How many rows of a table the commune has."""
        with self.world.database.reading(scope=self.key) as session:
            owned = table.authority_id == self.key  # type: ignore[attr-defined]
            return int(session.execute(select(func.count()).select_from(table).where(owned)).scalar_one())

    @property
    def key(self) -> int:
        return self.world.authority(self.slug).id


@dataclass
class Citizen:
    """A person before a screen: our pages in one browser, the provider's in the partner's."""

    door: Door
    browser: Browser

    def path(self, rest: str) -> str:
        return f"/{self.door.slug}{rest}"

    @property
    def cookie(self) -> str:
        """The token of our session, "" without."""
        return self.browser.client.cookies.get(f"grc-citizen-{self.door.slug}-8000") or ""

    async def leaves(self, following: str = "") -> str:
        """The provider's address to which our button leads."""
        answer = await self.browser.post(self.path("/franceconnect/connexion"), params={"suite": following})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def returning(self, identity: str = "prenoms", following: str = "") -> str:
        """The callback that a sign-in would bring, not yet asked for."""
        return await self.door.partner.choose(await self.leaves(following), identity=identity)

    async def comes_back(self, location: str) -> httpx2.Response:
        """Our answer to the callback, its redirect not followed."""
        parts = urlsplit(location)
        return await self.browser.client.get(f"{parts.path}?{parts.query}")

    async def tries(self, identity: str = "prenoms", following: str = "") -> httpx2.Response:
        """Our answer to the callback of a whole sign-in."""
        return await self.comes_back(await self.returning(identity, following))

    async def signs_in(self, identity: str = "prenoms", following: str = "") -> httpx2.Response:
        """The page after a sign-in that must open."""
        answer = await self.tries(identity, following)
        assert "souci=" not in answer.headers["location"], answer.headers["location"]
        return await self.browser.get(answer.headers["location"])

    async def mine(self) -> str:
        """The page of one's demandes."""
        return str((await self.browser.get(self.path("/mes-demandes"))).text)

    def session(self) -> BrowserSession | None:
        """The stored session of this browser's cookie."""
        with self.door.world.database.writing(scope=self.door.key) as session:
            found = sessions.find(
                session, authority_id=self.door.key, public="citizen", token=self.cookie, now=clock.now()
            )
            return None if found is None else session.get_one(BrowserSession, found.id)


@asynccontextmanager
async def doors(folder: Path, **partner: Any) -> AsyncIterator[dict[str, Door]]:
    """One world whose two communes sign in with ES256 and RS256, by algorithm. partner: settings of the simulators."""
    async with a_world(seeded(folder), folder) as world:
        async with _partner("ES256", **partner) as elliptic, _partner("RS256", **partner) as rsa:
            made = {"ES256": Door(world, elliptic, "tilleul"), "RS256": Door(world, rsa, "marronnier")}
            for door in made.values():
                register(door)
            yield made


def register(door: Door, **changes: Any) -> None:
    """Registers the commune's client at its partner. changes: of the registration."""
    told = {
        "provider": "franceconnect",
        "issuer": door.partner.provider.issuer,
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "algorithm": door.partner.provider.algorithm,
        "options": {"scope": HABILITATED},
    }
    with door.world.database.writing(scope=door.key) as session:
        authorities.set_identity_client(session, door.key, **{**told, **changes})


def _partner(algorithm: str, **settings: Any) -> Any:
    root = f"{BASE}/{COMMUNES[algorithm]}/franceconnect"
    return franceconnect(
        algorithm=algorithm,
        redirect_uri=f"{root}/callback",
        post_logout_redirect_uri=f"{root}/deconnexion",
        **settings,
    )


def changed(location: str, **params: str | None) -> str:
    """A callback with other parameters; None takes one away."""
    parts = urlsplit(location)
    kept = {name: values[0] for name, values in parse_qs(parts.query).items()} | params
    return parts._replace(query=urlencode({name: text for name, text in kept.items() if text is not None})).geturl()


def is_refused(answer: httpx2.Response) -> bool:
    """Whether a callback led on without a session."""
    return answer.status_code == 303 and "set-cookie" not in answer.headers
