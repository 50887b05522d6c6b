"""The course of a demande as values: what its procedure declares, what happened, and the dates that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from grc.deadlines.administrative_appeals import AdministrativeAppeal
from grc.deadlines.appeals import Override
from grc.deadlines.periods import Period
from grc.deadlines.transfers import Reception
from grc.receipts.parts import AppealTerms, SilenceTerms

Kind = Literal["limit", "event", "uncertain"]
"""Something to be done by that day at the latest, something that happens that day, or a day that is open to dispute."""


@dataclass(frozen=True)
class Line:
    """One date of a demande. on: None where there is none as things stand. steps: how it was reached, in French."""

    on: date | None
    label: str
    kind: Kind
    steps: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What the procedure declares, for the answers of this demande.

    has_receipts: False for a report, to which none is owed. *_doubt: why the law is not settled there, as the catalogue
    says it to authors and agents, "" where it is. retention_months: kept so long after the demande is closed.
    """

    silence: SilenceTerms
    appeals: Sequence[AppealTerms]
    retention_months: int
    retention_source: str
    has_receipts: bool = True
    silence_doubt: str = ""
    appeal_doubt: str = ""


@dataclass(frozen=True)
class Asked:
    """A request for documents. completed_on: when the last one came.

    suspends: one at least is indispensable, and the letter that asks for it, if any, has left.
    """

    noticed_on: date
    deadline_on: date
    completed_on: date | None = None
    suspends: bool = True


@dataclass(frozen=True)
class Decided:
    """The last express decision: the day it was taken, and that of its notification (None: the same).

    is_notified: False while it has not left, or when its mail came back: no time limit runs from it (L112-12).
    first_notified_on: of the first decision or of this one's first letter, where another came later; silence looks at
    it. is_withdrawal: of an acceptance.
    """

    on: date
    outcome: str
    notified_on: date | None = None
    is_notified: bool = True
    first_notified_on: date | None = None
    is_withdrawal: bool = False

    @property
    def told_on(self) -> date | None:
        return (self.notified_on or self.on) if self.is_notified else None

    @property
    def first_told_on(self) -> date | None:
        return self.first_notified_on or self.told_on


@dataclass(frozen=True)
class Clock:
    """A due date that the workflow declares. since: None while what starts it has not happened. source: its text."""

    label: str
    period: Period
    since: date | None
    started_by: str
    source: str
    stopped_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """What happened so far, in local days of the authority.

    appeals: recours gracieux and hiérarchique. withdrawn_on: when the citizen gave the demande up. closed_on: when its
    workflow ended. retained_until: where it is already fixed.
    """

    reception: Reception
    asked: tuple[Asked, ...] = ()
    decided: Decided | None = None
    clocks: tuple[Clock, ...] = ()
    appeals: tuple[AdministrativeAppeal, ...] = ()
    reasons_asked_on: date | None = None
    reasons_given_on: date | None = None
    override: Override | None = None
    withdrawn_on: date | None = None
    closed_on: date | None = None
    retained_until: date | None = None
