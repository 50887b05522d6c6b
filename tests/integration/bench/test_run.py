"""The bench itself, in its smallest size: every row comes out, and a figure that means nothing stops it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from grc.bench import posts, uploads
from grc.bench.installation import installed
from grc.bench.processes import Process
from grc.bench.run import run
from tests.support import logbook

ROWS = (
    "jsonschema alone: valid or not",
    "jsonschema_rs alone: valid or not",
    "hidden answers pruned, computed ones worked out",
    "the whole form judged: pruned, computed, valid, dates, check",
    "the same with five mistakes, each in French",
    "a posted page read: parsed, pruned, computed, judged",
    "a bare template: forty labels and inputs",
    "our page",
    "a. bare route: sqlite3, group commit",
    "a'. the same row through our session",
    "b. the final POST, everything included",
    "c. the same with three files (PDF, JPEG, PNG)",
    "b / a (sqlite)",
    "c / b",
    "b / a'",
    "parse",
    "validate: the whole form, hidden answers pruned",
    "domain: receipt and its facts, reference, code, sealing, hashes",
    "all, without the HTTP server",
    "livret.pdf",
    "photo.jpg",
    "acte.png",
    "a bare look-up in a dictionary by state and event",
    "engine.step: guards, functions, exit, actions, entry, always",
    "engine.open_to: every transition open in a state",
    "receipts/s through one worker, each with its two other mails",
    "letters/s by typst alone, one process",
    "mails/s taken by the sink alone, the same bytes",
    "a bare client: two redirects, two calls, two signatures verified",
    "ours: every check, the transaction, the account, the session and its trace",
    "bare page: ten rows read, a bare template",
    "a citizen's demande, followed",
    "a citizen's 10 demandes",
    "the agents' inbox, 60 demandes",
    "a demande as an agent sees it",
    "export, 20 demandes",
    "restore, 20 demandes",
    "start-up: ready after, s",
    "a page: CPU ms",
    "the final POST: requests/s, 8 connections",
    "ready, seconds after its start",
    "memory of all our processes, after it all, MB",
)


@pytest.fixture(autouse=True)
def discreet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the servers and workers of the bench write says no more than the log of the tests may."""
    said: list[str] = []
    stop = Process.stop

    def stopped(process: Process) -> None:
        stop(process)
        said.append(process.log.read_text())

    monkeypatch.setattr(Process, "stop", stopped)
    yield
    assert logbook.faults("\n".join(said)) == []


def test_a_quick_run_prints_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--quick", "--database", "sqlite"])
    printed = capsys.readouterr().out
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if line[:1] == "|"]
    figures = {row[0]: row[1] for row in cells}
    for name in ROWS:
        assert re.fullmatch(r"\d+(\.\d+)?", figures[name]), (name, printed)
        assert float(figures[name]) > 0, (name, printed)
    assert re.search(r"SQL: (\d+) statements", printed), printed
    assert [row[0] for row in cells if row[0] in {"1", "4"}] == ["1", "4"]


def test_an_answer_that_is_not_the_expected_one_stops_the_bench() -> None:
    with installed("sqlite") as made:
        draft = "POST /tilleul/brouillons/nobody-s/envoi HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Length: 0\r\n\r\n"
        served = posts._product(made, 1)
        with pytest.raises(posts.NotKept, match="403"):
            posts.send(served, [draft], connections=1)


def test_a_file_that_the_server_refuses_stops_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    with installed("sqlite") as made:
        monkeypatch.setattr(uploads, "samples", lambda: {"livret.pdf": b"%PDF-1.7 that ends here"})
        with pytest.raises(posts.NotKept, match=r"livret\.pdf: 422"):
            uploads.measure(made, 1)
