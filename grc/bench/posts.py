"""The final POST beside what the machine can do: rows a, a', b and c, round by round in the same minute."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from grc.bench import bare
from grc.bench.figures import Round, a_round
from grc.bench.installation import FILES, PROVED, Installation, Ready, make_ready, post_of
from grc.bench.processes import Process, clean_environment, cpu_seconds, free_port

_BODY = "Camille Exemple demande une copie de son acte de naissance ; une ligne d’une centaine de lettres."
_WARMING = 100


class NotKept(Exception):
    """A measured answer was not the one expected, or its row is not in the database: the figures mean nothing."""


@dataclass(frozen=True)
class Sizes:
    """rounds; many, few: requests a round at 32 connections and at one."""

    rounds: int = 5
    many: int = 1500
    few: int = 200

    @property
    def drafts(self) -> int:
        """How many drafts all rounds send."""
        return _WARMING + self.rounds * (self.many + self.few)


@dataclass
class Served:
    """Something measured: its processes, and its rounds at 32 connections and at one."""

    name: str
    processes: list[Process]
    ports: list[int]
    many: list[Round] = field(default_factory=list)
    few: list[Round] = field(default_factory=list)


@dataclass(frozen=True)
class Posts:
    """What was measured on one database: the raw drivers, our session, the product; and it again with three files."""

    kind: str
    raw: list[Served]
    session: Served
    product: Served
    proved: Served

    @property
    def strongest(self) -> Served:
        """The raw driver to compare with: the faster one."""
        return max(self.raw, key=lambda one: sorted(r.per_second for r in one.many)[len(one.many) // 2])


def measure(made: Installation, sizes: Sizes) -> Posts:
    """Every row of one database. Raises NotKept when an answer is not a 303, or a row is missing after SIGKILL."""
    plain, proved = make_ready(made, sizes.drafts), make_ready(made, sizes.drafts, name=PROVED, files=FILES)
    create_bare_table(made)
    processes = 1 if made.kind == "sqlite" else 2
    kinds = ["sqlite"] if made.kind == "sqlite" else ["threads", "async"]
    raw = [_bare(made, kind, processes) for kind in kinds]
    session = _bare(made, "session", processes)
    product = _product(made, processes)
    posts = Posts(made.kind, raw, session, product, Served("files", product.processes, product.ports))
    ours = ((product, iter(plain)), (posts.proved, iter(proved)))
    for one, drafts in ours:
        send(one, _posts(drafts, _WARMING), connections=8)
    for one in (*raw, session):
        send(one, [_bare_post()] * _WARMING, connections=8)
    for _ in range(sizes.rounds):
        for one in (*raw, session):
            one.many.append(send(one, [_bare_post()] * sizes.many, connections=32))
            one.few.append(send(one, [_bare_post()] * sizes.few, connections=1))
        for one, drafts in ours:
            one.many.append(send(one, _posts(drafts, sizes.many), connections=32))
            one.few.append(send(one, _posts(drafts, sizes.few), connections=1))
    for one in (*raw, session, product):
        for process in one.processes:
            process.kill()
    rows, files = (len(raw) + 1) * sizes.drafts, len(FILES) * sizes.drafts
    _check_kept(made, {"bare rows": rows, "submissions": 2 * sizes.drafts, "files": files})
    return posts


def _bare(made: Installation, kind: str, processes: int) -> Served:
    ports = [free_port() for _ in range(processes)]
    started = [made.bare(kind, port) for port in ports]
    return once_ready(Served(kind, started, ports))


def _product(made: Installation, processes: int) -> Served:
    ports = [free_port() for _ in range(processes)]
    started = [made.serve(port) for port in ports]
    return once_ready(Served("grc", started, ports))


def once_ready(served: Served) -> Served:
    """The same, once each of its processes answers."""
    for process, port in zip(served.processes, served.ports, strict=True):
        process.wait_ready(port)
    return served


def send(served: Served, requests: Sequence[str], *, connections: int, status: str = "303") -> Round:
    """One run of these requests by a client in its own process. Raises NotKept for an answer of another status."""
    pids = [process.pid for process in served.processes]
    path = served.processes[0].log.with_name(f"requests-{served.name}")
    path.write_text("\n".join(map(json.dumps, requests)), encoding="utf-8")
    order = json.dumps({"ports": served.ports, "connections": connections, "requests": str(path)})
    client = subprocess.Popen(
        [sys.executable, "-m", "grc.bench.load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    before = cpu_seconds(*pids)
    said, _ = client.communicate(order + "\n", timeout=300)
    spent = cpu_seconds(*pids) - before
    answer: dict[str, Any] = json.loads(said)
    expected = {status: len(requests)}
    if answer["statuses"] != expected:
        raise NotKept(f"{served.name}: {answer['statuses']} instead of {expected}; see {served.processes[0].log}")
    return a_round(answer["latencies"], seconds=answer["seconds"], cpu_seconds=spent)


def _posts(drafts: Any, count: int) -> list[str]:
    ready: list[Ready] = [next(drafts) for _ in range(count)]
    return [post_of(draft) for draft in ready]


def _bare_post() -> str:
    size = len(_BODY.encode())
    return f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: {size}\r\n\r\n{_BODY}"


def create_bare_table(made: Installation) -> None:
    """The table of the bare routes, in the database beside that of the product."""
    if made.kind == "sqlite":
        with sqlite3.connect(made.bare_url.removeprefix("sqlite:///")) as link:
            link.execute("PRAGMA journal_mode=WAL")
            link.execute(bare.CREATE["sqlite"])
        return
    assert made.server is not None
    owner = made.server.urls("bare").owner.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(owner, autocommit=True) as link:
        link.execute(bare.CREATE["postgresql"])
        link.execute("GRANT USAGE ON SCHEMA public TO grc_app")
        link.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO grc_app")
        link.execute("GRANT SELECT, INSERT ON bare_row TO grc_app")


def fill_bare_table(made: Installation, count: int) -> None:
    """That many rows, for the bare page to read."""
    rows = [(f"{number} {_BODY}",) for number in range(count)]
    if made.kind == "sqlite":
        with sqlite3.connect(made.bare_url.removeprefix("sqlite:///")) as link:
            link.executemany("INSERT INTO bare_row (body) VALUES (?)", rows)
        return
    with psycopg.connect(made.bare_url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as remote:
        remote.cursor().executemany("INSERT INTO bare_row (body) VALUES (%s)", rows)


def _check_kept(made: Installation, answered: dict[str, int]) -> None:
    """Counts what is there once every server was killed: each answered POST must be, with the files handed over."""
    kept = {
        "bare rows": _count_bare(made),
        "submissions": _count(made, "submission"),
        "files": _count(made, "attachment WHERE submission_id IS NOT NULL"),
    }
    if kept != answered:
        raise NotKept(f"{kept} are kept, {answered} were answered")


def _count_bare(made: Installation) -> int:
    if made.kind == "sqlite":
        with sqlite3.connect(made.bare_url.removeprefix("sqlite:///")) as link:
            return int(link.execute(bare.COUNT).fetchone()[0])
    with psycopg.connect(made.bare_url.replace("postgresql+psycopg://", "postgresql://")) as remote:
        found = remote.execute(bare.COUNT).fetchone()
        assert found is not None
        return int(found[0])


def _count(made: Installation, rows: str) -> int:
    query = f"SELECT count(*) FROM {rows}"
    if made.kind == "sqlite":
        with sqlite3.connect(made.url.removeprefix("sqlite:///")) as link:
            return int(link.execute(query).fetchone()[0])
    assert made.server is not None
    with psycopg.connect(f"host=127.0.0.1 port={made.server.port} user=postgres dbname=grc") as remote:
        found = remote.execute(query.encode()).fetchone()
        assert found is not None
        return int(found[0])
