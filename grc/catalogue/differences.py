"""What a version of a procedure changes of another: what it adds, takes away, and says or asks otherwise."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grc.catalogue import slots
from grc.catalogue.definition import Procedure
from grc.catalogue.overlaying import same
from grc.conditions import listed, mapping, name_of_scope

Json = Any
Kind = Literal["added", "removed", "words", "rules"]
_CONTEXT = 40
_MOST = 160
_ORDERS = ("order", "pages")
_RULES = "rules"
"""The name of what is no word: what is accepted, when it is shown, who does it and what follows."""
_OF_SLOTS = frozenset({*slots.PROPERTIES["procedure"], "title", "parameters", "workflow", "letters", "format"})
_FACTS = {
    "silence": "règle de silence",
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
    return [*found, *_facts(old.facts, new.facts), *_around(old, new)]


def text(value: Json) -> str:
    """A value in words, one line for each element of a list."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "\n".join(map(text, value))
    return str(value) if value not in (None, "") else "rien"


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Both texts around the first place where they differ, shortened to what a line of a table holds."""
    start = 0
    if max(len(before), len(after)) > _MOST:
        shorter = min(len(before), len(after))
        at = next((n for n in range(shorter) if before[n] != after[n]), shorter)
        start = before.rfind(" ", 0, max(0, at - _CONTEXT)) + 1
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    end = start + _MOST
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


class _Read:
    """A procedure's places, then its document without their words: what is left are rules."""

    def __init__(self, procedure: Procedure) -> None:
        document = copy.deepcopy(dict(procedure.document))
        self.places = slots.of(document, procedure)
        self.order = [identifier for identifier in self.places if identifier.startswith("page:")]
        self.values = {key: {n: each.value for n, each in place.slots.items()} for key, place in self.places.items()}
        self.required = {one.name for page in procedure.form.pages for one in page.fields if one.required}
        for place in self.places.values():
            for slot in place.slots.values():
                if slot.kind in ("label", "text", "hint", "texts", "day"):
                    slot.write("")
        self.facts = document["procedure"]
        self.facts["retention"].pop("months")
        self.rules = dict(_schemas(document["schema"], "form:"))
        self.shown: dict[str, list[Json]] = {}
        for name, rule in _shown(document["ui"].get("elements")):
            self.shown.setdefault(name, []).append(rule)
        flow = document["workflow"]
        self.rules |= {f"state:{name}": state for name, state in flow["states"].items()}
        self.around = {
            "circuit": {key: value for key, value in flow.items() if key != "states"},
            "contrôles": {
                key: value for key, value in document["schema"].items() if key not in ("properties", "required")
            },
        }


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
    elif not same(_rules(old, identifier), _rules(new, identifier)):
        yield Difference("rules", *thing, _RULES)


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
        mine, theirs = list(_texts(before.get(key))), list(_texts(after.get(key)))
        gone, come = [each for each in mine if each not in theirs], [each for each in theirs if each not in mine]
        what = _FACTS.get(key, key)
        yield Difference("rules", "procedure", "démarche", what, key, "\n".join(gone), "\n".join(come))


def _around(old: _Read, new: _Read) -> Iterator[Difference]:
    """What belongs to no place: the order of the pages, the checks, the workflow beside its steps."""
    both = [each for each in old.order if each in new.order]
    if len(both) < len({*old.order, *new.order}) and both != [each for each in new.order if each in old.order]:
        yield Difference("rules", "procedure", "démarche", "ordre des pages", "ordre des pages")
    for title in old.around:
        if not same(old.around[title], new.around[title]):
            yield Difference("rules", "procedure", "démarche", title, title)


def _within(identifier: str, others: Sequence[str] | set[str]) -> bool:
    """Whether it came or went with something else: a choice with its question, an answer with its list."""
    kind, _, name = identifier.partition(":")
    if kind == "choice":
        return f"form:{name.split('/', 1)[0]}" in others
    steps = name.split(".")
    return kind == "form" and any(f"form:{'.'.join(steps[:n])}" in others for n in range(1, len(steps)))


def _texts(node: Json) -> Iterator[str]:
    if isinstance(node, Mapping):
        for each in node.values():
            yield from _texts(each)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)
    elif node is not None:
        yield ("oui" if node else "non") if isinstance(node, bool) else str(node)


def _schemas(node: Json, prefix: str) -> Iterator[tuple[str, Json]]:
    """Each answer's schema by its id, without the choices and answers that have ids of their own."""
    for name, schema in mapping(mapping(node).get("properties")).items():
        own = {key: value for key, value in mapping(schema).items() if key not in ("properties", "required", "oneOf")}
        items = mapping(own.get("items"))
        own["items"] = {key: value for key, value in items.items() if key not in ("properties", "required", "oneOf")}
        yield f"{prefix}{name}", own
        yield from _schemas(schema, f"{prefix}{name}.")
        yield from _schemas(items, f"{prefix}{name}.")


def _shown(elements: Json, page: str = "") -> Iterator[tuple[str, Json]]:
    """Where and when each answer, page and text is shown, by the end of its id: its page, and its rule."""
    for each in listed(elements):
        within = page or str(each.get("x-id"))
        for name in (name_of_scope(each.get("scope")), each.get("x-id")):
            if name:
                yield name, [page, each.get("rule")]
        yield from _shown(each.get("elements"), within)
