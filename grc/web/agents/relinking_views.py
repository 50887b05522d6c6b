"""What the pages of the attachment of accounts show. See grc.web.agents.views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grc.web.frame import Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class ComparedLine:
    """A datum of both accounts; differs: not the same, but for case, accents, hyphens and spaces."""

    label: str
    old: str
    new: str
    differs: bool


@dataclass(frozen=True)
class DemandeLine:
    """A demande of the account of before. helper: who filed it for its applicant, or ""."""

    reference: str
    href: str
    applicant: str
    helper: str = ""


@dataclass(frozen=True)
class RelinkTrace:
    """An attachment made: when, by whom, on which proof, what moved."""

    at: datetime
    author: str
    proof: str
    moved: str


@dataclass(frozen=True)
class ComparisonView:
    """Both accounts side by side. seen: their keys, posted back. moved: what would move, in words."""

    lines: Sequence[ComparedLine]
    demandes: Sequence[DemandeLine]
    moved: str
    seen: str
    is_doubtful: bool = False


@dataclass(frozen=True)
class RelinkPage:
    """The attachment of an account. Inputs: `code`, `former`; then `seen`, `proof`, `same` ("yes").

    Buttons: `then` = "compare" or "attach". compared: None before both are known.
    """

    action: str
    back: str
    code: str = ""
    former: str = ""
    proof: str = ""
    compared: ComparisonView | None = None
    latest: Sequence[RelinkTrace] = ()
    problems: Problems = NO_PROBLEM
