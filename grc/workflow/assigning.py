"""The actions that change what guards read, as pure functions: `set` and `label`, the `assign` of XState."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from grc.conditions import Expression, Faults, parse_expression
from grc.workflow.definition import Action

Json = Any

ASSIGNING = frozenset({"set", "label"})
"""The types of these actions."""

_LONGEST = 1000
_MOST_LABELS = 20


def after(action: Action, context: Mapping[str, Json]) -> Mapping[str, Json]:
    """What guards read once the action is done; the same for any other type."""
    if action.type == "set":
        return {**context, "variables": variables(action, context)}
    if action.type == "label":
        return {**context, "labels": labels(action, context.get("labels") or [])}
    return context


def variables(action: Action, context: Mapping[str, Json]) -> dict[str, Json]:
    """The variables with the value of the action's expression; without that name when it is none."""
    name, value = str(action.params["name"]), _stored(_compiled(str(action.params["value"])).value(context))
    kept = {key: each for key, each in (context.get("variables") or {}).items() if key != name}
    return kept if value is None else kept | {name: value}


def labels(action: Action, found: Sequence[str]) -> list[str]:
    """The labels with one more, or without one; the last ones when they are too many."""
    kept = [each for each in found if each not in (action.params.get("remove"), action.params.get("add"))]
    added = [str(action.params["add"])] if "add" in action.params else []
    return [*kept, *added][-_MOST_LABELS:]


@lru_cache(maxsize=256)
def _compiled(source: str) -> Expression:
    """The expression, judged when the procedure was published."""
    faults = Faults()
    read = parse_expression(source, known=None, where="set", faults=faults)
    faults.raise_any()
    assert read is not None  # noqa: S101 - it has no fault
    return read


def _stored(value: Json) -> Json:
    """The value as JSON: a number as a number, a text no longer than a line of an answer."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str):
        return value[:_LONGEST]
    return value if isinstance(value, bool) or value is None else str(value)[:_LONGEST]
