"""An installation to measure: a seeded database, drafts ready to be sent, and `grc serve` as operators run it."""

from __future__ import annotations

import contextlib
import itertools
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from grc import clock, references, resources
from grc.attachments.models import Attachment
from grc.authorities import queries as authorities
from grc.authorities.models import Authority
from grc.authorities.views import AuthorityView
from grc.bench import postgres
from grc.bench.processes import Process, clean_environment, free_port
from grc.catalogue import queries as catalogue
from grc.db import Database, schema
from grc.demo import seed
from grc.forms.answers import with_value
from grc.opening import open_database
from grc.sessions import commands as sessions
from grc.sessions.models import BrowserSession
from grc.settings import Settings
from grc.submissions.models import Draft

SLUG, PROCEDURE = "tilleul", "acte-de-naissance"
PLAIN, PROVED, PROOF = "passes-own-full-copy", "passes-descendant-with-proof", "proof_of_link"
"""Two examples: a person's own full copy, and a descendant's, who proves the link by files in answer to a question."""
FILES = (("livret.pdf", "application/pdf"), ("photo.jpg", "image/jpeg"), ("acte.png", "image/png"))
SECRET = "a-secret-of-the-bench-that-opens-nothing-else"
DURABLE = ("fsync=on", "synchronous_commit=on", "max_connections=100", "shared_buffers=64MB")
BASE_PORT = 8000
"""The port of GRC_BASE_URL: the name of the demo's cookies holds it, whatever port a process listens on."""


Sent = tuple[str, str]
"""The name and the media type of a file."""


@dataclass(frozen=True)
class Ready:
    """A draft ready to be sent by the browser that holds this cookie, from this address."""

    public_id: str
    cookie: str
    address: str


@dataclass
class Installation:
    """kind: "sqlite" or "postgresql". bare_url: a database for the bare routes, beside that of the product.

    issuer: the identity provider that its communes are registered with; nobody listens there until it is started.
    """

    kind: str
    folder: Path
    url: str
    bare_url: str
    server: postgres.Server | None = None
    issuer: str = field(default_factory=lambda: f"http://127.0.0.1:{free_port()}/api/v2")
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
        return self.module("grc.bench.bare", kind, self.bare_url, str(port))

    def module(self, *command: str) -> Process:
        """A module of ours as a process, with its arguments."""
        return self._started(Process(command, **self._surroundings()))

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
        seed.seed(database, issuer=made.issuer, now=clock.now())
        _as_in_production(database)
        database.close()
        yield made


def example(name: str = PLAIN) -> dict[str, Any]:
    """The answers that are filed, files apart."""
    path = resources.folder("form_catalogue") / PROCEDURE / "examples" / f"{name}.json"
    answers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["answers"]
    return {key: value for key, value in answers.items() if key != PROOF}


def authority_of(database: Database) -> AuthorityView:
    """The commune that everything is filed with."""
    with database.reading(scope=None) as session:
        found = authorities.authority_of_slug(session, SLUG)
    assert found is not None
    return found


def make_ready(made: Installation, count: int, *, name: str = PLAIN, files: Sequence[Sent] = ()) -> list[Ready]:
    """That many drafts, complete and five minutes old, each in a session of its own with its own e-mail address.

    name: the example that they answer. files: what was sent to prove the link, rows only: no act here reads the bytes.
    """
    database = made.database()
    authority = authority_of(database)
    with database.writing(scope=authority.id) as session:
        people = [made.next_address() for _ in range(count)]
        ready = _insert(session, authority.id, people, example(name), files)
    database.close()
    return ready


def headers_of(draft: Ready) -> dict[str, str]:
    """What the browser that holds a draft sends with every POST."""
    return {
        "Host": f"127.0.0.1:{BASE_PORT}",
        "Cookie": f"grc-citizen-{SLUG}-{BASE_PORT}={draft.cookie}",
        "Origin": f"http://127.0.0.1:{BASE_PORT}",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": draft.address,
        "Accept": "text/html",
    }


def post_of(draft: Ready) -> str:
    """The final POST of a draft, as a browser without JavaScript sends it."""
    body = "site_web="
    known = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    headers = "".join(f"{name}: {value}\r\n" for name, value in {**headers_of(draft), **known}.items())
    return f"POST /{SLUG}/brouillons/{draft.public_id}/envoi HTTP/1.1\r\n{headers}\r\n{body}"


def _insert(
    session: Session,
    authority_id: int,
    people: Sequence[tuple[int, str]],
    filed: Mapping[str, Any],
    files: Sequence[Sent],
) -> list[Ready]:
    offered = catalogue.published(session, authority_id, PROCEDURE)
    path = next(each.path for each in offered.procedure.form.fields if each.kind == "email")
    now = clock.now()
    before = now - timedelta(minutes=5)
    ready = [Ready(references.new_public_id(), references.new_token(), address) for _, address in people]
    attached = [[_attachment(authority_id, sent, before) for sent in files] for _ in ready]
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
            "answers": with_value({**filed, **_proof(own)}, path, f"usager-{number}@exemple.example"),
            "created_at": before,
            "saved_at": before,
            "expires_at": now + timedelta(days=30),
        }
        for key, one, (number, _), own in zip(keys, ready, people, attached, strict=True)
    ]
    drafts = session.execute(insert(Draft).returning(col(Draft.id), sort_by_parameter_order=True), rows)
    if files:
        owned = zip(drafts.scalars().all(), attached, strict=True)
        session.execute(insert(Attachment), [{**file, "draft_id": draft} for draft, own in owned for file in own])
    return ready


def _attachment(authority_id: int, sent: Sent, at: datetime) -> dict[str, Any]:
    name, media_type = sent
    return {
        "authority_id": authority_id,
        "public_id": references.new_public_id(),
        "field": PROOF,
        "name": name,
        "media_type": media_type,
        "size_bytes": 24_576,
        "sha256": "0" * 64,
        "key": f"bench/{references.new_public_id()}",
        "received_at": at,
    }


def _proof(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answer that names these files."""
    said = [
        {"id": each["public_id"], "name": each["name"], "type": each["media_type"], "size": each["size_bytes"]}
        for each in files
    ]
    return {PROOF: said} if said else {}


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
