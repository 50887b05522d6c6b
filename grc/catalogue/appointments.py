"""Where a workflow reads the appointment of a demande: the questions and attributes that its paths name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grc.conditions import Faults, mapping
from grc.forms.definition import Field, Form
from grc.forms.fields import listed
from grc.workflow.definition import AppointmentPaths, Workflow

Json = Any

_KINDS = {"day": "date", "start": "time", "end": "time"}
_WORDS = {"day": "une date", "start": "une heure", "end": "une heure", "place": "un texte, un choix ou une adresse"}
_PLACES = frozenset({"text", "longtext", "choice", "address", "listed"})


@dataclass(frozen=True)
class Named:
    """A question that a path names. attribute: of the item that its answer is, or ""."""

    field: Field
    attribute: str = ""

    @property
    def schema(self) -> Mapping[str, Json]:
        """What `x-choices` declares of the attribute."""
        return listed.attributes_of(mapping(self.field.schema.get("x-choices")))[self.attribute]


def named(path: str, form: Form, agent_forms: Mapping[str, Form]) -> Named | None:
    """The question of "answers.<question>" or "agent.<form>.<question>", or the attribute of the item that it chooses.

    None where there is none; an attribute between agents is in no answer.
    """
    root, _, rest = path.partition(".")
    if root == "agent":
        name, _, rest = rest.partition(".")
        asked = agent_forms.get(name)
    else:
        asked = form
    fields = {} if asked is None else {each.name: each for each in asked.fields}
    if rest in fields:
        return Named(fields[rest])
    question, _, attribute = rest.rpartition(".")
    field = fields.get(question)
    declared = {} if field is None else listed.attributes_of(mapping(field.schema.get("x-choices")))
    if field is None or attribute not in declared or declared[attribute].get("x-internal"):
        return None
    return Named(field, attribute)


def check(workflow: Workflow, form: Form, agent_forms: Mapping[str, Form], where: str, faults: Faults) -> None:
    """Faults of the paths that name no question, or one of another kind."""
    for number, paths in enumerate(workflow.appointment):
        for key, path in _said(paths):
            place = f"{where}#/meta/appointment/{number}/{key}"
            found = named(path, form, agent_forms)
            if found is None:
                faults.add(place, f"aucune question ne s’appelle « {path} ».", "Voyez schema.json ou « meta.forms ».")
            elif not _fits(key, found):
                faults.add(place, f"« {path} » ne demande pas {_WORDS[key]}.", "Nommez une autre question.")


def _said(paths: AppointmentPaths) -> Iterator[tuple[str, str]]:
    return ((key, path) for key in _WORDS if (path := getattr(paths, key)))


def _fits(key: str, found: Named) -> bool:
    if found.attribute:
        written = found.schema.get("format", "")
        is_text = found.schema.get("type") == "string" and written not in ("date", "hour-minute")
        return is_text if key == "place" else written == ("date" if key == "day" else "hour-minute")
    return found.field.kind in _PLACES if key == "place" else found.field.kind == _KINDS[key]
