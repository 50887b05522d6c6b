"""Answers rid of what is hidden, with what is computed worked out: the only form in which they are judged and filed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from grc.conditions import holds, value_at
from grc.conditions.values import as_text, truth
from grc.forms.compiled import Batch, compiled
from grc.forms.definition import Answers, Field, Form

Json = Any
Names = Mapping[str, Json]
"""What expressions read: "answers", "today", and "item" inside a repeated group."""


def prune(form: Form, answers: Mapping[str, Json], *, as_of: date | None = None, outer: Names | None = None) -> Answers:
    """Only the answers that are shown, decided transitively: what is hidden counts as absent for the rest.

    as_of: the day on which computed answers are worked out anew; None keeps them as they stand (a demande that was
    filed keeps its own). outer: for an item of a repeated group, what its expressions read around it.
    """
    kept: Answers = {}
    for step in compiled(form).steps:
        if isinstance(step, Batch):
            _keep(step, answers, kept)
        elif holds(step.rule, kept):
            value = _derived(form, step.field, answers, kept, as_of, outer)
            if value is not None:
                put(kept, step.field.path, value)
    return kept


def _keep(batch: Batch, answers: Mapping[str, Json], kept: Answers) -> None:
    source: Json = answers
    for step in batch.holders:
        source = source.get(step) if isinstance(source, Mapping) else None
    if not isinstance(source, Mapping) or not source or not holds(batch.rule, kept):
        return
    found = {key: source[key] for key in batch.keys if source.get(key) is not None}
    if found:
        target = kept
        for step in batch.holders:
            target = target.setdefault(step, {})
        target.update(found)


def _derived(
    form: Form, field: Field, answers: Mapping[str, Json], kept: Answers, as_of: date | None, outer: Names | None
) -> Json:
    """The computed answer, or the items each pruned; None when there is none."""
    value = value_at(answers, field.path)
    if field.form is not None:
        if not isinstance(value, list):
            return value
        around = names(kept, as_of, outer)
        return [
            prune(field.form, each, as_of=as_of, outer=around) if isinstance(each, Mapping) else each for each in value
        ]
    if as_of is None or field.computed is None:
        return value
    worked_out = as_json(field, field.computed.value(names(kept, as_of, outer)))
    return worked_out if compiled(form).accepts_field[field.name](worked_out) else None


def names(kept: Mapping[str, Json], as_of: date | None, outer: Names | None) -> dict[str, Json]:
    """What expressions read of these answers: as an item's when there is something around it."""
    if outer is not None:
        return {**outer, "item": kept}
    return {"answers": kept, "today": as_of.isoformat() if as_of is not None else None}


def as_json(field: Field, value: Json) -> Json:
    """What an expression gave, as a JSON value of the field's type; None when it cannot be one."""
    kind = field.schema.get("type")
    if value is None:
        return None
    if kind == "boolean":
        return truth(value)
    if kind == "string":
        return as_text(value) or None
    if not isinstance(value, Decimal):
        return None
    if kind == "integer":
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else None
    places = int(field.schema.get("x-decimals", 2))
    number = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) if abs(value) < 10**12 else None
    return None if number is None else int(number) if number == number.to_integral_value() else float(number)


def put(answers: Answers, path: tuple[str, ...], value: Json) -> None:
    """The value at its place, or nothing there when it is None."""
    *holders, last = path
    node = answers
    for step in holders:
        if not isinstance(node.get(step), dict):
            if value is None:
                return
            node[step] = {}
        node = node[step]
    if value is None:
        node.pop(last, None)
    else:
        node[last] = value
