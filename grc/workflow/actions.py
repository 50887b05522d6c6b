"""The closed set of actions of a workflow: what each takes, and what is wrong with what an author wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from grc.conditions import Faults, listed, mapping
from grc.workflow.definition import STATE_CHANGED, Action

Json = Any

AGENTS = ("handler", "supervisor")
"""The functions that agents hold."""
FUNCTION, ANSWER = "function:", "answer:"
"""What stands before the function whose agents are meant, and before the answer that gives an address."""

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = {"text": 2000, "title": 200, "label": 80, "value": 1000, "url": 500}
_MOST_DAYS = 3660
_OF_FUNCTIONS = tuple(FUNCTION + each for each in AGENTS)


@dataclass(frozen=True)
class Param:
    """A parameter of an action. shape: a key of _SHAPES. values: where they are closed; required: may not be left."""

    shape: str
    required: bool = True
    values: frozenset[str] = field(default_factory=frozenset)


_DESTINATION = Param("destination", values=frozenset({"citizen", "service", *_OF_FUNCTIONS}))
ACTION_PARAMS: Mapping[str, Mapping[str, Param]] = {
    "mail": {"to": _DESTINATION, "message": Param("text")},
    "post_message": {"text": Param("text")},
    "note": {"text": Param("text")},
    "task": {
        "title": Param("text"),
        "days": Param("days", required=False),
        "while": Param("text", required=False, values=frozenset({"state"})),
    },
    "request_documents": {},
    "edit": {"pages": Param("list")},
    "decision": {
        "outcome": Param("text", values=frozenset({"accepted", "refused"})),
        "letter": Param("slug", required=False),
    },
    "assign": {"to": Param("text", values=frozenset({"actor", "nobody", *_OF_FUNCTIONS}))},
    "set": {"name": Param("word"), "value": Param("text")},
    "label": {"add": Param("word", required=False), "remove": Param("word", required=False)},
    "link": {"procedure": Param("slug")},
    "transfer": {},
    "call": {
        "endpoint": Param("slug"),
        "name": Param("word"),
        "send": Param("list", required=False),
        "reads": Param("list", required=False),
    },
    "propose_destruction": {},
    "redirect": {"url": Param("url"), "label": Param("text")},
    "book": {"as": Param("text", values=frozenset({"option", "firm"}))},
    "release": {},
}
"""The closed set: for each type its parameters. form_catalogue/schemas/workflow.schema.json says the same."""


def read(
    table: Mapping[str, Json], *, where: str, messages: Collection[str] | None, faults: Faults
) -> Iterator[tuple[str, Action]]:
    """The actions by name, in the order written; what is wrong goes to faults.

    messages: the names that mail may send; None: not checked.
    """
    calls: set[str] = set()
    for name, action in table.items():
        place = f"{where}/{name}"
        params = dict(mapping(action))
        kind = str(params.pop("type", ""))
        if kind not in ACTION_PARAMS:
            faults.unknown(f"{place}/type", f"type d’action inconnu : « {kind} ».", kind, ACTION_PARAMS)
        else:
            _check_params(kind, params, place, faults)
            _check_message(kind, params, place, messages, faults)
        if kind == "call":
            if str(params.get("name")) in calls:
                faults.add(f"{place}/name", "deux appels ont ce nom : leurs suites se confondraient.", "Changez-en un.")
            calls.add(str(params.get("name")))
        yield name, Action(name, kind, params)


def context_names(table: Mapping[str, Json]) -> frozenset[str]:
    """What guards may read of what these actions leave: `variables.<name>`, `call.<name>.status` and `.response.…`."""
    names: set[str] = set()
    for action in map(mapping, table.values()):
        if action.get("type") == "set":
            names.add(f"variables.{action.get('name')}")
        if action.get("type") == "call":
            call = f"call.{action.get('name')}"
            names |= {f"{call}.status", *(f"{call}.response.{each}" for each in listed(action.get("reads")))}
    return frozenset(names)


def _check_params(kind: str, params: Mapping[str, Json], where: str, faults: Faults) -> None:
    wanted = ACTION_PARAMS[kind]
    for name in params.keys() - wanted.keys():
        faults.unknown(f"{where}/{name}", f"« {kind} » n’a pas de « {name} ».", name, wanted)
    for name, param in wanted.items():
        if name in params:
            _check_param(name, params[name], param, f"{where}/{name}", faults)
        elif param.required:
            faults.add(f"{where}/{name}", f"il manque « {name} » à l’action « {kind} ».")
    if kind == "label" and not params.keys() & {"add", "remove"}:
        faults.add(where, "cette action ne change aucune étiquette.", "Ajoutez « add » ou « remove ».")


def _check_param(name: str, value: Json, param: Param, where: str, faults: Faults) -> None:
    holds, advice = _SHAPES[param.shape]
    if param.values and param.shape == "text" and (not isinstance(value, str) or value not in param.values):
        faults.unknown(where, f"valeur inconnue : « {value} ».", str(value), param.values)
    elif not holds(value, param):
        faults.add(where, f"« {value} » ne convient pas à « {name} ».", advice)
    elif isinstance(value, str) and len(value) > _LONGEST.get(name, 200):
        faults.add(where, f"« {name} » est trop long.", f"{_LONGEST.get(name, 200)} caractères au plus.")


def _check_message(
    kind: str, params: Mapping[str, Json], where: str, messages: Collection[str] | None, faults: Faults
) -> None:
    """A mail sends a message that exists; to anyone but the citizen, only that of a new state."""
    message, to = params.get("message"), params.get("to")
    if kind != "mail" or messages is None or not isinstance(message, str):
        return
    if message not in messages:
        faults.unknown(f"{where}/message", f"message inconnu : « {message} ».", message, messages)
    elif to != "citizen" and message != STATE_CHANGED:
        who = "le service ne reçoit" if to == "service" else "ce destinataire ne reçoit"
        faults.add(f"{where}/message", f"{who} que le message « {STATE_CHANGED} ».")


def _is_text(value: Json, _: Param) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_destination(value: Json, param: Param) -> bool:
    return isinstance(value, str) and (value in param.values or bool(value.partition(ANSWER)[2]))


def _is_list(value: Json, _: Param) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) and each for each in value)


def _is_days(value: Json, _: Param) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_DAYS


def _is_address(value: Json, _: Param) -> bool:
    """A page on the web, which nobody between can change: https, a host, nobody's name nor password."""
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and "\\" not in value


_SHAPES: Mapping[str, tuple[Callable[[Json, Param], bool], str]] = {
    "text": (_is_text, "Écrivez un texte."),
    "word": (
        lambda value, _: isinstance(value, str) and bool(_WORD.fullmatch(value)),
        "Minuscules sans accent, chiffres et _.",
    ),
    "slug": (
        lambda value, _: isinstance(value, str) and bool(_SLUG.fullmatch(value)),
        "Minuscules sans accent, chiffres et tirets.",
    ),
    "destination": (_is_destination, f"citizen, service, {', '.join(_OF_FUNCTIONS)}, ou {ANSWER}<question>."),
    "list": (_is_list, 'Écrivez une liste de noms, par exemple ["nom"].'),
    "days": (_is_days, f"Un nombre entier de jours, de 1 à {_MOST_DAYS}."),
    "url": (_is_address, "Une adresse qui commence par https://."),
}
