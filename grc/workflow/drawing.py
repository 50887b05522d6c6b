"""A workflow drawn: an SVG with a title and a description, of which the table of its transitions says all in text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from grc.workflow import words
from grc.workflow.definition import Workflow
from grc.workflow.layout import BOX, HEAD, LINE, PAD, Box, Bus, Layout, Row, place
from grc.workflow.structure import caused

_COLOURS = ("#1d4f8c", "#8a3b12", "#2f6b2f", "#6b2f7d", "#9b1c4a", "#005f73", "#5c5300", "#3b2fb0", "#4a5560")
_FILLS: Mapping[str, str] = {"received": "#eef3fb", "examined": "#fff7e0", "decided": "#e8f5ea", "closed": "#f1f1f1"}
_TEXT, _MUTED, _FONT = "#0b0c0c", "#484949", "Source Sans 3, Arial, sans-serif"


@dataclass(frozen=True)
class Way:
    """A line of the table: from where, what is done, by whom, on which condition (its expression), to where, then what.

    actions: in words, those of the states that are left and entered among them.
    """

    source: str
    what: str
    who: str
    guard: str
    target: str
    actions: tuple[str, ...]


def ways(workflow: Workflow) -> tuple[Way, ...]:
    """Every transition in words, those of each state in order, then those of the root."""
    labels = {name: state.label for name, state in workflow.states.items()}
    return tuple(
        Way(
            source=labels.get(each.source, words.ANYWHERE),
            what=words.what(workflow, each),
            who=words.who(each),
            guard=workflow.guards[each.guard].source if each.guard else "",
            target=labels.get(each.target or each.source, words.UNCHANGED),
            actions=tuple(dict.fromkeys(words.ACTION_WORDS[action.type] for action in caused(workflow, each))),
        )
        for each in workflow.transitions
    )


def as_svg(workflow: Workflow, *, current: str = "") -> str:
    """The drawing, to stand in a page or in a file; every colour is an attribute, no style and no script.

    current: the state where a request is, which the drawing marks, or "".
    """
    layout = place(workflow, current=current)
    width, height = round(layout.width), round(layout.height)
    colours = {id(bus): _COLOURS[number % len(_COLOURS)] for number, bus in enumerate(layout.buses)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="workflow-title workflow-description" font-family="{_FONT}" font-size="14">',
        f'<title id="workflow-title">{escape(f"Circuit « {workflow.label} »")}</title>',
        f'<desc id="workflow-description">{escape(_described(workflow))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_heads(layout),
        *(line for bus in layout.buses for line in _bus(bus, colours[id(bus)], layout)),
        *(line for box in layout.boxes for line in _box(box)),
        *(line for bus in layout.buses for line in _labels(bus, colours[id(bus)])),
        *(line for box in layout.boxes for row in box.rows if row.loops for line in _loop(box, row)),
    ]
    return "\n".join(parts) + "\n</svg>\n"


def _described(workflow: Workflow) -> str:
    told = [f"{each.source}, {each.what} : {each.target}" for each in ways(workflow)]
    return f"Départ : {workflow.state(workflow.initial).label}. {'. '.join(told)}."


def _heads(layout: Layout) -> Iterator[str]:
    for title, x in layout.columns:
        yield _text(x + BOX / 2, HEAD - 12, title, colour=_MUTED, anchor="middle", weight="bold", size=15)
        yield f'<path d="M{x:g} {HEAD} h{BOX}" stroke="#b1b4b6" stroke-width="2"/>'


def _box(box: Box) -> Iterator[str]:
    fill = _FILLS[box.state.phase] if box.state else "#ffffff"
    thickness = 4 if box.is_current else 1.5
    dashes = "" if box.state else ' stroke-dasharray="5 4"'
    yield (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{BOX}" height="{box.height:g}" rx="6" fill="{fill}" '
        f'stroke="{_TEXT}" stroke-width="{thickness:g}"{dashes}/>'
    )
    y = box.y + PAD + 8
    for line in box.title:
        yield _text(box.x + 12, y, line, weight="bold", size=15)
        y += LINE
    for line in box.marks:
        yield _text(box.x + 12, y, line, colour=_MUTED)
        y += LINE


def _bus(bus: Bus, colour: str, layout: Layout) -> Iterator[str]:
    """The lines to a target: a row from each source to the lane, the lane, the channel, and the arrow."""
    ends: dict[int, list[float]] = {gutter: [] for gutter in bus.lanes}
    for box, row in bus.sources:
        x = bus.lanes[box.column]
        ends[box.column].append(row.y)
        yield _line(f"M{box.x + BOX:g} {row.y:g} H{x:g}", colour)
    entered = bus.target.left if bus.side == "left" else bus.target.right
    assert entered is not None  # noqa: S101 - every bus has its port
    ends[bus.gutter].append(entered)
    if bus.channel is not None:
        for heights in ends.values():
            heights.append(bus.channel)
        first, last = min(bus.lanes.values()), max(bus.lanes.values())
        yield _line(f"M{first:g} {bus.channel:g} H{last:g}", colour)
        yield from (_dot(x, bus.channel, colour) for x in bus.lanes.values() if first < x < last)
    for gutter, heights in ends.items():
        yield _line(f"M{bus.lanes[gutter]:g} {min(heights):g} V{max(heights):g}", colour)
        for height in sorted(heights)[1:-1]:
            yield _dot(bus.lanes[gutter], height, colour)
    tip = bus.target.x - 1 if bus.side == "left" else bus.target.x + BOX + 1
    yield _line(f"M{bus.lanes[bus.gutter]:g} {entered:g} H{tip:g}", colour)
    yield _arrow(tip, entered, -9 if bus.side == "left" else 9, colour)


def _labels(bus: Bus, colour: str) -> Iterator[str]:
    for box, row in bus.sources:
        yield from _label(box, row, colour)


def _loop(box: Box, row: Row) -> Iterator[str]:
    """A way that comes back to its own box, which it does not leave."""
    x, colour = box.x + BOX, _COLOURS[0]
    yield _line(f"M{x:g} {row.y:g} h22 a4.5 4.5 0 0 1 0 9 H{x + 1:g}", colour)
    yield _arrow(x + 1, row.y + 9, 9, colour)
    yield from _label(box, row, colour)


def _label(box: Box, row: Row, colour: str) -> Iterator[str]:
    for number, line in enumerate(row.lines):
        y = row.y - 5 - LINE * (len(row.lines) - 1 - number)
        yield _text(box.x + BOX + 8, y, line, colour=colour)


def _line(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.75"/>'


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="{colour}"/>'


def _arrow(x: float, y: float, back: float, colour: str) -> str:
    return f'<path d="M{x:g} {y:g} l{back:g} -5 v10 z" fill="{colour}"/>'


def _text(
    x: float, y: float, text: str, *, colour: str = _TEXT, anchor: str = "start", weight: str = "normal", size: int = 14
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}" '
        f'font-size="{size}">{escape(text)}</text>'
    )
