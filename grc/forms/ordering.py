"""In which order the visibility of fields can be decided, and the rules that cannot be: circular or looking ahead."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from grc.conditions import Faults, Rule, both, reads
from grc.forms.definition import Field, Form


def rules(form: Form) -> Mapping[str, Rule | None]:
    """For each field by name, the rule of its page, its group and its own together; None: always shown."""
    combined: dict[str, Rule | None] = {}
    for page in form.pages:
        for group in page.groups:
            outer = both(page.rule, group.rule)
            combined.update((field.name, both(outer, field.rule)) for field in group.fields)
    return combined


def in_order(form: Form) -> tuple[Field, ...]:
    """The fields, each after those that its rules read; raises graphlib.CycleError when they go in a circle."""
    by_rule = rules(form)
    graph = {field.name: sorted(reads(by_rule[field.name])) for field in form.fields}
    return tuple(form.field(name) for name in TopologicalSorter(graph).static_order())


def check(form: Form, *, where: str, faults: Faults) -> None:
    """Faults for rules in a circle, and for those that read an answer given on a later page."""
    page_of = {field.name: number for number, page in enumerate(form.pages) for field in page.fields}
    for name, rule in rules(form).items():
        for read in sorted(reads(rule)):
            if page_of.get(read, -1) > page_of[name]:
                later = form.pages[page_of[read]].title
                message = f"« {name} » dépend de « {read} », demandé plus loin (page « {later} »)."
                faults.add(where, message, "Demandez cette réponse plus tôt.")
    try:
        if not faults:
            in_order(form)
    except CycleError as error:
        names = " → ".join(dict.fromkeys(error.args[1]))
        faults.add(where, f"des conditions tournent en rond : {names}.", "Ôtez l’une de ces conditions.")
