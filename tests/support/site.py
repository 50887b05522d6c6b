"""The whole product for browsers: a seeded SQLite installation with its worker on, FranceConnect and a mailbox."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from grc import clock
from grc.app import create_app, open_database
from grc.authorities import queries as authorities
from grc.authorities.models import IdentityClient
from grc.db import Database, schema
from grc.demo import franceconnect, proconnect, seed
from grc.demo.mailbox import Mailbox, Message
from grc.demo.run import proconnect_settings, simulator_settings
from grc.demo.serving import listener
from grc.demo.serving import serving as serving_here
from grc.receipts import Notice, from_json
from grc.settings import Settings
from grc.submissions.models import Draft, Submission
from grc.submissions.models import Notice as StoredNotice
from tests.support import partners
from tests.support.server import serving
from tests.support.world import ISSUER, SECRET, seeded

PATIENCE = 20.0
"""Seconds for a mail to arrive: its letter is laid out by another process, on a machine that runs other tests."""


@dataclass
class Site:
    """A running installation: two communes, their agents, who writes to them. url: of the installation.

    places: the geocoder and the tiles of its maps.
    """

    url: str
    mailbox: Mailbox
    database: Database
    places: partners.Outside

    def at(self, path: str) -> str:
        """The address of a page of Tilleul."""
        return f"{self.url}/tilleul{path}"

    def mail(self, to: str, subject: str, *, count: int = 1) -> Message:
        """The last of the mails to that address whose subject holds these words, once there are so many."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = [one for one in self.mailbox.to(to) if subject in one.subject]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError([(one.recipients, one.subject) for one in self.mailbox.messages])

    def age_drafts(self, by: timedelta = timedelta(minutes=5)) -> None:
        """Makes every draft of Tilleul that much older: a test fills a form faster than a person can."""
        with self.database.writing(scope=self._tilleul()) as session:
            session.execute(update(Draft).values(created_at=clock.now() - by))

    def stated(self, reference: str, name: str) -> Notice:
        """What a receipt or letter of a demande states, as the transaction that caused it fixed it."""
        with self.database.reading(scope=self._tilleul()) as session:
            statement = (
                select(StoredNotice)
                .join(Submission, col(Submission.id) == col(StoredNotice.submission_id))
                .where(col(Submission.reference) == reference, col(StoredNotice.kind) == name)
                .order_by(col(StoredNotice.id).desc())
            )
            facts: dict[str, Any] = session.execute(statement).scalars().first().facts  # type: ignore[union-attr]
        return from_json(facts)

    def count(self, table: Any) -> int:
        """How many rows a table of Tilleul has."""
        with self.database.reading(scope=self._tilleul()) as session:
            return len(session.execute(select(table.id)).all())

    def _tilleul(self) -> int:
        with self.database.reading(scope=None) as session:
            found = authorities.authority_of_slug(session, "tilleul")
        assert found is not None
        return found.id


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One installation for the tests of a module."""
    with a_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@contextmanager
def a_site(folder: Path, *, agents: bool = False) -> Iterator[Site]:
    """The product served on loopback, from an empty folder, until the block ends. agents: with a ProConnect too."""
    with (
        closing(listener()) as here,
        closing(listener()) as there,
        closing(listener()) as beside,
        partners.in_thread(partners.mailbox()) as mailbox,
        partners.in_thread(partners.places()) as places,
    ):
        url, issuer = f"http://127.0.0.1:{_port(here)}", f"http://127.0.0.1:{_port(there)}/api/v2"
        settings = Settings(
            secret_key=(SECRET,),
            base_url=url,
            database_url=f"sqlite:///{folder / 'grc.db'}",
            storage=folder / "files",
            smtp_url=f"smtp://127.0.0.1:{mailbox.port}?starttls=never",
            address_url=places.url,
            address_timeout=5,
            tiles_url=places.tiles,
            tiles_credit="Plan inventé",
            demo=True,
        )
        for_agents = f"http://127.0.0.1:{_port(beside)}/api/v2" if agents else ""
        database = _installed(settings, folder, issuer, for_agents)
        try:
            with (
                partners.in_thread(_simulator(issuer, url, there)),
                partners.in_thread(_for_agents(for_agents, url, beside)) if agents else nullcontext(),
                serving(create_app(settings, db=database), sock=here),
            ):
                yield Site(url, mailbox, database, places)
        finally:
            database.close()


def _installed(settings: Settings, folder: Path, issuer: str, for_agents: str) -> Database:
    """The seeded database of an installation, its communes registered at that issuer: seeding anew costs 4 s."""
    if for_agents:
        schema.migrate(settings.database_url)
        database = open_database(settings)
        seed.seed(database, issuer=issuer, now=clock.now(), agents_issuer=for_agents)
        return database
    assert seeded(folder) == settings.database_url
    database = open_database(settings)
    with database.reading(scope=None) as session:
        every = authorities.every_key(session)
    for key in every:
        with database.writing(scope=key) as session:
            session.execute(update(IdentityClient).where(col(IdentityClient.issuer) == ISSUER).values(issuer=issuer))
    return database


@asynccontextmanager
async def _simulator(issuer: str, url: str, sock: socket.socket) -> Any:
    async with serving_here(franceconnect.simulator(simulator_settings(issuer, url)), sock):
        yield


@asynccontextmanager
async def _for_agents(issuer: str, url: str, sock: socket.socket) -> Any:
    async with serving_here(proconnect.simulator(proconnect_settings(issuer, url)), sock):
        yield


def _port(sock: socket.socket) -> int:
    port: int = sock.getsockname()[1]
    return port
