"""The commune where somebody was born: one of the Code officiel géographique, or a town abroad with its country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc import cog
from grc.forms import messages
from grc.forms.definition import Field
from grc.forms.fields.outcome import NOTHING, Parsed, Posted, Typed, first
from grc.forms.fields.text import tidy
from grc.forms.formats import is_printable

Json = Any

PARTS = ("name", "country")
AS_TYPED = "-"
"""What is chosen by who keeps the name as typed, because the list does not have it."""
_INPUTS = ("name", "country", "choice")
_MATCHES = 12


def parse(field: Field, posted: Posted) -> Parsed:
    """The commune that was chosen, or the only one of that name; the town and the country abroad."""
    name, country, choice = (first(posted, f"{field.name}-{part}") for part in _INPUTS)
    if not is_printable(name):
        return Parsed(problems=(messages.problem(field, "characters", part="name"),))
    name = tidy(name)
    if country and country != cog.FRANCE:
        return _abroad(field, name, country)
    if not name:
        return NOTHING
    found = _chosen(name, choice)
    if found is not None:
        return Parsed(found)
    return Parsed(problems=(messages.problem(field, "homonyms" if cog.named(name) else "unknown"),))


def _abroad(field: Field, name: str, code: str) -> Parsed:
    country = cog.country(code)
    if country is None:
        return Parsed(problems=(messages.problem(field, "choice", part="country"),))
    if not name:
        return Parsed(problems=(messages.problem(field, "required", part="name"),))
    return Parsed({"name": name, "code": country.code, "country": country.name})


def _chosen(name: str, choice: str) -> Json:
    """The answer behind a typed name and what was chosen beside it; None while it is not one commune."""
    matches = _matches(name)
    if choice == AS_TYPED and len(cog.named(name)) != 1:
        return {"name": name}
    picked = next((each for each in matches if each.key == choice), None)
    if picked is None:
        exact = cog.named(name)
        picked = exact[0] if len(exact) == 1 else None
    return None if picked is None else {"name": picked.name, "code": picked.code}


def _matches(name: str) -> list[cog.Commune]:
    """What the typed name may mean: the communes of exactly that name, else those that look like it."""
    exact = cog.named(name)
    return list(exact) or cog.find(name, _MATCHES)


def from_code(code: str) -> Json:
    """The answer for a commune's code as FranceConnect gives it, None for an unknown one."""
    name = None if code.startswith("99") else cog.name_of(code)
    return None if name is None else {"name": name, "code": code}


def display(field: Field, value: Json) -> str:
    """The name and the department's number, or the town and its country."""
    if not isinstance(value, Mapping):
        return str(value)
    name, code = str(value.get("name", "")), str(value.get("code", ""))
    beside = value.get("country") or (cog.department_of(code) if code else "")
    return f"{name} ({beside})" if beside else name


def cell(field: Field, value: Json) -> str:
    """The name and the code: "Rennes (35238)"."""
    if not isinstance(value, Mapping):
        return str(value)
    name, code = str(value.get("name", "")), str(value.get("code", ""))
    return f"{name} ({code})" if code else name


def typed(field: Field, posted: Posted) -> Typed:
    """What was typed; and while it may mean several communes, those: "<key>|<what people read>"."""
    shown: Typed = {f"{field.name}-{part}": first(posted, f"{field.name}-{part}") for part in _INPUTS}
    name, country, choice = (str(shown[f"{field.name}-{part}"]) for part in _INPUTS)
    here = is_printable(name) and country in ("", cog.FRANCE)
    if here and (name := tidy(name)) and (_chosen(name, choice) is None or choice == AS_TYPED):
        shown[f"{field.name}-matches"] = [f"{each.key}|{described(each)}" for each in _matches(name)]
    return shown


def described(commune: cog.Commune) -> str:
    """The commune as a list shows it: "Annecy-le-Vieux, Haute-Savoie (74), aujourd’hui Annecy"."""
    where = f"{commune.name}, {commune.department}" if commune.department else commune.name
    today = f", aujourd’hui {commune.now}" if commune.now else ""
    return f"{where} ({cog.department_of(commune.code)}){today}"


def retype(field: Field, value: Json) -> Typed:
    parts = value if isinstance(value, Mapping) else {}
    name, code, abroad = (str(parts.get(part, "")) for part in ("name", "code", "country"))
    if abroad:
        given = (name, code, "")
    elif code:
        given = (f"{name} ({cog.department_of(code)})", cog.FRANCE, f"{code} {name}")
    else:
        given = (name, cog.FRANCE, AS_TYPED if name else "")
    return {f"{field.name}-{part}": text for part, text in zip(_INPUTS, given, strict=True)}
