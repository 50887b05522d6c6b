"""Has photographs redrawn by a process of their own: one for each file, confined, given nothing but the bytes."""

from __future__ import annotations

import subprocess
import sys
from typing import IO

from grc.attachments.sniffing import HEIC, JPEG, PNG, WEBP

IMAGES = frozenset({JPEG, PNG, HEIC})
LONGEST_SIDE = 2500
"""Pixels: an A4 page at 210 points an inch."""
_LONGEST_SECONDS = 40.0
_PROBLEMS = {3: "damaged", 4: "pixels", 5: "size"}
_KILLED_FOR_LACK = {-9, -24}
"""SIGKILL and SIGXCPU: the image asked for more than it may have."""


class NotDeveloped(Exception):
    """No image came out; problem: "damaged", "pixels" or "size"."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def kept_type(media_type: str) -> str:
    """The type under which a file is kept: photographs that few programs open become JPEG."""
    return {HEIC: JPEG, WEBP: PNG}.get(media_type, media_type)


def developed(file: IO[bytes], media_type: str, *, side: int, max_bytes: int) -> bytes:
    """The image to keep (grc.attachments.photographs.redrawn). Blocks: call it from a thread. Raises NotDeveloped.

    file: seekable, with a descriptor. The process inherits neither settings nor descriptors, and is killed after 40 s.
    """
    file.seek(0)
    command = [sys.executable, "-I", "-m", "grc.attachments.photographs", media_type, str(side), str(max_bytes)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a type from our own table
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"MALLOC_ARENA_MAX": "1"},
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotDeveloped("pixels") from error
    if done.returncode or not done.stdout:
        lacking = "pixels" if done.returncode in _KILLED_FOR_LACK else "damaged"
        raise NotDeveloped(_PROBLEMS.get(done.returncode, lacking))
    return done.stdout
