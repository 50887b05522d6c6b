"""What a version of a procedure changes of another: what it adds, takes away, and says or asks otherwise."""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grc.catalogue import leaves, slots
from grc.catalogue.definition import Procedure
from grc.catalogue.overlaying import same
from grc.conditions import listed, mapping, name_of_scope

Json = Any
Kind = Literal["added", "removed", "words", "rules"]
_ORDERS = ("order", "pages")
RULES = "rules"
"""The name of what is no word: what is accepted, when it is shown, who does it and what follows."""
_OF_SLOTS = frozenset({*slots.PROPERTIES["procedure"], "title", "format"})
_FACTS = {
    "silence": "règle de silence",
    "parameters": "bornes des réglages",
    "workflow": "nom du circuit",
    "letters": "lettres",
    "appeal": "voies de recours",
    "retention": "durée de conservation",
    "notice": "information sur les données",
    "dpia": "analyse d’impact",
    "identification": "identification",
    "franceconnect": "FranceConnect",
    "minutes": "minutes pour remplir",
    "keywords": "mots de la recherche",
    "audience": "public",
    "category": "rubrique",
    "service": "service proposé",
    "reference_template": "forme des numéros",
    "sensitive": "démarche sensible",
}


@dataclass(frozen=True)
class Difference:
    """One change. id: of the thing, as an overlay names it. what, title: of it, in French.

    name: the property whose words changed, "rules" for what is no word, "" for what was added or taken away. before,
    after: its values, None where there is none.
    """

    kind: Kind
    id: str
    what: str
    title: str
    name: str = ""
    before: Json = None
    after: Json = None

    @property
    def key(self) -> str:
        """How it is named: the id, then the property."""
        return f"{self.id}#{self.name}" if self.name else self.id


def between(before: Procedure, after: Procedure) -> list[Difference]:
    """What changes from one to the other, in the order of the form, then of the workflow; [] when nothing does.

    Both as they are published, parameters written out. What is added or taken away is told once, without its words.
    """
    old, new = _Read(before), _Read(after)
    found = [
        Difference("removed", identifier, place.what, place.title)
        for identifier, place in old.places.items()
        if identifier not in new.places and not _within(identifier, old.places.keys() - new.places.keys())
    ]
    for identifier, place in new.places.items():
        if identifier in old.places:
            found += _changed(identifier, old, new)
        elif not _within(identifier, new.places.keys() - old.places.keys()):
            found.append(Difference("added", identifier, place.what, place.title))
    return [*found, *_facts(old.facts, new.facts), *_basis(old, new), *_around(old, new)]


class _Read:
    """A procedure's places, then its document without their words: what is left are rules."""

    def __init__(self, procedure: Procedure) -> None:
        document = copy.deepcopy(dict(procedure.document))
        self.places = slots.of(document, procedure)
        self.order = [identifier for identifier in self.places if identifier.startswith("page:")]
        self.values = {key: {n: each.value for n, each in place.slots.items()} for key, place in self.places.items()}
        self.titles = {key.partition(":")[2]: place.title for key, place in self.places.items()}
        self.required = set(_required(document["schema"], ""))
        self.basis = str(document["procedure"]["retention"].get("basis"))
        for place in self.places.values():
            for slot in place.slots.values():
                if slot.kind in ("label", "text", "hint", "texts", "day"):
                    slot.write("")
        self.facts = document["procedure"]
        for name in ("months", "basis"):
            self.facts["retention"].pop(name, None)
        for each in mapping(self.facts.get("parameters")).values():
            each.pop("default", None)
        self.rules: dict[str, Json] = {}
        self.shown: dict[str, list[Json]] = {}
        self.asked: dict[str, list[str]] = {}
        self._accepts(document["schema"])
        for page in listed(document["ui"].get("elements")):
            self._shows(page)
        flow = document["workflow"]
        self.rules |= {f"state:{name}": state for name, state in flow["states"].items()}
        self.around = {
            "circuit": _without(flow, "states"),
            "contrôles": _without(document["schema"], "properties", "required"),
            "formulaire": self.rules.get("form:"),
            "affichage": _without(document["ui"], "elements"),
            "fichier": _without(document, "procedure", "schema", "ui", "workflow", "letters", "example"),
        }

    def _accepts(self, schema: Json) -> None:
        for name, rule in _schemas(schema, "form:"):
            self._rule(name, rule)
        for name in sorted(self.required):
            if f"form:{name}" not in self.places:
                self._rule(f"form:{name}", ["required"])

    def _shows(self, page: Json) -> None:
        order: dict[str, None] = {}
        for name, told, rule in _shown([page], "", "", self.titles):
            order.setdefault(told)
            self.shown.setdefault(name, []).append(rule)
        self.asked[f"page:{page.get('x-id')}"] = [name for name in order if name][1:]

    def _rule(self, identifier: str, rule: Json) -> None:
        """Keeps a rule with what it is about: of a part that has no id, with what it is in, at last the form."""
        own = identifier
        while own not in self.places and own != "form:":
            own = own.rpartition(".")[0] or "form:"
        inner = identifier[len(own) :].lstrip(".")
        self.rules.setdefault(own, {}).setdefault(inner, []).append(rule)


