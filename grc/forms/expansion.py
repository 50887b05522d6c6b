"""Writing out what authors may leave short: blocks in place of references, limits of length, files and addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from grc.conditions import Faults, listed, mapping, name_of_scope, scope_of_name
from grc.forms import places
from grc.forms.derived import is_answer
from grc.forms.formats import FORMATS

Json = Any
Blocks = Mapping[str, Mapping[str, Json]]
"""Name of a block → {"schema": …, "ui": …}."""

_BLOCK = re.compile(r"(?:\.\./)*(?:blocks/)?([a-z0-9-]+)/schema\.json")
_MAX_NESTING = 8
_TEXT_LENGTH = 200
_MOST_ITEMS = 20
_MEDIA_EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/heic": (".heic", ".heif"),
}
MEDIA_TYPES = frozenset(_MEDIA_EXTENSIONS)
_KEPT_AS = {"image/heic": "image/jpeg"}
"""Phone photographs that few programs open are turned into another type before they are kept."""

ADDRESS_PARTS: Mapping[str, Mapping[str, Json]] = {
    "line1": {"type": "string", "title": "Numéro et rue", "minLength": 1, "maxLength": 100},
    "line2": {"type": "string", "title": "Complément d’adresse", "minLength": 1, "maxLength": 100},
    "postcode": {"type": "string", "title": "Code postal", "minLength": 1, "maxLength": 12},
    "city": {"type": "string", "title": "Commune", "minLength": 1, "maxLength": 100},
    "country": {"type": "string", "title": "Pays, si ce n’est pas la France", "minLength": 1, "maxLength": 60},
}
"""An address: a French postal code unless a country is named."""


def accepted_extensions(media_types: tuple[str, ...]) -> tuple[str, ...]:
    """What a file input's `accept` lists for these media types."""
    return tuple(extension for each in media_types for extension in _MEDIA_EXTENSIONS[each])


def expand_schema(schema: Mapping[str, Json], *, where: str, blocks: Blocks, faults: Faults) -> dict[str, Json]:
    """The schema with its blocks in place and everything implied written out; expanding it again changes nothing."""
    return _expanded(schema, where, blocks, faults, ())


def _expanded(
    node: Mapping[str, Json], where: str, blocks: Blocks, faults: Faults, within: tuple[str, ...]
) -> dict[str, Json]:
    result = {key: value for key, value in node.items() if key != "$ref"}
    if "$ref" in node:
        return _with_block(node["$ref"], result, where, blocks, faults, within)
    properties = node.get("properties")
    if isinstance(properties, Mapping) and not is_answer(node):
        result["properties"] = {
            name: _expanded(part, f"{where}/properties/{name}", blocks, faults, within)
            for name, part in properties.items()
            if isinstance(part, Mapping)
        }
    items = result.get("items")
    if isinstance(items, Mapping) and ("properties" in items or "$ref" in items) and "x-file" not in items:
        result["items"] = _expanded(items, f"{where}/items", blocks, faults, within)
    return _completed(result)


def _with_block(
    reference: Json, beside: dict[str, Json], where: str, blocks: Blocks, faults: Faults, within: tuple[str, ...]
) -> dict[str, Json]:
    """The block's schema, overridden by what stands beside the reference."""
    found = _BLOCK.fullmatch(reference) if isinstance(reference, str) else None
    name = found[1] if found else ""
    if name not in blocks:
        faults.unknown(f"{where}/$ref", f"le bloc « {reference} » n’existe pas.", name or str(reference), blocks)
        return beside
    if name in within or len(within) >= _MAX_NESTING:
        faults.add(f"{where}/$ref", f"le bloc « {name} » se contient lui-même.", "Ôtez cette référence.")
        return beside
    return _expanded(
        _overridden(mapping(mapping(blocks[name]).get("schema")), beside), where, blocks, faults, (*within, name)
    )


