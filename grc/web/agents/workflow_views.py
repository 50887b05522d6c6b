"""What the page of a workflow shows, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grc.workflow.drawing import Way


@dataclass(frozen=True)
class WorkflowState:
    """A state: its label, the phase of its column, the sentence that citizens read, whether the demande is there."""

    label: str
    phase: str
    sentence: str
    current: bool = False


@dataclass(frozen=True)
class WorkflowPage:
    """The workflow of a procedure. drawing: its SVG. clocks: triples of a label, its length in words and its source."""

    title: str
    label: str
    description: str
    drawing: Markup
    states: Sequence[WorkflowState]
    ways: Sequence[Way]
    clocks: Sequence[tuple[str, str, str]]
    back: str
