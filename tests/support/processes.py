"""`grc` as real processes, started with settings of a test and ended by their pid, also by SIGKILL.

What they write is read as the log of the tests' own process is: it holds no identity, no code, no token.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from grc.settings import Settings
from tests.support import logbook

_START = "import sys; from grc.cli import main; sys.exit(main())"


class Running:
    """One process; `log` holds what it wrote."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self.log = process, log

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    def children(self) -> list[int]:
        """The processes that it started and that still run, theirs included."""
        return _children(self.pid)

    def kill(self) -> None:
        """SIGKILL: it learns nothing of it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM, as a service manager does; gives its status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)


@contextmanager
def grc(command: str, settings: Settings, log: Path) -> Iterator[Running]:
    """`grc serve` or `grc worker` under these settings, killed at the end if it still runs.

    Raises AssertionError for what it wrote and may not say. Several may share a log: each answers for what follows it.
    """
    with log.open("ab") as file:
        before = file.tell()
        running = Running(_popen(command, settings, file), log)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()
    faults = logbook.faults(log.read_bytes()[before:].decode(errors="replace"))
    assert not faults, "the log says too much:\n" + "\n".join(faults)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_gone(pids: list[int], within: float = 10.0) -> list[int]:
    """The processes of these numbers that still run once the others have ended, or the time is over."""
    until = time.monotonic() + within
    while (left := [pid for pid in pids if _runs(pid)]) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def _popen(command: str, settings: Settings, log: IO[bytes]) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRC_")}
    return subprocess.Popen(
        [sys.executable, "-c", _START, command], env=kept | environment(settings), stdout=log, stderr=log
    )


def environment(settings: Settings) -> dict[str, str]:
    """The variables that say these settings."""
    given = settings.model_dump(exclude_defaults=True)
    return {f"GRC_{name.upper()}": _spelled(value) for name, value in given.items()}


def _spelled(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _children(pid: int) -> list[int]:
    try:
        own = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*own, *(grandchild for child in own for grandchild in _children(child))]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
