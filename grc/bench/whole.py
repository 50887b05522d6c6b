"""The whole filing, as a citizen and the worker live it: every page, the receipt with its PDF, the mails delivered."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import update

from grc import clock
from grc.bench.installation import BASE_PORT, PROCEDURE, SLUG, Installation, authority_of, example, make_ready, post_of
from grc.bench.processes import Process, cpu_seconds, free_port, memory_mb
from grc.demo.mailbox import Mailbox
from grc.submissions.models import Draft

_MAILS = 3
"""Of each filing: the receipt, the tracking code, the word to the service."""
_FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Whole:
    """Filings with that many clients at once, mail and PDF included. cpu: seconds of all our processes for each."""

    clients: int
    per_second: float
    cpu: float


@dataclass(frozen=True)
class Wholes:
    """What was measured. ready: seconds from start to ready. memory: of all processes, MB. receipts: by one worker."""

    runs: Sequence[Whole]
    ready: float
    memory: float
    receipts: float


def measure(made: Installation, *, counts: Sequence[tuple[int, int]], receipts: int) -> Wholes:
    """counts: pairs of clients and filings."""
    return asyncio.run(_measure(made, counts, receipts))


async def _measure(made: Installation, counts: Sequence[tuple[int, int]], receipts: int) -> Wholes:
    async with Mailbox() as mailbox:
        port = free_port()
        server = made.serve(port, smtp_port=mailbox.port, worker=True)
        ready = await asyncio.to_thread(server.wait_ready, port)
        await _file(made, server, mailbox, port, clients=1, count=2)
        runs = [await _file(made, server, mailbox, port, clients=clients, count=count) for clients, count in counts]
        memory = memory_mb(server.pid)
        await asyncio.to_thread(server.stop)
        return Wholes(runs, ready, memory, await _receipts(made, mailbox, receipts))


async def _file(made: Installation, server: Process, mailbox: Mailbox, port: int, *, clients: int, count: int) -> Whole:
    """The filings of one round: all pages, then the sending, then until every mail has arrived."""
    mailbox.clear()
    before, started = cpu_seconds(server.pid), time.perf_counter()
    share = [count // clients + (number < count % clients) for number in range(clients)]
    browsers = [_Browser(made, port) for _ in range(count)]
    groups, rest = [], iter(browsers)
    for size in share:
        groups.append([next(rest) for _ in range(size)])
    await asyncio.gather(*(_each(group, _Browser.fill) for group in groups))
    filled = time.perf_counter() - started
    await asyncio.to_thread(_age_drafts, made)
    started = time.perf_counter()
    await asyncio.gather(*(_each(group, _Browser.send) for group in groups))
    while len(mailbox.messages) < _MAILS * count:
        await asyncio.sleep(0.02)
    seconds = filled + time.perf_counter() - started
    spent = cpu_seconds(server.pid) - before
    for browser in browsers:
        await browser.client.aclose()
    return Whole(clients, count / seconds, spent / count)


async def _each(browsers: Sequence[_Browser], act: Any) -> None:
    for browser in browsers:
        await act(browser)


class _Browser:
    """One citizen's browser, from an address of its own."""

    def __init__(self, made: Installation, port: int) -> None:
        number, address = made.next_address()
        self.email = f"personne{number}@exemple.example"
        headers = {"sec-fetch-site": "same-origin", "x-forwarded-for": address, "host": f"127.0.0.1:{BASE_PORT}"}
        self.client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False)
        self.draft = ""

    async def fill(self) -> None:
        """Every page read and posted, up to the check of the answers."""
        started = await self.client.post(f"/{SLUG}/demarches/{PROCEDURE}/brouillons", content="", headers=_FORM)
        location = started.headers["location"]
        self.draft = location.split("/")[3]
        fields = _fields(example() | {}, self.email)
        while not location.endswith("/verification"):
            page = await self.client.get(location)
            answer = await self.client.post(location, data=fields | {"then": "continue"})
            if page.status_code != 200 or answer.status_code != 303:
                raise RuntimeError(f"{location}: {page.status_code}, {answer.status_code}")
            location = answer.headers["location"]
        await self.client.get(location)

    async def send(self) -> None:
        """The final POST and its confirmation."""
        answer = await self.client.post(f"/{SLUG}/brouillons/{self.draft}/envoi", content="", headers=_FORM)
        page = await self.client.get(answer.headers["location"])
        if page.status_code != 200 or not re.search(r"\d{4}-\d{3}-\d{3}-\d{3}", page.text):
            raise RuntimeError(f"not confirmed: {page.status_code}")


async def _receipts(made: Installation, mailbox: Mailbox, count: int) -> float:
    """Receipts a second through one worker: filed while no worker runs, then delivered."""
    port = free_port()
    server = made.serve(port)
    await asyncio.to_thread(server.wait_ready, port)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for draft in await asyncio.to_thread(make_ready, made, count):
            await client.post(
                f"/{SLUG}/brouillons/{draft.public_id}/envoi", content="", headers=_headers(post_of(draft))
            )
    await asyncio.to_thread(server.stop)
    mailbox.clear()
    made.work(smtp_port=mailbox.port)
    while not mailbox.messages:
        await asyncio.sleep(0.01)
    started, first = time.perf_counter(), len(mailbox.messages)
    while len(mailbox.messages) < _MAILS * count:
        await asyncio.sleep(0.01)
    return (count - first / _MAILS) / (time.perf_counter() - started)


def _headers(request: str) -> dict[str, str]:
    """The headers of a request as text, but for its length, which the client counts."""
    lines = request.split("\r\n\r\n", maxsplit=1)[0].split("\r\n")[1:]
    pairs = (line.split(": ", 1) for line in lines)
    return {name: value for name, value in pairs if name.lower() != "content-length"}


def _age_drafts(made: Installation) -> None:
    """Makes every draft five minutes older: no person fills a form as fast as the bench."""
    database = made.database()
    authority = authority_of(database)
    with database.writing(scope=authority.id) as session:
        session.execute(update(Draft).values(created_at=clock.now() - timedelta(minutes=5)))
    database.close()


def _fields(answers: dict[str, Any], email: str, prefix: str = "") -> dict[str, str]:
    """The fields of the form that say these answers."""
    fields: dict[str, str] = {}
    for key, value in answers.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and "line1" in value:
            fields |= {f"{name}-{part}": str(text) for part, text in value.items()}
        elif isinstance(value, dict):
            fields |= _fields(value, email, f"{name}.")
        elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            fields |= dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), value.split("-"), strict=True))
        else:
            fields[name] = email if key == "email" else str(value)
    return fields
