"""Rules (JSON Schema on answers) and expressions (checked Jinja): parse, reads, faults, holds."""

from grc.conditions.rules import Condition, Every, Rule, Some, as_schema, both, condition, holds, reads, value_at

__all__ = ["Condition", "Every", "Rule", "Some", "as_schema", "both", "condition", "holds", "reads", "value_at"]
