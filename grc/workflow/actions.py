"""The closed set of actions of a workflow: their types, and what is wrong with the parameters of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from grc.conditions import Faults, mapping
from grc.workflow.definition import STATE_CHANGED, Action

Json = Any

ACTION_PARAMS: Mapping[str, Mapping[str, frozenset[str] | None]] = {
    "mail": {"to": frozenset({"citizen", "service"}), "message": None},
    "request_documents": {},
    "decision": {"outcome": frozenset({"accepted", "refused"})},
    "assign": {"to": frozenset({"actor"})},
}
"""The closed set of actions: for each its parameters, and their values where these are closed too."""


def read(
    table: Mapping[str, Json], *, where: str, messages: Collection[str] | None, faults: Faults
) -> Iterator[tuple[str, Action]]:
    """The actions by name, in the order written; what is wrong goes to faults.

    messages: the names that mail may send; None: not checked.
    """
    for name, action in table.items():
        place = f"{where}/{name}"
        params = dict(mapping(action))
        kind = str(params.pop("type", ""))
        if kind not in ACTION_PARAMS:
            faults.unknown(f"{place}/type", f"type d’action inconnu : « {kind} ».", kind, ACTION_PARAMS)
        else:
            _check_params(kind, params, place, messages, faults)
        yield name, Action(name, kind, params)


def _check_params(
    kind: str, params: Mapping[str, Json], where: str, messages: Collection[str] | None, faults: Faults
) -> None:
    wanted = ACTION_PARAMS[kind]
    for name in params.keys() - wanted.keys():
        faults.unknown(f"{where}/{name}", f"« {kind} » n’a pas de « {name} ».", name, wanted)
    for name, values in wanted.items():
        value = params.get(name)
        known = values if values is not None else messages
        if not isinstance(value, str) or not value:
            faults.add(f"{where}/{name}", f"il manque « {name} » à l’action « {kind} ».")
        elif known is not None and value not in known:
            what = "message inconnu" if values is None else "valeur inconnue"
            faults.unknown(f"{where}/{name}", f"{what} : « {value} ».", value, known)
    if messages is not None and params.get("to") == "service" and params.get("message") != STATE_CHANGED:
        faults.add(f"{where}/message", f"le service ne reçoit que le message « {STATE_CHANGED} ».")
