"""Rules (JSON Schema on answers) and expressions (checked Jinja): parse, reads, faults, holds."""

from grc.conditions.faults import Faults, suggestion
from grc.conditions.reading import name_of_scope, read_rule, scope_of_name
from grc.conditions.rules import (
    Condition,
    Every,
    Rule,
    Some,
    as_schema,
    both,
    condition,
    guarded,
    holds,
    reads,
    value_at,
)

__all__ = [
    "Condition",
    "Every",
    "Faults",
    "Rule",
    "Some",
    "as_schema",
    "both",
    "condition",
    "guarded",
    "holds",
    "name_of_scope",
    "read_rule",
    "reads",
    "scope_of_name",
    "suggestion",
    "value_at",
]