def _changed(identifier: str, old: _Read, new: _Read) -> Iterator[Difference]:
    place, before, after = new.places[identifier], old.values[identifier], new.values[identifier]
    thing = (identifier, place.what, place.title)
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        if name in _ORDERS and not _same_choices(one, other):
            continue  # those that came or went are told by themselves
        if name in _ORDERS:
            one, other = _titles(old, identifier, one), _titles(new, identifier, other)
        if not same(one, other):
            yield Difference("words", *thing, name, one, other)
    answer = identifier.removeprefix("form:")
    must = [identifier != answer and answer in read.required for read in (old, new)]
    if must[0] != must[1]:
        yield Difference("rules", *thing, "required", *must)
    rules = [_rules(read, identifier) for read in (old, new)]
    if not same(*rules):
        yield Difference("rules", *thing, RULES, *leaves.differing(*rules))
    yield from _turned(identifier, old, new)


def _turned(page: str, old: _Read, new: _Read) -> Iterator[Difference]:
    """The questions, titles and texts of a page in another order, those that came or went aside."""
    one, other = old.asked.get(page, []), new.asked.get(page, [])
    left, stay = ([name for name in mine if name in theirs] for mine, theirs in ((one, other), (other, one)))
    if left != stay:
        place, titles = new.places[page], new.titles
        both = [[titles.get(name, name) for name in order] for order in (left, stay)]
        yield Difference("words", page, place.what, place.title, "questions", *both)


def _same_choices(one: Json, other: Json) -> bool:
    return sorted(map(json.dumps, listed(one))) == sorted(map(json.dumps, listed(other)))


def _titles(read: _Read, identifier: str, order: Json) -> list[str]:
    """Choices, or pages, in their order, as people read them."""
    prefix = "page:" if identifier == "procedure" else f"choice:{identifier.removeprefix('form:')}/"
    return [read.places[f"{prefix}{slots.written_choice(each)}"].title for each in listed(order)]


def _rules(read: _Read, identifier: str) -> Json:
    return [read.rules.get(identifier), read.shown.get(identifier.partition(":")[2])]


def _facts(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Difference]:
    """What procedure.json says beside words of an overlay, each of its parts by the texts that changed."""
    for key in dict.fromkeys([*before, *after]):
        if key in _OF_SLOTS or same(before.get(key), after.get(key)):
            continue
        told = leaves.differing(before.get(key), after.get(key))
        yield Difference("rules", "procedure", "démarche", _FACTS.get(key, key), key, *told)


