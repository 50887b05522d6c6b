"""Values of a procedure in words, two beside each other: what differs between both is always shown."""

from __future__ import annotations

from typing import Any

Json = Any
_WHOLE = 160
"""Characters of a text that is shown whole."""
_CONTEXT = 40
"""Characters kept on each side of what differs, as far as the next space."""


def text(value: Json) -> str:
    """A value in words, one line for each element of a list."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "\n".join(map(text, value))
    return str(value) if value not in (None, "") else "rien"


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Both texts, from the first place where they differ to the last, with a few words around; all of short ones."""
    longest, shorter = max(len(before), len(after)), min(len(before), len(after))
    if longest <= _WHOLE:
        return before, after
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    same = next((n for n in range(shorter - start) if before[-1 - n] != after[-1 - n]), shorter - start)
    return _part(before, start, len(before) - same), _part(after, start, len(after) - same)


def quoted(before: Json, after: Json) -> tuple[str, str]:
    """Both values in a sentence."""
    one, other = excerpts(*(text(value).replace("\n", " / ") for value in (before, after)))
    return ("rien" if before is None else f"« {one} »"), ("rien" if after is None else f"« {other} »")


def _part(whole: str, start: int, end: int) -> str:
    """What is from start to end, and the words around it; of a text without spaces, the characters."""
    start, end = max(0, start - _CONTEXT), min(len(whole), end + _CONTEXT)
    if start:
        start = whole.find(" ", start, start + _CONTEXT // 2) + 1 or start
    if end < len(whole):
        space = whole.rfind(" ", end - _CONTEXT // 2, end)
        end = end if space == -1 else space
    return f"{'…' if start else ''}{whole[start:end]}{'…' if end < len(whole) else ''}"
