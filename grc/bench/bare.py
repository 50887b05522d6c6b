"""What the machine can do: a bare Starlette route that commits one small row durably, then answers 303.

And the least that a page can be, at /page: ten of these rows read and drawn by a bare template.

`python -m grc.bench.bare KIND URL PORT`. Kinds: "sqlite" (the standard driver, one writer thread, group commit),
"threads" (psycopg, eight threads with a connection each), "async" (psycopg's asynchronous connections, eight),
"session" (the same row through `Database.write`: a', what our own session costs).
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import uvicorn
from jinja2 import Environment
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from grc.db import Keyring, connect
from grc.serving import configuration

CREATE = {
    "sqlite": "CREATE TABLE IF NOT EXISTS bare_row (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "postgresql": "CREATE TABLE IF NOT EXISTS bare_row (id bigserial PRIMARY KEY, body text NOT NULL)",
}
COUNT = "SELECT count(*) FROM bare_row"
_ROW = Table("bare_row", MetaData(), Column("id", Integer, primary_key=True), Column("body", Text, nullable=False))
_CONNECTIONS = 8
_GROUP = 256

_TEN = "SELECT id, body FROM bare_row ORDER BY id LIMIT 10"
_PAGE = Environment(autoescape=True).from_string(
    '<!DOCTYPE html><html lang="fr"><title>Dix lignes</title><h1>Dix lignes</h1><table>{% for row in rows %}'
    "<tr><td>{{ row[0] }}</td><td>{{ row[1] }}</td></tr>{% endfor %}</table></html>"
)

Keep = Callable[[str], Awaitable[None]]
Read = Callable[[], Awaitable[Sequence[Any]]]


def application(keep: Keep, read: Read | None = None) -> Starlette:
    """The application whose one POST keeps its body by `keep`, and whose page shows what `read` gives."""

    async def post(request: Request) -> Response:
        await keep((await request.body()).decode())
        return Response(status_code=303, headers={"location": "/"})

    async def page(_request: Request) -> Response:
        return HTMLResponse(_PAGE.render(rows=[] if read is None else await read()))

    async def ready(_request: Request) -> Response:
        return Response(b"ok")

    return Starlette(routes=[Route("/", post, methods=["POST"]), Route("/page", page), Route("/readyz", ready)])


def reading(kind: str, url: str) -> Read | None:
    """Ten rows by the raw driver: `sqlite3` in the loop's thread, psycopg asynchronous; None for other kinds."""
    if kind == "sqlite":
        link = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)

        async def read_here() -> Sequence[Any]:
            return link.execute(_TEN).fetchall()

        return read_here
    if kind != "async":
        return None
    held: list[psycopg.AsyncConnection[Any]] = []

    async def read_there() -> Sequence[Any]:
        if not held:
            held.append(await psycopg.AsyncConnection.connect(url, autocommit=True))
        return await (await held[0].execute(_TEN)).fetchall()

    return read_there


def grouped(file: str) -> Keep:
    """SQLite by the standard driver: rows that wait together share one COMMIT, synchronous=FULL."""
    waiting: queue.SimpleQueue[tuple[str, asyncio.AbstractEventLoop, asyncio.Future[None]]] = queue.SimpleQueue()

    def write() -> None:
        link = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            link.execute(f"PRAGMA {pragma}")
        while True:
            group = [waiting.get()]
            while len(group) < _GROUP and not waiting.empty():
                group.append(waiting.get())
            link.execute("BEGIN IMMEDIATE")
            link.executemany("INSERT INTO bare_row (body) VALUES (?)", [(body,) for body, _, _ in group])
            link.execute("COMMIT")
            group[0][1].call_soon_threadsafe(_settle, [future for _, _, future in group])

    async def keep(body: str) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        waiting.put((body, loop, future))
        await future

    threading.Thread(target=write, daemon=True).start()
    return keep


def threaded(conninfo: str) -> Keep:
    """PostgreSQL by psycopg in threads, each with its own connection."""
    local = threading.local()

    def write(body: str) -> None:
        if not hasattr(local, "link"):
            local.link = psycopg.connect(conninfo, autocommit=True)
        local.link.execute("INSERT INTO bare_row (body) VALUES (%s)", (body,))

    pool = ThreadPoolExecutor(_CONNECTIONS)

    async def keep(body: str) -> None:
        await asyncio.get_running_loop().run_in_executor(pool, write, body)

    return keep


def asynchronous(conninfo: str) -> Keep:
    """PostgreSQL by psycopg's asynchronous connections."""
    idle: asyncio.LifoQueue[psycopg.AsyncConnection[Any] | None] = asyncio.LifoQueue()
    for _ in range(_CONNECTIONS):
        idle.put_nowait(None)

    async def keep(body: str) -> None:
        link = await idle.get()
        try:
            if link is None:
                link = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
            await link.execute("INSERT INTO bare_row (body) VALUES (%s)", (body,))
        finally:
            idle.put_nowait(link)

    return keep


def by_session(url: str) -> Keep:
    """Either database by our own session, as every command of GRC writes."""
    database = connect(url, Keyring(["a-secret-of-the-bench-that-opens-nothing"]))
    statement = insert(_ROW)

    async def keep(body: str) -> None:
        def unit(session: Session) -> None:
            session.execute(statement, {"body": body})

        await database.write(unit, scope=None)

    return keep


def serve(kind: str, url: str, port: int) -> None:
    """Serves until told to stop."""
    conninfo = url.replace("postgresql+psycopg://", "postgresql://")
    keep = {
        "sqlite": lambda: grouped(url.removeprefix("sqlite:///")),
        "threads": lambda: threaded(conninfo),
        "async": lambda: asynchronous(conninfo),
        "session": lambda: by_session(url),
    }[kind]()
    served = application(keep, reading(kind, conninfo))
    uvicorn.Server(configuration(served, host="127.0.0.1", port=port)).run()


def _settle(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
