"""What is told about a draft, which is no demande yet and has no reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True)
class DraftExpiring:
    """That a draft is about to be deleted, and on which day. No answer, no name: only the procedure."""

    FORMAT: ClassVar[int] = 1
    KIND: ClassVar[str] = "draft_expiring"

    authority: str
    procedure_title: str
    saved_on: date
    deleted_on: date
