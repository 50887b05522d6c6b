"""What an effect is given beside the act and the action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grc import receipts
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act


@dataclass(frozen=True)
class Told:
    """messages: the facts of each mail that the command has, by message. note: the agent's words, or ""."""

    messages: Mapping[str, receipts.Notice] = field(default_factory=dict)
    note: str = ""


Effect = Callable[["Act", Action, Told], None]
