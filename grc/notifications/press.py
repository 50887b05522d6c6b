"""The child process that renders letters: small (it imports neither web nor database), and gone with its parent.

`python -m grc.notifications.press` reads orders on standard input and writes PDFs on standard output, each with its
length before it. It ends when its input does: a parent that is killed leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import struct
import sys
from collections.abc import Sequence
from typing import IO

from grc import receipts
from grc.notifications import letters
from grc.notifications.letters import Printable

_ORDER = struct.Struct(">I")
_ANSWER = struct.Struct(">?I")
_FRUGAL = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
"""One page needs neither threads nor an arena of memory for each."""
_LONGEST = 60.0


class PressFailed(Exception):
    """The child ended, or could not render; the text is the kind of failure, never the letter's."""


class Press:
    """One child, started when the first letter comes, started again if it ended; one letter at a time."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def render(self, notice: Printable, *, accent: str, to: Sequence[str] = ()) -> bytes:
        """What `letters.render` gives; raises PressFailed."""
        order = json.dumps({"notice": receipts.as_json(notice), "accent": accent, "to": list(to)}).encode()
        async with self._lock:
            try:
                async with asyncio.timeout(_LONGEST):
                    return await self._exchange(order)
            except (OSError, EOFError, TimeoutError) as error:
                await self._end()
                raise PressFailed(type(error).__name__) from error
            except asyncio.CancelledError:
                await self._end()
                raise

    async def close(self) -> None:
        """Ends the child."""
        async with self._lock:
            await self._end()

    async def _exchange(self, order: bytes) -> bytes:
        child = await self._started()
        assert child.stdin is not None and child.stdout is not None  # noqa: S101 - both are pipes
        child.stdin.write(_ORDER.pack(len(order)) + order)
        await child.stdin.drain()
        is_done, length = _ANSWER.unpack(await child.stdout.readexactly(_ANSWER.size))
        answer = await child.stdout.readexactly(length)
        if not is_done:
            raise PressFailed(answer.decode())
        return answer

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, **_FRUGAL},
            )
        return self._child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.communicate()


def main() -> None:
    """Renders until there are no more orders; Ctrl+C is left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        while head := orders.read(_ORDER.size):
            is_done, answer = _rendered(orders.read(*_ORDER.unpack(head)))
            _write(answers, _ANSWER.pack(is_done, len(answer)) + answer)
    except BrokenPipeError:  # the parent was killed meanwhile: nobody reads, and the log needs no trace of it
        os._exit(0)


def _rendered(order: bytes) -> tuple[bool, bytes]:
    """Whether it could be rendered; the PDF, or the kind of failure."""
    try:
        read = json.loads(order)
        notice = receipts.from_json(read["notice"])
        if not letters.is_printable(notice):
            return False, b"NoLetter"
        return True, letters.render(notice, accent=read["accent"], to=read["to"])
    except Exception as error:  # whatever it is, the next letter must still be rendered
        return False, type(error).__name__.encode()


def _write(answers: IO[bytes], answer: bytes) -> None:
    answers.write(answer)
    answers.flush()


if __name__ == "__main__":
    main()
