"""An e-mail address, kept as typed but for the case of its domain."""

from __future__ import annotations

from typing import Any

from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, first
from grc.forms.fields.text import cell, display, retype, typed
from grc.forms.formats import FORMATS

__all__ = ["cell", "display", "parse", "retype", "typed", "valid_email"]

Json = Any


def parse(field: Field, posted: Posted) -> Parsed:
    """The address; spaces inside it are a problem, not something to guess away."""
    text = first(posted, field.name).strip()
    if not text:
        return NOTHING
    local, at, domain = text.rpartition("@")
    address = f"{local}{at}{domain.lower()}"
    if not FORMATS["email"].holds(address):
        return Parsed(problems=(messages.problem(field, "email"),))
    return Parsed(address)


def valid_email(text: str) -> bool:
    """Whether mail can be sent to this address, as the forms judge it."""
    return FORMATS["email"].holds(text)
