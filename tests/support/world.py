"""One invented world for the tests: the demo’s communes on a fresh database, a mailbox, browsers that post forms."""

from __future__ import annotations

import atexit
import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from grc import clock, resources
from grc.access.actors import AgentActor
from grc.app import create_app, open_database
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.db import Database, Keyring, connect, schema
from grc.demo import seed
from grc.demo.mailbox import Mailbox, Message
from grc.notifications.delivery import Deliverer
from grc.notifications.smtp import SmtpSender
from grc.settings import Settings
from grc.submissions.models import Draft
from tests.support.postgres import APP, Cluster

BASE = "http://127.0.0.1:8000"
SECRET = "a-secret-of-the-tests-that-opens-nothing-else"
ISSUER = "http://127.0.0.1:9/api/v2"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n2 0 obj<</Type/Page>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_EXAMPLES = "acte-de-naissance/examples"


@dataclass
class World:
    """A seeded installation. deliverer delivers when `deliver` is called: nothing happens behind a test's back."""

    settings: Settings
    database: Database
    app: Any
    mailbox: Mailbox
    deliverer: Deliverer
    browsers: list[Browser] = field(default_factory=list)

    def authority(self, slug: str = "tilleul") -> AuthorityView:
        """A commune of the world."""
        with self.database.reading(scope=None) as session:
            found = authorities.authority_of_slug(session, slug)
        assert found is not None
        return found

    def agent(self, email: str = "claire.modele@tilleul.example", slug: str = "tilleul") -> AgentActor:
        """An agent of a commune, as an actor."""
        authority = self.authority(slug)
        with self.database.reading(scope=authority.id) as session:
            row = authorities.agent_of_email(session, authority.id, email)
            found = None if row is None else authorities.agent_actor(session, authority.id, row.id or 0)
        assert found is not None
        return found

    def browser(self, *, address: str = "127.0.0.1") -> Browser:
        """A new browser, without cookies."""
        browser = Browser(self, address)
        self.browsers.append(browser)
        return browser

    async def deliver(self) -> int:
        """Delivers everything that is due; gives the number of entries tried."""
        tried = 0
        while done := await self.deliverer.round():
            tried += done
        return tried

    def mail(self, to: str, subject: str = "") -> Message:
        """The last mail to that address whose subject holds these words, whatever their case; fails without one."""
        found = [one for one in self.mailbox.to(to) if subject.lower() in one.subject.lower()]
        assert found, [(one.recipients, one.subject) for one in self.mailbox.messages]
        return found[-1]

    def age_drafts(self, by: timedelta = timedelta(minutes=5)) -> None:
        """Makes every draft of Tilleul that much older: a test fills a form faster than a person can."""
        authority = self.authority()
        with self.database.writing(scope=authority.id) as session:
            session.execute(update(Draft).values(created_at=clock.now() - by))


class Browser:
    """What a browser without JavaScript does: keeps cookies, sends Sec-Fetch-Site, follows redirects when asked."""

    def __init__(self, world: World, address: str) -> None:
        self.world = world
        transport = httpx2.ASGITransport(world.app, raise_app_exceptions=False, client=(address, 40000))
        headers = {"sec-fetch-site": "same-origin"}
        self.client = httpx2.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        """A page; redirects are followed."""
        return await self.client.get(path, follow_redirects=True, **options)

    async def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        files: Sequence[tuple[str, tuple[str, bytes, str]]] | None = None,
        **options: Any,
    ) -> httpx2.Response:
        """A posted form; the redirect is not followed."""
        return await self.client.post(path, data=dict(data or {}), files=list(files) if files else None, **options)

    async def sign_in_agent(
        self, email: str = "claire.modele@tilleul.example", slug: str = "tilleul"
    ) -> httpx2.Response:
        """An agent's session in this browser."""
        return await self.post(f"/{slug}/agents/connexion", {"email": email, "password": seed.PASSWORD, "next": ""})

    async def begin(self, slug: str = "tilleul", *, procedure: str = "acte-de-naissance") -> str:
        """A new draft without account; gives its public id."""
        answer = await self.post(f"/{slug}/demarches/{procedure}/brouillons", {"autre": "oui"})
        assert answer.status_code == 303, answer.text
        return re.search(r"/brouillons/([^/]+)/", answer.headers["location"]).group(1)  # type: ignore[union-attr]

    async def fill(self, example: str = "passes-own-full-copy", slug: str = "tilleul") -> str:
        """A draft filled page by page from an example of the catalogue, ready to check; gives its public id."""
        return await self.fill_answers(example_answers(example), slug)

    async def fill_answers(
        self, answers: Mapping[str, Any], slug: str = "tilleul", *, procedure: str = "acte-de-naissance"
    ) -> str:
        """A draft filled page by page with these answers, ready to check; gives its public id."""
        draft = await self.begin(slug, procedure=procedure)
        location = f"/{slug}/brouillons/{draft}/suite"
        for _ in range(12):
            page = await self.get(location)
            assert page.status_code == 200, page.text
            path = page.url.path
            if path.endswith("/verification"):
                break
            fields, files = posted_of(answers)
            answer = await self.post(path, fields | {"then": "continue"}, files if 'type="file"' in page.text else None)
            assert answer.status_code == 303, (
                path,
                re.findall(r"error-message[^<]*<[^>]*>[^<]*</span> ([^<]+)", answer.text),
            )
            location = answer.headers["location"]
        self.world.age_drafts()
        return draft

    async def file(self, example: str = "passes-own-full-copy", slug: str = "tilleul") -> str:
        """A demande sent; gives its reference."""
        return await self.send(await self.fill(example, slug), slug)

    async def file_answers(self, answers: Mapping[str, Any], *, procedure: str) -> str:
        """A demande of that procedure sent in Tilleul; gives its reference."""
        return await self.send(await self.fill_answers(answers, procedure=procedure))

    async def send(self, draft: str, slug: str = "tilleul") -> str:
        """The draft sent; gives the reference of the demande."""
        answer = await self.post(f"/{slug}/brouillons/{draft}/envoi")
        assert answer.status_code == 303, answer.text
        page = await self.get(answer.headers["location"])
        return reference_in(page.text)


