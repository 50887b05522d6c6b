"""Rules (JSON Schema on answers) and expressions (checked Jinja): parse, reads, faults, holds."""

from grc.conditions.expressions import Expression, Text, parse_expression, parse_text, render
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
    may_hold,
    reads,
    value_at,
)
from grc.conditions.shapes import listed, mapping, number, text

__all__ = [
    "Condition",
    "Every",
    "Expression",
    "Faults",
    "Rule",
    "Some",
    "Text",
    "as_schema",
    "both",
    "condition",
    "guarded",
    "holds",
    "listed",
    "mapping",
    "may_hold",
    "name_of_scope",
    "number",
    "parse_expression",
    "parse_text",
    "read_rule",
    "reads",
    "render",
    "scope_of_name",
    "suggestion",
    "text",
    "value_at",
]
