"""The reader of logs reads: a line with an identity fails its test, and the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import logbook

_ROOT = Path(__file__).parents[3]
_TESTS = """
import logging

def test_discreet():
    logging.getLogger("grc.web").info("failure ValueError incident=0a1b2c3d at filing.py:12:file")

def test_names():
    logging.getLogger("grc.web").info("the answer of Camille")

def test_threads():
    logging.getLogger("asyncio").error("never retrieved", exc_info=ValueError("nadia@exemple.example"))
"""


def test_a_line_with_an_identity_fails_the_test_that_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(_TESTS)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.logbook", "-p", "no:cacheprovider", "."]
    environment = os.environ | {"PYTHONPATH": str(_ROOT)}
    ran = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 1, ran.stdout
    assert "3 passed, 2 errors" in ran.stdout
    assert "Camille: grc.web the answer of Camille" in ran.stdout
    assert "ERROR test_it.py::test_threads" in ran.stdout
    assert "ERROR test_it.py::test_discreet" not in ran.stdout


@pytest.mark.parametrize(
    "said",
    [
        "for Camille",
        "to claire.modele@tilleul.example",
        "at 01 99 00 12 34",
        "code K7PQ-2M4X-9R3T-6V8W".replace("9", "7").replace("8", "5"),
        "token " + "aB3_" * 10 + "xyz",
        "eyJhbGciOiJFUzI1NiJ9.x",
        "GET /tilleul/?q=naissance",
    ],
)
def test_what_a_line_may_not_say(said: str) -> None:
    assert logbook.indiscretions(said)


@pytest.mark.parametrize(
    "said",
    [
        "grc.access tilleul POST /brouillons/{draft}/envoi 303 12.3 ms",
        "grc.web failure Unavailable incident=0a1b2c3d at filing.py:12:file < visit.py:90:write",
        "grc.outbox outbox entry 12 acknowledgement given up after 72 h",
        "grc.sweeps 3 lapsed on 2026-11-22",
    ],
)
def test_what_it_may(said: str) -> None:
    assert logbook.indiscretions(said) == []
    assert len(logbook.names()) > 10
