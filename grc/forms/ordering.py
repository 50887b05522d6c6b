"""In which order answers can be decided, and what cannot be: what goes in a circle or looks ahead."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from grc.conditions import Expression, Faults, Rule, Some, both, reads
from grc.forms.definition import Check, Field, Form


def controls(form: Form) -> Iterator[tuple[int, Field, Rule | None]]:
    """Each place where something is asked or shown: number of its page, field, and its whole rule; None: always."""
    for number, page in enumerate(form.pages):
        for group in page.groups:
            outer = both(page.rule, group.rule)
            for field in group.fields:
                yield number, field, both(outer, field.rule)


def rules(form: Form) -> Mapping[str, Rule | None]:
    """For each answer by name, when it is there: when one of its places is shown. None: always."""
    places: dict[str, list[Rule | None]] = {}
    for _, field, rule in controls(form):
        places.setdefault(field.name, []).append(rule)
    combined = {name: _one_of(found) for name, found in places.items()}
    return {**combined, **{field.name: None for field in form.unplaced}}


def _one_of(found: list[Rule | None]) -> Rule | None:
    known = tuple(rule for rule in found if rule is not None)
    if len(known) < len(found):
        return None
    return known[0] if len(known) == 1 else Some(known)


def in_order(form: Form) -> tuple[Field, ...]:
    """The fields, each after those that it depends on; raises graphlib.CycleError when they go in a circle."""
    by_rule = rules(form)
    names = [field.name for field in form.fields]
    graph = {
        field.name: sorted(reads(by_rule[field.name]) | computed_from(field, names, form.prefix))
        for field in form.fields
    }
    return tuple(form.field(name) for name in TopologicalSorter(graph).static_order())


def computed_from(field: Field, names: Collection[str], prefix: str) -> frozenset[str]:
    """The answers (of these names) from which a field is worked out, or the computed answers of its items are."""
    inner = field.form.fields if field.form is not None else ()
    expressions = [each.computed for each in (field, *inner) if each.computed is not None]
    return frozenset(name for each in expressions for name in answers_read(each, names, prefix))


def answers_read(expression: Expression, names: Collection[str], prefix: str) -> Iterator[str]:
    """The answers (of these names) that an expression reads, whole or in part. prefix: as their form has it."""
    for read in expression.reads:
        if read.startswith(f"{prefix}."):
            wanted = read.removeprefix(f"{prefix}.")
            yield from (name for name in names if wanted == name or wanted.startswith(f"{name}."))


def check(form: Form, *, where: str, faults: Faults) -> None:
    """Faults for what reads an answer given on a later page, and for what goes in a circle."""
    _check_places(form, where, faults)
    _check_pages(form, _known_from(form), where, faults)
    try:
        if not faults:
            in_order(form)
    except CycleError as error:
        names = " → ".join(dict.fromkeys(error.args[1]))
        faults.add(where, f"des conditions ou des calculs tournent en rond : {names}.", "Ôtez l’un d’eux.")
    for field in form.fields:
        if field.form is not None:
            check(field.form, where=where, faults=faults)


def _check_places(form: Form, where: str, faults: Faults) -> None:
    """An answer asked in several places has a rule at each, its page's and group's included."""
    places: dict[str, list[Rule | None]] = {}
    for _, field, rule in controls(form):
        places.setdefault(field.name, []).append(rule)
    for name, found in places.items():
        if len(found) > 1 and None in found:
            message = f"la question « {name} » est déjà placée."
            faults.add(where, message, "Donnez à chaque place une règle qui exclut les autres.")


def _known_from(form: Form) -> Mapping[str, int]:
    """For each answer, the number of the page after which it is known: the last that asks it or what it is made of."""
    last: dict[str, int] = {}
    for number, field, _ in controls(form):
        last[field.name] = max(number, last.get(field.name, 0))
    names = [field.name for field in form.fields]
    made_of = {field.name: computed_from(field, names, form.prefix) for field in form.unplaced}
    for _ in made_of:
        for name, parts in made_of.items():
            last[name] = max((last.get(each, 0) for each in parts), default=0)
    return last


def _check_pages(form: Form, known_from: Mapping[str, int], where: str, faults: Faults) -> None:
    for number, what, names in _shown_by(form, known_from):
        for read in sorted(names):
            if known_from.get(read, -1) > number:
                _looks_ahead(form, what, read, known_from, where, faults)
    for at, each in _checks(form):
        for read in sorted(answers_read(each.expression, known_from, form.prefix)):
            if known_from.get(read, -1) > known_from.get(at, -1):
                _looks_ahead(form, f"le contrôle de « {each.at} »", read, known_from, where, faults)


def _shown_by(form: Form, names: Collection[str]) -> Iterator[tuple[int, str, frozenset[str]]]:
    """What each page shows, in words, with the answers that it depends on: questions, and groups that only tell."""
    for number, field, rule in controls(form):
        yield number, f"« {field.name} »", reads(rule) | computed_from(field, names, form.prefix)
    for number, page in enumerate(form.pages):
        yield from ((number, f"« {each.title} »", reads(each.rule)) for each in page.groups if not each.fields)


def _checks(form: Form) -> Iterator[tuple[str, Check]]:
    """The checks of the form and of its items, each with the answer of the form that it stands in."""
    yield from ((each.at, each) for each in form.checks)
    for field in form.fields:
        if field.form is not None:
            yield from ((field.name, each) for each in field.form.checks)


def _looks_ahead(form: Form, what: str, read: str, known_from: Mapping[str, int], where: str, faults: Faults) -> None:
    later = form.pages[known_from[read]].title
    message = f"{what} dépend de « {read} », demandé plus loin (page « {later} »)."
    faults.add(where, message, "Demandez cette réponse plus tôt.")
