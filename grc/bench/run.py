"""Runs the bench and prints its tables: the figures of docs/performance.md."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grc.bench import (
    archives,
    authorities,
    breakdown,
    engine,
    filings,
    forms,
    pages,
    posts,
    receipts,
    signing_in,
    uploads,
)
from grc.bench.archives import Moved
from grc.bench.authorities import Authorities
from grc.bench.breakdown import Breakdown
from grc.bench.engine import Engine
from grc.bench.figures import median_ratio, median_round, table
from grc.bench.filings import Filings
from grc.bench.forms import Forms
from grc.bench.installation import Installation, installed
from grc.bench.pages import Page
from grc.bench.postgres import ServerFault
from grc.bench.posts import NotKept, Posts, Served
from grc.bench.processes import DidNotStart
from grc.bench.receipts import Receipts
from grc.bench.signing_in import SigningIn
from grc.bench.uploads import Upload

KINDS = ("sqlite", "postgresql")
PARTS = (
    *("forms", "engine", "posts", "breakdown", "uploads", "receipts", "signin"),
    *("pages", "authorities", "filings", "archives"),
)
_ON_SQLITE = frozenset({"breakdown", "uploads"})
"""What the database changes nothing of."""
_SHARED = ("pages", "authorities")
_AIMS = {"sqlite": "0.08 (0.25 is excellent)", "postgresql": "0.20 (0.50 is excellent)"}
_TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_NAMES = {
    "sqlite": "a. bare route: sqlite3, group commit",
    "threads": "a. bare route: psycopg, eight threads",
    "async": "a. bare route: psycopg, asynchronous",
    "session": "a'. the same row through our session",
    "grc": "b. the final POST, everything included",
    "files": "c. the same with three files (PDF, JPEG, PNG)",
}


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    posts: posts.Sizes
    filings: filings.Sizes
    receipts: receipts.Sizes
    signing_in: signing_in.Sizes
    pages: pages.Sizes
    authorities: authorities.Sizes
    archives: archives.Sizes
    calls: int
    forms: int
    engine: int
    uploads: int
    is_quick: bool = False

    @classmethod
    def of(cls, *, rounds: int, quick: bool) -> Sizes:
        """quick: only enough to see that every row comes out."""
        if quick:
            small = filings.Sizes(rounds=1, filings=((1, 1), (4, 4)), starts=1)
            full = receipts.Sizes(rounds=1, receipts=3)
            signed = signing_in.Sizes(rounds=1, sign_ins=4), pages.Sizes(rounds=1, many=30, few=10)
            few = posts.Sizes(rounds=1, many=60, few=10)
            moved = archives.Sizes(few=20, many=20)
            sides = authorities.Sizes(authorities=20, imported=0, starts=1, rounds=1, many=8, few=0, passages=0)
            return cls(few, small, full, *signed, sides, moved, calls=20, forms=1, engine=1, uploads=1, is_quick=True)
        return cls(
            posts.Sizes(rounds=rounds),
            filings.Sizes(rounds=max(rounds - 2, 1)),
            receipts.Sizes(rounds=max(rounds - 2, 1)),
            signing_in.Sizes(rounds=max(rounds - 2, 1)),
            pages.Sizes(rounds=max(rounds - 2, 1)),
            authorities.Sizes(rounds=rounds, starts=rounds),
            archives.Sizes(),
            calls=400,
            forms=100,
            engine=20,
            uploads=10,
        )


def run(arguments: Sequence[str]) -> None:
    """Measures what the arguments ask and prints each table as it is ready; exits with status 1 when it cannot."""
    parser = argparse.ArgumentParser(prog="grc bench", description="Mesure la vitesse ; médianes de plusieurs tours.")
    parser.add_argument("--rounds", type=int, default=5, help="tours des mesures de POST (5)")
    parser.add_argument("--quick", action="store_true", help="petites tailles, pour vérifier que tout tourne")
    parser.add_argument("--only", choices=PARTS, action="append", help="une partie seulement ; peut se répéter")
    parser.add_argument("--database", choices=KINDS, action="append", help="une base seulement ; peut se répéter")
    given = parser.parse_args(list(arguments))
    sizes = Sizes.of(rounds=given.rounds, quick=given.quick)
    python, sqlite = platform.python_version(), sqlite3.sqlite_version
    print(f"Python {python}, SQLite {sqlite}, {os.cpu_count()} cores, {sizes.posts.rounds} rounds, medians.\n")
    parts = given.only or PARTS
    if "forms" in parts:
        print(of_forms(forms.measure(sizes.forms)), flush=True)
    if "engine" in parts:
        print(of_engine(engine.measure(sizes.engine, times=50)), flush=True)
    try:
        for kind in given.database or KINDS:
            _measure(kind, parts, sizes)
    except (ServerFault, NotKept, DidNotStart) as fault:
        sys.exit(str(fault))


def _measure(kind: str, parts: Sequence[str], sizes: Sizes) -> None:
    """Each part in an installation of its own, where figures are wanted."""
    measures: Mapping[str, Callable[[Installation], str]] = {
        "posts": lambda made: of_posts(posts.measure(made, sizes.posts)),
        "breakdown": lambda made: of_breakdown(breakdown.measure(made, sizes.calls)),
        "uploads": lambda made: of_uploads(uploads.measure(made, sizes.uploads)),
        "receipts": lambda made: of_receipts(receipts.measure(made, sizes.receipts)),
        "signin": lambda made: of_signing_in(signing_in.measure(made, sizes.signing_in)),
        "pages": lambda made: of_pages(kind, pages.measure(made, sizes.pages)),
        "archives": lambda made: of_archives(made.kind, archives.measure(made, sizes.archives)),
        "authorities": lambda made: of_authorities(authorities.measure(made, sizes.authorities)),
        "filings": lambda made: of_filings(filings.measure(made, sizes.filings)),
    }
    wanted = [name for name in measures if name in parts and (kind == "sqlite" or name not in _ON_SQLITE)]
    for group in _groups(wanted, is_quick=sizes.is_quick):
        with installed(kind) as made:
            for name in group:
                print(measures[name](made), flush=True)


def _groups(wanted: Sequence[str], *, is_quick: bool) -> list[list[str]]:
    """Each part alone; in a quick run, the parts of _SHARED in one installation: only that they run matters."""
    shared = [name for name in wanted if is_quick and name in _SHARED]
    return [*([name] for name in wanted if name not in shared), *([shared] if shared else [])]


def of_signing_in(measured: SigningIn) -> str:
    """What a sign-in costs us, beside the least that a client can do."""
    bare, ours = measured.bare.cpu_ms, measured.ours.cpu_ms
    rows: list[list[str | float]] = [
        ["a bare client: two redirects, two calls, two signatures verified", bare, 1.0],
        ["ours: every check, the transaction, the account, the session and its trace", ours, ours / bare],
    ]
    title = f"{_TITLES[measured.kind]}: a citizen signs in by OpenID Connect (the provider in a process of its own)"
    return table(title, ["", "CPU ms", "× bare"], rows)


def of_pages(kind: str, measured: Sequence[Page]) -> str:
    """What the pages of who is signed in cost."""
    over = pages.ratios(measured)
    rows: list[list[str | float]] = [
        [one.name, one.size / 1000, one.many.cpu_ms, over[one.name], one.many.per_second, one.few.p50, one.few.p95]
        for one in measured
    ]
    heads = ["", "kB", "CPU ms", "× bare", "pages/s (8 connections)", "alone: p50 ms", "p95 ms"]
    return table(f"{_TITLES[kind]}: pages of who is signed in, 1 process", heads, rows)


def of_archives(kind: str, measured: Sequence[Moved]) -> str:
    """How fast an authority leaves and comes back, with how much memory, beside a copy of its archive."""
    rows: list[list[str | float]] = []
    for one in measured:
        for act, half in (("export", one.export), ("restore", one.restore)):
            speeds = one.size / half.seconds, one.size / half.cpu
            sizes = one.size, one.archive, half.peak
            rows.append([f"{act}, {one.demandes} demandes", *speeds, *sizes, half.seconds / one.copy])
    heads = ["", "MB/s", "MB a CPU s", "MB of rows and files", "archive MB", "peak of memory MB", "× a flushed copy"]
    return table(f"{_TITLES[kind]}: an authority's whole archive", heads, rows)


def of_authorities(measured: Authorities) -> str:
    """What a thousand authorities cost the one that is asked, and what their import takes."""
    name, taken = _TITLES[measured.kind], measured.imported
    heads = ["", "3 authorities", f"{measured.count} more", "ratio"]
    title = f"{name}: the same acts with 3 and with {measured.count + 3} authorities, 1 process each, in turn"
    whole = table(title, heads, authorities.rows(measured))
    if taken is None:
        return whole
    lines: list[list[str | float]] = [
        [f"grc authority import, {taken.count} authorities", taken.seconds, taken.memory],
        ["grc authority list: the program alone", taken.bare_seconds, taken.bare_memory],
    ]
    return f"{whole}\n{table(f'{name}: authorities from one file', ['', 'seconds', 'MB at most'], lines)}"


def of_forms(measured: Forms) -> str:
    """What it costs to judge forty answers, to read them from a post, and to draw their page."""
    names = {
        "jsonschema": "jsonschema alone: valid or not",
        "jsonschema_rs": "jsonschema_rs alone: valid or not",
        "prune": "hidden answers pruned, computed ones worked out",
        "settled": "the whole form judged: pruned, computed, valid, dates, check",
        "explained": "the same with five mistakes, each in French",
        "read": "a posted page read: parsed, pruned, computed, judged",
    }
    judging: list[list[str | float]] = [
        [name, measured.median(act), measured.ratio(act, "jsonschema"), measured.ratio(act, "jsonschema_rs")]
        for act, name in names.items()
    ]
    drawing: list[list[str | float]] = [
        ["a bare template: forty labels and inputs", measured.median("bare page") / 1000, 1.0],
        ["our page", measured.median("page") / 1000, measured.ratio("page", "bare page")],
    ]
    heads = ["", "CPU µs", "× jsonschema", "× jsonschema_rs"]
    size = f"{measured.html} bytes of HTML, {measured.gzipped} gzipped"
    drawn = table(f"The page of these forty questions drawn ({size})", ["", "CPU ms", "× bare"], drawing)
    return f"{table('Forty questions: three rows of four more, two computed, one check', heads, judging)}\n{drawn}"


def of_engine(measured: Engine) -> str:
    """What a step of a workflow costs."""
    bare = statistics.median(measured.looked_up)
    stepped, opened = statistics.median(measured.stepped), statistics.median(measured.opened)
    rows: list[list[str | float]] = [
        ["a bare look-up in a dictionary by state and event", bare, 1.0],
        ["engine.step: guards, functions, exit, actions, entry, always", stepped, measured.slower()],
        ["engine.open_to: every transition open in a state", opened, bare / opened],
    ]
    title = f"Every possible step of the catalogue ({measured.steps} steps of {measured.workflows} workflows)"
    return table(title, ["", "steps/s", "× the look-up"], rows)


def of_receipts(measured: Receipts) -> str:
    """How fast receipts leave, beside what each half takes alone."""
    words = {1: "one worker", 2: "two workers"}
    rows: list[list[str | float]] = [
        [f"receipts/s through {words[count]}, each with its two other mails", rate, rate / measured.rendered]
        for count, rate in measured.through.items()
    ]
    rows += [
        ["letters/s by typst alone, one process", measured.rendered, 1.0],
        ["mails/s taken by the sink alone, the same bytes", measured.taken, measured.taken / measured.rendered],
    ]
    return table(f"{_TITLES[measured.kind]}: receipts with their PDF", ["", "per second", "× typst alone"], rows)


def of_posts(measured: Posts) -> str:
    """Rows a, a' and b, and the ratios."""
    lines = [_line(one) for one in (*measured.raw, measured.session, measured.product, measured.proved)]
    heads = ["", "requests/s", "p50 ms", "p95 ms", "CPU ms", "alone: p50 ms", "p95 ms"]
    product, strongest = measured.product, measured.strongest
    processes = "1 process" if len(product.ports) == 1 else f"{len(product.ports)} processes"
    name = _TITLES[measured.kind]
    ratios = table(
        f"{name}: ratios of requests/s, round by round",
        ["", "ratio", "aim"],
        [
            [f"b / a ({strongest.name})", median_ratio(product.many, strongest.many), _AIMS[measured.kind]],
            ["b / a'", median_ratio(product.many, measured.session.many), ""],
            ["c / b", median_ratio(measured.proved.many, product.many), ""],
            [f"a' / a ({strongest.name})", median_ratio(measured.session.many, strongest.many), ""],
        ],
    )
    return f"{table(f'{name}: 32 connections, {processes}; then one connection alone', heads, lines)}\n{ratios}"


