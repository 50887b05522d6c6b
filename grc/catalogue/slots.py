"""The stable ids of a procedure and, for each, the properties that an authority may overlay, with what stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from grc.catalogue import hiding, parameters
from grc.catalogue.definition import Procedure
from grc.catalogue.parameters import Parameter
from grc.conditions import listed, mapping, name_of_scope
from grc.forms.derived import is_answer

Json = Any
Kind = Literal["label", "text", "hint", "letter", "texts", "day", "order", "hidden", "dispensable", "value"]
PROPERTIES: Mapping[str, Mapping[str, Kind]] = {
    "procedure": {
        "label": "label",
        "description": "text",
        "who": "texts",
        "prepare": "texts",
        "price": "text",
        "target_delay": "text",
        "opens_on": "day",
        "closes_on": "day",
        "closed": "text",
        "pages": "order",
        "retention_months": "value",
        "retention_source": "text",
        "retention_words": "text",
    },
    "parameter": {"value": "value"},
    "page": {"label": "label"},
    "group": {"label": "label"},
    "control": {"label": "label"},
    "text": {"text": "text"},
    "form": {
        "label": "label",
        "hint": "hint",
        "order": "order",
        "hidden": "hidden",
        "required_by": "text",
        "indispensable": "dispensable",
    },
    "choice": {"label": "label", "hint": "hint", "hidden": "hidden"},
    "state": {"label": "label", "sentence": "text"},
    "transition": {"label": "label", "confirm": "text", "question": "text"},
    "letter": {"text": "letter"},
}
"""The closed list: for each kind of id, what may be overlaid, and what may stand there."""

_OWN_ACT = re.compile(r"(Règlement|Délibération|Arrêté municipal)\b(?!.*\b(UE|CE)\b)")
"""A text that the authority itself took; those of the State and of the Union are the same everywhere."""
_OWN_TERM = re.compile(r"tableau de gestion", re.IGNORECASE)
"""A retention that each authority sets with its archives; another is of a text that holds everywhere."""
_MOST_MONTHS = 1200
_LENGTHS = {"label": 300, "text": 2000, "hint": 2000, "letter": 20_000}
_MOST_LINES = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Slot:
    """One property that may be overlaid. value: the catalogue's, None where it says nothing. name: of the property.

    refused: why it may not be changed here, or "". write: puts a value into the document that the slots were made of.
    """

    name: str
    kind: Kind
    value: Json
    write: Callable[[Json], None]
    refused: str = ""
    parameter: Parameter | None = None

    def refuses(self, value: Json) -> str:
        """Why this value may not stand here, in French; "" when it may."""
        if self.refused and value != self.value:
            return self.refused
        if self.parameter is not None:
            return self.parameter.refuses(value)
        return _refuses(self.kind, self.value, value)


@dataclass(frozen=True)
class Place:
    """What an id names. what: in French; title: as people read it; section: the page of the form, or its part."""

    id: str
    what: str
    title: str
    section: str
    slots: Mapping[str, Slot]


def _refuses(kind: Kind, before: Json, value: Json) -> str:
    match kind:
        case "hidden":
            return "" if isinstance(value, bool) else "vrai ou faux est attendu."
        case "dispensable":
            fits = value is False or value == before
            return "" if fits else "une pièce ne devient pas plus indispensable que dans le catalogue."
        case "day":
            return _no_day(value)
        case "order":
            same = isinstance(value, list) and sorted(map(json.dumps, value)) == sorted(map(json.dumps, listed(before)))
            return "" if same else f"les mêmes choix sont attendus, chacun une fois : {json.dumps(before)}."
        case "texts":
            fits = isinstance(value, list) and 0 < len(value) <= _MOST_LINES
            told = next((told for each in listed(value) if (told := _no_text("text", each))), "")
            return told if fits else f"une liste d’une à {_MOST_LINES} phrases est attendue."
    return _no_text(kind, value)


def _no_day(value: Json) -> str:
    try:
        fits = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        fits = False
    return "" if fits else "un jour est attendu, par exemple 2027-03-01."


def _no_text(kind: str, value: Json) -> str:
    if not isinstance(value, str):
        return "un texte est attendu."
    if not value.strip() and kind != "hint":
        return "ce texte est vide."
    if len(value) > _LENGTHS[kind]:
        return f"ce texte est trop long : {_LENGTHS[kind]} caractères au plus."
    return "ce texte contient un caractère invisible." if _CONTROL.search(value) else ""


def of(document: dict[str, Json], procedure: Procedure) -> dict[str, Place]:
    """Every id of a catalogue's document, in the order in which people meet it; writing to a slot changes the document.

    procedure: what the document is read as.
    """
    found: dict[str, Place] = {}
    reader = _Reader(document, hiding.Kept(procedure))
    for place in (*reader.facts(), *reader.pages(), *reader.unplaced(), *reader.workflow(), *reader.letters()):
        found.setdefault(place.id, place)
    return found


def _into(holder: dict[str, Json], key: str) -> Callable[[Json], None]:
    def write(value: Json) -> None:
        if value == "":
            holder.pop(key, None)
        else:
            holder[key] = value

    return write


def _slot(kind_of_id: str, name: str, holder: dict[str, Json], key: str = "", *, refused: str = "") -> Slot:
    key = key or name
    return Slot(name, PROPERTIES[kind_of_id][name], holder.get(key), _into(holder, key), refused)


def _slots(*slots: Slot) -> dict[str, Slot]:
    return {each.name: each for each in slots}


def written_choice(value: Json) -> str:
    """A choice's value as an id writes it."""
    return value if isinstance(value, str) else json.dumps(value)


