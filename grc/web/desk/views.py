"""What the pages of desk entry show beside the form, as frozen values. See grc.web.agents.views for the conventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from grc.web.agents.letter_views import Question
from grc.web.agents.views import Option
from grc.web.citizen.desk import Likely
from grc.web.frame import Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class EntryRow:
    """Something begun and not sent. discard: address of a POST that throws it away."""

    title: str
    how: str
    received_on: date
    saved_at: datetime
    expires_on: date
    href: str
    discard: str


@dataclass(frozen=True)
class EntriesPage:
    """Where an agent begins, and what they have begun. procedures: to choose one. scans: with scanned pages alone."""

    action: str
    scans: str
    procedures: Sequence[Option]
    questions: Sequence[Question]
    rows: Sequence[EntryRow] = ()
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class PaperPage:
    """A demande that came on paper, to record with its scanned pages. likely: those that may be this one."""

    action: str
    back: str
    procedures: Sequence[Option]
    questions: Sequence[Question]
    problems: Problems = NO_PROBLEM
    likely: Sequence[Likely] = ()


@dataclass(frozen=True)
class FiledPage:
    """The demande is recorded.

    letter: address of the receipt to print, "" where a mail carries it or none is owed. email: where mails go, or "".
    exempt: why no receipt is owed, or "". code: address of the page that gives the tracking code, "" once it is gone.
    next: where another one begins.
    """

    reference: str
    procedure: str
    applicant: str
    how: str
    received_on: date
    href: str
    next: str
    letter: str = ""
    email: str = ""
    exempt: str = ""
    code: str = ""
    is_report: bool = False
    due: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class CodePage:
    """The tracking code, on a page of its own to hand over. code: in fours. where: the page where it is typed."""

    authority: str
    reference: str
    procedure: str
    code: str
    where: str
    back: str
