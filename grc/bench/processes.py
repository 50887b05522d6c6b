"""Processes that the bench starts: readiness, CPU seconds and memory, read from /proc for them and their children."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_LONGEST_START = 30.0


class DidNotStart(Exception):
    """A process left, or said nothing in time; the text is what it wrote."""


class Process:
    """A Python module running as a process of ours, ended by its pid."""

    def __init__(self, module: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
        self.started_at = time.perf_counter()
        self.log = log
        with log.open("ab") as said:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", *module], env=dict(environment), stdout=said, stderr=said
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def wait_ready(self, port: int, path: str = "/readyz") -> float:
        """Seconds from the start of the process to its first 200 at this address; raises DidNotStart."""
        while time.perf_counter() - self.started_at < _LONGEST_START:
            if self._popen.poll() is not None:
                break
            if _answers(port, path):
                return time.perf_counter() - self.started_at
            time.sleep(0.01)
        raise DidNotStart(self.log.read_text()[-2000:])

    def stop(self) -> None:
        """Asks it to leave and waits until it has; after ten seconds it is killed."""
        self._popen.send_signal(signal.SIGTERM)
        try:
            self._popen.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it at once, as a power cut would end the process, its children after it."""
        children = [pid for pid in tree(self.pid) if pid != self.pid]
        self._popen.kill()
        self._popen.wait()
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def tree(pid: int) -> Iterator[int]:
    """A process and everything beneath it."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except FileNotFoundError:
            continue
        for child in children:
            yield from tree(int(child))


def cpu_seconds(*pids: int) -> float:
    """User and system time of these processes, of their children and of the children that have left."""
    return sum(_ticks(pid) for first in pids for pid in tree(first)) / _TICKS


def cpu_apart(pid: int) -> tuple[float, float]:
    """User and system seconds of one process, and those of its children that have left."""
    own, gone = _times(pid)
    return own / _TICKS, gone / _TICKS


def busy_seconds(pid: int) -> float:
    """Time on a processor of the threads of one process, to the nanosecond: for runs of few requests.

    Where the kernel does not say it, the same in hundredths of a second.
    """
    try:
        said = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    except FileNotFoundError:
        said = []
    return sum(int(each.split()[0]) for each in said) / 1e9 if said else cpu_apart(pid)[0]


def memory_mb(*pids: int) -> float:
    """Proportional set size of these processes and their children: memory shared by several is counted once."""
    return sum(_pss_kb(pid) for first in pids for pid in tree(first)) / 1024


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without any setting of GRC's, and with those given."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GRC_")}
    return kept | more


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _ticks(pid: int) -> int:
    return sum(_times(pid))


def _times(pid: int) -> tuple[int, int]:
    """In ticks, a process's own time and that of its children that have left."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return 0, 0
    fields = [int(each) for each in text.rpartition(")")[2].split()[11:15]]
    return fields[0] + fields[1], fields[2] + fields[3]


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
