"""Whether work takes a time that grows as its input does, whatever the machine: what is measured is a ratio."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

HOSTILE = (
    *("a", "0", " ", "@", "é", "-", ".", "(", ")", "\n", "\t", "<", "&", "%", "+", "/", "€", "Œ", "\u200f", "𝔸"),
    *("a.", "a@", "0 ", "(0)", "()", "1,", ", ", " \n", "N°", "SECTION ", "{{", "{%", "st ", "<p ", "a-", "00", "+33"),
    *("\u0300\u0316", "\u0f73", "\u0344", "각\u11a8", "ᄀ"),
)
"""What a hostile text repeats: where an expression of ours could turn back, where accents could be put in order."""
_QUIET = 0.03
_TIMES = 4


def slow(work: Callable[[int], Any], size: int) -> str:
    """ "" when four times the size takes at most ten times as long (or 30 ms of processor time); else how long it took.

    Linear work takes four times as long, quadratic work sixteen times.
    """
    for _ in range(3):
        more = _seconds(work, _TIMES * size)
        if more <= _QUIET or more <= 10 * _seconds(work, size):
            return ""
    return f"{more:.2f} s for {_TIMES * size}, more than ten times what {size} takes"


def _seconds(work: Callable[[int], Any], size: int) -> float:
    start = time.process_time()
    work(size)
    return time.process_time() - start
