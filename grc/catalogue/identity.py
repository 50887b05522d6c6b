"""Whether every path of a form asks for what identifies who sends it (CRPA R112-9-1), by trying its choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from grc.conditions import Faults, reads
from grc.forms import journey
from grc.forms.compiled import compiled
from grc.forms.definition import Field, Form
from grc.forms.pruning import put
from grc.receipts import identification

Json = Any
_ROLES = identification.PERSON.keys() | identification.ORGANISATION.keys() | identification.NUMBERS
_MOST_PATHS = 5000


def check(form: Form, where: str, faults: Faults) -> None:
    """A fault for each thing that some path does not ask, or asks without requiring it.

    A person and an organisation may be asked on paths of their own: what is shown and required on each is enough.
    """
    values = {name: _values(form, form.field(name)) for name in _deciding(form)}
    undecided = [name for name, choices in values.items() if not choices]
    if undecided or prod(map(len, values.values())) > _MOST_PATHS:
        names = ", ".join(f"« {name} »" for name in undecided or values)
        message = f"l’identité de qui envoie dépend de {names} : cela ne peut pas être vérifié."
        faults.add(where, message, "Faites-la dépendre de quelques choix, ou de oui et non.")
        return
    told = set[str]()
    for path in product(*values.values()):
        for message, advice in _lacking(form, dict(zip(values, path, strict=True))):
            if message not in told:
                told.add(message)
                faults.add(where, message, advice)


def _lacking(form: Form, chosen: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    answers: dict[str, Json] = {}
    for name, value in chosen.items():
        put(answers, form.field(name).path, value)
    fields = [field for page in form.pages for field in journey.visible_fields(form, page, answers) if field.role]
    asked, given = {field.role for field in fields}, {field.role for field in fields if field.required}
    lacking = identification.missing(given, asked=asked)
    where = "".join(f", quand « {name} » vaut « {value} »" for name, value in chosen.items() if value is not None)
    for role, name in lacking.items():
        optional = next((field for field in fields if field.role == role), None)
        if optional is not None:
            yield f"« {optional.name} » ({name}) doit être obligatoire{where} (CRPA, art. R112-9-1).", ""
        else:
            advice = f"Ajoutez « x-role » : « {role} », ou le bloc « applicant »."
            yield f"il manque {name} de la personne qui demande{where} (CRPA, art. R112-9-1).", advice


def _deciding(form: Form) -> list[str]:
    """The names of the answers on which it depends what identity is asked, directly or not, in the form's order."""
    rules = compiled(form).controls
    waiting = [name for page in form.pages for f in page.fields if f.role in _ROLES for name in reads(rules[f.id])]
    found = set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [
                each for page in form.pages for f in page.fields if f.name == name for each in reads(rules[f.id])
            ]
    return [field.name for field in form.fields if field.name in found]


def _values(form: Form, field: Field) -> list[Json]:
    """What a choice may be when the form is sent, None when it may be left out; nothing for an endless answer."""
    if field.kind not in ("choice", "yes_no") or field.computed is not None:
        return []
    tried = [choice.value for choice in field.choices] if field.kind == "choice" else [True, False]
    accepted = [value for value in tried if compiled(form).accepts_field[field.name](value)]
    return accepted if field.required else [*accepted, None]
