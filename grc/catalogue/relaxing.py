"""What an agent may leave empty at the desk: nothing that the law, a guard, a rule or a letter needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grc.catalogue.definition import canonical
from grc.conditions import Faults, listed, mapping, reads
from grc.forms import ordering
from grc.forms.definition import Form
from grc.workflow.actions import ANSWER
from grc.workflow.definition import Workflow

Json = Any
_NEEDED_ROLES = {
    "family-name": "la lettre d’accusé de réception nomme la personne",
    "organisation-name": "la lettre d’accusé de réception nomme l’organisme",
    "postal-address": "sans adresse électronique, tout lui est écrit à cette adresse",
}
_READ = re.compile(r"\b(?:answers|shown)\.([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)")


def check(
    slug: str, facts: Mapping[str, Json], form: Form, workflow: Workflow, written: Iterable[str], faults: Faults
) -> None:
    """A fault for each relaxed answer that something reads. written: documents and texts that hold expressions."""
    where = f"{slug}/ui.json#/x-desk/optional"
    used = dict(used_by(form, facts, workflow, written))
    for name in sorted(form.relaxed):
        if not form.field(name).required:
            faults.add(where, f"« {name} » est déjà facultatif.", "Ôtez-le de cette liste.")
        reason = _NEEDED_ROLES.get(form.field(name).role, "") or next(
            (why for read, why in used.items() if read == name or read.startswith(f"{name}.")), ""
        )
        if reason:
            faults.add(where, f"« {name} » ne peut pas rester vide au guichet : {reason}.", "Ôtez-le de cette liste.")


_OF_LAW = {"silence": "la règle de silence en dépend", "appeal": "une voie de recours en dépend"}


def used_by(
    form: Form, facts: Mapping[str, Json], workflow: Workflow, written: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The names of answers that are read somewhere, and by what."""
    for text in written:
        yield from ((name, "le circuit ou une lettre le lit") for name in _READ.findall(text))
    for field in form.fields:
        names = [each.name for each in form.fields]
        yield from (
            (name, f"« {field.name} » en est calculé") for name in ordering.computed_from(field, names, form.prefix)
        )
    for each in form.checks:
        yield from ((read.removeprefix(f"{form.prefix}."), "un contrôle le lit") for read in each.expression.reads)
    for name, rule in ordering.rules(form).items():
        yield from ((read, f"« {name} » ne se montre que selon lui") for read in reads(rule))
    for key, why in _OF_LAW.items():
        conditions = [mapping(item).get("if") for item in listed(facts.get(key))]
        yield from ((name, why) for name in _properties(conditions, ""))
    for action in workflow.actions:
        sent = [str(each) for each in listed(action.params.get("send"))]
        to = str(action.params.get("to", ""))
        yield from ((name, f"l’action « {action.name} » l’envoie") for name in sent)
        if to.startswith(ANSWER):
            yield to.removeprefix(ANSWER), f"l’action « {action.name} » y écrit"


def _properties(schema: Json, prefix: str) -> Iterator[str]:
    """The answers that a condition speaks of, at any depth."""
    if isinstance(schema, list):
        for each in schema:
            yield from _properties(each, prefix)
    for key, value in mapping(schema).items():
        if key == "properties":
            for name, inner in mapping(value).items():
                yield f"{prefix}{name}"
                yield from _properties(inner, f"{prefix}{name}.")
        elif key not in ("const", "enum"):
            yield from _properties(value, prefix)


def written_in(document: Mapping[str, Json]) -> list[str]:
    """Where a procedure's document holds expressions beside its form: the workflow, as text, and its letters."""
    letters = mapping(document.get("letters"))
    return [canonical(document.get("workflow")).decode(), *(str(text) for text in letters.values())]