class _Reader:
    """Walks the document once; the slots write into it."""

    def __init__(self, document: dict[str, Json], kept: hiding.Kept) -> None:
        self._document = document
        self._kept = kept
        self._schemas = dict(_leaves(document["schema"], ""))
        self._own = tuple(self._schemas)
        self._named = dict(_own_labels(document["ui"], ""))
        self._told = set[str]()

    def facts(self) -> Iterator[Place]:
        facts = self._document["procedure"]
        section = "La démarche"
        keys = {"label": "title"}
        own = ("pages", "retention_months", "retention_source", "retention_words")
        slots = [
            _slot("procedure", name, facts, keys.get(name, name)) for name in PROPERTIES["procedure"] if name not in own
        ]
        yield Place(
            "procedure", "démarche", facts["title"], section, _slots(*slots, self._order(), *self._retention(facts))
        )
        for name, each in parameters.read(facts).items():
            holder = facts[parameters.PREFIX][name]
            slot = Slot("value", "value", each.default, _into(holder, "default"), parameter=each)
            yield Place(f"parameter:{name}", "réglage", each.title, "Les réglages", _slots(slot))

    def _order(self) -> Slot:
        """The order of the pages: what a page reads is asked before it, or the form is refused."""
        ui = self._document["ui"]

        def write(order: Json) -> None:
            ui["elements"] = sorted(ui["elements"], key=lambda page: order.index(page["x-id"]))

        return Slot("pages", "order", [page.get("x-id") for page in ui["elements"]], write)

    def _retention(self, facts: dict[str, Json]) -> Iterator[Slot]:
        """How long demandes are kept, where the authority sets it with its archives; never less than the appeals."""
        kept, notice = facts["retention"], facts["notice"]
        refused = "" if _OWN_TERM.search(str(kept["source"])) else f"un texte fixe cette durée ({kept['source']})."
        refused = "cette durée dépend de l’issue de la demande." if "cases" in kept else refused
        least = max((each["delay_months"] for each in listed(facts.get("appeal"))), default=1)
        months = Parameter("retention_months", "", "integer", kept["months"], least, _MOST_MONTHS)

        def write(words: Json) -> None:
            notice["retention"] = kept["basis"] = words

        yield Slot("retention_months", "value", months.default, _into(kept, "months"), refused, months)
        yield Slot("retention_source", "text", kept["source"], _into(kept, "source"), refused)
        yield Slot("retention_words", "text", notice["retention"], write, refused)

    def pages(self) -> Iterator[Place]:
        for page in self._document["ui"]["elements"]:
            section = str(page.get("label"))
            yield Place(f"page:{page.get('x-id')}", "page", section, section, _slots(_slot("page", "label", page)))
            yield from self._elements(page, section)

    def _elements(self, element: Mapping[str, Json], section: str) -> Iterator[Place]:
        for each in listed(element.get("elements")):
            identifier = each.get("x-id")
            match each.get("type"):
                case "Group" if each.get("label"):
                    slots = _slots(_slot("group", "label", each))
                    yield Place(f"group:{identifier}", "titre", str(each.get("label")), section, slots)
                case "Label" if identifier:
                    slots = _slots(_slot("text", "text", each))
                    yield Place(f"text:{identifier}", "texte", str(each.get("text")), section, slots)
                case "Control":
                    yield from self._control(each, section)
            yield from self._elements(each, section)

    def _control(self, control: dict[str, Json], section: str) -> Iterator[Place]:
        name = name_of_scope(control.get("scope")) or ""
        if name in self._schemas:
            yield from self._answer(name, section)
        if control.get("x-id"):
            title = str(control.get("label") or mapping(self._schemas.get(name)).get("title"))
            slots = _slots(_slot("control", "label", control))
            yield Place(f"control:{control['x-id']}", "place d’une question", title, section, slots)

    def unplaced(self) -> Iterator[Place]:
        for name in self._own:
            if name not in self._told:
                yield from self._answer(name, "Les valeurs calculées")

    def _answer(self, name: str, section: str, *, repeated: bool = False) -> Iterator[Place]:
        """The answer, its choices, and the answers of its items."""
        schema = self._schemas[name]
        self._told.add(name)
        refused = "elle est dans un groupe répété" if repeated else self._kept.answer(name)
        own = self._named.get(name)
        label = _slot("form", "label", own, "label") if own is not None else _slot("form", "label", schema, "title")
        holder = schema if "oneOf" in schema else schema.get("items", {})
        choices = [each for each in listed(holder.get("oneOf")) if isinstance(each, dict)]
        found = [label, _slot("form", "hint", schema, "description"), self._hidden(name, refused)]
        if choices:
            found.append(Slot("order", "order", [each["const"] for each in choices], _reorder(holder)))
        if isinstance(schema.get("x-required-by"), dict):
            found.append(self._required_by(schema["x-required-by"]))
            found.append(_slot("form", "indispensable", schema["x-required-by"]))
        title = str(label.value or schema.get("title") or name)
        yield Place(f"form:{name}", "question", title, section, _slots(*found))
        for each in choices:
            kept = refused if repeated else self._kept.choice(name, each["const"])
            yield self._choice(name, holder, each, section, kept)
        if "properties" in mapping(schema.get("items")) and "x-file" not in schema["items"]:
            inner = dict(_leaves(schema["items"], f"{name}."))
            self._schemas.update(inner)
            for answer in inner:
                yield from self._answer(answer, section, repeated=True)

    def _required_by(self, holder: dict[str, Json]) -> Slot:
        """The text that requires a piece: an authority names an act of its own more closely, never another's."""
        refused = "" if _OWN_ACT.match(str(holder.get("source"))) else "ce texte n’est pas un acte de la collectivité."
        return _slot("form", "required_by", holder, "source", refused=refused)

    def _hidden(self, name: str, why: str) -> Slot:
        def write(value: Json) -> None:
            if value is True:
                hiding.without_answer(self._document, name)

        refused = f"cette question ne peut pas être cachée : {why}." if why else ""
        return Slot("hidden", "hidden", False, write, refused)

    def _choice(self, name: str, holder: dict[str, Json], choice: dict[str, Json], section: str, why: str) -> Place:
        def write(value: Json) -> None:
            if value is True:
                hiding.without_choice(self._document, holder, choice["const"])

        refused = f"ce choix ne peut pas être caché : {why}." if why else ""
        slots = _slots(
            _slot("choice", "label", choice, "title"),
            _slot("choice", "hint", choice, "description"),
            Slot("hidden", "hidden", False, write, refused),
        )
        identifier = f"choice:{name}/{written_choice(choice['const'])}"
        return Place(identifier, "choix", str(choice.get("title")), section, slots)

    def workflow(self) -> Iterator[Place]:
        flow, section = self._document["workflow"], "Le circuit"
        for name, state in flow["states"].items():
            slots = _slots(_slot("state", "label", state["meta"]), _slot("state", "sentence", state["meta"]))
            yield Place(f"state:{name}", "étape", str(state["meta"].get("label")), section, slots)
            tables = {**mapping(state.get("on")), **_after(state)}
            yield from _transitions(name, tables)
        yield from _transitions("", mapping(flow.get("on")))

    def letters(self) -> Iterator[Place]:
        names = {"accepted": "Lettre d’accord", "refused": "Lettre de refus"}
        for name in mapping(self._document.get("letters")):
            slots = _slots(_slot("letter", "text", self._document["letters"], name))
            yield Place(f"letter:{name}", "lettre", names.get(name, f"Lettre « {name} »"), "Les lettres", slots)


