"""What an authority may set in a procedure by a value: its parameters, read and written out in the document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grc.conditions import Faults, mapping

Json = Any
PREFIX = "parameters"
"""What expressions and texts call them by: `parameters.<name>`."""
_SHOWN = re.compile(r"\{\{-?\s*parameters\.([A-Za-z0-9_]+)\s*-?\}\}")
_READ = re.compile(r"(?<![\w.])parameters\.([A-Za-z0-9_]+)")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_WRITTEN_OUT = ("schema", "ui", "workflow", "letters")
_TEXTS = ("description", "who", "prepare", "price", "target_delay", "closed")
"""What procedure.json says in words that may show a parameter."""


@dataclass(frozen=True)
class Parameter:
    """One value that an authority may set. type: "integer", "boolean" or "string".

    minimum, maximum: bounds of an integer, None for another type. default: what stands where nobody set it.
    """

    name: str
    title: str
    type: str
    default: Json
    minimum: int | None = None
    maximum: int | None = None

    def refuses(self, value: Json) -> str:
        """Why the value does not fit, in French; "" when it does."""
        if self.type == "boolean":
            return "" if isinstance(value, bool) else "vrai ou faux est attendu."
        if self.type == "string":
            fits = isinstance(value, str) and value.strip() != "" and len(value) <= 200 and not set(value) & _MARKS
            return "" if fits else "un texte de 200 caractères au plus est attendu, sans guillemet ni accolade."
        if not isinstance(value, int) or isinstance(value, bool):
            return "un nombre entier est attendu."
        low, high = self.minimum or 0, self.maximum or 0
        return "" if low <= value <= high else f"un nombre de {low} à {high} est attendu."


_MARKS = frozenset("'\"{}%\\")
"""What would end a literal of an expression, or begin one in a text."""


def read(facts: Mapping[str, Json]) -> dict[str, Parameter]:
    """The parameters of procedure.json, by name. facts: judged against its schema; what is not one is left out."""
    return {
        name: Parameter(
            name,
            str(each["title"]),
            str(each["type"]),
            each["default"],
            each.get("minimum"),
            each.get("maximum"),
        )
        for name, each in mapping(facts.get(PREFIX)).items()
        if isinstance(each, Mapping) and {"title", "type", "default"} <= each.keys()
    }


def written_out(document: Mapping[str, Json], faults: Faults) -> dict[str, Json]:
    """The document with the value of each parameter in the place of its name; a name it does not have is a fault."""
    facts = mapping(document.get("procedure"))
    where = f"{document.get('slug')}/procedure.json#/{PREFIX}"
    found = read(facts)
    for name, each in found.items():
        if not _WORD.fullmatch(name):
            faults.add(f"{where}/{name}", f"« {name} » : minuscules sans accent, chiffres et _.")
        if why := each.refuses(each.default):
            faults.add(f"{where}/{name}/default", why)
    used = set[str]()
    result = dict(document)
    for part in _WRITTEN_OUT:
        if part in document:
            result[part] = _filled(document[part], found, used, f"{document.get('slug')}/{part}", faults)
    result["procedure"] = {
        key: _filled(value, found, used, f"{document.get('slug')}/procedure.json#/{key}", faults)
        if key in _TEXTS
        else value
        for key, value in facts.items()
    }
    for name in sorted(found.keys() - used):
        faults.add(f"{where}/{name}", f"rien ne lit le paramètre « {name} ».", "Ôtez-le, ou lisez-le.")
    return result


def _filled(value: Json, known: Mapping[str, Parameter], used: set[str], where: str, faults: Faults) -> Json:
    if isinstance(value, str):
        if PREFIX not in value:
            return value
        names = list(_names(value))
        used.update(names)
        for name in names:
            if name not in known:
                faults.unknown(where, f"le paramètre « {name} » n’existe pas.", name, known)
        shown = _SHOWN.sub(lambda one: _text(one, known), value)
        return _READ.sub(lambda one: _literal(one, known), shown)
    if isinstance(value, Mapping):
        return {key: _filled(each, known, used, f"{where}/{key}", faults) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, known, used, where, faults) for each in value]
    return value


def _names(value: str) -> Iterator[str]:
    yield from _READ.findall(value)


def _text(found: re.Match[str], known: Mapping[str, Parameter]) -> str:
    if found[1] not in known:
        return found[0]
    value = known[found[1]].default
    return ("oui" if value else "non") if isinstance(value, bool) else str(value)


def _literal(found: re.Match[str], known: Mapping[str, Parameter]) -> str:
    if found[1] not in known:
        return found[0]
    value = known[found[1]].default
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)
