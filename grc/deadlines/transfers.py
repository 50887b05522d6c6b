"""A demande that a first administration sent on to the competent one: which day starts which clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from grc.deadlines.silence import SilenceRule, clock_starts_on


@dataclass(frozen=True)
class Reception:
    """When a demande was first received anywhere, and when the competent administration received it (None: not yet).

    Raises ValueError when the second comes before the first. Source: CRPA L114-2, L114-3.
    """

    first_on: date
    competent_on: date | None

    def __post_init__(self) -> None:
        if self.competent_on is not None and self.competent_on < self.first_on:
            raise ValueError("nobody receives a demande before the first who does")

    @property
    def is_transferred(self) -> bool:
        """Whether another administration was seised on an earlier day, or still has the demande."""
        return self.competent_on != self.first_on

    def silence_starts_on(self, rule: SilenceRule) -> date | None:
        """Rejection keeps the first reception; acceptance starts at the competent one, None until then.

        Source: CRPA L114-3.
        """
        return clock_starts_on(rule, first_received_on=self.first_on, competent_received_on=self.competent_on)

    @property
    def receipts_start_on(self) -> date | None:
        """The ten days of the accusé de réception wait for the competent administration (CRPA R112-11-2, L114-4)."""
        return self.competent_on