def _basis(old: _Read, new: _Read) -> Iterator[Difference]:
    """Why demandes are kept so long, unless it changed to the words that citizens read of it, told as theirs."""
    words = [read.values["procedure"].get("retention_words") for read in (old, new)]
    if old.basis != new.basis and (new.basis != words[1] or words[0] == words[1]):
        what = "motif de la durée de conservation"
        yield Difference("rules", "procedure", "démarche", what, "retention_basis", old.basis, new.basis)


def _around(old: _Read, new: _Read) -> Iterator[Difference]:
    """What belongs to no place: the order of the pages, the checks, the workflow beside its steps."""
    both = [each for each in old.order if each in new.order]
    turned = [each for each in new.order if each in old.order]
    if len(both) < len({*old.order, *new.order}) and both != turned:
        titles = [[new.titles[each.partition(":")[2]] for each in order] for order in (both, turned)]
        yield Difference("rules", "procedure", "démarche", "ordre des pages", "ordre des pages", *titles)
    for title in old.around:
        if not same(old.around[title], new.around[title]):
            told = leaves.differing(old.around[title], new.around[title])
            yield Difference("rules", "procedure", "démarche", title, title, *told)


def _within(identifier: str, others: Sequence[str] | set[str]) -> bool:
    """Whether it came or went with something else: a choice with its question, an answer with its list."""
    kind, _, name = identifier.partition(":")
    if kind == "choice":
        return f"form:{name.split('/', 1)[0]}" in others
    steps = name.split(".")
    return kind == "form" and any(f"form:{'.'.join(steps[:n])}" in others for n in range(1, len(steps)))


def _without(node: Mapping[str, Json], *names: str) -> dict[str, Json]:
    return {key: value for key, value in node.items() if key not in names}


_OWN_IDS = ("properties", "required", "oneOf")


def _schemas(node: Json, prefix: str) -> Iterator[tuple[str, Json]]:
    """Each answer's schema by its id, without the choices and answers that have ids of their own."""
    for name, schema in mapping(mapping(node).get("properties")).items():
        own, items = _without(mapping(schema), *_OWN_IDS), mapping(mapping(schema).get("items"))
        own["items"] = _without(items, *_OWN_IDS)
        yield f"{prefix}{name}", own
        for each in (*listed(mapping(schema).get("oneOf")), *listed(items.get("oneOf"))):
            choice = f"choice:{prefix.removeprefix('form:')}{name}/{slots.written_choice(mapping(each).get('const'))}"
            yield choice, _without(mapping(each), "const")
        yield from _schemas(schema, f"{prefix}{name}.")
        yield from _schemas(items, f"{prefix}{name}.")


def _required(node: Json, prefix: str) -> Iterator[str]:
    """The answers that must be given, by their dotted names."""
    for name in listed(mapping(node).get("required")):
        yield f"{prefix}{name}"
    for name, schema in mapping(mapping(node).get("properties")).items():
        yield from _required(schema, f"{prefix}{name}.")
        yield from _required(mapping(schema).get("items"), f"{prefix}{name}.")


def _shown(elements: Json, within: str, prefix: str, names: Collection[str]) -> Iterator[tuple[str, str, Json]]:
    """How each page, title, question and text is shown, by the end of its id: where, when, and by which means.

    Between both, what is read there: the same id, or the words of a text that has none. within: the id around it, which
    also has what has none. prefix: of the answers of a repeated group.
    """
    for each in listed(elements):
        answer = name_of_scope(each.get("scope"))
        candidates = (str(each.get("x-id")), f"{prefix}{answer}")
        name = next((one for one in candidates if one in names), within)
        options = mapping(each.get("options"))
        shown = _without(each, "elements", "options", "scope", "x-id")
        told = name if name in candidates else str(shown.get("text") or "")
        yield name, told, [within, answer, shown, _without(options, "detail")]
        detail = options.get("detail")
        if detail:
            yield name, "", _without(mapping(detail), "elements")
            yield from _shown(mapping(detail).get("elements"), name, f"{prefix}{answer}.", names)
        yield from _shown(each.get("elements"), name, prefix, names)
