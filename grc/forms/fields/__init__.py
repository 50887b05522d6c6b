"""The types of field, one module each: from posted text to a value, from a value to French text."""

from __future__ import annotations

from collections.abc import Mapping

from grc.errors import Problem
from grc.forms.definition import Field
from grc.forms.fields import (
    address,
    choice,
    choices,
    commune,
    date,
    email,
    file,
    hours,
    identifier,
    integer,
    interval,
    listed,
    longtext,
    money,
    number,
    partial_date,
    phone,
    place,
    statement,
    text,
    time,
    yes_no,
)
from grc.forms.fields.email import valid_email
from grc.forms.fields.outcome import Kind, Parsed, Posted, Typed

__all__ = ["KINDS", "Kind", "Parsed", "Posted", "Typed", "input_of", "valid_email"]

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
    "number": number,
    "money": money,
    "time": time,
    "partial_date": partial_date,
    "interval": interval,
    "hours": hours,
    "identifier": identifier,
    "address": address,
    "commune": commune,
    "place": place,
    "file": file,
    "statement": statement,
    "listed": listed,
}


def input_of(field: Field, problem: Problem) -> str:
    """The name and id of the input that the error summary links to: the faulty part, else the first of the field."""
    parts: tuple[str, ...] = getattr(KINDS.get(field.kind), "PARTS", ())  # a repeated question is no kind of input
    if not parts:
        return field.name
    side = problem.code.partition("-")[0]
    near = (part for part in parts if part.partition("-")[0] == side)
    return f"{field.name}-{problem.code if problem.code in parts else next(near, parts[0])}"