def _overridden(block: Mapping[str, Json], beside: Mapping[str, Json]) -> dict[str, Json]:
    """The block with what stands beside its reference put over it, property by property."""
    result = {**block, **beside}
    theirs, ours = block.get("properties"), beside.get("properties")
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        both = {
            name: _overridden(mapping(part), mapping(ours[name])) if name in ours else part
            for name, part in theirs.items()
        }
        result["properties"] = {**ours, **both}
    return result


def _completed(node: dict[str, Json]) -> dict[str, Json]:
    """The node with its implied limits; what the author wrote is kept."""
    if node.get("type") == "string" and "oneOf" not in node:
        known = FORMATS.get(str(node.get("format")))
        node.setdefault("minLength", 1)
        node.setdefault("maxLength", known.max_length if known else _TEXT_LENGTH)
    elif annotated := next((key for key in _OBJECT_ANSWERS if node.get(key)), None):
        node.update(_OBJECT_ANSWERS[annotated](node[annotated]))
    elif node.get("type") in ("number", "integer") and "x-computed" not in node:
        _complete_number(node)
    elif node.get("type") == "array" and isinstance(node.get("items"), Mapping):
        _complete_array(node)
    return node


def _complete_array(node: dict[str, Json]) -> None:
    items = node["items"]
    node.setdefault("minItems", 1)
    if "x-file" in items:
        node["items"] = _file(items["x-file"])
        node.setdefault("maxItems", 1)
    elif isinstance(items.get("oneOf"), list):
        node.setdefault("maxItems", len(items["oneOf"]))
        node["uniqueItems"] = True
    elif "properties" in items:
        node.setdefault("maxItems", _MOST_ITEMS)
        node["items"] = {"type": "object", **items, "additionalProperties": False}


def _complete_number(node: dict[str, Json]) -> None:
    if node["type"] == "number":
        node.setdefault("x-decimals", 2)
    elif node.get("x-money") and "oneOf" not in node:
        node.setdefault("minimum", 0)


def _interval(form: str) -> dict[str, Json]:
    """Both ends, days or hours; that the end comes second is for `x-interval` to say."""
    length = FORMATS[form].max_length if form in FORMATS else _TEXT_LENGTH
    end = {"type": "string", "format": form, "minLength": 1, "maxLength": length}
    return {
        "type": "object",
        "properties": {"start": {**end, "title": "Début"}, "end": {**end, "title": "Fin"}},
        "required": ["start", "end"],
        "additionalProperties": False,
    }


def _address() -> dict[str, Json]:
    french = {"properties": {"postcode": {"format": "postal-code-fr", "pattern": FORMATS["postal-code-fr"].pattern}}}
    return {
        "type": "object",
        "properties": {name: dict(part) for name, part in ADDRESS_PARTS.items()},
        "required": ["line1", "postcode", "city"],
        "additionalProperties": False,
        "if": {"not": {"required": ["country"]}},
        "then": french,
    }


def _item_chosen(choices: Mapping[str, Json]) -> dict[str, Json]:
    """What an answer keeps of the item chosen in a list that agents keep, flat."""
    attributes = mapping(choices.get("attributes"))
    return {
        "type": "object",
        "x-choices": {**choices, "order": choices.get("order") or list(attributes)},
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 60},
            "label": {"type": "string", "minLength": 1, "maxLength": 200},
            **{name: _completed(dict(mapping(schema))) for name, schema in attributes.items()},
        },
        "required": ["id", "label"],
        "additionalProperties": False,
    }


def _file(limits: Json) -> dict[str, Json]:
    limits = mapping(limits)
    return {
        "type": "object",
        "x-file": dict(limits),
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 64},
            "name": {"type": "string", "minLength": 1, "maxLength": 255},
            "type": {"enum": _types_kept(limits.get("types"))},
            "size": {"type": "integer", "minimum": 1, "maximum": limits.get("max_bytes", 0)},
        },
        "required": ["id", "name", "type", "size"],
        "additionalProperties": False,
    }


def _types_kept(accepted: Json) -> list[Json]:
    """The types that an answer may have: those accepted, a phone's photograph being kept as a JPEG."""
    return list(dict.fromkeys(_KEPT_AS.get(each, each) for each in listed(accepted) if isinstance(each, str)))


