"""Where the time goes: the same code called in this process, deeper and deeper, without a socket between."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event
from starlette.types import ASGIApp

from grc import clock, receipts, references
from grc.access.actors import Visitor
from grc.app import create_app
from grc.authorities.views import AuthorityView
from grc.bench.installation import (
    PROCEDURE,
    SECRET,
    Installation,
    Ready,
    authority_of,
    example,
    make_ready,
    post_of,
)
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.db import Database, Keyring
from grc.forms import answers as form_answers
from grc.notifications import emails, letters
from grc.receipts import acknowledgement
from grc.receipts.acknowledgement import Acknowledgement
from grc.receipts.parts import ServiceContact
from grc.sessions import commands as sessions
from grc.submissions import applicants, filing
from grc.web import bodies
from grc.workflow import engine

_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


@dataclass(frozen=True)
class Breakdown:
    """Processor time of the final POST, in microseconds, by what it is spent on; its statements; the mails' costs."""

    web: float
    parse: float
    validate: float
    domain: float
    sql: float
    statements: int
    pdf_ms: float
    mail_ms: float

    @property
    def total(self) -> float:
        """The application without the HTTP server around it."""
        return self.web + self.parse + self.validate + self.domain + self.sql


def measure(made: Installation, count: int) -> Breakdown:
    """The medians of `count` calls of each part, on SQLite in this process."""
    database = made.database()
    try:
        authority = authority_of(database)
        with database.reading(scope=authority.id) as session:
            procedure = catalogue.published(session, authority.id, PROCEDURE).procedure
        statements, whole = asyncio.run(_posts(made, database, count))
        held = asyncio.run(_units(made, database, authority, count))
        parts = _parts(procedure, count)
        receipt = _receipt(procedure)
        return Breakdown(
            web=max(whole - held - parts["parse"], 0.0),
            parse=parts["parse"],
            validate=parts["validate"],
            domain=parts["domain"],
            sql=held - parts["validate"] - parts["domain"],
            statements=statements,
            pdf_ms=_each(lambda: letters.render(receipt), max(count // 20, 3)) / 1000,
            mail_ms=_each(lambda: _mail(receipt), max(count // 4, 3)) / 1000,
        )
    finally:
        database.close()


async def answered(app: ASGIApp, request: str) -> int:
    """The status of a request that never met a socket."""
    head, body = request.encode().split(b"\r\n\r\n", 1)
    first, *lines = head.split(b"\r\n")
    method, path, _ = first.decode().split(" ")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in (line.split(b": ", 1) for line in lines)],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


async def _posts(made: Installation, database: Database, count: int) -> tuple[int, float]:
    """How many statements a final POST makes, and its microseconds of processor time with the application whole."""
    app = create_app(made.settings(), db=database)
    drafts = [post_of(draft) for draft in make_ready(made, count + 20)]
    for request in drafts[:20]:
        assert await answered(app, request) == 303
    with _counted() as said:
        probe = made.database()
        probed = create_app(made.settings(), db=probe)
        for request in drafts[20:22]:
            said.clear()
            assert await answered(probed, request) == 303
        probe.close()
        statements = len([one for one in said if not one.lstrip().upper().startswith(_CONTROL)])
    took = []
    for request in drafts[22:]:
        started = time.process_time_ns()
        assert await answered(app, request) == 303
        took.append(time.process_time_ns() - started)
    return statements, _median(took)


async def _units(made: Installation, database: Database, authority: AuthorityView, count: int) -> float:
    """Microseconds of the two units of work of a final POST, hops between threads and COMMIT included."""

    async def both(draft: Ready) -> None:
        now = clock.now()
        held = await database.read(
            lambda session: sessions.find(
                session, authority_id=authority.id, public="citizen", token=draft.cookie, now=now
            ),
            scope=authority.id,
        )
        assert held is not None
        by = Visitor(authority.id, held.id)
        filed = await database.write(
            lambda session: filing.submit(session, authority, draft.public_id, client=draft.address, by=by, now=now),
            scope=authority.id,
        )
        assert filed.is_new

    took = []
    for draft in make_ready(made, count):
        started = time.process_time_ns()
        await both(draft)
        took.append(time.process_time_ns() - started)
    return _median(took)


def _parts(procedure: Procedure, count: int) -> dict[str, float]:
    answers, today = example(), clock.day_in("Europe/Paris", clock.now())
    keyring = Keyring([SECRET])

    def domain() -> None:
        receipt = _receipt(procedure)
        receipts.as_json(receipt)
        receipt.missing_mentions()
        engine.initial(procedure.workflow)
        code = references.new_code()
        keyring.seal(code)
        keyring.hash("tracking-code", code)
        applicants.name(procedure, answers)

    def validate() -> None:
        assert not form_answers.check(procedure.form, answers, as_of=today)
        form_answers.prune(procedure.form, answers)

    return {
        "parse": _each(lambda: bodies._urlencoded(b"site_web="), count),
        "validate": _each(validate, count),
        "domain": _each(domain, count),
    }


def _receipt(procedure: Procedure) -> Acknowledgement:
    return acknowledgement.build(
        reference=references.new_reference(2026),
        authority="Tilleul-sur-Exemple",
        procedure_title=procedure.title,
        received_at=clock.now(),
        zone="Europe/Paris",
        service=ServiceContact("Service de l’état civil", "etat-civil@tilleul.example", ("1 place",), "01 99 00 10 20"),
        silence_terms=procedure.silence_for(example()),
        appeal_terms=procedure.appeal_for(example()),
    )


def _mail(receipt: Acknowledgement) -> bytes:
    return emails.compose(
        receipt,
        sender=emails.Sender("demarches@tilleul.example", "Tilleul-sur-Exemple"),
        to="camille@exemple.example",
        message_id="<1@tilleul.example>",
        date=receipt.received_at,
        link="http://127.0.0.1:8000/tilleul/demandes/1",
        theme_colour="#1f5f8b",
        attachments=[("accuse.pdf", b"%PDF" + bytes(40_000))],
    )


@contextmanager
def _counted() -> Iterator[list[str]]:
    """Every statement that SQLite runs on connections opened in the block, as SQLite itself tells it."""
    said: list[str] = []

    def trace(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(said.append)

    event.listen(Engine, "connect", trace)
    try:
        yield said
    finally:
        event.remove(Engine, "connect", trace)


def _each(act: Callable[[], Any], count: int) -> float:
    """The median microseconds of processor time of one call."""
    took = []
    for _ in range(max(count, 3)):
        started = time.process_time_ns()
        act()
        took.append(time.process_time_ns() - started)
    return _median(took)


def _median(nanoseconds: Sequence[int]) -> float:
    return sorted(nanoseconds)[len(nanoseconds) // 2] / 1000
