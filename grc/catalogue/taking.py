"""`takes` of procedure.json: what a demande takes of a list, checked against the questions and the workflow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from grc.catalogue.definition import BOOK, RELEASE, Takes, When
from grc.conditions import Faults, mapping
from grc.forms.definition import Field, Form
from grc.forms.fields import listed
from grc.workflow.definition import Workflow

Json = Any
_AGENTS = frozenset({"handler", "supervisor"})


def read(facts: Mapping[str, Json]) -> Takes | None:
    """What `takes` says; None in a procedure that takes nothing."""
    said = facts.get("takes")
    return None if said is None else Takes(**{**said, "days": tuple(said.get("days", ())), "when": _when(said)})


def _when(said: Mapping[str, Json]) -> When | None:
    written = mapping(said.get("when"))
    if not written:
        return None
    return When(written["first"], *(str(written.get(name, "")) for name in ("last", "from", "to")))


def check(slug: str, facts: Mapping[str, Json], form: Form, workflow: Workflow, faults: Faults) -> None:
    """Faults of what `takes` names, and of a workflow that takes without giving back, or takes what nothing names.

    What silence accepts, or what no agent does, could not be refused when it is taken: it is a fault too.
    """
    where = f"{slug}/procedure.json#/takes"
    takes, used = read(facts), {each.type for each in workflow.actions}
    if takes is None:
        if used & {BOOK, RELEASE}:
            message = "le circuit réserve (« book », « release »), mais rien ne dit quoi."
            faults.add(where, message, "Ajoutez « takes », ou prenez un autre circuit.")
        return
    for name, message in _faults(takes, form):
        faults.add(f"{where}/{name}", message, "Voyez « takes » dans la documentation des formats.")
    if any(each["rule"] == "acceptance" for each in facts.get("silence", ())):
        message = "le silence ne peut pas accepter ce qui est peut-être déjà pris."
        faults.add(f"{slug}/procedure.json#/silence", message, "Changez la règle, ou ôtez « takes ».")
    for place in _apart_from_agents(workflow):
        message = f"« book » ne peut pas être dans « {place} » : personne n’y répond si c’est déjà pris."
        hint = "Mettez-le dans une transition de « handler » ou « supervisor », ou dans « entry » du premier état."
        faults.add(where, message, hint)
    for action in (BOOK, RELEASE):
        if action not in used:
            faults.add(where, f"le circuit n’a pas d’action « {action} ».", "Ce qui est pris doit pouvoir être rendu.")


def _apart_from_agents(workflow: Workflow) -> Iterator[str]:
    """Where the workflow takes though neither an agent acts nor a demande is filed: states, transitions."""
    for state in workflow.states.values():
        inside = state.exit if state.id == workflow.initial else (*state.entry, *state.exit)
        if any(each.type == BOOK for each in inside):
            yield state.id
    for each in workflow.transitions:
        if any(action.type == BOOK for action in each.actions) and not (each.by and _AGENTS.issuperset(each.by)):
            yield each.id


def _faults(takes: Takes, form: Form) -> Iterator[tuple[str, str]]:
    around = {field.name: field for field in form.fields}
    group = around.get(takes.rows)
    if takes.rows and (group is None or group.form is None):
        yield "rows", f"« {takes.rows} » n’est pas un groupe répété."
        return
    asked = {field.name: field for field in group.form.fields} if group and group.form else around
    item = asked.get(takes.item)
    if item is None or item.kind != "listed":
        yield "item", f"« {takes.item} » n’est pas un choix dans une liste que tiennent les agents."
        return
    if takes.quantity and not takes.stock:
        yield "stock", "sans « stock », il n’y a qu’une chose de chaque : « quantity » ne sert pas."
    if (takes.hours or takes.margin_days) and not takes.days:
        yield "days", "« hours » et « margin_days » veulent « days »."
    yield from _of_kinds("quantity", [takes.quantity], asked, ("integer",), "un nombre entier")
    yield from _of_kinds("days", takes.days, around, ("date", "interval"), "une date, ni un intervalle de dates")
    yield from _of_kinds("hours", [takes.hours], around, ("hours",), "un intervalle d’heures")
    attributes = listed.attributes_of(mapping(item.schema.get("x-choices")))
    yield from _of_places(takes, attributes)
    for name, wanted, kind in (("stock", takes.stock, "integer"), ("part_of", takes.part_of, "string")):
        if wanted and mapping(attributes.get(wanted)).get("type") != kind:
            yield name, f"« {wanted} » n’est pas un attribut de la liste, de type « {kind} »."


def _of_places(takes: Takes, attributes: Mapping[str, Mapping[str, Json]]) -> Iterator[tuple[str, str]]:
    if takes.waiting and (takes.days or not takes.stock):
        yield "waiting", "une liste d’attente veut « stock », et des places sans « days »."
    if takes.when:
        yield from _of_itself(takes, takes.when, attributes)


def _of_itself(takes: Takes, when: When, attributes: Mapping[str, Mapping[str, Json]]) -> Iterator[tuple[str, str]]:
    if takes.days or takes.hours or takes.part_of:
        yield "when", "ce qui a ses propres jours n’a ni « days », ni « hours », ni « part_of »."
    if when.last and when.start:
        yield "when", "des heures valent pour un seul jour : ôtez « last », ou « from » et « to »."
    asked = ((when.first, "date"), (when.last, "date"), (when.start, "hour-minute"), (when.end, "hour-minute"))
    for name, form in asked:
        schema = mapping(attributes.get(name))
        if name and schema.get("format") != form:
            yield "when", f"« {name} » n’est pas un attribut de la liste, au format « {form} »."
        elif name and schema.get("x-internal"):
            yield "when", f"« {name} » est interne : la réponse ne le garde pas."


def _of_kinds(
    key: str, names: Iterable[str], fields: Mapping[str, Field], kinds: Collection[str], what: str
) -> Iterator[tuple[str, str]]:
    for name in filter(None, names):
        if name not in fields or fields[name].kind not in kinds:
            yield key, f"« {name} » n’est pas {what}."
