"""An installation to measure: a seeded database, drafts ready to be sent, and `grc serve` as operators run it."""

from __future__ import annotations

import contextlib
import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from grc import clock, references, resources
from grc.app import open_database
from grc.authorities import queries as authorities
from grc.authorities.models import Authority
from grc.authorities.views import AuthorityView
from grc.bench import postgres
from grc.bench.processes import Process, clean_environment, free_port
from grc.catalogue import queries as catalogue
from grc.db import Database, schema
from grc.demo import seed
from grc.forms.answers import with_value
from grc.sessions import commands as sessions
from grc.sessions.models import BrowserSession
from grc.settings import Settings
from grc.submissions.models import Draft

SLUG, PROCEDURE = "tilleul", "acte-de-naissance"
SECRET = "a-secret-of-the-bench-that-opens-nothing-else"
DURABLE = ("fsync=on", "synchronous_commit=on", "max_connections=100", "shared_buffers=64MB")
BASE_PORT = 8000
"""The port of GRC_BASE_URL: the name of the demo's cookies holds it, whatever port a process listens on."""


@dataclass(frozen=True)
class Ready:
    """A draft ready to be sent by the browser that holds this cookie, from this address."""

    public_id: str
    cookie: str
    address: str


@dataclass
class Installation:
    """kind: "sqlite" or "postgresql". bare_url: a database for the bare routes, beside that of the product."""

    kind: str
    folder: Path
    url: str
    bare_url: str
    server: postgres.Server | None = None
    started: list[Process] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def database_pids(self) -> list[int]:
        """The database's own processes, if it has any."""
        return [self.server.pid] if self.server is not None else []

    def settings(self, *, smtp_port: int = 1) -> Settings:
        """The settings under which its processes run."""
        return Settings(
            secret_key=(SECRET,),
            base_url=f"http://127.0.0.1:{BASE_PORT}",
            database_url=self.url,
            storage=self.folder / "files",
            smtp_url=f"smtp://127.0.0.1:{smtp_port}?starttls=never",
            trusted_proxies=("127.0.0.1",),
        )

    def database(self) -> Database:
        """Its database, opened in this process."""
        return open_database(self.settings())

    def serve(self, port: int, *, smtp_port: int = 1, worker: bool = False) -> Process:
        """`grc serve`, as an operator starts it."""
        return self._grc("serve", GRC_PORT=str(port), GRC_WORKER=str(worker).lower(), **self._variables(smtp_port))

    def work(self, *, smtp_port: int) -> Process:
        """`grc worker`."""
        return self._grc("worker", **self._variables(smtp_port))

    def bare(self, kind: str, port: int) -> Process:
        """A bare route of grc.bench.bare."""
        return self._started(Process(["grc.bench.bare", kind, self.bare_url, str(port)], **self._surroundings()))

    def stop(self) -> None:
        """Ends every process that it started and that still runs."""
        for process in self.started:
            process.stop()
        self.started.clear()

    def next_address(self) -> tuple[int, str]:
        """A number and an address of a person who has not come yet: limits count each apart."""
        number = next(self._numbers)
        return number, f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    def _grc(self, command: str, **variables: str) -> Process:
        return self._started(Process(["grc.cli", command], **self._surroundings(**variables)))

    def _started(self, process: Process) -> Process:
        self.started.append(process)
        return process

    def _surroundings(self, **variables: str) -> dict[str, Any]:
        return {"environment": clean_environment(**variables), "log": self.folder / "log"}

    def _variables(self, smtp_port: int) -> dict[str, str]:
        settings = self.settings(smtp_port=smtp_port)
        return {
            "GRC_SECRET_KEY": SECRET,
            "GRC_BASE_URL": settings.base_url,
            "GRC_DATABASE_URL": settings.database_url,
            "GRC_STORAGE": str(settings.storage),
            "GRC_SMTP_URL": settings.smtp_url,
            "GRC_TRUSTED_PROXIES": "127.0.0.1",
        }


