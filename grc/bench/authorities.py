"""What a thousand authorities in the database cost the others: start-up, a page, the final POST; and their import."""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import process_time

import anyio

from grc import clock
from grc.attachments import scanning
from grc.attachments.local import LocalStorage
from grc.authorities import enrolling, importing, queries
from grc.bench.figures import Round, median_ratio, median_round
from grc.bench.installation import BASE_PORT, PROCEDURE, SECRET, SLUG, Installation, Ready, make_ready, post_of
from grc.bench.posts import Served, once_ready, send
from grc.bench.processes import clean_environment, free_port
from grc.sweeping import Sweeper

FEW, MANY = "few", "many"
_WARMING = 20
_WATCHER = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""
"""Starts the command from a small process: the kernel counts what a child had of its parent at its highest."""
_HEADS = "identifiant;nom;expediteur;telephone;siret;service;admin_prenom;admin_nom;admin_courriel;admin_qualite"


@dataclass(frozen=True)
class Sizes:
    """authorities: how many more on the side of many; imported: how many the measured import brings, 0 for no figure.

    starts of each side; rounds; requests at eight connections, and alone (0 for none); passages: of the sweeps.
    """

    authorities: int = 1000
    imported: int = 300
    starts: int = 5
    rounds: int = 5
    many: int = 400
    few: int = 100
    passages: int = 1


@dataclass(frozen=True)
class Side:
    """One of the two databases. started: seconds to ready, each time. looked, passed: processor seconds of one look of
    the quarantine and of one passage of the sweeps that finds nothing.
    """

    name: str
    made: Installation
    started: list[float] = field(default_factory=list)
    page: list[Round] = field(default_factory=list)
    post: list[Round] = field(default_factory=list)
    page_alone: list[Round] = field(default_factory=list)
    post_alone: list[Round] = field(default_factory=list)
    looked: list[float] = field(default_factory=list)
    passed: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Import:
    """What `grc authority import` took; `bare`: what `grc authority list` took before it, the program alone."""

    count: int
    seconds: float
    memory: float
    bare_seconds: float
    bare_memory: float


@dataclass(frozen=True)
class Authorities:
    """few: the demonstration's three authorities; many: the same rows and those that were imported."""

    kind: str
    count: int
    few: Side
    many: Side
    imported: Import | None

    def ratio(self, name: str) -> float:
        """Requests/s with many over requests/s with few, round by round."""
        return median_ratio(getattr(self.many, name), getattr(self.few, name))


def measure(made: Installation, sizes: Sizes) -> Authorities:
    """Both databases in turn, round by round, so that a slow minute falls on both alike."""
    few, many = Side(FEW, made), Side(MANY, _copied(made))
    imported = _imported(many.made, sizes.imported) if sizes.imported else None
    _enrol(many.made, range(sizes.imported, sizes.authorities))
    sides = (few, many)
    for _ in range(sizes.starts - 1):
        for side in sides:
            _start(side).processes[0].stop()
    drafts = {side.name: iter(make_ready(side.made, _drafts(sizes))) for side in sides}
    served = {side.name: _start(side) for side in sides}
    for side in sides:
        _ask(side, served[side.name], drafts[side.name], sizes, is_kept=False)
    for _ in range(sizes.rounds):
        for side in sides:
            _ask(side, served[side.name], drafts[side.name], sizes)
    made.stop()
    for _ in range(sizes.passages):
        for side in sides:
            _pass(side)
    return Authorities(made.kind, sizes.authorities, few, many, imported)


def table_of(count: int, *, first: int = 0) -> bytes:
    """An invented table of that many communes, each with a service and an administrator."""
    lines = [_HEADS]
    for number in range(first, first + count):
        name = f"commune-{number}"
        person = f"Inès;Spécimen;ines@{name}.example;secrétaire générale de mairie"
        lines.append(f"{name};Commune {number};demarches@{name}.example;01 99 00 50 60;;Mairie;{person}")
    return "\n".join(lines).encode()


def _copied(made: Installation) -> Installation:
    """The same rows in a database beside it."""
    if made.server is not None:
        return replace(made, url=made.server.create("grc_many", template="grc").app)
    path = made.folder / "many.db"
    with sqlite3.connect(made.url.removeprefix("sqlite:///")) as here, sqlite3.connect(path) as there:
        here.backup(there)
    there.close()
    here.close()
    return replace(made, url=f"sqlite:///{path}")


