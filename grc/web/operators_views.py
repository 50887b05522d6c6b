"""What the operators' page shows, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta


@dataclass(frozen=True)
class Fact:
    """Something looked at, in words."""

    name: str
    text: str
    is_well: bool = True


@dataclass(frozen=True)
class DeadRow:
    """A dead letter. retry: address of the POST that has it tried again, "" for what cannot leave any more."""

    id: int
    authority: str
    what: str
    to: str
    tries: int
    fault: str
    since: str
    retry: str
    abandon: str


@dataclass(frozen=True)
class WorkerRow:
    """A worker: since when it runs, when it was last heard of."""

    name: str
    running: str
    seen: str
    is_silent: bool = False


@dataclass(frozen=True)
class SweepRow:
    """The last passage of a sweep. outcome: what it did, or what went wrong."""

    name: str
    ended: str
    outcome: str
    is_well: bool = True


@dataclass(frozen=True)
class OperationsPage:
    """The whole page. action: where every dead letter is tried again. oldest: how long the oldest waits, or ""."""

    action: str
    pending: int = 0
    oldest: str = ""
    is_late: bool = False
    dead_count: int = 0
    dead: Sequence[DeadRow] = ()
    workers: Sequence[WorkerRow] = ()
    sweeps: Sequence[SweepRow] = ()
    facts: Sequence[Fact] = ()
    database_is_away: bool = False

    def with_facts(self, facts: Sequence[Fact]) -> OperationsPage:
        """The page with what was looked at beside the database."""
        return replace(self, facts=facts)

    @property
    def may_retry_all(self) -> bool:
        """Whether any dead letter can leave."""
        return any(row.retry for row in self.dead)

    @property
    def living(self) -> int:
        """How many workers are heard of."""
        return sum(not worker.is_silent for worker in self.workers)


def age(since: timedelta) -> str:
    """A length of time in its largest unit: "3 j", "5 h", "12 min", "moins d’une minute"."""
    minutes = int(since.total_seconds()) // 60
    if minutes < 1:
        return "moins d’une minute"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} j"