@contextlib.contextmanager
def installed(kind: str) -> Iterator[Installation]:
    """A seeded installation in a folder of its own; everything is ended and removed after the block."""
    with tempfile.TemporaryDirectory(prefix="grc-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        made = _on_sqlite(folder) if kind == "sqlite" else _on_postgresql(folder, stack)
        stack.callback(made.stop)
        database = made.database()
        seed.seed(database, issuer=f"http://127.0.0.1:{free_port()}/api/v2", now=clock.now())
        _as_in_production(database)
        database.close()
        yield made


def example() -> dict[str, Any]:
    """The answers that are filed: a person's own full copy."""
    path = resources.folder("form_catalogue") / PROCEDURE / "examples" / "passes-own-full-copy.json"
    answers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["answers"]
    return answers


def authority_of(database: Database) -> AuthorityView:
    """The commune that everything is filed with."""
    with database.reading(scope=None) as session:
        found = authorities.authority_of_slug(session, SLUG)
    assert found is not None
    return found


def make_ready(made: Installation, count: int) -> list[Ready]:
    """That many drafts, complete and five minutes old, each in a session of its own with its own e-mail address."""
    database = made.database()
    authority = authority_of(database)
    with database.writing(scope=authority.id) as session:
        ready = _insert(session, authority.id, [made.next_address() for _ in range(count)])
    database.close()
    return ready


def post_of(draft: Ready) -> str:
    """The final POST of a draft, as a browser without JavaScript sends it."""
    return (
        f"POST /{SLUG}/brouillons/{draft.public_id}/envoi HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{BASE_PORT}\r\n"
        f"Cookie: grc-citizen-{SLUG}-{BASE_PORT}={draft.cookie}\r\n"
        f"Origin: http://127.0.0.1:{BASE_PORT}\r\n"
        "Sec-Fetch-Site: same-origin\r\n"
        f"X-Forwarded-For: {draft.address}\r\n"
        "Accept: text/html\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 9\r\n\r\nsite_web="
    )


def _insert(session: Session, authority_id: int, people: Sequence[tuple[int, str]]) -> list[Ready]:
    offered = catalogue.published(session, authority_id, PROCEDURE)
    path = next(each.path for each in offered.procedure.form.fields if each.kind == "email")
    filed, now = example(), clock.now()
    before = now - timedelta(minutes=5)
    ready = [Ready(references.new_public_id(), references.new_token(), address) for _, address in people]
    holders = [
        {
            "authority_id": authority_id,
            "token_hash": sessions.token_hash(one.cookie),
            "public": "citizen",
            "shown_name": "",
            "granted": [],
            "created_at": before,
            "seen_at": before,
            "expires_at": now + sessions.VISITOR_LIFE,
        }
        for one in ready
    ]
    made = insert(BrowserSession).returning(col(BrowserSession.id), sort_by_parameter_order=True)
    keys = session.execute(made, holders).scalars().all()
    rows = [
        {
            "authority_id": authority_id,
            "public_id": one.public_id,
            "procedure_id": offered.procedure_id,
            "version_id": offered.version_id,
            "session_id": key,
            "answers": with_value(filed, path, f"usager-{number}@exemple.example"),
            "created_at": before,
            "saved_at": before,
            "expires_at": now + timedelta(days=30),
        }
        for key, one, (number, _) in zip(keys, ready, people, strict=True)
    ]
    session.execute(insert(Draft), rows)
    return ready


def _as_in_production(database: Database) -> None:
    """Takes away the mark by which `grc serve` refuses the demonstration's data."""
    table = Authority.__table__  # type: ignore[attr-defined]
    with database.writing(scope=None) as session:
        for row in session.execute(select(table.c.id, table.c.texts)).all():
            texts = {key: value for key, value in row.texts.items() if key != "demo"}
            session.execute(update(table).where(table.c.id == row.id).values(texts=texts))


def _on_sqlite(folder: Path) -> Installation:
    made = Installation(
        "sqlite", folder, url=f"sqlite:///{folder / 'grc.db'}", bare_url=f"sqlite:///{folder / 'bare.db'}"
    )
    schema.migrate(made.url)
    return made


def _on_postgresql(folder: Path, stack: contextlib.ExitStack) -> Installation:
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grc-bench-pg-", ignore_cleanup_errors=True)))
    stack.callback(postgres.stop, place)
    server = postgres.Server(place, postgres.start(place, settings=DURABLE))
    product, bare = server.create("grc"), server.create("bare")
    schema.migrate(product.owner, serving_role=postgres.APP)
    return Installation("postgresql", folder, url=product.app, bare_url=bare.app, server=server)