def of_breakdown(measured: Breakdown) -> str:
    """Where the processor time of the final POST goes."""
    rows: list[list[str | float]] = [
        ["admit, route, headers, log (the answer is a 303: nothing is rendered)", measured.web],
        ["parse", measured.parse],
        ["validate: the whole form, hidden answers pruned", measured.validate],
        ["domain: receipt and its facts, reference, code, sealing, hashes", measured.domain],
        [f"SQL: {measured.statements} statements, threads, SAVEPOINT and COMMIT", measured.sql],
        ["all, without the HTTP server", measured.total],
        ["later, in the worker's child: the PDF of the receipt", measured.pdf_ms * 1000],
        ["later, in the worker: the mail of the receipt", measured.mail_ms * 1000],
    ]
    return table("The final POST on SQLite, called in process, one at a time", ["part", "CPU µs"], rows)


def of_uploads(measured: Sequence[Upload]) -> str:
    """What each kind of file costs, and where."""
    rows: list[list[str | float]] = [
        [each.name, each.size / 1000, each.took, each.server, each.children] for each in measured
    ]
    heads = ["", "kB", "ms", "CPU ms of the server", "CPU ms of the process that redraws it"]
    return table("One file sent to a draft, alone (SQLite, no antivirus)", heads, rows)


def of_filings(measured: Filings) -> str:
    """The whole filing at each number of clients, and the installation."""
    name = _TITLES[measured.kind]
    heads = ["clients", "filings/s (> 10)", "CPU s each (< 0.15)", "database CPU s", "pages s", "sending s", "mails s"]
    rows: list[list[str | float]] = [
        [str(each.clients), each.per_second, each.cpu, each.database_cpu, each.filling, each.sending, each.delivering]
        for each in measured.levels
    ]
    what = "grc serve with its worker" if measured.kind == "sqlite" else "grc serve and grc worker"
    whole = table(f"{name}: whole filings, every page, receipt with PDF, three mails taken ({what})", heads, rows)
    facts: list[list[str | float]] = [
        ["ready, seconds after its start", measured.ready, "3"],
        ["memory of all our processes, ready, MB", measured.memory_at_rest, ""],
        ["memory of all our processes, after it all, MB", measured.memory, "250"],
    ]
    rest = table(f"{name}: the installation ({measured.processes} started)", ["", "", "aim"], facts)
    return f"{whole}\n{rest}"


def _line(one: Served) -> list[str | float]:
    many, few = median_round(one.many), median_round(one.few)
    return [_NAMES[one.name], many.per_second, many.p50, many.p95, many.cpu_ms, few.p50, few.p95]