_OBJECT_ANSWERS: Mapping[str, Callable[[Json], dict[str, Json]]] = {
    "x-address": lambda _: _address(),
    "x-commune": lambda _: places.commune(),
    "x-place": lambda _: places.place(),
    "x-choices": lambda choices: _item_chosen(mapping(choices)),
    "x-interval": lambda form: _interval(str(form)),
}
"""What each annotation that makes one answer of an object writes out."""


def expand_ui(ui: Mapping[str, Json], *, where: str, blocks: Blocks, faults: Faults) -> dict[str, Json]:
    """The UI schema as pure JSON Forms: each `x-include` replaced by its block's elements under the given scope."""
    return {**ui, "elements": _elements(ui.get("elements"), f"{where}#", "", blocks, faults, ())}


def _elements(
    elements: Json, where: str, prefix: str, blocks: Blocks, faults: Faults, within: tuple[str, ...]
) -> list[Json]:
    result: list[Json] = []
    for number, element in enumerate(listed(elements)):
        place = f"{where}/elements/{number}"
        if not isinstance(element, Mapping):
            faults.add(place, "un élément est un objet.")
        elif "x-include" in element:
            result.append(_included(element, place, prefix, blocks, faults, within))
        else:
            result.append(_element(element, place, prefix, blocks, faults, within))
    return result


def _element(
    element: Mapping[str, Json], where: str, prefix: str, blocks: Blocks, faults: Faults, within: tuple[str, ...]
) -> dict[str, Json]:
    result: dict[str, Json] = _rescoped(element, prefix)
    if prefix and "x-id" in element:
        result["x-id"] = f"{prefix}.{element['x-id']}"
    if "elements" in element:
        result["elements"] = _elements(element["elements"], where, prefix, blocks, faults, within)
    detail = mapping(mapping(element.get("options")).get("detail"))
    if detail:
        inner = _elements(detail.get("elements"), f"{where}/options/detail", "", blocks, faults, within)
        result["options"] = {**element["options"], "detail": {**detail, "elements": inner}}
    return result


def _included(
    element: Mapping[str, Json], where: str, prefix: str, blocks: Blocks, faults: Faults, within: tuple[str, ...]
) -> dict[str, Json]:
    """A vertical layout that holds the block's elements, under the rule of the inclusion."""
    name, inner = str(element["x-include"]), name_of_scope(element.get("scope"))
    layout = {"type": "VerticalLayout", "elements": []}
    if "rule" in element:
        layout["rule"] = _rescoped(element["rule"], prefix)
    if name not in blocks:
        faults.unknown(f"{where}/x-include", f"le bloc « {name} » n’existe pas.", name, blocks)
    elif inner is None:
        faults.add(
            f"{where}/scope", "il manque la réponse où placer le bloc.", "Par exemple « #/properties/applicant »."
        )
    elif name in within or len(within) >= _MAX_NESTING:
        faults.add(f"{where}/x-include", f"le bloc « {name} » se contient lui-même.", "Ôtez cette inclusion.")
    else:
        scope = f"{prefix}.{inner}" if prefix else inner
        block_ui = mapping(mapping(blocks[name]).get("ui"))
        layout["elements"] = _elements(
            block_ui.get("elements"), f"blocks/{name}/ui.json#", scope, blocks, faults, (*within, name)
        )
    return layout


def _rescoped(value: Json, prefix: str) -> Json:
    """A copy in which every `scope` but those of nested elements and of an item is moved under the prefix.

    A condition says that an absent answer makes it false: JSON Forms would take it for true.
    """
    if isinstance(value, list):
        return [_rescoped(each, prefix) for each in value]
    if not isinstance(value, Mapping):
        return value
    nested = ("elements", "options")
    result = {key: _rescoped(each, prefix) for key, each in value.items() if key not in nested}
    if "options" in value:
        result["options"] = value["options"]
    name = name_of_scope(value.get("scope"))
    if prefix and name is not None:
        result["scope"] = scope_of_name(f"{prefix}.{name}")
    if name is not None and "schema" in value:
        result.setdefault("failWhenUndefined", True)
    return result
