"""The small Markdown of letters, read into blocks of plain words: never markup of another language, so never code.

Known: headings (#), paragraphs, lists (-, *, 1.), **bold**, *italic*, [words](address) as words and address, a
backslash before a sign to show it, one at the end of a line to break it. Everything else is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grc.receipts import wording

Block = dict[str, Any]
"""JSON: {kind: "heading", level: 2 to 4, spans}, {kind: "paragraph", spans} or {kind: "list", ordered, items}."""
Span = dict[str, Any]
"""{text, strong, emphasis}; a text of "\\n" is a line break."""

_LINES = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_HEADING = re.compile(r"(#{1,6}) +(.+?)(?: +#+)?")
_ITEM = re.compile(r"(?:([-*+])|(\d{1,3})[.)]) +(.*)")
_TOKEN = re.compile(
    r"\\\n|\\[!-/:-@\[-`{-~]|\[(?P<words>[^\[\]\n]{1,300})\]\((?P<address>[^\s()]{1,300})\)|\*\*|__|[*_]|\n"
)
_SIGNS = re.compile(r"([\\*_\[\]()#+.-])")
_HIGHEST, _LOWEST = 2, 4


def escape(text: str) -> str:
    """The Markdown that shows this text as it is, its line breaks too: for what people wrote, put into a letter."""
    return "\\\n".join(_SIGNS.sub(r"\\\1", line) for line in _LINES.split(text))


def blocks(text: str) -> list[Block]:
    """The blocks of a text, as JSON values; the title of the letter stands above, so headings start at level 2."""
    parts: list[_Part] = []
    is_apart = True
    for line in map(wording.plain, _LINES.split(text)):
        if line:
            _read(parts, line, is_apart=is_apart)
        is_apart = not line
    return _levelled([block for block in (part.block() for part in parts) if _says_something(block)])


@dataclass
class _Part:
    """A block being read: what it is, and the lines of its text, or of each of its items."""

    kind: str
    texts: list[list[str]]
    level: int = 0
    ordered: bool = False

    def block(self) -> Block:
        spans = [each for each in (_spans("\n".join(lines)) for lines in self.texts) if _words(each)]
        if self.kind == "list":
            return {"kind": "list", "ordered": self.ordered, "items": spans}
        level = {"level": self.level} if self.kind == "heading" else {}
        return {"kind": self.kind, **level, "spans": [span for each in spans for span in each]}


def _words(spans: list[Span]) -> str:
    return "".join(span["text"] for span in spans).strip()


def _says_something(block: Block) -> bool:
    """An empty heading would be read aloud as one."""
    return bool(block["items"] if block["kind"] == "list" else block["spans"])


def _read(parts: list[_Part], line: str, *, is_apart: bool) -> None:
    """Adds a line. is_apart: an empty line, or nothing, stands before it; an item joins the list before it even so."""
    last = parts[-1] if parts else None
    heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
    if heading is not None:
        parts.append(_Part("heading", [[heading.group(2)]], level=len(heading.group(1))))
    elif item is not None:
        ordered = item.group(2) is not None
        if last is None or last.kind != "list" or last.ordered is not ordered:
            last = _Part("list", [], ordered=ordered)
            parts.append(last)
        last.texts.append([item.group(3)])
    elif last is None or is_apart or last.kind == "heading":
        parts.append(_Part("paragraph", [[line]]))
    else:
        last.texts[-1].append(line)


def _levelled(found: list[Block]) -> list[Block]:
    """Headings one level at a time from the second, as a reader by ear needs them, whatever signs were typed."""
    last = _HIGHEST - 1
    for block in found:
        if block["kind"] == "heading":
            last = block["level"] = max(_HIGHEST, min(block["level"] + 1, last + 1, _LOWEST))
    return found


def _spans(text: str) -> list[Span]:
    """The words of a block, with what stands out; an emphasis that is not closed is its sign."""
    tokens = list(_tokens(text))
    closed = _closed(tokens)
    spans: list[Span] = []
    strong = emphasis = False
    for number, (kind, words) in enumerate(tokens):
        if kind == "text" or number not in closed:
            _append(spans, words, strong=strong, emphasis=emphasis)
        elif kind == "strong":
            strong = not strong
        else:
            emphasis = not emphasis
    return spans


def _append(spans: list[Span], words: str, *, strong: bool, emphasis: bool) -> None:
    """Joins words to the last span of the same look; a line break stands alone."""
    last = spans[-1] if spans else None
    alike = last is not None and (last["strong"], last["emphasis"]) == (strong, emphasis)
    if last is not None and alike and "\n" not in (words, last["text"]):
        last["text"] += words
    else:
        spans.append({"text": words, "strong": strong, "emphasis": emphasis})


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """("text", words), or ("strong" | "emphasis", sign) where one could stand; "\\n" as a text is a line break."""
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() > at:
            yield "text", text[at : found.start()]
        yield _token(found, text)
        at = found.end()
    if at < len(text):
        yield "text", text[at:]


def _token(found: re.Match[str], text: str) -> tuple[str, str]:
    sign = found.group()
    if sign == "\n":
        return "text", " "
    if sign.startswith("\\"):
        return "text", sign[1:]
    if found.group("words"):
        return "text", f"{found.group('words')} ({found.group('address')})"
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    inside_a_word = sign.startswith("_") and before.isalnum() and after.isalnum()
    alone = not (before.strip() or after.strip())
    return ("text" if inside_a_word or alone else "strong" if len(sign) == 2 else "emphasis"), sign


def _closed(tokens: list[tuple[str, str]]) -> set[int]:
    """The numbers of the signs that open and close an emphasis: two equal ones with words between."""
    waiting: dict[str, int] = {}
    closed: set[int] = set()
    for number, (kind, sign) in enumerate(tokens):
        if kind == "text":
            continue
        opened = waiting.get(sign)
        if opened is None:
            waiting[sign] = number
        else:
            closed |= {opened, number}
            del waiting[sign]
    return closed
