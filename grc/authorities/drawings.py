"""An SVG drawing written anew from a closed list: shapes and colours go through, and nothing that could run or load.

Read by expat as a stream: no document type with declarations, no entity, no processing instruction. What comes out
holds only elements and attributes of the lists below, in values of the forms below, without one byte copied as it
stood; style sheets become attributes. A drawing is shown as an image, where nothing runs, and served in a sandbox
besides: the list is the first of three walls. Source: SVG 1.1 (second edition), chapters 5, 7 to 13.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

MOST_BYTES = 200_000
MOST_ELEMENTS = 4000
MOST_USES = 20
"""Copies of a part may hold copies, clips may be clipped: so deep at most."""
MOST_DRAWN = 20_000
"""Elements to draw once every copy and every clip is followed: those of a part count as often as it is named."""
DEEPEST = 40
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"

_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"})
_ELEMENTS = _SHAPES | {"svg", "g", "defs", "symbol", "linearGradient", "radialGradient", "stop", "clipPath"}
_LENGTHS = frozenset(
    {"x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2", "fx", "fy", "offset"}
)
_PAINTS = frozenset({"fill", "stroke", "stop-color", "color"})
_WORDS = frozenset({"fill-rule", "clip-rule", "stroke-linecap", "stroke-linejoin", "display", "visibility"})
_MEASURES = frozenset(
    {
        *("fill-opacity", "stroke-opacity", "stop-opacity", "opacity"),
        *("stroke-width", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset"),
    }
)
_STYLED = _PAINTS | _WORDS | _MEASURES | {"clip-path"}
"""What a style sheet may say, and any element."""
_WORD = re.compile(r"[A-Za-z-]{1,30}")
_NUMBERS = re.compile(r"[0-9eE.,+\s%-]{0,60000}|[0-9.+-]{1,12}(?:px|pt|mm|cm|in|em)")
_PAINT = re.compile(r"#[0-9A-Fa-f]{3,8}|[A-Za-z]{1,30}|rgba?\([0-9.,%\s]{1,60}\)|url\(#[A-Za-z_][\w.-]{0,80}\)")
_LOCAL = re.compile(r"url\(#[A-Za-z_][\w.-]{0,80}\)")
_ID = re.compile(r"[A-Za-z_][\w.-]{0,80}")
_PATH = re.compile(r"[MmZzLlHhVvCcSsQqTtAa0-9eE.,+\s-]{0,150000}")
_MOVES = re.compile(r"(?:(?:matrix|translate|scale|rotate|skewX|skewY)\([0-9eE.,+\s-]{1,200}\)[\s,]*){1,8}")
_ATTRIBUTES: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(_LENGTHS | _MEASURES, _NUMBERS),
    **dict.fromkeys(_PAINTS, _PAINT),
    **dict.fromkeys(_WORDS | {"gradientUnits", "clipPathUnits", "spreadMethod"}, _WORD),
    "clip-path": _LOCAL,
    "d": _PATH,
    "points": _NUMBERS,
    "viewBox": _NUMBERS,
    "id": _ID,
    "transform": _MOVES,
    "gradientTransform": _MOVES,
    "preserveAspectRatio": re.compile(r"[A-Za-z ]{1,40}"),
}
_DECLARED = (
    *("EntityDecl", "UnparsedEntityDecl", "ElementDecl", "AttlistDecl", "NotationDecl"),
    *("ExternalEntityRef", "SkippedEntity"),
)
_SIDE = re.compile(r"\s*([0-9]*\.?[0-9]+)(?:px|pt|mm|cm|in|em)?\s*")
_LONGEST_SHEET = 50_000
_SELECTOR = re.compile(r"[.#]?[A-Za-z_][\w-]*")


class NotDrawn(Exception):
    """No drawing came out; problem: "damaged", "declarations", "size", "complex", "unsized" or "empty"."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass
class _Reader:
    """What a pass over the file gathers. skipped: how deep within an element that is left out."""

    out: list[tuple[str, dict[str, str], bool]] = field(default_factory=list)
    """Elements as they begin (name, attributes, True) and end (name, {}, False)."""
    sheet: list[str] = field(default_factory=list)
    depth: int = 0
    skipped: int = 0
    elements: int = 0
    uses: int = 0
    in_sheet: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS:
            raise NotDrawn("complex")
        local = _local(name)
        if self.depth == 1 and local != "svg":
            raise NotDrawn("damaged")
        self.in_sheet = local == "style"
        if self.skipped or local not in _ELEMENTS:
            self.skipped += 1
            return
        self.uses += local == "use"
        if self.uses > MOST_USES:
            raise NotDrawn("complex")
        self.out.append((local, _named(attributes), True))

    def end(self, name: str) -> None:
        self.depth -= 1
        self.in_sheet = False
        if self.skipped:
            self.skipped -= 1
        else:
            self.out.append((_local(name), {}, False))

    def text(self, data: str) -> None:
        if self.in_sheet:
            self.sheet.append(data)

    def refuse(self, *_: Any) -> None:
        raise NotDrawn("declarations")

    def doctype(self, _name: str, _system: str | None, _public: str | None, declares: int) -> None:
        if declares:
            raise NotDrawn("declarations")


