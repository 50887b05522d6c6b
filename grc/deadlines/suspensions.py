"""Requests for missing documents, as far as they stop or restart the clock of silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Suspension:
    """One request for indispensable documents: when it was sent, until when, and when the last document came.

    Days are local. The law does not say whether sending or receipt starts the suspension: the recorded sending does.
    Source: CRPA L114-5 al. 2 and 3; L114-5-1 (a document that is not indispensable makes no Suspension).
    """

    noticed_on: date
    deadline_on: date
    completed_on: date | None = None

    def __post_init__(self) -> None:
        if self.deadline_on < self.noticed_on:
            raise ValueError("a deadline can't stand before its notice")
        if self.completed_on is not None and self.completed_on < self.noticed_on:
            raise ValueError("documents can't answer a notice not yet sent")

    @property
    def ended_on(self) -> date:
        """The day the clock runs again under the rule of rejection: documents come, at the latest the deadline.

        Source: CRPA L114-5 al. 3.
        """
        return self.deadline_on if self.completed_on is None else min(self.completed_on, self.deadline_on)
