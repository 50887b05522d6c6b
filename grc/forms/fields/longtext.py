"""Several lines of text: line ends made one kind, spaces at the ends removed, the rest kept as written."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, first
from grc.forms.fields.text import cell, display, retype, typed
from grc.forms.formats import composed, is_printable

__all__ = ["cell", "display", "parse", "retype", "typed"]

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """The text with \\n as its only line end."""
    raw = first(posted, field.name)
    if not is_printable(raw):
        return Parsed(problems=(messages.problem(field, "characters"),))
    lines = composed(raw).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(line.rstrip() for line in lines).strip()
    return Parsed(text) if text else NOTHING
