"""Reading schema.json and ui.json into a Form, with every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grc.conditions import Faults, Rule, both, listed, mapping, name_of_scope, read_rule, scope_of_name
from grc.forms import derived, ordering
from grc.forms.definition import Field, Form, Group, Page
from grc.forms.expansion import Blocks, expand_schema, expand_ui
from grc.forms.fieldreading import read_field

Json = Any

DESK = "x-desk"
"""What ui.json says of an entry by an agent."""
_PAGE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*")
RESERVED_PAGE_IDS = frozenset(
    {
        *("verification", "envoi", "confirmation", "reprise", "suite", "suppression", "code"),
        *("compte", "coordonnees", "fichiers", "identification"),
    }
)
"""Words that stand where a page's id does in the addresses of a draft."""


@dataclass(frozen=True)
class _Property:
    """A leaf of the schema: an answer. required: named by its parent's `required`."""

    schema: Mapping[str, Json]
    required: bool
    where: str


def parse(schema: Mapping[str, Json], ui: Mapping[str, Json], *, where: str, blocks: Blocks) -> Form:
    """The form; raises Misconfigured with all its faults. where: the procedure's folder, named in each fault.

    blocks: shared parts by name, each with "schema" and "ui". A document already expanded needs none.
    """
    faults = Faults()
    form = read(schema, ui, where=where, blocks=blocks, faults=faults)
    faults.raise_any()
    return form


def read(schema: Mapping[str, Json], ui: Mapping[str, Json], *, where: str, blocks: Blocks, faults: Faults) -> Form:
    """The form as far as it can be read; what is wrong goes to faults."""
    place = f"{where}/schema.json#"
    expanded = expand_schema(schema, where=place, blocks=blocks, faults=faults)
    pure = expand_ui(ui, where=f"{where}/ui.json", blocks=blocks, faults=faults)
    reader = _Reader(f"{where}/ui.json#", dict(_leaves(expanded, "", place, faults)), faults)
    form = reader.form(tuple(reader.pages(pure)), expanded, place)
    ordering.check(form, where=f"{where}/ui.json", faults=faults)
    return replace(form, relaxed=_relaxed(pure, form, f"{where}/ui.json#/{DESK}/optional", faults))


def _relaxed(ui: Mapping[str, Json], form: Form, where: str, faults: Faults) -> frozenset[str]:
    """The answers that may stay empty at the desk (`x-desk`): each is a question of the form."""
    known = {field.name for field in form.fields}
    names = [str(name) for name in listed(mapping(ui.get(DESK)).get("optional"))]
    for number, name in enumerate(names):
        if name not in known:
            faults.unknown(f"{where}/{number}", f"« {name} » n’est pas une question.", name, known)
    return frozenset(known.intersection(names))


def _leaves(node: Mapping[str, Json], prefix: str, where: str, faults: Faults) -> Iterator[tuple[str, _Property]]:
    """Each answer of the schema by its dotted name; objects that only hold answers are descended into."""
    properties = node.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        faults.add(f"{where}/properties", "il manque les questions.", "Ajoutez « properties ».")
        return
    required = listed(node.get("required"))
    for name in required:
        if not isinstance(name, str) or name not in properties:
            faults.unknown(f"{where}/required", f"« {name} » n’existe pas.", str(name), properties)
    for name, schema in properties.items():
        place = f"{where}/properties/{name}"
        if not isinstance(schema, Mapping) or not _PROPERTY.fullmatch(name):
            faults.add(place, f"« {name} » : minuscules sans accent, chiffres et _, en commençant par une lettre.")
        elif schema.get("type") == "object" and not derived.is_answer(schema):
            if "x-checks" in schema:
                faults.add(f"{place}/x-checks", "un contrôle se place à la racine, ou dans un élément répété.")
            yield from _leaves(schema, f"{prefix}{name}.", place, faults)
        else:
            yield f"{prefix}{name}", _Property(schema, name in required, place)


