"""What keeps a failing or slow service from costing more than it gives: a memory with bounds, a silence, a pace."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
Clock = Callable[[], float]
"""Seconds that only go up."""


class Memory(Generic[T]):
    """The last answers by question. At most `size` of them by weight, none older than `seconds`."""

    def __init__(self, *, size: int, seconds: float, now: Clock = time.monotonic) -> None:
        self._size, self._seconds, self._now = size, seconds, now
        self._kept: OrderedDict[object, tuple[float, int, T]] = OrderedDict()
        self._weight = 0

    def get(self, key: object) -> T | None:
        """What is remembered and still fresh, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        until, _, value = found
        if self._now() >= until:
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return value

    def put(self, key: object, value: T, *, weight: int = 1) -> None:
        """Remembers the value; what was asked least recently makes room. Nothing heavier than the whole is kept."""
        if key in self._kept:
            self._forget(key)
        if weight > self._size:
            return
        while self._weight + weight > self._size:
            self._forget(next(iter(self._kept)))
        self._kept[key] = (self._now() + self._seconds, weight, value)
        self._weight += weight

    def _forget(self, key: object) -> None:
        self._weight -= self._kept.pop(key)[1]

    def __len__(self) -> int:
        return len(self._kept)


class Circuit:
    """Whether to ask: no more after `failures` in a row, for `seconds`; then one question tries again."""

    def __init__(self, *, failures: int = 3, seconds: float = 30.0, now: Clock = time.monotonic) -> None:
        self._most, self._seconds, self._now = failures, seconds, now
        self._failed, self._quiet_until = 0, 0.0

    def may_ask(self) -> bool:
        """Whether a question may go out now. The one that tries again holds the others back until it is answered."""
        if self._failed < self._most:
            return True
        if self._now() < self._quiet_until:
            return False
        self._quiet_until = self._now() + self._seconds
        return True

    def answered(self) -> None:
        """The service answered as it should."""
        self._failed = 0

    def failed(self) -> bool:
        """It did not; gives whether this failure begins the silence."""
        self._failed += 1
        if self._failed < self._most:
            return False
        self._quiet_until = self._now() + self._seconds
        return self._failed == self._most


class Pace:
    """How often one address asks of one process: at most `hits` in a window of `seconds`, for `people` at most."""

    def __init__(self, *, hits: int, seconds: float, people: int = 10_000, now: Clock = time.monotonic) -> None:
        self._hits, self._now = hits, now
        self._seconds = seconds
        self._counts: Memory[list[int]] = Memory(size=people, seconds=seconds, now=now)

    def allows(self, who: str) -> bool:
        """Counts one question; whether it may be answered."""
        count = self._counts.get(who)
        if count is None:
            count = [0]
            self._counts.put(who, count)
        count[0] += 1
        return count[0] <= self._hits
