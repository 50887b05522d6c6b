"""What can be decided of visibility rules without any answer: whether one can hold, whether two exclude each other.

A rule is written out as alternatives, each a set of what it wants of some answers; constants, lists of values, booleans
and ranges of numbers are decided, the rest is taken as possible and marked so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from grc.conditions import Condition, Every, Rule, Some, both
from grc.forms.compiled import compiled
from grc.forms.definition import Field, Form

Json = Any
_MOST_ALTERNATIVES = 512
_RANGES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@dataclass(frozen=True)
class Domain:
    """Values that an answer may have. among: the only ones, None for any. without: never these. certain: no other."""

    among: frozenset[tuple[str, Json]] | None = None
    without: frozenset[tuple[str, Json]] = frozenset()
    low: float | None = None
    high: float | None = None
    certain: bool = True

    def and_(self, other: Domain) -> Domain:
        """What suits both."""
        among = self.among if other.among is None else other.among if self.among is None else self.among & other.among
        lows = [each for each in (self.low, other.low) if each is not None]
        highs = [each for each in (self.high, other.high) if each is not None]
        return Domain(
            among,
            self.without | other.without,
            max(lows, default=None),
            min(highs, default=None),
            self.certain and other.certain,
        )

    def is_empty(self) -> bool:
        """Whether no value suits, for certain."""
        if self.low is not None and self.high is not None and self.low > self.high:
            return True
        return self.among is not None and not any(self._suits(each) for each in self.among)

    def _suits(self, value: tuple[str, Json]) -> bool:
        if value in self.without:
            return False
        if value[0] != "number":
            return self.low is None and self.high is None
        return (self.low is None or value[1] >= self.low) and (self.high is None or value[1] <= self.high)


ANYTHING = Domain()
Wanted = Mapping[tuple[str, ...], Domain]


def keyed(value: Json) -> tuple[str, Json]:
    """The value told apart from others that Python holds equal: true is not 1."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return (type(value).__name__, value if isinstance(value, bool | str) else repr(value))
    return ("number", value)


def domain(schema: Mapping[str, Json] | bool, *, whole: bool) -> Domain:
    """What a condition's schema wants. whole: the answer is a whole number, so that ranges are closed."""
    if isinstance(schema, bool):
        return ANYTHING if schema else Domain(among=frozenset())
    found = ANYTHING
    for keyword, value in schema.items():
        found = found.and_(_wanted(keyword, value, whole=whole))
    return found


def _wanted(keyword: str, value: Json, *, whole: bool) -> Domain:
    if keyword == "const":
        return Domain(among=frozenset({keyed(value)}))
    if keyword == "enum":
        return Domain(among=frozenset(map(keyed, value)))
    if keyword in _RANGES and isinstance(value, int | float):
        return _range(keyword, value, whole=whole)
    if keyword == "not" and isinstance(value, Mapping) and set(value) <= {"const", "enum"}:
        return Domain(without=frozenset(map(keyed, [value["const"]] if "const" in value else value.get("enum", []))))
    return replace(ANYTHING, certain=keyword == "type")


def _range(keyword: str, value: float, *, whole: bool) -> Domain:
    step = 1 if whole and keyword.startswith("exclusive") else 0
    if keyword in ("minimum", "exclusiveMinimum"):
        return Domain(low=value + step)
    return Domain(high=value - step)


class Reasoner:
    """Judges the rules of one form. accepted_only: answers that their own question refuses do not count."""

    def __init__(self, form: Form, *, accepted_only: bool) -> None:
        self._form = form
        self._accepted_only = accepted_only
        self._rules = compiled(form).rules

    def can_hold(self, rule: Rule | None) -> bool | None:
        """False when no answers make the rule true; None when that is not decided; else True."""
        alternatives = self._alternatives(rule)
        if alternatives is None:
            return None
        left = [each for each in alternatives if not any(wanted.is_empty() for wanted in each.values())]
        if not left:
            return False
        return True if any(all(wanted.certain for wanted in each.values()) for each in left) else None

    def exclude(self, one: Rule | None, other: Rule | None) -> bool | None:
        """Whether the two can never hold together: True or False when decided, None when not."""
        together = self.can_hold(both(one, other))
        return None if together is None else not together

    def _alternatives(self, rule: Rule | None) -> list[Wanted] | None:
        """What each way of making the rule true wants, the visibility of what it reads included; None: too many."""
        written = list(_written_out(self._with_visibility(rule, frozenset())))
        if len(written) > _MOST_ALTERNATIVES:
            return None
        return [self._merged(each) for each in written]

    def _with_visibility(self, rule: Rule | None, met: frozenset[str]) -> Rule | None:
        """The rule, each condition with the rules of the answer that it reads: hidden, that answer makes it false.

        met: the answers whose visibility is wanted already. Of several ways, only the one taken has to be visible.
        """
        if isinstance(rule, Condition):
            name = ".".join(rule.path)
            shown = None if name in met else self._with_visibility(self._rules.get(name), met | {name})
            return both(rule, shown)
        if isinstance(rule, Some):
            return Some(tuple(self._seen(each, met) for each in rule.rules))
        if isinstance(rule, Every):
            alone = [each for each in rule.rules if isinstance(each, Condition)]
            others = [each for each in rule.rules if not isinstance(each, Condition)]
            parts = [self._seen(each, met) for each in alone]
            known = met | {".".join(each.path) for each in alone}
            return Every((*parts, *(self._seen(each, known) for each in others)))
        return None

    def _seen(self, rule: Rule, met: frozenset[str]) -> Rule:
        return self._with_visibility(rule, met) or rule

    def _merged(self, conditions: tuple[Condition, ...]) -> Wanted:
        found: dict[tuple[str, ...], Domain] = {}
        for each in conditions:
            field = self._form.field(".".join(each.path))
            wanted = domain(each.schema, whole=field.schema.get("type") == "integer")
            found[each.path] = found.get(each.path, self._possible(field)).and_(wanted)
        return found

    def _possible(self, field: Field) -> Domain:
        """The values that the question can have, from its own schema."""
        if field.kind in ("yes_no", "statement", "choice"):
            values = [True, False] if not field.choices else [each.value for each in field.choices]
            accepts = compiled(self._form).accepts_field[field.name]
            kept = [each for each in values if not self._accepted_only or accepts(each)]
            return Domain(among=frozenset(map(keyed, kept)))
        bounds = {key: value for key, value in field.schema.items() if key in _RANGES}
        return domain(bounds, whole=field.schema.get("type") == "integer")


def _written_out(rule: Rule | None) -> Iterator[tuple[Condition, ...]]:
    """The alternatives of a rule, each a conjunction of conditions; stops soon after too many."""
    if rule is None:
        yield ()
    elif isinstance(rule, Condition):
        yield (rule,)
    elif isinstance(rule, Some):
        for each in rule.rules:
            yield from _written_out(each)
    elif isinstance(rule, Every):
        parts = [list(_limited(_written_out(each))) for each in rule.rules]
        for chosen in _limited(product(*parts)):
            yield tuple(condition for part in chosen for condition in part)


def _limited(alternatives: Iterator[Any]) -> Iterator[Any]:
    for number, each in enumerate(alternatives):
        if number > _MOST_ALTERNATIVES:
            return
        yield each
