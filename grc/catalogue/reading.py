"""Reading the files of the catalogue: JSON with its faults named by line, then each kind against its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from grc import resources
from grc.conditions import Faults

Json = Any
MOST_LEVELS = 60
"""Objects and lists in one another; a form has a dozen."""
KINDS = ("procedure", "form", "ui", "workflow", "example", "overlay")


@cache
def schema_of(kind: str) -> Mapping[str, Json]:
    """The JSON Schema of one kind of file, from form_catalogue/schemas."""
    path = resources.folder("form_catalogue") / "schemas" / f"{kind}.schema.json"
    document: dict[str, Json] = json.loads(path.read_text(encoding="utf-8"))
    return document


def read_json(path: Path, where: str, faults: Faults) -> dict[str, Json] | None:
    """The object in a file; None and a fault when there is none."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        faults.add(where, "il manque ce fichier.", "Créez-le, ou voyez docs/formats.md.")
        return None
    return parse_json(content, where, faults)


def parse_json(content: bytes | str, where: str, faults: Faults) -> dict[str, Json] | None:
    """The object in a file's bytes, or in a text; None and a fault, with the line of a slip, when there is none."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.add(where, "ce fichier n’est pas en UTF-8.", "Enregistrez-le en UTF-8.")
        return None
    try:
        document = json.loads(
            text, object_pairs_hook=lambda pairs: _once(pairs, where, faults), parse_constant=_refused
        )
    except (ValueError, RecursionError) as error:
        place = f", ligne {error.lineno}, colonne {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        faults.add(where, f"ce fichier n’est pas du JSON{place}.", "Vérifiez virgules, guillemets et accolades.")
        return None
    if _is_deep(document):
        faults.add(where, "ce fichier s’emboîte trop.", f"{MOST_LEVELS} niveaux d’objets et de listes au plus.")
        return None
    if not isinstance(document, dict):
        faults.add(where, "ce fichier doit contenir un objet.", "Commencez par { et finissez par }.")
        return None
    return document


def _is_deep(document: Json) -> bool:
    """Whether objects and lists stand in one another beyond what anything here walks through."""
    level = [document]
    for _ in range(MOST_LEVELS + 1):
        held = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [inner for each in held for inner in each]
    return bool(level)


def _once(pairs: list[tuple[str, Json]], where: str, faults: Faults) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key, value in pairs:
        if key in result:
            faults.add(where, f"« {key} » figure deux fois dans le même objet.", "Gardez-en un.")
        result[key] = value
    return result


def _refused(word: str) -> Json:
    raise ValueError(word)


def check(document: Mapping[str, Json], kind: str, where: str, faults: Faults, *, within: int = 0) -> None:
    """Faults for what the schema of this kind of file refuses. within: steps around the document not to be named."""
    validator = Draft202012Validator(schema_of(kind))
    for error in sorted(validator.iter_errors(document), key=lambda each: [str(step) for step in each.absolute_path]):
        place = "".join(f"/{step}" for step in list(error.absolute_path)[within:])
        _explain(error, f"{where}#{place}", faults)


def _explain(error: ValidationError, where: str, faults: Faults) -> None:
    """One fault for each thing to mend, in French, from the keyword and its value."""
    value: Json = error.validator_value
    instance: Json = error.instance
    if error.validator == "additionalProperties":
        _explain_unknown(instance, error.schema, where, faults)
    elif error.validator == "required":
        for name in value:
            if name not in instance:
                faults.add(f"{where}/{name}", f"il manque « {name} ».")
    elif error.validator == "enum":
        faults.unknown(where, f"valeur inconnue : « {_short(instance)} ».", str(instance), map(str, value))
    else:
        faults.add(where, _SENTENCES.get(str(error.validator), _general)(str(error.validator), value, instance))


def _general(keyword: str, value: Json, instance: Json) -> str:
    return f"la règle « {keyword} » n’est pas respectée : {_short(value)}."


_SENTENCES: Mapping[str, Callable[[str, Json, Json], str]] = {
    "const": lambda _, value, instance: f"la valeur attendue est {_short(value)}, pas « {_short(instance)} ».",
    "type": lambda _, value, __: f"ce n’est pas du bon type : {_names(value)} attendu.",
    "pattern": lambda _, value, instance: f"« {_short(instance)} » n’a pas la forme attendue : {value}",
}


def _explain_unknown(instance: Json, schema: Json, where: str, faults: Faults) -> None:
    names = list(schema.get("properties", {})) if isinstance(schema, Mapping) else []
    for name in instance if isinstance(instance, Mapping) else ():
        if name not in names:
            faults.unknown(f"{where}/{name}", f"« {name} » n’existe pas ici.", str(name), names)


def _names(types: Json) -> str:
    french = {"object": "objet", "array": "liste", "string": "texte", "integer": "entier", "boolean": "vrai ou faux"}
    return " ou ".join(french.get(each, str(each)) for each in ([types] if isinstance(types, str) else types))


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:60]}…"
