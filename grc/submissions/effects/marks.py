"""The actions `set`, `label` and `propose_destruction`: what a workflow remembers of a submission."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from grc.conditions import Expression, Faults, parse_expression
from grc.submissions.effects.told import Told
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act

_LONGEST = 1000
_MOST_LABELS = 20


def set_variable(act: Act, action: Action, _told: Told) -> None:
    """Keeps the value of an expression under a name, for guards and other expressions; none forgets it."""
    row, name = act.submission, str(action.params["name"])
    value = _stored(_compiled(str(action.params["value"])).value(act.context()))
    kept = {key: each for key, each in (row.variables or {}).items() if key != name}
    row.variables = kept if value is None else kept | {name: value}
    act.session.add(row)


def label(act: Act, action: Action, _told: Told) -> None:
    """Adds and takes away a label."""
    row = act.submission
    kept = [each for each in row.labels or [] if each not in (action.params.get("remove"), action.params.get("add"))]
    added = [str(action.params["add"])] if "add" in action.params else []
    row.labels = [*kept, *added][-_MOST_LABELS:]
    act.session.add(row)


def propose_destruction(act: Act, _action: Action, _told: Told) -> None:
    """Notes that it may be destroyed: nothing is, before a supervisor's visa."""
    if act.submission.destruction_proposed_on is None:
        act.submission.destruction_proposed_on = act.today()
        act.session.add(act.submission)


@lru_cache(maxsize=256)
def _compiled(source: str) -> Expression:
    """The expression, judged when the procedure was published."""
    faults = Faults()
    read = parse_expression(source, known=None, where="set", faults=faults)
    faults.raise_any()
    assert read is not None  # noqa: S101 - it has no fault
    return read


def _stored(value: Any) -> Any:
    """The value as JSON: a number as a number, a text no longer than a line of an answer."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, str):
        return value[:_LONGEST]
    return value if isinstance(value, bool) or value is None else str(value)[:_LONGEST]
