"""What a form works out or compares by itself: computed answers and checks, read from the schema's annotations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from grc.conditions import Expression, Faults, listed, mapping, parse_expression, text
from grc.forms.definition import Check

Json = Any

TODAY = "today"
OBJECT_ANSWERS = ("x-address", "x-interval", "x-commune", "x-place", "x-choices")
"""The annotations that make of an object one answer, not a holder of answers."""

_ABOUT_COMPUTED = frozenset(
    {"type", "title", "description", "format", "minLength", "maxLength", "$comment", "x-decimals"}
    | {"x-computed", "x-money", "x-privacy", "x-messages"}
)


def is_answer(schema: Mapping[str, Json]) -> bool:
    """Whether an object is one answer (an address, a place), and no holder of answers."""
    return any(key in schema for key in OBJECT_ANSWERS)


def names(answers: Mapping[str, Mapping[str, Json]], prefix: str) -> frozenset[str]:
    """What expressions may read of these answers (schemas by dotted name): each answer, and the parts of an object."""
    return frozenset(_names(answers, prefix))


def _names(answers: Mapping[str, Mapping[str, Json]], prefix: str) -> Iterator[str]:
    for name, schema in answers.items():
        yield f"{prefix}.{name}"
        for part in mapping(schema.get("properties")) if schema.get("type") == "object" else ():
            yield f"{prefix}.{name}.{part}"


def read_computed(
    schema: Mapping[str, Json], *, known: Collection[str], where: str, faults: Faults
) -> Expression | None:
    """The expression behind `x-computed`, None when there is none or it is faulty."""
    source = schema.get("x-computed")
    if source is None:
        return None
    if not isinstance(source, str):
        faults.add(f"{where}/x-computed", "une expression est un texte.")
        return None
    for key in schema:
        if key not in _ABOUT_COMPUTED:
            faults.add(f"{where}/{key}", f"« {key} » n’a pas de sens pour une valeur calculée.", "Ôtez-le.")
    return parse_expression(source, known=known, where=f"{where}/x-computed", faults=faults)


def read_checks(
    schema: Mapping[str, Json], *, known: Collection[str], answers: Collection[str], where: str, faults: Faults
) -> tuple[Check, ...]:
    """The checks of `x-checks`. answers: names of the answers beside which a message may stand."""
    return tuple(_checks(schema, known, answers, where, faults))


def _checks(
    schema: Mapping[str, Json], known: Collection[str], answers: Collection[str], where: str, faults: Faults
) -> Iterator[Check]:
    for number, each in enumerate(listed(schema.get("x-checks"))):
        place = f"{where}/x-checks/{number}"
        expr, message, at = (text(mapping(each).get(key)) for key in ("expr", "message", "at"))
        if not expr or not message.strip() or not at:
            faults.add(place, "un contrôle a « expr », « message » et « at ».")
            continue
        if at not in answers:
            faults.unknown(f"{place}/at", f"« {at} » n’est pas une question de ce niveau.", at, answers)
            continue
        expression = parse_expression(expr, known=known, where=f"{place}/expr", faults=faults)
        if expression is not None:
            yield Check(expression, message, at)
