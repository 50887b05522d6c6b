"""The types of field, one module each: from posted text to a value, from a value to French text."""

from __future__ import annotations

from collections.abc import Mapping

from grc.forms.fields import (
    address,
    choice,
    choices,
    date,
    email,
    file,
    integer,
    longtext,
    phone,
    statement,
    text,
    yes_no,
)
from grc.forms.fields.outcome import Kind, Parsed, Posted, Typed

__all__ = ["KINDS", "Kind", "Parsed", "Posted", "Typed"]

KINDS: Mapping[str, Kind] = {
    "text": text,
    "longtext": longtext,
    "email": email,
    "phone": phone,
    "integer": integer,
    "yes_no": yes_no,
    "choice": choice,
    "choices": choices,
    "date": date,
    "address": address,
    "file": file,
    "statement": statement,
}