def reference_in(page: str) -> str:
    """The first reference that a page shows."""
    found = re.search(r"\d{4}-\d{3}-\d{3}-\d{3}", page)
    assert found is not None, page
    return found.group()


def code_in(page: str) -> str:
    """The tracking or resume code that a page or a mail shows."""
    found = re.search(
        r"[A-Z2-7]{4}(?:[-\s ]|<[^>]+>)+[A-Z2-7]{4}(?:[-\s ]|<[^>]+>)+[A-Z2-7]{4}(?:[-\s ]|<[^>]+>)+[A-Z2-7]{4}", page
    )
    assert found is not None, page
    return re.sub(r"<[^>]+>|[\s ]", "", found.group())


def example_answers(name: str) -> dict[str, Any]:
    """The answers of an example of the catalogue."""
    text = (resources.folder("form_catalogue") / _EXAMPLES / f"{name}.json").read_text()
    answers: dict[str, Any] = json.loads(text)["answers"]
    return answers


def posted_of(answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, tuple[str, bytes, str]]]]:
    """The form fields that say these answers, and the files; what a page does not ask is ignored by the server."""
    fields: dict[str, Any] = {}
    files: list[tuple[str, tuple[str, bytes, str]]] = []
    for name, value in _leaves(answers):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            files += [(name, (file["name"], PDF, file["type"])) for file in value]
        elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            year, month, day = value.split("-")
            fields |= {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}
        elif isinstance(value, dict):
            fields |= {f"{name}-{part}": text for part, text in value.items()}
        elif isinstance(value, bool):
            fields[name] = "true" if value else "false"
        else:
            fields[name] = [str(item) for item in value] if isinstance(value, list) else str(value)
    return fields, files


def _leaves(answers: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in answers.items():
        if isinstance(value, dict) and {"id", "label"} <= value.keys():  # of a list that agents keep
            yield f"{prefix}{key}", value["id"]
        elif isinstance(value, dict) and value.keys() == {"start", "end"}:
            yield from ((f"{prefix}{key}-{end}", each) for end, each in value.items())
        elif isinstance(value, dict) and "postcode" not in value and "line1" not in value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def world_settings(folder: Path, *, database_url: str, smtp_port: int, base_url: str = BASE) -> Settings:
    """The settings of a test installation."""
    return Settings(
        secret_key=(SECRET,),
        base_url=base_url,
        database_url=database_url,
        storage=folder / "files",
        smtp_url=f"smtp://127.0.0.1:{smtp_port}?starttls=never",
        worker=False,
        demo=True,
    )


def seeded(folder: Path, *, postgres: Cluster | None = None, name: str = "world") -> str:
    """The URL of a fresh database as the demo seeds it: a SQLite file, or a database of the cluster.

    Seeding hashes passwords and reads the catalogue: it is done once, every test gets a copy.
    """
    if postgres is None:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(_seeded_file(), folder / "grc.db")
        return f"sqlite:///{folder / 'grc.db'}"
    return postgres.create(name, template=postgres.template("seeded", lambda urls: _migrated(*urls))).app


@cache
def _seeded_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="grc-seeded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url = f"sqlite:///{folder / 'grc.db'}"
    schema.migrate(url)
    _seed(url)
    return folder / "grc.db"


def _migrated(owner_url: str, app_url: str) -> None:
    schema.migrate(owner_url, serving_role=APP)
    _seed(app_url)


def _seed(url: str) -> None:
    database = connect(url, Keyring([SECRET]))
    seed.seed(database, issuer=ISSUER, now=clock.now())
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, seeded database of each kind; on PostgreSQL as the role that owns nothing."""
    if request.param == "sqlite":
        yield seeded(tmp_path)
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    name = f"world_{abs(hash(request.node.nodeid)) % 10**12}"
    try:
        yield seeded(tmp_path, postgres=cluster, name=name)
    finally:
        cluster.drop(name)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A seeded installation on each database, with its own mailbox."""
    async with a_world(database_url, tmp_path) as made:
        yield made


@contextlib.asynccontextmanager
async def a_world(url: str, folder: Path, **changes: Any) -> AsyncIterator[World]:
    """The world on a seeded database. changes: of its settings."""
    async with Mailbox() as mailbox:
        settings = world_settings(folder, database_url=url, smtp_port=mailbox.port).model_copy(update=changes)
        database = open_database(settings)
        app = create_app(settings, db=database)
        deliverer = Deliverer(database, SmtpSender(settings.smtp_url, timeout=5), base_url=settings.base_url)
        made = World(settings, database, app, mailbox, deliverer)
        try:
            yield made
        finally:
            for browser in made.browsers:
                await browser.client.aclose()
            await deliverer.close()
            database.close()


def a_deadline() -> str:
    """A day a month from now, as an agent's form posts it."""
    return (clock.day_in("Europe/Paris", clock.now()) + timedelta(days=30)).isoformat()
