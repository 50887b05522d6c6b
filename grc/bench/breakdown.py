"""Where the time of the final POST goes, measured in this process on SQLite with the product's own code."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from grc import clock
from grc.access.actors import Visitor
from grc.app import create_app
from grc.bench.installation import Installation, Ready, authority_of, example, make_ready, post_of
from grc.catalogue import queries as catalogue
from grc.db.sqlite import SqliteDatabase
from grc.forms import answers as form_answers
from grc.receipts import acknowledgement
from grc.receipts.codec import as_json
from grc.receipts.parts import ServiceContact
from grc.submissions import filing
from grc.submissions.models import Draft
from grc.web.links import Links


@dataclass(frozen=True)
class Breakdown:
    """CPU milliseconds of each part of one final POST, and how many statements it runs."""

    parts: Sequence[tuple[str, float]]
    statements: int


def measure(made: Installation, *, repeat: int = 300) -> Breakdown:
    """Parts are measured alone, `repeat` times; "rest" is what the whole request costs beyond them."""
    ready = make_ready(made, 2 * repeat + 20)
    database = made.database()
    assert isinstance(database, SqliteDatabase)
    said: list[str] = []
    for engine in (database._write_engine, database._read_engine):
        engine.dispose()
        event.listen(engine, "connect", lambda link, _record: link.set_trace_callback(said.append))
    authority = authority_of(database)
    with database.reading(scope=authority.id) as session:
        procedure = catalogue.published(session, authority.id, "acte-de-naissance").procedure
    answers, now = example(), clock.now()
    validate = _cpu(lambda: form_answers.check(procedure.form, answers, as_of=now.date()), repeat)
    contact = ServiceContact("Service", "service@exemple.example", ("1 rue", "99000 Exemple"), "01 99 00 00 00")

    def domain() -> None:
        receipt = acknowledgement.build(
            reference="2026-000-000-000",
            authority=authority.name,
            procedure_title=procedure.title,
            received_at=now,
            zone=authority.zone,
            service=contact,
            silence_terms=procedure.silence_for(answers),
            appeal_terms=procedure.appeal,
        )
        as_json(receipt)

    rules = _cpu(domain, repeat)
    drafts = iter(ready)
    with database.reading(scope=authority.id) as session:
        holders = {row.public_id: row.session_id for row in session.query(Draft).all()}
    unit = _cpu_of_units(database, authority, drafts, holders, repeat)
    app = create_app(made.settings().model_copy(update={"worker": False}), db=database)
    whole, statements = asyncio.run(_requests(app, drafts, said, repeat))
    database.close()
    sql = max(unit - validate - rules, 0.0)
    rest = max(whole - unit, 0.0)
    parts = [
        ("validate (check and prune all answers)", validate),
        ("domain (receipt's facts as values and JSON)", rules),
        ("SQL, reference, code, sealing", sql),
        ("parse, session, routing, headers, log (no page is rendered: 303)", rest),
        ("whole request in process", whole),
    ]
    return Breakdown(parts, statements)


def _cpu(work: Callable[[], object], repeat: int) -> float:
    """CPU milliseconds of one call."""
    work()
    before = time.process_time()
    for _ in range(repeat):
        work()
    return (time.process_time() - before) * 1000 / repeat


def _cpu_of_units(
    database: SqliteDatabase, authority: Any, drafts: Iterator[Ready], holders: dict[str, int | None], repeat: int
) -> float:
    """CPU milliseconds of the filing unit, each in a transaction of its own."""
    todo = [next(drafts) for _ in range(repeat)]

    def one(session: Session, draft: Ready) -> None:
        visitor = Visitor(authority.id, holders[draft.public_id])
        filing.submit(session, authority, draft.public_id, client=draft.address, by=visitor, now=clock.now())

    async def all_of_them() -> None:
        for draft in todo:
            await database.write(partial(one, draft=draft), scope=authority.id)

    before = time.process_time()
    asyncio.run(all_of_them())
    return (time.process_time() - before) * 1000 / repeat


async def _requests(app: Any, drafts: Iterator[Ready], said: list[str], repeat: int) -> tuple[float, int]:
    """CPU milliseconds of one final POST through the whole application, and its statements but BEGIN and COMMIT."""
    todo = [next(drafts) for _ in range(repeat + 1)]
    await _post(app, todo[0])
    said.clear()
    before = time.process_time()
    for draft in todo[1:]:
        await _post(app, draft)
    spent = (time.process_time() - before) * 1000 / repeat
    counted = [text for text in said if not text.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "--"))]
    return spent, round(len(counted) / repeat)


async def _post(app: Any, draft: Ready) -> None:
    head, body = post_of(draft).split("\r\n\r\n", 1)
    lines = head.split("\r\n")
    path = lines[0].split(" ")[1]
    headers = [(name.lower().encode(), value.encode()) for name, value in (line.split(": ", 1) for line in lines[1:])]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body.encode(), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    if statuses != [303]:
        raise RuntimeError(f"{path}: {statuses}; expected {Links('/tilleul').track()} to be reachable")