class _Reader:
    """Walks the expanded UI schema once; remembers which answers and ids were met.

    outer: what expressions may read beside the reader's own answers; within: the repeated question it reads, or "".
    """

    def __init__(
        self,
        where: str,
        properties: Mapping[str, _Property],
        faults: Faults,
        *,
        outer: frozenset[str] = frozenset(),
        within: str = "",
    ) -> None:
        self._where = where
        self._properties = properties
        self._faults = faults
        self._within = within
        self._placed: set[str] = set()
        self._ids: set[str] = set()
        self._prefix = "item" if within else "answers"
        own = derived.names({name: each.schema for name, each in properties.items()}, self._prefix)
        self._known = own | outer | {derived.TODAY}
        self._derived = {
            name: derived.read_computed(each.schema, known=self._known, where=each.where, faults=faults)
            for name, each in properties.items()
        }

    def form(self, pages: tuple[Page, ...], schema: Mapping[str, Json], where: str) -> Form:
        """The form of these pages: every answer is on one of them, or is computed."""
        self._check_all_placed()
        unplaced = [name for name, found in self._derived.items() if found is not None and name not in self._placed]
        checks = derived.read_checks(schema, known=self._known, answers=self._placed, where=where, faults=self._faults)
        fields = (self._read(name, {}, None) for name in unplaced)
        return Form(pages, schema, tuple(field for field in fields if field), checks, self._prefix)

    def pages(self, ui: Mapping[str, Json]) -> Iterator[Page]:
        if ui.get("type") != "Categorization":
            self._faults.add(f"{self._where}/type", "la racine est de type « Categorization ».")
        for number, element in enumerate(ui["elements"]):
            where = f"{self._where}/elements/{number}"
            if element.get("type") != "Category":
                self._faults.unknown(f"{where}/type", "une page est de type « Category ».", "", ())
                continue
            yield self._page(element, where)
        if not ui["elements"]:
            self._faults.add(f"{self._where}/elements", "il manque les pages.", "Ajoutez un élément « Category ».")

    def _check_all_placed(self) -> None:
        for name, found in self._properties.items():
            if name not in self._placed and "x-computed" not in found.schema:
                advice = f"Ajoutez un « Control » de « scope » {scope_of_name(name)}."
                self._faults.add(found.where, f"la question « {name} » n’est sur aucune page.", advice)

    def _page(self, element: Mapping[str, Json], where: str) -> Page:
        page_id = str(element.get("x-id", ""))
        if not _PAGE_ID.fullmatch(page_id) or page_id in RESERVED_PAGE_IDS:
            advice = "Minuscules sans accent, chiffres et tirets ; pas un mot réservé aux adresses des brouillons."
            self._faults.add(f"{where}/x-id", f"« {page_id} » ne peut pas identifier une page.", advice)
        self._unique(page_id, f"{where}/x-id")
        title = self._label(element, where)
        groups = tuple(self.groups(element, where, page_id))
        if not any(group.fields for group in groups):
            self._faults.add(f"{where}/elements", f"la page « {page_id} » n’a aucune question.")
        return Page(page_id, title, groups, self._rule(element, where))

    def groups(self, page: Mapping[str, Json], where: str, page_id: str) -> Iterator[Group]:
        """Groups as written; controls that stand outside one are gathered in groups without title."""
        loose: list[Field | str] = []
        unnamed = 0
        for element, place, rule in self._flat(page, where, None):
            if element.get("type") == "Group":
                if loose:
                    yield _group(page_id if not unnamed else f"{page_id}-{unnamed + 1}", "", loose, None)
                    loose, unnamed = [], unnamed + 1
                yield self._group(element, place, rule)
            else:
                loose.extend(self._part(element, place, rule))
        if loose:
            yield _group(page_id if not unnamed else f"{page_id}-{unnamed + 1}", "", loose, None)

    def _group(self, element: Mapping[str, Json], where: str, outer: Rule | None) -> Group:
        group_id = str(element.get("x-id", ""))
        if not group_id:
            self._faults.add(f"{where}/x-id", "il manque l’identifiant du groupe.", "Ajoutez « x-id ».")
        self._unique(group_id, f"{where}/x-id")
        parts: list[Field | str] = []
        for inner, place, rule in self._flat(element, where, None):
            if inner.get("type") == "Group":
                self._faults.add(place, "un groupe ne contient pas de groupe.", "Placez-les l’un après l’autre.")
            else:
                parts.extend(self._part(inner, place, rule))
        return _group(group_id, self._label(element, where), parts, both(outer, self._rule(element, where)))

    def _flat(
        self, element: Mapping[str, Json], where: str, outer: Rule | None
    ) -> Iterator[tuple[Mapping[str, Json], str, Rule | None]]:
        """Groups, controls and labels, layouts opened; each with the rule of the layouts around it."""
        for number, inner in enumerate(listed(element.get("elements"))):
            place = f"{where}/elements/{number}"
            if inner.get("type") in ("VerticalLayout", "HorizontalLayout"):
                yield from self._flat(inner, place, both(outer, self._rule(inner, place)))
            else:
                yield inner, place, outer

    def _part(self, element: Mapping[str, Json], where: str, outer: Rule | None) -> list[Field | str]:
        kind = element.get("type")
        if kind == "Label":
            if outer is not None:
                advice = "Placez ce texte dans un groupe, et la règle sur le groupe."
                self._faults.add(where, "un texte ne suit pas la règle d’une mise en page.", advice)
            return [str(element.get("text", ""))]
        if kind == "Control":
            field = self._field(element, where, outer)
            return [field] if field else []
        known = ("Control", "Label", "Group", "VerticalLayout", "HorizontalLayout")
        self._faults.unknown(f"{where}/type", f"type d’élément inconnu : « {kind} ».", str(kind), known)
        return []

    def _field(self, control: Mapping[str, Json], where: str, outer: Rule | None) -> Field | None:
        scope = control.get("scope")
        name = name_of_scope(scope) or ""
        found = self._properties.get(name)
        if found is None:
            known = map(scope_of_name, self._properties)
            self._faults.unknown(f"{where}/scope", f"« {scope} » ne désigne aucune question.", str(scope), known)
            return None
        rule = both(outer, self._rule(control, where))
        self._placed.add(name)
        field = self._read(name, control, rule, where)
        if field:
            self._unique(field.id, f"{where}/x-id")
        return field

    def _read(self, name: str, control: Mapping[str, Json], rule: Rule | None, where: str = "") -> Field | None:
        """The field of an answer; a computed one is never required, a repeated one has the form of an item."""
        found, computed = self._properties[name], self._derived[name]
        field = read_field(
            name, found.schema, control, required=found.required, rule=rule, where=found.where, faults=self._faults
        )
        if field is None:
            return None
        if self._within:
            field = replace(field, id=f"{self._within}.{field.id}")
        if computed is not None:
            return replace(field, computed=computed, required=False)
        if field.kind == "repeated":
            return replace(field, form=self._item(name, field, f"{where}/options/detail"))
        return field

    def _item(self, name: str, field: Field, where: str) -> Form:
        """The form of one item: a single page, whose rules look at the item alone."""
        schema, place = mapping(field.schema["items"]), f"{self._properties[name].where}/items"
        leaves = dict(_leaves(schema, "", place, self._faults))
        arrays = (mapping(each.schema.get("items")) for each in leaves.values())
        if self._within or any("x-file" in each or "properties" in each for each in arrays):
            advice = "Un élément répété n’a ni fichiers, ni autre groupe répété."
            self._faults.add(place, f"« {name} » contient ce qui ne se répète pas.", advice)
        detail = mapping(field.options.get("detail"))
        if not detail:
            controls = [{"type": "Control", "scope": scope_of_name(each)} for each in leaves]
            detail = {"type": "VerticalLayout", "elements": controls}
        inner = _Reader(where, leaves, self._faults, outer=self._known, within=name)
        title = str(schema.get("title") or field.title)
        page = Page("item", title, tuple(inner.groups(detail, where, "item")))
        return inner.form((page,), schema, place)

    def _rule(self, element: Mapping[str, Json], where: str) -> Rule | None:
        return read_rule(element, where=where, known=self._properties, faults=self._faults)

    def _label(self, element: Mapping[str, Json], where: str) -> str:
        label = element.get("label")
        if not isinstance(label, str) or (not label.strip() and element.get("type") == "Category"):
            self._faults.add(f"{where}/label", "il manque le titre.", "Ajoutez « label ».")
            return ""
        return label

    def _unique(self, name: str, where: str) -> None:
        if name in self._ids:
            self._faults.add(where, f"l’identifiant « {name} » sert déjà.", "Donnez un autre « x-id ».")
        self._ids.add(name)


def _group(group_id: str, title: str, parts: list[Field | str], rule: Rule | None) -> Group:
    fields = tuple(part for part in parts if isinstance(part, Field))
    return Group(group_id, title, fields, rule, tuple(part for part in parts if isinstance(part, str)))