def _imported(made: Installation, count: int) -> Import:
    """The command as an operator types it, beside the same program when it only names what is there."""
    path = made.folder / "communes.csv"
    path.write_bytes(table_of(count))
    bare_seconds, bare_memory = _command(made, "authority", "list")
    seconds, memory = _command(made, "authority", "import", str(path))
    return Import(count, seconds, memory, bare_seconds, bare_memory)


def _command(made: Installation, *arguments: str) -> tuple[float, float]:
    """Seconds and megabytes at its highest of a command; raises CalledProcessError."""
    variables = {"GRC_SECRET_KEY": SECRET, "GRC_DATABASE_URL": made.url}
    watched = [sys.executable, "-c", _WATCHER, sys.executable, "-m", "grc.cli", *arguments]
    said = subprocess.run(watched, env=clean_environment(**variables), stdout=subprocess.PIPE, text=True, check=True)
    seconds, memory = map(float, said.stdout.split())
    return seconds, memory


def _enrol(made: Installation, numbers: range) -> None:
    parsed = importing.parse(table_of(len(numbers), first=numbers.start), where="communes.csv")
    database = made.database()
    with database.writing(scope=None) as session:
        enrolling.enrol(session, parsed, update=False, now=clock.now())
    database.close()


def _start(side: Side) -> Served:
    port = free_port()
    process = side.made.serve(port)
    side.started.append(process.wait_ready(port))
    return once_ready(Served(side.name, [process], [port]))


def _drafts(sizes: Sizes) -> int:
    return (sizes.rounds + 1) * (sizes.many + sizes.few)


def _ask(side: Side, served: Served, drafts: Iterator[Ready], sizes: Sizes, *, is_kept: bool = True) -> None:
    """A round: the page, then the POST, at eight connections, then alone. is_kept: False to warm."""
    for count, connections, page, post in (
        (sizes.many, 8, side.page, side.post),
        (sizes.few, 1, side.page_alone, side.post_alone),
    ):
        if count:
            asked = send(served, [_page()] * count, connections=connections, status="200")
            sent = send(served, [post_of(next(drafts)) for _ in range(count)], connections=connections)
            if is_kept:
                page.append(asked)
                post.append(sent)


def _page() -> str:
    """The page of a procedure, as a visitor asks it."""
    headers = f"Host: 127.0.0.1:{BASE_PORT}\r\nAccept: text/html\r\n"
    return f"GET /{SLUG}/demarches/{PROCEDURE} HTTP/1.1\r\n{headers}\r\n"


def _pass(side: Side) -> None:
    """One look of the quarantine, then a second passage of the sweeps: the first found what there was."""
    database = side.made.database()
    sweeper = Sweeper(database, LocalStorage(side.made.folder / "files"))
    with database.reading(scope=None) as session:
        started = process_time()
        scanning.who_waits(session, queries.every_key(session), now=clock.now())
        side.looked.append(process_time() - started)
    if not side.passed:
        anyio.run(partial(sweeper.round, is_confirmed=True))
    started = process_time()
    anyio.run(partial(sweeper.round, is_confirmed=True))
    side.passed.append(process_time() - started)
    database.close()


def rows(measured: Authorities) -> list[list[str | float]]:
    """The lines of its table: what, with few, with many, how many times."""
    few, many = measured.few, measured.many
    found: list[list[str | float]] = [_pair("start-up: ready after, s", few.started, many.started)]
    for name, title in (("page", "a page"), ("post", "the final POST")):
        ours, theirs = (median_round(getattr(side, name)) for side in (few, many))
        found.append([f"{title}: requests/s, 8 connections", ours.per_second, theirs.per_second, measured.ratio(name)])
        found.append([f"{title}: CPU ms", ours.cpu_ms, theirs.cpu_ms, theirs.cpu_ms / ours.cpu_ms])
        if getattr(few, f"{name}_alone"):
            ours, theirs = (median_round(getattr(side, f"{name}_alone")) for side in (few, many))
            found.append([f"{title}: alone, p50 ms", ours.p50, theirs.p50, theirs.p50 / ours.p50])
    if few.passed:
        found.append(_pair("one look of the quarantine, CPU s", few.looked, many.looked))
        found.append(_pair("a passage of the sweeps that finds nothing, CPU s", few.passed, many.passed))
    return found


def _pair(title: str, few: Sequence[float], many: Sequence[float]) -> list[str | float]:
    ours, theirs = statistics.median(few), statistics.median(many)
    return [title, ours, theirs, theirs / ours]
