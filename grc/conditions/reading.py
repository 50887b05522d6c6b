"""Reading the rule of a JSON Forms element: effect SHOW, a condition or AND / OR of conditions, faults collected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from grc.conditions.faults import Faults
from grc.conditions.rules import Every, Rule, Some, condition

Json = Any
_MAX_DEPTH = 6
_HOLDING_SCHEMAS = ("not", "contains", "anyOf", "allOf")
CONDITION_KEYWORDS = frozenset(
    {"const", "enum", "type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"minLength", "maxLength", "minItems", "maxItems", "pattern", *_HOLDING_SCHEMAS}
)


def name_of_scope(scope: Json) -> str | None:
    """The dotted name behind "#/properties/applicant/properties/email"; None when it is no such pointer."""
    if not isinstance(scope, str) or not scope.startswith("#/"):
        return None
    steps = scope[2:].split("/")
    if len(steps) % 2 or any(word != "properties" for word in steps[::2]) or not all(steps[1::2]):
        return None
    return ".".join(steps[1::2])


def scope_of_name(name: str) -> str:
    """The pointer of a dotted name."""
    return "#" + "".join(f"/properties/{step}" for step in name.split("."))


def read_rule(element: Mapping[str, Json], *, where: str, known: Collection[str], faults: Faults) -> Rule | None:
    """The rule of a UI element, None when it has none or a faulty one (faults then say why).

    known: the dotted names of the answers a rule may test. Absent answers make a condition false: `failWhenUndefined`
    is implied, and refused when false.
    """
    document = element.get("rule")
    if document is None:
        return None
    where = f"{where}/rule"
    if not isinstance(document, Mapping):
        faults.add(where, "la règle n’est pas un objet.", 'Écrivez {"effect": "SHOW", "condition": {…}}.')
        return None
    if document.get("effect") != "SHOW":
        faults.add(f"{where}/effect", "seul l’effet « SHOW » existe.", "Inversez la condition avec « not ».")
    return _read(document.get("condition"), f"{where}/condition", known, faults, depth=0)


def _read(document: Json, where: str, known: Collection[str], faults: Faults, *, depth: int) -> Rule | None:
    if not isinstance(document, Mapping):
        faults.add(where, "il manque une condition.", "Donnez « scope » et « schema », ou « type » et « conditions ».")
        return None
    if depth > _MAX_DEPTH:
        faults.add(where, f"les conditions sont imbriquées sur plus de {_MAX_DEPTH} niveaux.")
        return None
    if "conditions" in document or "type" in document:
        return _read_joined(document, where, known, faults, depth=depth)
    return _read_condition(document, where, known, faults)


def _read_joined(
    document: Mapping[str, Json], where: str, known: Collection[str], faults: Faults, *, depth: int
) -> Rule | None:
    parts = document.get("conditions")
    if document.get("type") not in ("AND", "OR"):
        faults.add(f"{where}/type", "le type est « AND » ou « OR ».")
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
        faults.add(f"{where}/conditions", "la liste des conditions est vide.")
        return None
    read = [_read(part, f"{where}/conditions/{n}", known, faults, depth=depth + 1) for n, part in enumerate(parts)]
    rules = tuple(rule for rule in read if rule is not None)
    return Every(rules) if document.get("type") == "AND" else Some(rules)


def _read_condition(document: Mapping[str, Json], where: str, known: Collection[str], faults: Faults) -> Rule | None:
    scope = document.get("scope")
    name = name_of_scope(scope)
    if name is None or name not in known:
        faults.unknown(
            f"{where}/scope", f"« {scope} » ne désigne aucune réponse.", str(scope), map(scope_of_name, known)
        )
        return None
    if document.get("failWhenUndefined") is False:
        faults.add(f"{where}/failWhenUndefined", "une réponse absente rend toujours la condition fausse.", "Ôtez-le.")
    schema = document.get("schema")
    if not isinstance(schema, Mapping):
        faults.add(f"{where}/schema", "il manque le schéma de la condition.", 'Par exemple {"const": "…"}.')
        return None
    if not _keywords_known(schema, f"{where}/schema", faults):
        return None
    try:
        return condition(tuple(name.split(".")), schema)
    except ValueError:
        faults.add(f"{where}/schema", "ce schéma n’est pas du JSON Schema.", "Vérifiez ses mots-clés et ses motifs.")
        return None


def _keywords_known(schema: Json, where: str, faults: Faults) -> bool:
    """Whether only keywords of conditions are used: a mistyped one would silently accept everything."""
    if not isinstance(schema, Mapping):
        return True
    unknown = [keyword for keyword in schema if keyword not in CONDITION_KEYWORDS]
    for keyword in unknown:
        faults.unknown(f"{where}/{keyword}", f"mot-clé inconnu : « {keyword} ».", keyword, CONDITION_KEYWORDS)
    inner = [(f"{where}/{keyword}", schema[keyword]) for keyword in _HOLDING_SCHEMAS if keyword in schema]
    parts = [part for place, value in inner for part in _parts(place, value)]
    judged = [_keywords_known(part, place, faults) for place, part in parts]
    return all(judged) and not unknown


def _parts(where: str, value: Json) -> list[tuple[str, Json]]:
    return [(f"{where}/{n}", part) for n, part in enumerate(value)] if isinstance(value, list) else [(where, value)]