def cleaned(content: bytes) -> bytes:
    """The drawing written anew, as UTF-8; raises NotDrawn. The same bytes give the same bytes, cleaned twice too."""
    if len(content) > MOST_BYTES:
        raise NotDrawn("size")
    reader = _read(content)
    sheet = _rules("".join(reader.sheet))
    root = reader.out[0][1]
    box = _box(root)
    if box is None:
        raise NotDrawn("unsized")
    out = [(name, _kept(name, attributes, sheet) if begins else {}, begins) for name, attributes, begins in reader.out]
    frame = {"xmlns": _SVG, "viewBox": " ".join(box), "width": box[2], "height": box[3]}
    out[0] = ("svg", frame | _painted(out[0][1]), True)
    if not any(name in _SHAPES for name, _, _ in out):
        raise NotDrawn("empty")
    _require_drawable(out)
    result = "".join(_tag(*each) for each in out).encode()
    if len(result) > MOST_BYTES:
        raise NotDrawn("size")
    return result


def _tag(name: str, attributes: Mapping[str, str], begins: bool) -> str:
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{told}>" if begins else f"</{name}>"


def _require_drawable(out: Sequence[tuple[str, Mapping[str, str], bool]]) -> None:
    """Nothing, or NotDrawn: copies of copies and clips of clips multiply what there is to draw, or turn in a circle."""
    spans, named = _parts(out)
    weights: dict[str, int] = {}

    def weight(identifier: str, depth: int) -> int:
        if depth > MOST_USES:
            raise NotDrawn("complex")
        if identifier not in weights:
            first, last = spans.get(identifier, (0, 0))
            weights[identifier] = (
                last - first + sum(weight(each, depth + 1) for one in named[first:last] for each in one)
            )
        return weights[identifier]

    if len(named) + sum(weight(each, 1) for one in named for each in one) > MOST_DRAWN:
        raise NotDrawn("complex")


def _parts(
    out: Sequence[tuple[str, Mapping[str, str], bool]],
) -> tuple[dict[str, tuple[int, int]], list[list[str]]]:
    """The elements within each id (from, to; the first to bear it), and the ids that each element draws besides."""
    spans: dict[str, tuple[int, int]] = {}
    named, within = list[list[str]](), list[str]()
    for name, attributes, begins in out:
        if begins:
            identifier = attributes.get("id", "")
            within.append("" if identifier in spans else identifier)
            spans.setdefault(identifier, (len(named), len(named)))
            copied = attributes.get("href", "")[1:] if name == "use" else ""
            named.append([each for each in (copied, attributes.get("clip-path", "")[5:-1]) if each])
        elif ended := within.pop():
            spans[ended] = (spans[ended][0], len(named))
    return spans, named


def _read(content: bytes) -> _Reader:
    reader, parser = _Reader(), expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    for declared in _DECLARED:
        setattr(parser, f"{declared}Handler", reader.refuse)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotDrawn("damaged") from error
    return reader


def _local(name: str) -> str:
    """The name of an element of SVG; "" for one of another vocabulary."""
    space, _, local = name.rpartition(" ")
    return local if space in ("", _SVG) else ""


def _named(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes without namespace, and xlink:href as href."""
    plain = {name: value for name, value in attributes.items() if " " not in name}
    linked = attributes.get(f"{_XLINK} href")
    return plain | ({"href": linked} if linked and "href" not in plain else {})


def _kept(name: str, attributes: Mapping[str, str], sheet: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The attributes that go through, those of style sheets and of style="…" written out as attributes."""
    styled: dict[str, str] = dict(sheet.get(name, {}))
    for each in attributes.get("class", "").split():
        styled |= sheet.get(f".{each}", {})
    styled |= sheet.get(f"#{attributes.get('id', '')}", {})
    styled |= _declared(attributes.get("style", ""))
    kept = {key: value.strip() for key, value in attributes.items() if _is_good(key, value)} | styled
    target = attributes.get("href", "")
    if name in ("use", "linearGradient", "radialGradient") and re.fullmatch(r"#" + _ID.pattern, target):
        kept["href"] = target
    return kept


def _rules(sheet: str) -> dict[str, dict[str, str]]:
    """The declarations of each simple selector (an element, a class, an id); every other rule is left out."""
    found: dict[str, dict[str, str]] = {}
    for rule in _uncommented(sheet[:_LONGEST_SHEET]).split("}"):
        selectors, _, body = rule.partition("{")
        for selector in (one.strip() for one in selectors.split(",")):
            if _SELECTOR.fullmatch(selector):
                found.setdefault(selector, {}).update(_declared(body))
    return found


def _uncommented(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return first + "".join(one.partition("*/")[2] for one in others)


def _declared(body: str) -> dict[str, str]:
    pairs = (one.split(":", 1) for one in body.split(";") if ":" in one)
    trimmed = ((name.strip().lower(), value.split("!")[0].strip()) for name, value in pairs)
    return {name: value for name, value in trimmed if name in _STYLED and _is_good(name, value)}


def _is_good(name: str, value: str) -> bool:
    wanted = _ATTRIBUTES.get(name)
    return wanted is not None and wanted.fullmatch(value.strip()) is not None


def _painted(attributes: Mapping[str, str]) -> dict[str, str]:
    """What the root may carry beside its size."""
    return {name: value for name, value in attributes.items() if name in _STYLED or name == "preserveAspectRatio"}


def _box(root: Mapping[str, str]) -> tuple[str, str, str, str] | None:
    """The four numbers of the drawing's frame, its own or made of its width and height; None without either."""
    numbers = re.findall(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?", root.get("viewBox", "")[:200])
    if len(numbers) != 4:
        sides = [_SIDE.fullmatch(root.get(name, "")[:40]) for name in ("width", "height")]
        numbers = ["0", "0", *(side[1] for side in sides if side)] if all(sides) else []
    if len(numbers) != 4 or not all(0 < float(side) < 1e6 for side in numbers[2:]):
        return None
    return numbers[0], numbers[1], numbers[2], numbers[3]
