"""Receipts with their PDF, from the posted outbox to the mail server, beside what each half costs alone."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select, update
from sqlmodel import col

from grc import clock, receipts
from grc.access.actors import Visitor
from grc.bench.installation import Installation, authority_of, make_ready
from grc.bench.posts import NotKept
from grc.bench.processes import free_port
from grc.bench.sink import Sink
from grc.db import Database
from grc.notifications import letters
from grc.notifications.smtp import SmtpSender
from grc.outbox import signs
from grc.outbox.delivery import Frozen, health
from grc.outbox.models import Message, OutboxEntry
from grc.sessions import commands as sessions
from grc.submissions import filing
from grc.submissions.models import Notice

_MAILS = 3
"""Of each filing: the receipt with its PDF, the code, the word to the service."""
_CONNECTIONS = 4
"""As many as one worker keeps to its server."""
_COLOUR = "#1f5f8b"


@dataclass(frozen=True)
class Sizes:
    """rounds; receipts: in the full outbox of each round."""

    rounds: int = 3
    receipts: int = 100


@dataclass(frozen=True)
class Receipts:
    """Receipts a second by number of workers; letters a second by typst alone, mails a second by the sink alone."""

    kind: str
    through: dict[int, float]
    rendered: float
    taken: float


def measure(made: Installation, sizes: Sizes) -> Receipts:
    """Medians of the rounds: one worker on SQLite (that of `grc serve`), one and two on PostgreSQL."""
    workers = (1,) if made.kind == "sqlite" else (1, 2)
    with Sink() as sink:
        database = made.database()
        through = {count: _through(made, database, sink, count, sizes) for count in workers}
        rendered = statistics.median(_rendered(database, sizes.receipts) for _ in range(sizes.rounds))
        taken = statistics.median(_taken(database, sink, sizes.receipts) for _ in range(sizes.rounds))
        database.close()
    return Receipts(made.kind, through, rendered, taken)


def _through(made: Installation, database: Database, sink: Sink, workers: int, sizes: Sizes) -> float:
    """Receipts a second through that many workers, each with its two other mails: median of the rounds."""
    for _ in range(workers):
        if made.kind == "sqlite":
            made.serve(free_port(), smtp_port=sink.port, worker=True)
        else:
            made.work(smtp_port=sink.port)
    _wait_for(database, workers)
    _round(made, database, sink, min(20, sizes.receipts) * workers)
    rates = [_round(made, database, sink, sizes.receipts) for _ in range(sizes.rounds)]
    made.stop()
    return statistics.median(rates)


def _round(made: Installation, database: Database, sink: Sink, count: int) -> float:
    """Files so many, lets their mails go all at once, and times them from the first that the sink takes to the last."""
    sink.clear()
    _file(made, database, count)
    with database.writing(scope=None) as session:
        session.execute(update(OutboxEntry).where(col(OutboxEntry.state) == "pending").values(due_at=clock.now()))
    while not sink.messages:
        time.sleep(0.001)
    first, started = sink.attached, time.perf_counter()
    while sink.messages < count * _MAILS:
        time.sleep(0.002)
    took = time.perf_counter() - started
    while _pending(database):
        time.sleep(0.02)
    if (sink.messages, sink.attached) != (count * _MAILS, count):
        raise NotKept(f"{count} receipts made {sink.messages} mails, {sink.attached} with a PDF")
    return (count - first) / took


def _file(made: Installation, database: Database, count: int) -> None:
    """That many submissions, filed by the same command as the web's, their mails held back."""
    authority, now = authority_of(database), clock.now()
    for draft in make_ready(made, count):
        with database.writing(scope=authority.id) as session:
            find = partial(sessions.find, authority_id=authority.id, public="citizen", token=draft.cookie, now=now)
            held = find(session)
            assert held is not None
            by = Visitor(authority.id, held.id)
            filing.submit(session, authority, draft.public_id, client=draft.address, by=by, now=now)
            waiting = update(OutboxEntry).where(col(OutboxEntry.state) == "pending")
            session.execute(waiting.values(due_at=now + timedelta(hours=1)))


def _wait_for(database: Database, workers: int) -> None:
    """Returns once so many workers have given a sign of life; raises NotKept when they do not."""
    for _ in range(3000):
        with database.reading(scope=None) as session:
            if sum(not one.is_silent(clock.now()) for one in signs.every(session)) >= workers:
                return
        time.sleep(0.02)
    raise NotKept(f"{workers} workers did not start")


def _pending(database: Database) -> int:
    with database.reading(scope=None) as session:
        return health(session).pending


def _rendered(database: Database, count: int) -> float:
    """Letters a second of the same receipts by typst, in this process, one after the other."""
    with database.reading(scope=authority_of(database).id) as session:
        facts = session.execute(select(col(Notice.facts)).where(col(Notice.kind) == "acknowledgement").limit(count))
        notices = [receipts.from_json(each) for each in facts.scalars()]
    printed = [notice for notice in notices if letters.is_letter(notice)]
    letters.render(printed[0], accent=_COLOUR)
    started = time.perf_counter()
    for notice in printed:
        letters.render(notice, accent=_COLOUR)
    return len(printed) / (time.perf_counter() - started)


def _taken(database: Database, sink: Sink, count: int) -> float:
    """Mails a second that the sink takes of the same bytes over kept connections, with nothing rendered or recorded."""
    with database.reading(scope=authority_of(database).id) as session:
        sent = select(Message).where(col(Message.raw).is_not(None)).limit(count)
        mails = [
            Frozen(row.id or 0, row.from_address, row.to_address, row.message_id, bytes(row.raw or b""))
            for row in session.execute(sent).scalars()
        ]
    return asyncio.run(_send(mails, sink.port))


async def _send(mails: Sequence[Frozen], port: int) -> float:
    sender = SmtpSender(f"smtp://127.0.0.1:{port}?starttls=never", connections=_CONNECTIONS)
    await asyncio.gather(*(sender.send(mail) for mail in mails[:_CONNECTIONS]))
    started = time.perf_counter()
    await asyncio.gather(*(sender.send(mail) for mail in mails))
    took = time.perf_counter() - started
    await sender.close()
    return len(mails) / took