def _after(state: Mapping[str, Json]) -> dict[str, Json]:
    return {f"after.{delay}": each for delay, each in mapping(state.get("after")).items()}


def _transitions(source: str, table: Mapping[str, Json]) -> Iterator[Place]:
    """The transitions that people read; their ids are the engine's: state.event, or the one that they state."""
    for event, written in table.items():
        for each in written if isinstance(written, list) else [written]:
            meta = each.get("meta") if isinstance(each, dict) else None
            if not isinstance(meta, dict):
                continue
            slots = [_slot("transition", name, meta) for name in PROPERTIES["transition"] if name in meta]
            if slots:
                identifier = f"transition:{meta.get('id') or f'{source}.{event}'}"
                yield Place(identifier, "action", str(meta.get("label") or event), "Le circuit", _slots(*slots))


def _reorder(holder: dict[str, Json]) -> Callable[[Json], None]:
    def write(order: Json) -> None:
        holder["oneOf"] = sorted(holder["oneOf"], key=lambda choice: order.index(choice["const"]))

    return write


def _leaves(node: Mapping[str, Json], prefix: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """Each answer's schema by its dotted name."""
    for name, schema in mapping(node.get("properties")).items():
        if isinstance(schema, dict):
            if schema.get("type") == "object" and not is_answer(schema):
                yield from _leaves(schema, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", schema


def _own_labels(node: Json, prefix: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """The controls that say their answer in words of their own and have no id: those words are the answer's label."""
    if isinstance(node, list):
        for each in node:
            yield from _own_labels(each, prefix)
    elif isinstance(node, dict):
        name = name_of_scope(node.get("scope"))
        if node.get("type") == "Control" and name and node.get("label") and not node.get("x-id"):
            yield f"{prefix}{name}", node
        yield from _own_labels(node.get("elements"), prefix)
        detail = mapping(node.get("options")).get("detail")
        if detail and name:
            yield from _own_labels(detail, f"{prefix}{name}.")
