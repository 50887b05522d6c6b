"""Runs the bench and prints its tables: the figures of docs/performance.md."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence

from grc.bench import breakdown, posts, whole
from grc.bench.figures import median_ratio, median_round, table
from grc.bench.installation import installed
from grc.bench.posts import Posts, Served, Sizes
from grc.bench.whole import Wholes

_AIMS = {"sqlite": 0.08, "postgresql": 0.20}
_NAMES = {
    "sqlite": "a. bare route, sqlite3, group commit",
    "threads": "a. bare route, psycopg in threads",
    "async": "a. bare route, psycopg asynchronous",
    "session": "a'. the same row through our session",
    "grc": "b. final POST, everything included",
}


def run(arguments: Sequence[str]) -> None:
    """Measures what the arguments ask and prints each table as it is ready."""
    parser = argparse.ArgumentParser(prog="grc bench", description="Mesure la vitesse ; médianes de plusieurs tours.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="petites tailles, pour vérifier que tout tourne")
    parser.add_argument("--only", choices=["sqlite", "postgresql", "whole", "breakdown"], default=None)
    given = parser.parse_args(list(arguments))
    sizes = Sizes(rounds=1, many=60, few=10) if given.quick else Sizes(rounds=given.rounds)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {sizes.rounds} rounds, medians.\n", flush=True)
    for kind in ("sqlite", "postgresql"):
        if given.only in (None, kind):
            with installed(kind) as made:
                print(_of_posts(posts.measure(made, sizes)), flush=True)
    if given.only in (None, "breakdown"):
        with installed("sqlite") as made:
            print(_of_breakdown(breakdown.measure(made, repeat=30 if given.quick else 300)), flush=True)
    if given.only in (None, "whole"):
        with installed("sqlite") as made:
            counts = [(1, 2), (4, 4)] if given.quick else [(1, 20), (4, 60), (16, 120)]
            measured = whole.measure(made, counts=counts, receipts=5 if given.quick else 60)
            print(_of_whole(measured), flush=True)


def _of_posts(measured: Posts) -> str:
    lines = [_line(one) for one in (*measured.raw, measured.session, measured.product)]
    heads = ["", "requests/s", "p50 ms", "p95 ms", "CPU ms", "p50 ms, alone"]
    over_a = median_ratio(measured.product.many, measured.strongest.many)
    over_session = median_ratio(measured.product.many, measured.session.many)
    ratios = table(
        f"{measured.kind}: ratios, measured in the same minute",
        ["", "ratio", "aim"],
        [["b / a", over_a, f"{_AIMS[measured.kind]:.2f}"], ["b / a'", over_session, ""]],
    )
    processes = len(measured.product.ports)
    title = f"{measured.kind}: 32 connections, {processes} process{'es' if processes > 1 else ''}"
    return f"{table(title, heads, lines)}\n{ratios}"


def _line(one: Served) -> list[str | float]:
    many, few = median_round(one.many), median_round(one.few)
    return [_NAMES[one.name], many.per_second, many.p50, many.p95, many.cpu_ms, few.p50]


def _of_breakdown(measured: breakdown.Breakdown) -> str:
    rows: list[list[str | float]] = [[name, milliseconds] for name, milliseconds in measured.parts]
    rows.append(["statements of SQL, BEGIN and COMMIT apart", str(measured.statements)])
    return table("Where the final POST spends its time (SQLite, in process)", ["part", "CPU ms"], rows)


def _of_whole(measured: Wholes) -> str:
    runs: list[list[str | float]] = [[str(each.clients), each.per_second, each.cpu] for each in measured.runs]
    first = table(
        "Whole filing on SQLite: every page, receipt with PDF, three mails delivered",
        ["clients", "filings/s (aim: over 10)", "CPU s each (aim: below 0.15)"],
        runs,
    )
    rest = table(
        "The installation",
        ["", "figure", "aim"],
        [
            ["ready, seconds after the start", measured.ready, "3"],
            ["memory of all processes, MB", measured.memory, "250"],
            ["receipts/s through one worker (with PDF, code and word to the service)", measured.receipts, ""],
        ],
    )
    return f"{first}\n{rest}"
