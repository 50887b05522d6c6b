"""The whole filing: every page, the receipt with its PDF, every mail at a server."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from grc.bench.installation import BASE_PORT, PROCEDURE, SLUG, Installation, authority_of, example
from grc.bench.posts import NotKept
from grc.bench.processes import clean_environment, cpu_seconds, free_port, memory_mb
from grc.bench.sink import Sink
from grc.catalogue import queries as catalogue
from grc.forms import journey
from grc.forms.answers import as_typed
from grc.submissions import filing

_PAUSE = filing.SHORTEST_FILLING + timedelta(milliseconds=200)
_MAILS = 3
"""Of each filing: the receipt with its PDF, the code, the word to the service."""


@dataclass(frozen=True)
class Sizes:
    """rounds; for each number of clients at a time, how many filings a round; starts."""

    rounds: int = 3
    filings: tuple[tuple[int, int], ...] = ((1, 10), (4, 24), (16, 64))
    starts: int = 3


@dataclass(frozen=True)
class Level:
    """What so many clients at a time get: medians of the rounds. cpu: seconds of all our processes a filing."""

    clients: int
    per_second: float
    cpu: float
    database_cpu: float
    filling: float
    sending: float
    delivering: float


@dataclass(frozen=True)
class Filings:
    """What was measured on one database. ready: seconds. memory: at rest, then after everything, in MB."""

    kind: str
    levels: list[Level]
    ready: float
    memory_at_rest: float
    memory: float
    processes: int


def measure(made: Installation, sizes: Sizes) -> Filings:
    """Everything on one installation: `grc serve` alone on SQLite, with `grc worker` beside it on PostgreSQL."""
    with Sink() as sink:
        port = free_port()
        ready = _start(made, port, sink, sizes.starts)
        pids = [process.pid for process in made.started]
        at_rest = memory_mb(*pids)
        levels = [_level(made, sink, port, pids, clients, count, sizes.rounds) for clients, count in sizes.filings]
        memory, processes = memory_mb(*pids), len(made.started)
        made.stop()
    return Filings(made.kind, levels, ready, at_rest, memory, processes)


def _start(made: Installation, port: int, sink: Sink, starts: int) -> float:
    """Starts an installation; the seconds that the one that serves took to be ready, median of several starts."""
    took = []
    for _ in range(starts):
        made.stop()
        server = made.serve(port, smtp_port=sink.port, worker=made.kind == "sqlite")
        took.append(server.wait_ready(port))
    if made.kind != "sqlite":
        made.work(smtp_port=sink.port)
    return statistics.median(took)


def _level(made: Installation, sink: Sink, port: int, pids: list[int], clients: int, count: int, rounds: int) -> Level:
    _round(made, sink, port, pids, clients, min(count, clients))
    rows = [_round(made, sink, port, pids, clients, count) for _ in range(rounds)]
    middle = [statistics.median(row[at] for row in rows) for at in range(6)]
    return Level(clients, *middle)


def _round(made: Installation, sink: Sink, port: int, pids: list[int], clients: int, count: int) -> tuple[float, ...]:
    people = [made.next_address() for _ in range(count)]
    order = {
        "port": port,
        "clients": clients,
        "people": [{"address": address, "email": f"usager-{number}@exemple.example"} for number, address in people],
        "prefix": f"/{SLUG}",
        "authority": f"127.0.0.1:{BASE_PORT}",
        "pause": _PAUSE.total_seconds(),
        **_form(made),
    }
    sink.clear()
    before, database_before = cpu_seconds(*pids), cpu_seconds(*made.database_pids)
    said = subprocess.run(
        [sys.executable, "-m", "grc.bench.citizens"],
        input=json.dumps(order) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
        env=clean_environment(),
    ).stdout
    took: dict[str, float] = json.loads(said)
    spent = (cpu_seconds(*pids) - before) / count
    database_spent = (cpu_seconds(*made.database_pids) - database_before) / count
    if (sink.messages, sink.attached) != (count * _MAILS, count):
        raise NotKept(f"{count} filings made {sink.messages} mails, {sink.attached} with a PDF")
    return count / sum(took.values()), spent, database_spent, took["filling"], took["sending"], took["delivering"]


def _form(made: Installation) -> dict[str, Any]:
    """What each page posts, and the input that takes the e-mail address."""
    database = made.database()
    authority = authority_of(database)
    with database.reading(scope=authority.id) as session:
        form = catalogue.published(session, authority.id, PROCEDURE).procedure.form
    database.close()
    answers = example()
    pages = [as_typed(page, answers) for page in journey.pages(form, answers)]
    return {"pages": pages, "email_input": next(each.name for each in form.fields if each.kind == "email")}
