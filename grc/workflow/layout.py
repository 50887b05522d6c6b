"""Where the parts of a drawing stand: boxes in columns, a row for each label, a lane for each target, no overlap.

Each way out leaves its box on the right by a row of its own, under its label. It joins the lane of its target, between
the columns, which all ways to that target share. A target in the next column is entered from the left; one in the same
column or before, from the right; one further on, through a channel under the boxes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from grc.workflow import words
from grc.workflow.definition import PHASES, State, Transition, Workflow

BOX, CHARACTERS = 172, 18
LINE, PAD, GAP = 18, 12, 26
LANE, MARGIN, HEAD = 14, 16, 44
_LABEL, _LETTER, _APART = 25, 7.3, 6


@dataclass
class Row:
    """A way out, at the height y of its line. lines: its label. loops: it comes back to its own box."""

    transition: Transition
    lines: list[str]
    loops: bool
    y: float = 0

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + (18 if self.loops else 10)


@dataclass
class Box:
    """A state, or the root (state None). right, left: the heights at which it is entered from these sides, or None."""

    state: State | None
    title: list[str]
    marks: list[str]
    rows: list[Row]
    column: int
    is_current: bool = False
    x: float = 0
    y: float = 0
    height: float = 0
    right: float | None = None
    left: float | None = None


@dataclass
class Bus:
    """All that goes to a target by one of its sides. lanes: gutter to abscissa. channel: its height under the boxes."""

    target: Box
    side: str
    sources: list[tuple[Box, Row]] = field(default_factory=list)
    lanes: dict[int, float] = field(default_factory=dict)
    channel: float | None = None

    @property
    def gutter(self) -> int:
        """The one that the target is entered from; -1 is the left margin."""
        return self.target.column - (self.side == "left")


@dataclass(frozen=True)
class Layout:
    """Everything placed, in pixels. columns: the title of each phase that has a state, and its abscissa."""

    width: float
    height: float
    columns: list[tuple[str, float]]
    boxes: list[Box]
    buses: list[Bus]


def place(workflow: Workflow, *, current: str = "") -> Layout:
    """The drawing of a workflow, placed. current: the state to mark, or ""."""
    phases = [phase for phase in PHASES if any(state.phase == phase for state in workflow.states.values())]
    boxes = list(_boxes(workflow, phases, current))
    columns = [[box for box in boxes if box.column == number] for number in range(len(phases))]
    buses = _buses(boxes)
    bottom = max(_stacked(column, buses) for column in columns)
    edges = _widths(columns, buses)
    for column, x in zip(columns, edges, strict=False):
        for box in column:
            box.x = x
    _ports(columns, buses)
    channels = [bus for bus in buses if bus.channel is not None]
    for number, bus in enumerate(channels):
        bus.channel = bottom + GAP / 2 + number * LANE
    height = bottom + len(channels) * LANE + GAP
    titles = [(words.PHASE_WORDS[phase], x) for phase, x in zip(phases, edges, strict=False)]
    return Layout(edges[-1], height, titles, boxes, buses)


def _boxes(workflow: Workflow, phases: Sequence[str], current: str) -> Iterator[Box]:
    for state in workflow.states.values():
        marks = [
            mark
            for mark, holds in (
                ("la demande est ici", state.id == current),
                ("départ", state.id == workflow.initial),
                ("attend l’usager", state.waiting),
                ("fin", state.final),
            )
            if holds
        ]
        rows = [_row(workflow, each) for each in state.transitions]
        title, marks = textwrap.wrap(state.label, CHARACTERS), textwrap.wrap(", ".join(marks), CHARACTERS + 2)
        yield Box(state, title, marks, rows, phases.index(state.phase), is_current=state.id == current)
    if workflow.anywhere:
        yield Box(None, [words.ANYWHERE], [], [_row(workflow, each) for each in workflow.anywhere], 0)


def _row(workflow: Workflow, each: Transition) -> Row:
    condition = ", sous condition" if each.guard else ""
    label = f"{words.what(workflow, each)} ({words.who(each)}{condition})"
    return Row(each, textwrap.wrap(label, _LABEL), loops=each.target in (None, each.source))


def _buses(boxes: Sequence[Box]) -> list[Bus]:
    """The ways that share a target and a side; a channel where some source is not beside the gutter of the target."""
    states = {box.state.id: box for box in boxes if box.state}
    found: dict[tuple[str, str], Bus] = {}
    for box in boxes:
        for row in box.rows:
            target = states.get(row.transition.target or "")
            if target is None or row.loops:
                continue
            side = "left" if box.column < target.column else "right"
            bus = found.setdefault((str(row.transition.target), side), Bus(target, side))
            bus.sources.append((box, row))
            bus.lanes.update({box.column: 0, bus.gutter: 0})
            if box.column != bus.gutter:
                bus.channel = 0
    return list(found.values())


def _stacked(column: Sequence[Box], buses: Sequence[Bus]) -> float:
    """Places the boxes of a column from top to bottom with their rows; gives the height where it ends."""
    y: float = HEAD + GAP
    for box in column:
        box.y = y
        inside = y + PAD / 2
        for row in box.rows:
            row.y = inside + LINE * len(row.lines) + 4
            inside += row.height
        if any(bus.target is box and bus.side == "right" for bus in buses):
            box.right = inside + LINE / 2
            inside += LINE
        text = LINE * (len(box.title) + len(box.marks)) + PAD
        box.height = max(inside - y + PAD / 2, text + PAD, 44)
        y += box.height + GAP
    return y - GAP


def _widths(columns: Sequence[Sequence[Box]], buses: Sequence[Bus]) -> list[float]:
    """The abscissa of each column, then the whole width; sets those of the lanes."""
    x = float(MARGIN)
    edges = []
    for number, column in enumerate(columns):
        edges.append(x)
        lines = [line for box in column for row in box.rows for line in row.lines]
        x += BOX + max((len(line) * _LETTER + 14 for line in lines), default=MARGIN)
        mine = sorted((bus for bus in buses if number in bus.lanes), key=lambda bus: -bus.target.y)
        for place, bus in enumerate(mine):
            bus.lanes[number] = x + LANE * (place + 0.5)
        x += LANE * len(mine) + MARGIN + (MARGIN if mine else 0)
    return [*edges, x]


def _ports(columns: Sequence[Sequence[Box]], buses: Sequence[Bus]) -> None:
    """The height at which each box is entered from the left, away from the lines that share its gutter."""
    for before, column in pairwise(columns):
        taken = [row.y for box in before for row in box.rows]
        taken += [box.right for box in before if box.right is not None]
        for box in column:
            if any(bus.target is box and bus.side == "left" for bus in buses):
                middle = box.y + box.height / 2
                room = range(0, int(box.height / 2) - 4, 2)
                heights = [height for offset in room for height in (middle - offset, middle + offset)]
                free = [one for one in heights if all(abs(one - other) >= _APART for other in taken)]
                box.left = (free or heights)[0]
                taken.append(box.left)
