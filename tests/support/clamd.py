"""A real clamd with one invented signature: nothing is downloaded, so it starts in a moment."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MARK = b"GRC-INVENTED-VIRUS-OF-THE-TESTS"
SIGNATURE = "Exemple.Invente"
MOST = 2_000_000
"""Larger streams are refused by this clamd."""
_INSTALL = "clamd is not installed: run `make system` (Debian: apt-get install clamav-daemon)"
_PATIENCE = 30.0


@dataclass
class Daemon:
    """A clamd in its folder. address: for GRC_CLAMD."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The path of its socket."""
        return str(self.folder / "clamd.sock")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        program = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        if program is None:
            pytest.fail(_INSTALL, pytrace=False)
        log = (self.folder / "clamd.log").open("wb")
        with log:
            command = [program, f"--config-file={self.folder / 'clamd.conf'}"]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is None and self._answers():
                return
            time.sleep(0.05)
        pytest.fail(f"clamd does not start: {(self.folder / 'clamd.log').read_text()[-2000:]}", pytrace=False)

    def stop(self) -> None:
        """Ends it, as an outage does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=_PATIENCE)
            self.process = None
        Path(self.address).unlink(missing_ok=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as asked:
            try:
                asked.connect(self.address)
                asked.sendall(b"zPING\0")
                return asked.recv(16) == b"PONG\0"
            except OSError:
                return False


@contextmanager
def a_clamd() -> Iterator[Daemon]:
    """A clamd that knows one signature, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="grc-clamd-"))
    (folder / "signatures").mkdir()
    (folder / "signatures" / "invented.ndb").write_text(f"{SIGNATURE}:0:*:{MARK.hex()}\n")
    lines = (
        f"DatabaseDirectory {folder / 'signatures'}",
        f"LocalSocket {folder / 'clamd.sock'}",
        f"TemporaryDirectory {folder}",
        f"StreamMaxLength {MOST}",
        "Foreground yes",
        "MaxThreads 2",
        "ConcurrentDatabaseReload no",
    )
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    daemon = Daemon(folder)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clamd_of_the_session() -> Iterator[Daemon]:
    """One clamd for the tests that need it."""
    with a_clamd() as daemon:
        yield daemon


@pytest.fixture
def clamd(clamd_of_the_session: Daemon) -> Daemon:
    """A clamd that answers, whatever the test before did to it."""
    if clamd_of_the_session.process is None:
        clamd_of_the_session.start()
    return clamd_of_the_session
